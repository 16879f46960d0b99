public import AstroTime
public import Databases
public import Datasets
public import Dimensions
internal import StewardCore

/// A dataset in a CALIBRATION collection with the time for which it is the right one.
public struct CalibrationAssociation: Sendable, Hashable {
    /// The dataset.
    public let dataset: DatasetRef
    /// When to use it; half-open.
    public let validity: Timespan

    /// Creates an association.
    public init(_ dataset: DatasetRef, _ validity: Timespan) {
        self.dataset = dataset
        self.validity = validity
    }
}

extension DatasetTables {
    /// Associates datasets with a validity range in a CALIBRATION collection.
    ///
    /// Existing ranges of the same dataset type and data ID must not overlap the new one, whichever dataset they belong
    /// to; equal references count once. The statements of the summaries, then for each dataset type one to look for
    /// conflicts and one to insert.
    ///
    /// - Parameters:
    ///   - refs: Registered datasets of calibration dataset types.
    ///   - name: Name of the collection.
    ///   - validity: Where the datasets are the right ones to use; half-open, TAI, not empty.
    ///   - connection: A write connection.
    /// - Throws: ``ButlerError`` with `.missingCollection`, `.missingDatasetType`, `.datasetTypeExpression` if a dataset
    ///   type is no calibration, `.collectionType`, `.invalidArgument` for an empty range, `.conflictingDefinition` on
    ///   overlap (its context lists the first ten); database errors.
    public func certify(
        _ refs: [DatasetRef],
        in name: String,
        validity: Timespan,
        on connection: any Connection
    ) throws {
        let collection = try collections.record(name, on: connection)
        let batches = try batches(refs, on: connection)
        for batch in batches { _ = try Self.calibrations(batch.type) }
        guard collection.kind == .calibration else {
            throw CollectionTables.wrongKind(collection, wanted: [.calibration])
        }
        guard !validity.isEmpty else {
            throw ButlerError(
                .invalidArgument,
                "Datasets cannot be certified for an empty range of time.",
                remedy: "Give a begin before the end."
            )
        }
        let distinct = try batches.map { try Self.withoutRepetition($0, name) }
        guard !distinct.isEmpty else { return }
        try noteMemberships(distinct.map { Membership($0.type, $0.refs, in: collection) }, on: connection)
        for batch in distinct {
            let table = try Self.calibrations(batch.type)
            try connection.lock(table.name)
            try checkConflicts(batch, collection, validity, on: connection)
            let rows = batch.refs.map { ($0.id, Self.key($0), validity) }
            try insertCalibrations(rows, batch.type, collection.key, on: connection)
        }
    }

    /// Inserts validity ranges without looking for conflicts.
    func insertCalibrations(
        _ associations: [(id: DatasetID, key: [SQLValue], validity: Timespan)],
        _ type: DatasetTypeRecord,
        _ collection: CollectionKey,
        on connection: any Connection
    ) throws {
        let table = try Self.calibrations(type)
        let columns = ["dataset_type_id", "dataset_id", format.collectionColumn] + type.dimensionColumns + ["timespan"]
        var rows = RowBatch(table, columns: columns)
        for (id, key, validity) in associations {
            rows.append(row: [.int(type.id), .uuid(id), collection.sqlValue])
            rows.append(row: key)
            rows.append(row: [.int(validity.beginNanoseconds), .int(validity.endNanoseconds)])
        }
        do {
            _ = try connection.recoverably { try connection.insert(rows, into: table) }
        } catch let error as ButlerError where error.code == .integrity {
            cache.forgetSummaries()
            let existing = try? existingDatasets(associations.map(\.id), on: connection)
            let unknown = associations.first { existing?[$0.id] == nil && existing != nil }
            throw ButlerError(
                unknown == nil ? .conflictingDefinition : .datasetNotFound,
                unknown.map { "Dataset \($0.id.dashed) is not registered in this repository." }
                    ?? "The database refuses validity ranges of \"\(type.type.name)\".",
                remedy: "Check that the datasets are registered and that no range overlaps.",
                cause: error
            )
        }
    }

