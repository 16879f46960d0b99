public import Databases
internal import Datasets
internal import Dimensions
public import StewardCore

/// Reads and writes dataset types and the keys of dimension groups.
///
/// All dataset types are kept in memory and read again, in one statement, when one is not found. Functions that write
/// need a write connection and leave the transaction to the caller.
public final class DatasetTypeTables: Sendable {
    /// The tables.
    public let schema: RegistrySchema
    let cache: RegistryCache

    init(_ schema: RegistrySchema, _ cache: RegistryCache) {
        self.schema = schema
        self.cache = cache
    }

    /// Finds a dataset type.
    ///
    /// No statement if it is known, else one.
    ///
    /// - Parameters:
    ///   - name: Name without component.
    ///   - connection: Where to read.
    /// - Returns: The dataset type, or nil.
    /// - Throws: Database errors; `.configuration` if the dataset type cannot be represented.
    public func find(_ name: String, on connection: any Connection) throws -> DatasetTypeRecord? {
        if let known = cache.datasetTypes?.byName[name] { return known }
        let snapshot = try load(on: connection)
        if let problem = snapshot.unusable[name] { throw problem }
        return snapshot.byName[name]
    }

    /// The dataset type of a name.
    ///
    /// No statement if it is known, else one.
    ///
    /// - Parameters:
    ///   - name: Name without component.
    ///   - connection: Where to read.
    /// - Returns: The dataset type.
    /// - Throws: ``ButlerError`` with `.missingDatasetType` and candidates; database errors.
    public func record(_ name: String, on connection: any Connection) throws -> DatasetTypeRecord {
        if let found = try find(name, on: connection) { return found }
        throw missing(name)
    }

    /// The dataset type of a number from another table.
    ///
    /// No statement if it is known, else one.
    ///
    /// - Parameters:
    ///   - id: The number.
    ///   - connection: Where to read.
    /// - Returns: The dataset type.
    /// - Throws: ``ButlerError`` with `.missingDatasetType`; database errors.
    public func record(id: Int64, on connection: any Connection) throws -> DatasetTypeRecord {
        if let known = cache.datasetTypes?.byID[id] { return known }
        if let found = try load(on: connection).byID[id] { return found }
        throw ButlerError(.missingDatasetType, "There is no dataset type with number \(id) in this repository.")
    }

    /// All dataset types, read anew, sorted by name.
    ///
    /// One statement.
    ///
    /// - Parameter connection: Where to read.
    /// - Returns: The dataset types that can be represented.
    /// - Throws: Database errors.
    public func all(on connection: any Connection) throws -> [DatasetTypeRecord] {
        try load(on: connection).byName.values.sorted { $0.type.name < $1.type.name }
    }

    /// The dataset types that names and patterns mean, sorted by name, each once.
    ///
    /// One statement if there is a pattern or an unknown name, else none.
    ///
    /// - Parameters:
    ///   - words: Names and patterns; a name with a component is an unknown one.
    ///   - connection: Where to read.
    /// - Returns: The dataset types, and the names given in full that none has.
    /// - Throws: Database errors.
    public func resolve(
        _ words: [String],
        on connection: any Connection
    ) throws -> (found: [DatasetTypeRecord], missing: [String]) {
        let patterns = words.filter(GlobPattern.isPattern).map { GlobPattern($0) }
        let names = words.filter { !GlobPattern.isPattern($0) }
        let known = cache.datasetTypes
        let isKnown = patterns.isEmpty && names.allSatisfy { known?.byName[$0] != nil }
        let snapshot = if isKnown, let known { known } else { try load(on: connection) }
        var found = Set(names.filter { snapshot.byName[$0] != nil })
        for name in snapshot.byName.keys where patterns.contains(where: { $0.matches(name) }) { found.insert(name) }
        let records = found.sorted().compactMap { snapshot.byName[$0] }
        return (records, names.filter { snapshot.byName[$0] == nil })
    }

    /// The error for a dataset type that does not exist, with candidates among those known.
    ///
    /// - Parameter name: Name that was not found.
    /// - Returns: The error.
    public func missing(_ name: String) -> ButlerError {
        ButlerError(
            .missingDatasetType,
            "No dataset type \"\(name)\" is registered in this repository.",
            remedy: "List them with \"steward query-dataset-types\".",
            candidates: Candidates.nearest(to: name, in: cache.datasetTypes.map { Array($0.byName.keys) } ?? [])
        )
    }

    /// Reads all dataset types and dimension groups, in one statement.
    @discardableResult
    func load(on connection: any Connection) throws -> DatasetTypeSnapshot {
        let noText: SQL = "CAST(NULL AS TEXT)"
        let sql: SQL = """
            SELECT 0, \(id: "id"), \(noText), \(noText), CAST(0 AS BIGINT), \(noText), \(noText) \
            FROM \(table: "dimension_graph_key") \
            UNION ALL SELECT 1, \(id: "dimension_graph_id"), \(id: "dimension_name"), \(noText), CAST(0 AS BIGINT), \
            \(noText), \(noText) FROM \(table: "dimension_graph_definition") \
            UNION ALL SELECT 2, \(id: "id"), \(id: "name"), \(id: "storage_class"), \(id: "dimensions_key"), \
            \(id: "tag_association_table"), \(id: "calibration_association_table") FROM \(table: "dataset_type")
            """
        let resets = cache.resets
        let page = try connection.query(sql, kinds: [.integer, .integer, .label, .label, .integer, .label, .label])
        let snapshot = snapshot(of: page)
        cache.remember(snapshot, resets: resets)
        return snapshot
    }

    private func snapshot(of page: ColumnPage) -> DatasetTypeSnapshot {
        var snapshot = DatasetTypeSnapshot(emptyGroup: schema.universe.emptyGroup)
        var names: [Int64: [String]] = [:]
        for row in 0..<page.rowCount {
            guard let kind = page.integer(row, 0), let key = page.integer(row, 1), kind < 2 else { continue }
            snapshot.noteGroupKey(key)
            if kind == 1, let name = page.text(row, 2) { names[key, default: []].append(name) }
        }
        for (key, names) in names {
            if let group = try? schema.universe.group(names) { snapshot.add(group, key: key) }
        }
        for row in 0..<page.rowCount where page.integer(row, 0) == 2 {
            guard let name = page.text(row, 2) else { continue }
            do {
                snapshot.add(try record(page, row, name, snapshot.groups))
            } catch let error as ButlerError {
                snapshot.add(unusable: name, error)
            } catch {
                continue
            }
        }
        return snapshot
    }

    private func record(
        _ page: ColumnPage,
        _ row: Int,
        _ name: String,
        _ groups: [Int64: DimensionGroup]
    ) throws -> DatasetTypeRecord {
        guard let id = page.integer(row, 1), let storageClass = page.text(row, 3), let key = page.integer(row, 4),
            let tags = page.text(row, 5), let group = groups[key]
        else {
            throw ButlerError(
                .configuration,
                "The dimensions of dataset type \"\(name)\" are not ones of this repository's universe.",
                context: [.init("dimensions key", page.integer(row, 4).map(String.init) ?? "none")]
            )
        }
        let calibrations = page.text(row, 6)
        let type = try DatasetType(
            name: name,
            dimensions: group,
            storageClass: storageClass,
            isCalibration: calibrations != nil
        )
        return DatasetTypeRecord(
            id: id,
            type: type,
            groupKey: key,
            tags: schema.tags(named: tags, group),
            calibrations: calibrations.map { schema.calibrations(named: $0, group) }
        )
    }
}
