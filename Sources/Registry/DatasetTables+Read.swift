public import AstroTime
public import Databases
public import Datasets
public import Dimensions
internal import StewardCore

/// Membership of a dataset in a collection.
public struct DatasetAssociation: Sendable, Hashable {
    /// The dataset, with its required dimension values only.
    public let ref: DatasetRef
    /// Name of the collection.
    public let collection: String
    /// Its range of validity there; nil in RUN and TAGGED collections.
    public let validity: Timespan?
}

extension DatasetTables {
    /// Finds datasets by their identifiers.
    ///
    /// One statement for the datasets and one for each group of dimensions among them, for some thousands.
    ///
    /// - Parameters:
    ///   - ids: Identifiers.
    ///   - connection: Where to read.
    /// - Returns: The datasets that exist, with their required dimension values only.
    /// - Throws: Database errors.
    public func find(ids: [DatasetID], on connection: any Connection) throws -> [DatasetID: DatasetRef] {
        var found: [DatasetID: DatasetRef] = [:]
        for chunk in Self.chunks(ids, width: 1, connection.dialect) {
            let registered = try existingDatasets(Array(chunk), on: connection)
            var tables: [String: [(id: DatasetID, type: DatasetTypeRecord)]] = [:]
            for (id, registration) in registered {
                let type = try types.record(id: registration.typeID, on: connection)
                tables[type.tags.name, default: []].append((id, type))
            }
            for (_, members) in tables.sorted(by: { $0.key < $1.key }) {
                try read(members, into: &found, on: connection)
            }
        }
        return found
    }

    /// Reads the data IDs of datasets whose memberships are in one table.
    private func read(
        _ members: [(id: DatasetID, type: DatasetTypeRecord)],
        into found: inout [DatasetID: DatasetRef],
        on connection: any Connection
    ) throws {
        guard let table = members.first?.type else { return }
        let types = Dictionary(members.map { ($0.id, $0.type) }, uniquingKeysWith: { first, _ in first })
        let columns = table.dimensionColumns
        var list: SQL = "\(id: "a", "dataset_id"), \(id: "r", "name")"
        for column in columns { list += ", \(id: "a", column)" }
        let sql: SQL = """
            SELECT \(list) FROM \(table: table.tags.name) AS \(id: "a") JOIN \(table: "dataset") AS \(id: "d") \
            ON \(id: "d", "id") = \(id: "a", "dataset_id") \
            AND \(id: "d", format.runColumn) = \(id: "a", format.collectionColumn) \
            JOIN \(table: "collection") AS \(id: "r") \
            ON \(id: "r", format.collectionTableKey) = \(id: "a", format.collectionColumn) \
            WHERE \(id: "a", "dataset_id") \(in: members.map(\.id))
            """
        let page = try connection.query(sql, kinds: [.uuid, .label] + table.dimensionKinds)
        for row in 0..<page.rowCount {
            guard let id = page.uuid(row, 0), let run = page.text(row, 1), let type = types[id] else { continue }
            let values = (0..<columns.count).compactMap { DimensionValue(page, row, $0 + 2) }
            let dataID = DataCoordinate(type.type.dimensions, values: values)
            found[id] = DatasetRef(type.type, dataID, run: run, id: id)
        }
    }

    /// Identifiers of all datasets of a run.
    ///
    /// One statement.
    ///
    /// - Parameters:
    ///   - run: The run.
    ///   - connection: Where to read.
    /// - Returns: Identifiers in no particular order.
    /// - Throws: Database errors.
    public func ids(in run: CollectionRecord, on connection: any Connection) throws -> [DatasetID] {
        let sql: SQL = "SELECT \(id: "id") FROM \(table: "dataset") WHERE \(id: format.runColumn) = \(run.key)"
        let page = try connection.query(sql, kinds: [.uuid])
        return (0..<page.rowCount).compactMap { page.uuid($0, 0) }
    }