    /// The table of validity ranges of a calibration dataset type.
    static func calibrations(_ type: DatasetTypeRecord) throws -> TableSpec {
        if let table = type.calibrations { return table }
        throw ButlerError(
            .datasetTypeExpression,
            "Dataset type \"\(type.type.name)\" is not a calibration, so its datasets have no validity ranges.",
            remedy: "Register a dataset type with the calibration flag, and put the datasets with that."
        )
    }

    private static func withoutRepetition(_ batch: Batch, _ name: String) throws -> Batch {
        var byKey: [[SQLValue]: DatasetRef] = [:]
        var distinct = Batch(type: batch.type)
        for ref in batch.refs {
            guard let other = byKey.updateValue(ref, forKey: key(ref)) else {
                distinct.refs.append(ref)
                continue
            }
            guard other.id == ref.id else {
                throw ButlerError(
                    .conflictingDefinition,
                    "Two datasets of type \"\(batch.type.type.name)\" with data ID \(ref.dataID) cannot be certified "
                        + "in \"\(name)\" for the same time.",
                    remedy: "Leave one out.",
                    context: [.init("dataset", other.description), .init("dataset", ref.description)]
                )
            }
        }
        return distinct
    }

    private func checkConflicts(
        _ batch: Batch,
        _ collection: CollectionRecord,
        _ validity: Timespan,
        on connection: any Connection
    ) throws {
        let table = try Self.calibrations(batch.type)
        let columns = batch.type.dimensionColumns
        let shown = ["dataset_id"] + columns + ["timespan"]
        for chunk in Self.chunks(batch.refs.map(Self.key), width: columns.count, connection.dialect) {
            let match: SQL = columns.isEmpty ? "" : " AND \(DimensionTables.matches(columns, Array(chunk)))"
            let sql: SQL = """
                SELECT \(table.selection(of: shown, connection.dialect)) FROM \(table: table.name) \
                WHERE \(id: "dataset_type_id") = \(batch.type.id) \
                AND \(id: format.collectionColumn) = \(collection.key)\(match) \
                AND \(Self.overlap(validity, connection.dialect)) LIMIT 11
                """
            let page = try connection.query(sql, kinds: table.kinds(of: shown))
            guard !page.isEmpty else { continue }
            throw conflict(page, batch.type, collection, validity)
        }
    }

    private func conflict(
        _ page: ColumnPage,
        _ type: DatasetTypeRecord,
        _ collection: CollectionRecord,
        _ validity: Timespan
    ) -> ButlerError {
        let columns = type.dimensionColumns
        let items = (0..<min(10, page.rowCount)).map { row -> ButlerError.ContextItem in
            let key = columns.enumerated().map { "\($1): \(page.value(row, $0 + 1))" }.joined(separator: ", ")
            let begin = page.integer(row, columns.count + 1) ?? 0
            let end = page.integer(row, columns.count + 2) ?? 0
            let span = Timespan(beginNanoseconds: begin, endNanoseconds: end)
            return .init("certified already", "{\(key)} \(span), dataset \(page.uuid(row, 0)?.dashed ?? "unknown")")
        }
        let count = page.rowCount > 10 ? "More than ten" : String(page.rowCount)
        return ButlerError(
            .conflictingDefinition,
            "\(count) validity range conflicts certifying datasets of type \"\(type.type.name)\" into "
                + "\"\(collection.name)\" for \(validity).",
            remedy: "Decertify the existing ranges first, or choose another range.",
            context: items
        )
    }

    /// The test that a stored validity range overlaps a given one.
    static func overlap(_ validity: Timespan, qualifier: String? = nil, _ dialect: SQLDialect) -> SQL {
        let stored = TableSpec.timespanBounds("timespan", qualifier: qualifier, dialect)
        return "\(stored.begin) < \(validity.endNanoseconds) AND \(stored.end) > \(validity.beginNanoseconds)"
    }

