public import Databases
public import Datasets
internal import Dimensions
internal import StewardCore

extension DatasetTypeTables {
    /// Makes sure that a dataset type is registered with exactly this definition.
    ///
    /// For a new dataset type of new dimensions: two statements for the group's key, one for each table and index,
    /// one for the dataset type. What is in memory serves to begin with; where it turns out to be old the tables are
    /// read again.
    ///
    /// - Parameters:
    ///   - type: The dataset type; no component.
    ///   - connection: A write connection.
    /// - Returns: The registered dataset type, and whether it is new.
    /// - Throws: ``ButlerError`` with `.conflictingDefinition` that lists each differing field, `.datasetTypeExpression`
    ///   for a component; database errors.
    @discardableResult
    public func register(
        _ type: DatasetType,
        on connection: any Connection
    ) throws -> (record: DatasetTypeRecord, isNew: Bool) {
        guard type.component == nil else {
            throw ButlerError(
                .datasetTypeExpression,
                "\"\(type.name)\" is a component; only whole dataset types can be registered.",
                remedy: "Register \"\(type.parentName)\"."
            )
        }
        guard !type.storageClass.isEmpty else {
            throw ButlerError(.invalidArgument, "Dataset type \"\(type.name)\" has no storage class.")
        }
        if connection.dialect.keyGeneration == .sequence {
            try connection.lock(schema.groupKey.name)
            try connection.lock(schema.groupDefinition.name)
            cache.forgetDatasetTypes()
        }
        let known = try cache.datasetTypes ?? load(on: connection)
        if let existing = known.byName[type.name] { return (try Self.same(existing, type), false) }
        let (key, isNewGroup) = try groupKey(type.dimensions, on: connection)
        let tags = schema.tags(named: RegistrySchema.tagsTableName(groupKey: key), type.dimensions)
        let calibrations =
            type.isCalibration
            ? schema.calibrations(named: RegistrySchema.calibrationsTableName(groupKey: key), type.dimensions) : nil
        for table in [tags, calibrations].compactMap({ $0 }) {
            if isNewGroup {
                try connection.createTable(table)
            } else {
                try ensureTable(table, on: connection)
            }
        }
        var row = RowBatch(columns: schema.datasetType.columns.dropFirst().map(\.name))
        row.append(row: [.text(type.name), .text(type.storageClass), .int(key), .text(tags.name)])
        row.append(calibrations?.name)
        guard
            let values = try connection.insert(row, into: schema.datasetType, onConflict: .keep, returning: ["id"]),
            case .int(let id)? = values.first
        else {
            try load(on: connection)
            return (try Self.same(try record(type.name, on: connection), type), false)
        }
        let record = DatasetTypeRecord(id: id, type: type, groupKey: key, tags: tags, calibrations: calibrations)
        cache.update { $0.add(record) }
        return (record, true)
    }

    /// Compares a definition with the one in memory, without asking the database.
    ///
    /// - Parameter type: A dataset type.
    /// - Returns: Whether it is known to be registered with exactly this definition; nil if it is not known.
    /// - Throws: ``ButlerError`` with `.conflictingDefinition` that lists each differing field.
    public func known(_ type: DatasetType) throws -> DatasetTypeRecord? {
        try cache.datasetTypes?.byName[type.name].map { try Self.same($0, type) }
    }

    /// The key of a dimension group, made if there is none.
    ///
    /// Where the database generates keys from rows, the next number is taken from memory: if somebody else has used
    /// it meanwhile the insertion does nothing, and the definitions are read again.
    private func groupKey(
        _ group: DimensionGroup,
        on connection: any Connection
    ) throws -> (key: Int64, isNew: Bool) {
        let known = try cache.datasetTypes ?? load(on: connection)
        if let key = known.groupKeys[group] { return (key, false) }
        if let key = try insertGroupKey(known.largestGroupKey + 1, group, on: connection) { return (key, true) }
        let fresh = try load(on: connection)
        if let key = fresh.groupKeys[group] { return (key, false) }
        if let key = try insertGroupKey(fresh.largestGroupKey + 1, group, on: connection) { return (key, true) }
        throw ButlerError(.integrity, "No key could be made for the dimensions \(group).", remedy: "Try again.")
    }

    /// Stores a group under the next key; nil if that key is taken.
    private func insertGroupKey(
        _ next: Int64,
        _ group: DimensionGroup,
        on connection: any Connection
    ) throws -> Int64? {
        let table = schema.groupKey
        let inserted: Int64?
        switch connection.dialect.keyGeneration {
        case .rowIdentifier:
            var row = RowBatch(columns: ["id"])
            row.append(next)
            inserted = try connection.insert(row, into: table, onConflict: .keep) > 0 ? next : nil
        case .sequence:
            let insertion = table.insertion(of: [], onConflict: .fail, connection.dialect)
            inserted = try connection.integer("\(insertion) RETURNING \(id: "id")")
        }
        guard let key = inserted else { return nil }
        var definition = RowBatch(columns: ["dimension_graph_id", "dimension_name"])
        for dimension in group.required { definition.append(row: [.int(key), .text(dimension.name)]) }
        try connection.insert(definition, into: schema.groupDefinition)
        cache.update { $0.add(group, key: key) }
        return key
    }

    /// Creates a table unless it exists; one that exists must have the right columns.
    private func ensureTable(_ table: TableSpec, on connection: any Connection) throws {
        var existing = try connection.columnNames(of: table.name)
        if existing.isEmpty {
            guard try !connection.ensureTable(table) else { return }
            existing = try connection.columnNames(of: table.name)
        }
        let wanted = table.columns.flatMap { column in
            column.type == .timespan && connection.dialect.timespanStorage == .columns
                ? [column.name + "_begin", column.name + "_end"] : [column.name]
        }
        guard Set(existing) == Set(wanted) else {
            throw ButlerError(
                .incompatibleRepository,
                "Table \"\(table.name)\" has columns \(existing.joined(separator: ", ")) in place of "
                    + "\(wanted.joined(separator: ", ")).",
                remedy: "The repository was changed by another program; restore the table from a copy."
            )
        }
    }

    /// The registered dataset type if its definition is the given one.
    private static func same(_ record: DatasetTypeRecord, _ type: DatasetType) throws -> DatasetTypeRecord {
        let stored = record.type
        var differences: [ButlerError.ContextItem] = []
        func compare(_ field: String, _ stored: String, _ given: String) {
            if stored != given { differences.append(.init(field, "stored \(stored), given \(given)")) }
        }
        compare("dimensions", stored.dimensions.description, type.dimensions.description)
        compare("storage class", "\"\(stored.storageClass)\"", "\"\(type.storageClass)\"")
        compare("calibration", stored.isCalibration ? "yes" : "no", type.isCalibration ? "yes" : "no")
        guard !differences.isEmpty else { return record }
        let fields = differences.map(\.label).joined(separator: " and ")
        throw ButlerError(
            .conflictingDefinition,
            "Dataset type \"\(type.name)\" is registered already and differs in \(fields).",
            remedy: "Use the registered definition, or another name.",
            context: differences
        )
    }
}
