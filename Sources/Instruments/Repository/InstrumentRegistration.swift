internal import Datasets
internal import Dimensions
public import Steward
internal import StewardCore

/// What is done with records that a repository has in another form.
public enum RecordConflictRule: String, Sendable, Hashable, CaseIterable {
    /// It is an error that names each field.
    case raise
    /// They stay as they are.
    case skip
    /// They get the definition's values.
    case update
}

/// What a registration did.
public struct RegistrationOutcome: Sendable {
    /// Records that are new, by element.
    public let inserted: [String: Int]
    /// Records that differ from the definition, with the fields that do: changed, or left by request.
    public let differing: [(record: String, fields: [FieldDifference])]

    /// Whether nothing was done.
    public var isUnchanged: Bool { inserted.isEmpty && differing.isEmpty }
}

extension InstrumentDefinition {
    /// Registers the instrument with its detectors and filters.
    ///
    /// One transaction; repeating it changes nothing. Filters and detectors that the definition has gained are added.
    ///
    /// - Parameters:
    ///   - butler: A repository open for writing.
    ///   - rule: What happens with records that differ.
    /// - Returns: What was new and what differs.
    /// - Throws: ``ButlerError`` with `.conflictingDefinition` naming each field that differs, `.readOnly`; database
    ///   errors.
    public func register(
        in butler: Butler,
        onConflict rule: RecordConflictRule = .raise
    ) async throws
        -> RegistrationOutcome
    {
        let records = try records(in: butler.universe)
        let stored = try await butler.differences(records)
        var inserted: [String: Int] = [:]
        var differing: [(record: String, fields: [FieldDifference])] = []
        var wanted: [DimensionRecord] = []
        for (record, differences) in zip(records, stored) {
            guard let differences else {
                inserted[record.element.name, default: 0] += 1
                wanted.append(record)
                continue
            }
            guard !differences.isEmpty else { continue }
            differing.append((record.element.name + " " + record.dataID(in: butler.universe).description, differences))
            if rule == .update { wanted.append(record) }
        }
        if rule == .raise, !differing.isEmpty { throw conflict(differing) }
        if !wanted.isEmpty { try await butler.sync(wanted, updating: rule == .update) }
        return RegistrationOutcome(inserted: inserted, differing: differing)
    }

    private func conflict(_ differing: [(record: String, fields: [FieldDifference])]) -> ButlerError {
        ButlerError(
            .conflictingDefinition,
            "Instrument \"\(name)\" is registered with other values than its definition has.",
            remedy: "Take the definition's with --update, or keep the repository's with --on-conflict skip.",
            context: differing.flatMap { item in item.fields.map { .init(item.record, $0.description) } }
        )
    }

    /// Serial numbers of the physical detectors by slot.
    public var detectorSerials: [Int64: String] {
        Dictionary(camera.detectors.map { ($0.id, $0.serial) }) { first, _ in first }
    }

    /// The dimension records of the instrument, in dependency order.
    ///
    /// - Parameter universe: The repository's universe; fields that it does not have are left out.
    /// - Returns: Records of instrument, detectors and filters.
    /// - Throws: ``ButlerError`` with `.dimensionValue` for text that is too long.
    public func records(in universe: DimensionUniverse) throws -> [DimensionRecord] {
        let owner = DimensionRecord.FieldValue.string(name)
        var records = [
            try Self.record(
                "instrument",
                [
                    "name": owner, "visit_max": .int(visitMax), "exposure_max": .int(exposureMax),
                    "detector_max": .int(detectorMax), "class_name": .string(className),
                    "visit_system": visitSystem.map { .int($0.rawValue) } ?? .null,
                ],
                universe
            )
        ]
        for detector in camera.detectors {
            records.append(
                try Self.record(
                    "detector",
                    [
                        "instrument": owner, "id": .int(detector.id), "full_name": .string(detector.fullName),
                        "name_in_raft": Self.text(detector.nameInRaft), "raft": Self.text(detector.raft),
                        "purpose": .string(detector.purpose.rawValue),
                    ],
                    universe
                )
            )
        }
        for filter in filters {
            records.append(
                try Self.record(
                    "physical_filter",
                    ["instrument": owner, "name": .string(filter.physicalFilter), "band": .string(filter.band)],
                    universe
                )
            )
        }
        return records
    }

    static func text(_ value: String?) -> DimensionRecord.FieldValue {
        value.flatMap { $0.isEmpty ? nil : .string($0) } ?? .null
    }

    /// A record without the fields that an older universe lacks.
    static func record(
        _ element: String,
        _ fields: [String: DimensionRecord.FieldValue],
        _ universe: DimensionUniverse
    ) throws -> DimensionRecord {
        let element = try universe.element(element)
        return try DimensionRecord(element, fields.filter { element.fieldIndex($0.key) != nil })
    }
}
