internal import Databases
internal import Registry
internal import StewardCore

/// Changes of dimension records within one transaction, which may depend on what is stored.
public struct RecordChanges {
    private let dimensions: DimensionTables
    private let connection: any Connection

    fileprivate init(_ dimensions: DimensionTables, _ connection: any Connection) {
        self.dimensions = dimensions
        self.connection = connection
    }

    /// Compares records with those stored.
    ///
    /// - Parameter records: Records of any elements.
    /// - Returns: For each record the fields that differ, empty if none do, nil if there is no such record.
    /// - Throws: Database errors.
    public func differences(_ records: [DimensionRecord]) throws -> [[FieldDifference]?] {
        try dimensions.differences(records, on: connection)
    }

    /// The stored records of an element with some values.
    ///
    /// - Parameters:
    ///   - element: Name of the element.
    ///   - fields: Values by field name.
    /// - Returns: The records in the order of their keys.
    /// - Throws: ``ButlerError`` with `.dimensionName` for an unknown element or field; database errors.
    public func records(
        of element: String,
        matching fields: [String: DimensionRecord.FieldValue]
    ) throws -> [DimensionRecord] {
        let element = try dimensions.schema.universe.element(element)
        return try dimensions.records(of: element, matching: fields, limit: Int(Int32.max), on: connection)
    }

    /// Makes sure that records exist with the given values; of several writers of one record, one inserts it.
    ///
    /// - Parameters:
    ///   - records: Records of any elements.
    ///   - updating: Whether records that differ are changed; otherwise they are an error.
    /// - Returns: What became of each record.
    /// - Throws: ``ButlerError`` with `.conflictingDefinition` naming each field that differs; database errors.
    @discardableResult
    public func sync(_ records: [DimensionRecord], updating: Bool = false) throws -> [RecordOutcome] {
        try dimensions.sync(records, updating: updating, on: connection)
    }

    /// Inserts records, each element's in one statement, in dependency order.
    ///
    /// - Parameters:
    ///   - records: Records of any elements.
    ///   - rule: What happens where a record with the same key exists.
    /// - Throws: ``ButlerError`` with `.integrity`; database errors.
    public func insert(_ records: [DimensionRecord], onExisting rule: ExistingRecordRule = .fail) throws {
        try dimensions.insert(records, onExisting: rule.tableRule, on: connection)
    }
}

extension Butler {
    /// Changes dimension records in one transaction.
    ///
    /// - Parameter body: The changes; it may run again when another transaction made the first attempt impossible.
    /// - Returns: What the body returns.
    /// - Throws: ``ButlerError`` with `.readOnly`; what the body throws, and nothing is changed then; database errors.
    public func changeRecords<Result: Sendable>(
        _ body: @Sendable (RecordChanges) throws -> Result
    ) async throws -> Result {
        try await write { try body(RecordChanges(self.registry.dimensions, $0)) }
    }
}