    /// All memberships of datasets of one type in some collections.
    ///
    /// One statement. A dataset with two ranges of validity in a collection appears twice.
    ///
    /// - Parameters:
    ///   - type: The dataset type.
    ///   - collections: Collections; chains must have been replaced by what they hold.
    ///   - dataID: Data ID of the type's dimensions, if only its memberships are wanted.
    ///   - connection: Where to read.
    /// - Returns: Memberships in the order of the collections, then of data ID, then of validity.
    /// - Throws: Database errors.
    public func associations(
        of type: DatasetTypeRecord,
        in collections: [CollectionRecord],
        dataID: DataCoordinate? = nil,
        on connection: any Connection
    ) throws -> [DatasetAssociation] {
        let direct = collections.filter { $0.kind == .run || $0.kind == .tagged }.map(\.key)
        let timed = collections.filter { $0.kind == .calibration }.map(\.key)
        let noNumber: SQL = "CAST(NULL AS BIGINT)"
        var parts: [SQL] = []
        if !direct.isEmpty { parts.append(memberships(type, type.tags, direct, dataID, (noNumber, noNumber))) }
        if !timed.isEmpty, let table = type.calibrations {
            let bounds = TableSpec.timespanBounds("timespan", qualifier: "a", connection.dialect)
            parts.append(memberships(type, table, timed, dataID, bounds))
        }
        guard !parts.isEmpty else { return [] }
        let kinds: [ColumnKind] = [.uuid, format.collectionKind, .label, .integer, .integer] + type.dimensionKinds
        let page = try connection.query(parts.joined(separator: " UNION ALL "), kinds: kinds)
        let ranks = Dictionary(collections.enumerated().map { ($1.key, $0) }, uniquingKeysWith: { first, _ in first })
        var found: [(rank: Int, association: DatasetAssociation)] = []
        for row in 0..<page.rowCount {
            guard let rank = format.collectionKey(page, row, 1).flatMap({ ranks[$0] }),
                let association = association(page, row, type, collections[rank].name)
            else { continue }
            found.append((rank, association))
        }
        return found.sorted(by: Self.precedes).map(\.association)
    }

    private func memberships(
        _ type: DatasetTypeRecord,
        _ table: TableSpec,
        _ collections: [CollectionKey],
        _ dataID: DataCoordinate?,
        _ bounds: (begin: SQL, end: SQL)
    ) -> SQL {
        var list: SQL = """
            \(id: "a", "dataset_id"), \(id: "a", format.collectionColumn), \(id: "r", "name"), \
            \(bounds.begin), \(bounds.end)
            """
        var condition: SQL = ""
        for column in type.dimensionColumns {
            list += ", \(id: "a", column)"
            if let value = dataID?[column] { condition += " AND \(id: "a", column) = \(value.sqlValue)" }
        }
        return """
            SELECT \(list) FROM \(table: table.name) AS \(id: "a") JOIN \(table: "dataset") AS \(id: "d") \
            ON \(id: "d", "id") = \(id: "a", "dataset_id") JOIN \(table: "collection") AS \(id: "r") \
            ON \(id: "r", format.collectionTableKey) = \(id: "d", format.runColumn) \
            WHERE \(id: "a", "dataset_type_id") = \(type.id) AND \(id: "a", format.collectionColumn) \(in: collections)\(condition)
            """
    }

    private func association(
        _ page: ColumnPage,
        _ row: Int,
        _ type: DatasetTypeRecord,
        _ collection: String
    ) -> DatasetAssociation? {
        guard let id = page.uuid(row, 0), let run = page.text(row, 2) else { return nil }
        let values = (0..<type.dimensionColumns.count).compactMap { DimensionValue(page, row, $0 + 5) }
        let ref = DatasetRef(type.type, DataCoordinate(type.type.dimensions, values: values), run: run, id: id)
        let validity = page.integer(row, 3).flatMap { begin in
            page.integer(row, 4).map { Timespan(beginNanoseconds: begin, endNanoseconds: $0) }
        }
        return DatasetAssociation(ref: ref, collection: collection, validity: validity)
    }

    private static func precedes(
        _ left: (rank: Int, association: DatasetAssociation),
        _ right: (rank: Int, association: DatasetAssociation)
    ) -> Bool {
        if left.rank != right.rank { return left.rank < right.rank }
        let (a, b) = (left.association, right.association)
        if !a.ref.dataID.requiredValues.elementsEqual(b.ref.dataID.requiredValues) {
            return a.ref.dataID.requiredValues.lexicographicallyPrecedes(b.ref.dataID.requiredValues)
        }
        return (a.validity?.beginNanoseconds ?? 0) < (b.validity?.beginNanoseconds ?? 0)
    }
}
