public import Registry
internal import StewardCore

extension Butler {
    // MARK: Dataset types

    /// Registers a dataset type.
    ///
    /// - Parameter type: The dataset type; not a component.
    /// - Returns: Whether it is new; an identical one that exists is left as it is.
    /// - Throws: ``ButlerError`` with `.conflictingDefinition` naming the field that differs, `.storageClass`,
    ///   `.readOnly`; database errors.
    @discardableResult
    public func register(_ type: DatasetType) async throws -> Bool {
        _ = try storageClasses.storageClass(type.storageClass)
        return try await write { try self.registry.datasetTypes.register(type, on: $0).isNew }
    }

    /// The dataset type of a name.
    ///
    /// - Parameter name: Name of the dataset type, with `.component` for a part of it.
    /// - Returns: The dataset type.
    /// - Throws: ``ButlerError`` with `.missingDatasetType` and candidates, `.unknownComponent`; database errors.
    public func datasetType(_ name: String) async throws -> DatasetType {
        let (parent, component) = DatasetType.split(name: name)
        let type = try await read { try self.registry.datasetTypes.record(parent, on: $0).type }
        return try component.map { try type.component($0, in: storageClasses) } ?? type
    }

    /// The dataset types that names and globs mean.
    ///
    /// - Parameter words: Names and globs; all dataset types if empty. Names that do not exist are left out.
    /// - Returns: Dataset types by name.
    /// - Throws: Database errors.
    public func datasetTypes(matching words: [String] = []) async throws -> [DatasetType] {
        let all = try await read { try self.registry.datasetTypes.all(on: $0).map(\.type) }
        guard !words.isEmpty else { return all }
        let patterns = words.map { GlobPattern($0) }
        return all.filter { type in patterns.contains { $0.matches(type.name) } }
    }

    /// Removes the definition of a dataset type that has no datasets.
    ///
    /// - Parameter name: Name of the dataset type.
    /// - Throws: ``ButlerError`` with `.missingDatasetType`, `.integrity` naming runs that hold datasets, `.readOnly`;
    ///   database errors.
    public func removeDatasetType(_ name: String) async throws {
        try await write { try self.registry.removeDatasetType(name, on: $0) }
    }

    // MARK: Dimension records

    /// Inserts dimension records, each element's in one statement, in dependency order.
    ///
    /// - Parameters:
    ///   - records: Records of any elements.
    ///   - rule: What happens where a record with the same key exists.
    /// - Throws: ``ButlerError`` with `.integrity`, `.readOnly`; database errors.
    public func insert(_ records: [DimensionRecord], onExisting rule: ExistingRecordRule = .fail) async throws {
        try await write { try self.registry.dimensions.insert(records, onExisting: rule.tableRule, on: $0) }
    }

    /// Makes sure that dimension records exist with the given values.
    ///
    /// - Parameters:
    ///   - records: Records of any elements.
    ///   - updating: Whether records that differ are changed; otherwise they are an error.
    /// - Returns: What became of each record.
    /// - Throws: ``ButlerError`` with `.conflictingDefinition` naming each field that differs, `.readOnly`; database
    ///   errors.
    @discardableResult
    public func sync(_ records: [DimensionRecord], updating: Bool = false) async throws -> [RecordOutcome] {
        try await write { try self.registry.dimensions.sync(records, updating: updating, on: $0) }
    }

    /// Compares dimension records with those in the repository.
    ///
    /// - Parameter records: Records of any elements.
    /// - Returns: For each record the fields that differ, empty if none do, nil if there is no such record.
    /// - Throws: Database errors.
    public func differences(_ records: [DimensionRecord]) async throws -> [[FieldDifference]?] {
        try await read { try self.registry.dimensions.differences(records, on: $0) }
    }

    // MARK: Data IDs

    /// Completes a data ID: alternate keys, fields and defaults become key values.
    ///
    /// - Parameters:
    ///   - values: Values by dimension name, `dimension.field`, or field name.
    ///   - group: Dimensions of the data ID.
    /// - Returns: A data ID of the group, minimal unless implied values were given.
    /// - Throws: ``ButlerError`` with `.dimensionName`, `.dimensionValue`, `.dataIDValue`; database errors.
    public func dataID(_ values: [String: DimensionValue], for group: DimensionGroup) async throws -> DataCoordinate {
        let defaults = defaults
        return try await read { connection in
            var resolution = DataIDResolution(self.registry.dimensions, group: group, isCalibration: false)
            let keys = try resolution.keys(values, defaults, on: connection)
            return try DataCoordinate(keys, for: group)
        }
    }

    /// Attaches dimension records to data IDs.
    ///
    /// - Parameter dataIDs: Data IDs of any groups.
    /// - Returns: The expanded data IDs in order.
    /// - Throws: ``ButlerError`` with `.dataIDValue` if a dimension has no such value, `.inconsistentDataID`; database
    ///   errors.
    public func expand(_ dataIDs: [DataCoordinate]) async throws -> [DataCoordinate] {
        try await read { try self.registry.dimensions.expand(dataIDs, on: $0) }
    }

    /// Reads all records of a cached dimension such as instrument, detector or physical_filter.
    ///
    /// - Parameter element: Name of the element.
    /// - Returns: The records.
    /// - Throws: ``ButlerError`` with `.dimensionName`; database errors.
    public func records(of element: String) async throws -> [DimensionRecord] {
        let element = try universe.element(element)
        return try await read { try self.registry.dimensions.all(of: element, refreshing: true, on: $0).records }
    }
}

/// What happens where a dimension record with the same key exists.
public enum ExistingRecordRule: Sendable, Hashable {
    /// It is an error.
    case fail
    /// It stays as it is.
    case skip
    /// It gets the new values.
    case replace

    var tableRule: DimensionTables.InsertRule {
        switch self {
        case .fail: .fail
        case .skip: .skip
        case .replace: .replace
        }
    }
}
