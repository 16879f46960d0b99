public import Databases
public import Dimensions
internal import StewardCore

/// What became of a record that was to be in the repository.
public enum RecordOutcome: Sendable, Hashable {
    /// It did not exist and was inserted.
    case inserted
    /// It existed with equal values.
    case unchanged
    /// It existed with other values, which were changed; the differences say what was stored before.
    case updated([FieldDifference])
}

/// A field whose stored value is not the given one.
public struct FieldDifference: Sendable, Hashable, CustomStringConvertible {
    /// Name of the field.
    public let field: String
    /// The value in the repository.
    public let stored: DimensionRecord.FieldValue
    /// The value given.
    public let given: DimensionRecord.FieldValue

    /// Creates a difference.
    public init(field: String, stored: DimensionRecord.FieldValue, given: DimensionRecord.FieldValue) {
        self.field = field
        self.stored = stored
        self.given = given
    }

    /// Both values in words.
    public var description: String { "\(field): stored \(Self.text(stored)), given \(Self.text(given))" }

    private static func text(_ value: DimensionRecord.FieldValue) -> String {
        switch value {
        case .null: "nothing"
        case .int(let value): String(value)
        case .real(let value): String(value)
        case .string(let value): "\"\(value)\""
        case .bool(let value): value ? "true" : "false"
        case .bytes(let value): "\(value.count) bytes"
        case .region: "a region"
        case .timespan(let value): "\(value)"
        }
    }
}

extension DimensionTables {
    /// Makes sure that records exist with exactly the given values.
    ///
    /// For each element one statement for a new single record, two for several of which some are new, one if all
    /// exist, and one more for each changed record; spatial elements and governors take those of
    /// ``insert(_:onExisting:on:)`` for what is new or has another region. All fields are compared, regions and
    /// timespans too, real numbers exactly.
    ///
    /// - Parameters:
    ///   - records: Records of any elements that have tables.
    ///   - updating: Whether stored values that differ are changed; otherwise they are an error.
    ///   - connection: A write connection.
    /// - Returns: What became of each record, in the order given.
    /// - Throws: ``ButlerError`` with `.conflictingDefinition` that lists the differing fields of the first record in
    ///   conflict, `.integrity` if something a record refers to does not exist; database errors.
    @discardableResult
    public func sync(
        _ records: [DimensionRecord],
        updating: Bool = false,
        on connection: any Connection
    ) throws -> [RecordOutcome] {
        var outcomes = [RecordOutcome](repeating: .unchanged, count: records.count)
        let indices = Dictionary(grouping: records.indices) { records[$0].element.position }
        for (_, places) in indices.sorted(by: { $0.key < $1.key }) {
            let group = places.map { records[$0] }
            guard let element = group.first?.element else { continue }
            for (place, outcome) in zip(places, try sync(group, of: element, updating, on: connection)) {
                outcomes[place] = outcome
            }
        }
        return outcomes
    }

    private func sync(
        _ records: [DimensionRecord],
        of element: DimensionElement,
        _ updating: Bool,
        on connection: any Connection
    ) throws -> [RecordOutcome] {
        let coder = try coder(element)
        let request = SyncRequest(
            coder.table,
            keys: coder.keyColumns,
            compared: coder.otherColumns,
            rows: coder.rows(records),
            updates: updating
        )
        let result: SyncResult
        do {
            result = try connection.sync(request)
        } catch let error as ButlerError where error.code == .conflictingDefinition {
            throw try conflict(error, coder)
        }
        let outcomes = try result.outcomes.map { outcome -> RecordOutcome in
            switch outcome {
            case .inserted: .inserted
            case .unchanged: .unchanged
            case .updated(let differences): .updated(try differences.map { try Self.difference($0, coder) })
            }
        }
        try follow(outcomes, records, element, on: connection)
        return outcomes
    }

    /// Writes the overlaps and summaries of what a synchronization has changed.
    private func follow(
        _ outcomes: [RecordOutcome],
        _ records: [DimensionRecord],
        _ element: DimensionElement,
        on connection: any Connection
    ) throws {
        var new: [DimensionRecord] = []
        var moved: [DimensionRecord] = []
        var changed: [DimensionRecord] = []
        for (record, outcome) in zip(records, outcomes) {
            switch outcome {
            case .inserted: new.append(record)
            case .unchanged: continue
            case .updated(let differences):
                if differences.contains(where: { $0.field == "region" }) { moved.append(record) }
            }
            changed.append(record)
        }
        guard !changed.isEmpty else { return }
        cache.noteChange(of: element)
        if !new.isEmpty { try insertOverlaps(new, of: element, deletingOld: false, on: connection) }
        if !moved.isEmpty { try insertOverlaps(moved, of: element, deletingOld: true, on: connection) }
        try insertSummaries(changed, of: element, on: connection)
    }

    /// Compares records with those stored, without changing anything.
    ///
    /// The statements of ``records(of:keys:on:)`` for each element, never from memory that may be out of date.
    ///
    /// - Parameters:
    ///   - records: Records of any elements that have tables.
    ///   - connection: Where to read.
    /// - Returns: For each record, in the order given, the fields that differ; nil if it does not exist.
    /// - Throws: Database errors.
    public func differences(
        _ records: [DimensionRecord],
        on connection: any Connection
    ) throws -> [[FieldDifference]?] {
        var stored: [Int: ElementRecords] = [:]
        for (element, group) in Self.grouped(records) {
            stored[element.position] =
                element.isCached
                ? try all(of: element, refreshing: true, on: connection)
                : try self.records(of: element, keys: group.map(\.key), on: connection)
        }
        return records.map { record in
            guard let existing = stored[record.element.position]?[record.key] else { return nil }
            return zip(record.element.fields, zip(existing.values, record.values)).compactMap { field, values in
                values.0 == values.1 ? nil : FieldDifference(field: field.name, stored: values.0, given: values.1)
            }
        }
    }

    private static func difference(_ difference: ColumnDifference, _ coder: RecordCoder) throws -> FieldDifference {
        FieldDifference(
            field: difference.column,
            stored: try coder.value(difference.stored, of: difference.column),
            given: try coder.value(difference.given, of: difference.column)
        )
    }

    /// The error for a record that exists with other values, in the terms of dimensions.
    private func conflict(_ error: ButlerError, _ coder: RecordCoder) throws -> ButlerError {
        guard let conflict = error.cause as? SyncConflict else { return error }
        let key = zip(coder.element.required, conflict.keys).map { name, value in
            if case .text(let text) = value { return "\(name): '\(text)'" }
            return "\(name): \(value)"
        }
        let name = "{" + key.joined(separator: ", ") + "}"
        guard !conflict.differences.isEmpty else {
            return ButlerError(
                .conflictingDefinition,
                "The record of \"\(coder.element.name)\" \(name) cannot be stored: another record has the same "
                    + coder.element.alternateKeys.map { "\"\($0.name)\"" }.joined(separator: " or ") + ".",
                remedy: "Choose another value, or correct the other record.",
                cause: error
            )
        }
        let differences = try conflict.differences.map { try Self.difference($0, coder) }
        return ButlerError(
            .conflictingDefinition,
            "The record of \"\(coder.element.name)\" \(name) exists already with other values.",
            remedy: "Use the stored values, or ask for an update if the new ones are right.",
            context: differences.map { item in
                let parts = item.description.split(separator: ": ", maxSplits: 1).map(String.init)
                return ButlerError.ContextItem(parts.first ?? item.field, parts.last ?? "")
            }
        )
    }
}
