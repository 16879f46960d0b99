internal import Datasets
internal import Databases
internal import Dimensions
internal import Queries
internal import Registry

extension SQLDialect {
    /// Whether tables are joined in the order written with `CROSS JOIN`, as SQLite does.
    var keepsJoinOrder: Bool { timespanStorage == .columns }
}

/// A dataset search as a table or subquery, with the dataset fields that it provides.
///
/// Follows `daf_butler: registry/datasets/byDimensions/_manager.py`: memberships in RUN and TAGGED collections and
/// validity ranges are united without duplicates; a search without fields has each data ID once, unless one CALIBRATION
/// collection alone is searched.
struct DatasetJoin {
    let search: ResolvedSearch
    /// Fields needed of the datasets.
    let fields: Set<DatasetField>
    /// Whether the collection's key is needed, to rank or tell rows apart.
    let needsCollectionKey: Bool
    let format: RegistryFormat
    let dialect: SQLDialect

    private var alias: String { "\(search.type.type.name)_search" }
    private var dimensions: [DimensionElement] { search.type.type.dimensions.required }

    /// The table or subquery to join.
    var item: JoinItem {
        let label = "datasets \(search.type.type.name) in \(search.collections.map(\.name).joined(separator: ", "))"
        let keys = dimensions.map { ($0, "\(id: alias, $0.name)" as SQL) }
        if let direct = directPart {
            var source: SQL = "\(table: direct.table) AS \(id: alias)"
            let separator: SQL = dialect.keepsJoinOrder ? " CROSS JOIN " : ", "
            if direct.needsDataset { source += "\(separator)\(table: "dataset") AS \(id: datasetAlias)" }
            if direct.needsRunName { source += "\(separator)\(table: "collection") AS \(id: runAlias)" }
            return JoinItem(
                source: source,
                keys: keys,
                conditions: direct.conditions(alias),
                weakConditions: dialect.keepsJoinOrder ? direct.conditions(alias, isWeak: true) : [],
                label: label
            )
        }
        let selects = parts.map { $0.select(alias: "t") }
        return JoinItem(
            source: "(\(selects.joined(separator: " UNION "))) AS \(id: alias)",
            keys: keys,
            label: label,
            isSubquery: true
        )
    }

    /// Whether nothing but the presence of datasets in RUN and TAGGED collections is asked.
    var canBeTested: Bool {
        fields.isEmpty && !needsCollectionKey && search.calibrations.isEmpty
    }

    /// The test that there is a dataset with the keys that are known of a row; the indexes on keys serve it, which SQLite
    /// must be told.
    func existence(_ key: (DimensionElement) -> SQL?) -> SQL {
        let column = format.collectionColumn
        let mark: SQL = dialect.keepsJoinOrder ? "+" : ""
        var conditions: [SQL] = [
            "\(mark)\(id: alias, "dataset_type_id") = \(search.type.id)",
            "\(mark)\(id: alias, column) \(in: search.memberships.map(\.key))",
        ]
        for dimension in dimensions {
            if let known = key(dimension) { conditions.append("\(id: alias, dimension.name) = \(known)") }
        }
        return """
            EXISTS (SELECT 1 FROM \(table: search.type.tags.name) AS \(id: alias) \
            WHERE \(conditions.joined(separator: " AND ")))
            """
    }

    /// How a field is written.
    func column(_ field: DatasetField) -> ColumnSQL {
        if let direct = directPart { return direct.column(field, alias) }
        if field == .timespan { return .timespan(alias, "timespan", dialect) }
        return .scalar("\(id: alias, field.rawValue)")
    }

    /// The column with the key of the collection in which a dataset was found.
    var collectionKey: SQL {
        directPart == nil ? "\(id: alias, "collection_key")" : "\(id: alias, format.collectionColumn)"
    }

    /// Names of the searched collections by key.
    var collectionNames: [CollectionKey: String] {
        Dictionary(search.collections.map { ($0.key, $0.name) }, uniquingKeysWith: { first, _ in first })
    }

    /// Whether one table answers the search, so that its columns are at hand.
    var isDirect: Bool { directPart != nil }

    /// Whether the run can be told from the collection's key.
    var collectionIsRun: Bool { search.hasOnlyRuns }

    fileprivate var datasetAlias: String { "\(search.type.type.name)_dataset" }
    fileprivate var runAlias: String { "\(search.type.type.name)_run" }

    /// The one table that answers the search, if no duplicates have to be removed.
    private var directPart: Part? {
        let parts = parts
        guard parts.count == 1, !parts[0].isDistinct else { return nil }
        return parts[0]
    }

