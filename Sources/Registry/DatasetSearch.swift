internal import AstroTime
internal import Databases
internal import Datasets
internal import Dimensions
internal import StewardCore

/// A search for datasets of one type in an ordered list of collections.
struct DatasetSearch {
    /// Membership of a dataset in one of the collections.
    private struct Candidate {
        let rank: Int
        /// Key of the validity range's row; 0 in RUN and TAGGED collections.
        let row: Int64
        let dataset: DatasetID
        let run: String
        let validity: Timespan?
        var records: [StoredFile] = []
    }

    private let type: DatasetTypeRecord
    private let collections: [CollectionRecord]
    private let ranks: [CollectionKey: Int]
    private let recordTable: DatastoreRecordTable?
    private let format: RegistryFormat
    /// The span that all requests' timespans lie in; nil if no request has one.
    private let hull: Timespan?
    private var candidates: [[SQLValue]: [Candidate]] = [:]

    init(
        _ type: DatasetTypeRecord,
        _ collections: [CollectionRecord],
        _ timespans: [Timespan],
        _ recordTable: DatastoreRecordTable?,
        _ format: RegistryFormat
    ) {
        self.type = type
        self.collections = collections
        ranks = Dictionary(
            collections.enumerated().map { ($1.key, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        self.recordTable = recordTable
        self.format = format
        hull = timespans.first.map { first in
            Timespan(
                beginNanoseconds: timespans.map(\.beginNanoseconds).min() ?? first.beginNanoseconds,
                endNanoseconds: timespans.map(\.endNanoseconds).max() ?? first.endNanoseconds
            )
        }
    }

    /// Reads what there is for some data IDs.
    mutating func run(_ keys: [[SQLValue]], on connection: any Connection) throws {
        let direct = collections.filter { $0.kind == .run || $0.kind == .tagged }.map(\.key)
        let timed = collections.filter { $0.kind == .calibration }.map(\.key)
        var parts: [SQL] = []
        if !direct.isEmpty {
            let noNumber: SQL = "CAST(NULL AS BIGINT)"
            parts.append(select(type.tags, "CAST(0 AS BIGINT)", (noNumber, noNumber), direct, keys, hull: nil))
        }
        if let table = type.calibrations, let hull, !timed.isEmpty {
            let bounds = TableSpec.timespanBounds("timespan", qualifier: "a", connection.dialect)
            let isEverything = hull == .all
            let condition = isEverything ? nil : DatasetTables.overlap(hull, qualifier: "a", connection.dialect)
            parts.append(select(table, "\(id: "a", "id")", bounds, timed, keys, hull: condition))
        }
        guard !parts.isEmpty else { return }
        var kinds: [ColumnKind] = [.integer, .integer, .integer, .uuid, format.collectionKind, .label]
        kinds += type.dimensionKinds
        if recordTable != nil { kinds += StoredFile.kinds }
        let page = try connection.query(parts.joined(separator: " UNION ALL "), kinds: kinds)
        for row in 0..<page.rowCount { add(page, row) }
    }

    private func select(
        _ table: TableSpec,
        _ row: SQL,
        _ bounds: (begin: SQL, end: SQL),
        _ collections: [CollectionKey],
        _ keys: [[SQLValue]],
        hull: SQL?
    ) -> SQL {
        let columns = type.dimensionColumns
        let runKey = format.collectionTableKey
        var list: SQL = """
            \(row), \(bounds.begin), \(bounds.end), \(id: "a", "dataset_id"), \(id: "a", format.collectionColumn), \
            \(id: "r", "name")
            """
        for column in columns { list += ", \(id: "a", column)" }
        var source: SQL = """
            \(table: table.name) AS \(id: "a") JOIN \(table: "dataset") AS \(id: "d") \
            ON \(id: "d", "id") = \(id: "a", "dataset_id") JOIN \(table: "collection") AS \(id: "r") \
            ON \(id: "r", runKey) = \(id: "d", format.runColumn)
            """
        if let recordTable {
            for column in StoredFile.columns { list += ", \(id: "f", column)" }
            source += """
                 LEFT JOIN \(table: recordTable.name) AS \(id: "f") \
                ON \(id: "f", "dataset_id") = \(id: "a", "dataset_id")
                """
        }
        var condition: SQL = """
            \(id: "a", "dataset_type_id") = \(type.id) AND \(id: "a", format.collectionColumn) \(in: collections)
            """
        if !columns.isEmpty { condition += " AND \(DimensionTables.matches(columns, qualifier: "a", keys))" }
        if let hull { condition += " AND \(hull)" }
        return "SELECT \(list) FROM \(source) WHERE \(condition)"
    }

    private mutating func add(_ page: ColumnPage, _ row: Int) {
        guard let number = page.integer(row, 0), let dataset = page.uuid(row, 3), let run = page.text(row, 5),
            let rank = format.collectionKey(page, row, 4).flatMap({ ranks[$0] })
        else { return }
        let width = type.dimensionColumns.count
        let key = (0..<width).map { page.value(row, 6 + $0) }
        let record = recordTable == nil ? nil : StoredFile(page, row, from: 6 + width)
        var list = candidates[key] ?? []
        if let index = list.firstIndex(where: { $0.rank == rank && $0.row == number }) {
            if let record { list[index].records.append(record) }
        } else {
            let validity = page.integer(row, 1).flatMap { begin in
                page.integer(row, 2).map { Timespan(beginNanoseconds: begin, endNanoseconds: $0) }
            }
            var candidate = Candidate(rank: rank, row: number, dataset: dataset, run: run, validity: validity)
            if let record { candidate.records.append(record) }
            list.append(candidate)
        }
        candidates[key] = list
    }

    /// The dataset for a request among what was read.
    ///
    /// Several ranges that match are ambiguous even if they belong to one dataset, but for one case: without bounds on
    /// time, in a search that mixes CALIBRATION with other collections, the reference sees each dataset once
    /// (`daf_butler: registry/datasets/byDimensions/_manager.py`, `make_joins_builder`).
    func winner(_ key: [SQLValue], _ request: DatasetRequest, isMixed: () throws -> Bool) throws -> FoundDataset? {
        let matching = (candidates[key] ?? []).filter { candidate in
            guard let validity = candidate.validity else { return true }
            guard let timespan = request.timespan else { return false }
            return timespan == .all || validity.overlaps(timespan)
        }
        guard let rank = matching.map(\.rank).min() else { return nil }
        let first = matching.filter { $0.rank == rank }
        guard let only = first.first else { return nil }
        if first.count > 1 {
            let isOneDataset = first.allSatisfy { $0.dataset == only.dataset }
            guard isOneDataset, request.timespan == .all, try isMixed() else { throw ambiguous(first, request) }
        }
        let dataID = DataCoordinate(type.type.dimensions, values: key.compactMap(DimensionValue.init))
        let ref = DatasetRef(type.type, dataID, run: only.run, id: only.dataset)
        return FoundDataset(
            ref: ref,
            collection: collections[rank].name,
            validity: only.validity,
            records: only.records
        )
    }

    private func ambiguous(_ candidates: [Candidate], _ request: DatasetRequest) -> ButlerError {
        let items = candidates.sorted { ($0.validity?.beginNanoseconds ?? 0) < ($1.validity?.beginNanoseconds ?? 0) }
            .prefix(10).map { candidate in
                let validity = candidate.validity.map { "\($0)" } ?? "always"
                return ButlerError.ContextItem("dataset \(candidate.dataset.dashed)", "valid \(validity)")
            }
        let isSame = Set(candidates.map(\.dataset)).count == 1
        let name = collections[candidates.first?.rank ?? 0].name
        return ButlerError(
            .calibrationLookup,
            "\(candidates.count) validity ranges of \"\(type.type.name)\" in collection \"\(name)\" match "
                + "data ID \(request.dataID) at \(request.timespan.map { "\($0)" } ?? "any time")"
                + (isSame ? ", all of one dataset." : "."),
            remedy: "Give a narrower time, for instance the data ID of an exposure.",
            context: Array(items)
        )
    }
}

extension DimensionValue {
    /// The value that stands in a column of a data ID; nil for other kinds of values.
    init?(_ value: SQLValue) {
        switch value {
        case .int(let number): self = .int(number)
        case .text(let text): self = .string(text)
        default: return nil
        }
    }
}