    /// Takes a range of time out of the validity of datasets in a CALIBRATION collection.
    ///
    /// What remains of a range before and after keeps its dataset, as new rows. Repeating it changes nothing. At most
    /// three statements.
    ///
    /// - Parameters:
    ///   - typeName: Name of the dataset type.
    ///   - name: Name of the collection.
    ///   - range: Half-open range, TAI; an empty one changes nothing.
    ///   - dataIDs: Data IDs of the dataset type's dimensions or of more; nil for all.
    ///   - connection: A write connection.
    /// - Returns: How many stored ranges were removed or cut.
    /// - Throws: ``ButlerError`` with `.missingCollection`, `.missingDatasetType`, `.datasetTypeExpression` if the dataset
    ///   type is no calibration, `.collectionType`, `.dimensionValue` for incomplete data IDs; database errors.
    @discardableResult
    public func decertify(
        _ typeName: String,
        in name: String,
        range: Timespan,
        dataIDs: [DataCoordinate]? = nil,
        on connection: any Connection
    ) throws -> Int {
        let collection = try collections.record(name, on: connection)
        let type = try types.record(typeName, on: connection)
        let table = try Self.calibrations(type)
        guard collection.kind == .calibration else {
            throw CollectionTables.wrongKind(collection, wanted: [.calibration])
        }
        let keys = try dataIDs.map { ids in
            Array(Set(try ids.map { try $0.subset(type.type.dimensions).requiredValues.map(\.sqlValue) }))
        }
        guard !range.isEmpty, keys?.isEmpty != true else { return 0 }
        try connection.lock(table.name)
        let affected = try overlapping(type, table, collection.key, range, keys, on: connection)
        for chunk in Self.chunks(affected.map(\.row), width: 1, connection.dialect) {
            try connection.execute("DELETE FROM \(table: table.name) WHERE \(id: "id") \(in: Array(chunk))")
        }
        let remaining = affected.flatMap { item in
            item.validity.difference(range).map { (item.dataset, item.key, $0) }
        }
        try insertCalibrations(remaining, type, collection.key, on: connection)
        return affected.count
    }

    private typealias StoredRange = (row: Int64, dataset: DatasetID, key: [SQLValue], validity: Timespan)

    private func overlapping(
        _ type: DatasetTypeRecord,
        _ table: TableSpec,
        _ collection: CollectionKey,
        _ range: Timespan,
        _ keys: [[SQLValue]]?,
        on connection: any Connection
    ) throws -> [StoredRange] {
        let columns = type.dimensionColumns
        let shown = ["id", "dataset_id"] + columns + ["timespan"]
        var found: [StoredRange] = []
        let chunks = keys.map { Self.chunks($0, width: columns.count, connection.dialect).map(Optional.some) } ?? [nil]
        for chunk in chunks {
            let match: SQL =
                chunk.map { rows in
                    columns.isEmpty ? "" : " AND \(DimensionTables.matches(columns, Array(rows)))"
                } ?? ""
            let sql: SQL = """
                SELECT \(table.selection(of: shown, connection.dialect)) FROM \(table: table.name) \
                WHERE \(id: "dataset_type_id") = \(type.id) AND \(id: format.collectionColumn) = \(collection)\(match) \
                AND \(Self.overlap(range, connection.dialect)) ORDER BY \(id: "id")
                """
            let page = try connection.query(sql, kinds: table.kinds(of: shown))
            for row in 0..<page.rowCount {
                guard let number = page.integer(row, 0), let id = page.uuid(row, 1),
                    let begin = page.integer(row, columns.count + 2), let end = page.integer(row, columns.count + 3)
                else { continue }
                let key = (0..<columns.count).map { page.value(row, $0 + 2) }
                found.append((number, id, key, Timespan(beginNanoseconds: begin, endNanoseconds: end)))
            }
        }
        return found
    }
}