    private var parts: [Part] {
        var parts: [Part] = []
        if !search.memberships.isEmpty {
            parts.append(Part(join: self, table: search.type.tags.name, collections: search.memberships, isTags: true))
        }
        if !search.calibrations.isEmpty, let table = search.type.calibrations {
            parts.append(Part(join: self, table: table.name, collections: search.calibrations, isTags: false))
        }
        return parts
    }

    /// What is found in one table.
    private struct Part {
        let join: DatasetJoin
        let table: String
        let collections: [SearchedCollection]
        let isTags: Bool

        var isDistinct: Bool { collections.count > 1 && join.fields.isEmpty && !join.needsCollectionKey }

        /// Whether every collection of the part is a run.
        var hasOnlyRuns: Bool { collections.allSatisfy { $0.kind == .run } }
        var needsRunName: Bool { join.fields.contains(.run) && !hasOnlyRuns }
        var needsDataset: Bool { needsRunName || join.fields.contains(.ingestDate) }

        /// Conditions on the rows; the weak form keeps them from being served by an index.
        func conditions(_ alias: String, isWeak: Bool = false) -> [SQL] {
            let column = join.format.collectionColumn
            let sign: SQL = isWeak ? "+" : ""
            var conditions: [SQL] = [
                "\(sign)\(id: alias, "dataset_type_id") = \(join.search.type.id)",
                collections.count == 1
                    ? "\(sign)\(id: alias, column) = \(collections[0].key)"
                    : "\(sign)\(id: alias, column) \(in: collections.map(\.key))",
            ]
            if needsDataset {
                conditions.append("\(id: join.datasetAlias, "id") = \(id: alias, "dataset_id")")
                conditions.append("\(id: join.datasetAlias, "dataset_type_id") = \(join.search.type.id)")
            }
            if needsRunName {
                let run = join.format.runColumn
                let key = join.format.collectionTableKey
                conditions.append("\(id: join.runAlias, key) = \(id: join.datasetAlias, run)")
            }
            return conditions
        }

        func column(_ field: DatasetField, _ alias: String) -> ColumnSQL {
            switch field {
            case .datasetID: .scalar("\(id: alias, "dataset_id")")
            case .ingestDate: .scalar("\(id: join.datasetAlias, "ingest_date")")
            case .collection: .scalar(name(alias))
            case .run: .scalar(hasOnlyRuns ? name(alias) : "\(id: join.runAlias, "name")")
            case .timespan: isTags ? unbounded : .timespan(alias, "timespan", join.dialect)
            }
        }

        private var unbounded: ColumnSQL {
            switch join.dialect.timespanStorage {
            case .columns:
                .bounds(
                    begin: SQL(generated: String(TimespanBounds.minimum)),
                    end: SQL(generated: String(TimespanBounds.maximum))
                )
            case .range: .range("CAST('(,)' AS INT8RANGE)")
            }
        }

        /// The name of the collection, told from its key.
        private func name(_ alias: String) -> SQL {
            let column: SQL = "\(id: alias, join.format.collectionColumn)"
            guard join.format.collectionKeys == .numbers else { return column }
            guard collections.count > 1 else { return "CAST(\(collections[0].name) AS TEXT)" }
            let cases = collections.map { "WHEN \($0.key) THEN CAST(\($0.name) AS TEXT)" as SQL }
            return "CASE \(column) \(cases.joined(separator: " ")) END"
        }

        /// The part as a subquery of a union.
        func select(alias: String) -> SQL {
            var columns = join.dimensions.map { "\(id: alias, $0.name)" as SQL }
            for field in join.fields.sorted(by: { $0.rawValue < $1.rawValue }) {
                switch column(field, alias) {
                case .scalar(let sql): columns.append("\(sql) AS \(id: field.rawValue)")
                case .bounds(let begin, let end):
                    columns.append("\(begin) AS \(id: "timespan_begin")")
                    columns.append("\(end) AS \(id: "timespan_end")")
                case .range(let sql): columns.append("\(sql) AS \(id: "timespan")")
                }
            }
            if join.needsCollectionKey {
                columns.append("\(id: alias, join.format.collectionColumn) AS \(id: "collection_key")")
            }
            if columns.isEmpty { columns.append("1 AS \(id: "found")") }
            var from: SQL = "\(table: table) AS \(id: alias)"
            if needsDataset { from += ", \(table: "dataset") AS \(id: join.datasetAlias)" }
            if needsRunName { from += ", \(table: "collection") AS \(id: join.runAlias)" }
            let head: SQL = isDistinct ? "SELECT DISTINCT" : "SELECT"
            let list = columns.joined(separator: ", ")
            return "\(head) \(list) FROM \(from) WHERE \(conditions(alias).joined(separator: " AND "))"
        }
    }
}
