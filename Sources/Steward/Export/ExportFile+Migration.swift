internal import AstroTime
internal import Dimensions
internal import StewardCore

extension ExportFile {
    /// Brings records of an older universe of namespace `daf_butler` into the form of the target's.
    ///
    /// The steps are those of the reference's import (`daf_butler: transfers/_yaml.py`): the visit system moves from
    /// visits to memberships, groups and days of observation become records of their own, `visit.seeing` goes.
    ///
    /// - Parameters:
    ///   - universe: The universe of the repository that imports.
    ///   - offset: Seconds from midnight TAI to the change of the day of observation, by instrument; nil if unknown.
    /// - Returns: Warnings for people.
    /// - Throws: ``ButlerError`` with `.time` for a day that is none.
    mutating func migrate(to universe: DimensionUniverse, offset: (_ instrument: String) -> Int?) throws -> [String] {
        guard universeNamespace == "daf_butler", universe.namespace == universeNamespace else { return [] }
        if universeVersion < 2, universe.find("visit_system_membership") != nil { moveVisitSystems() }
        if universeVersion < 1 {
            edit("visit") { $0["seeing"] = nil }
            edit("visit") { $0["day_obs"] = $0["day_obs"] ?? Self.day(of: $0, offset: offset) }
        }
        guard universeVersion < 6 else { return [] }
        if universe.find("group") != nil { makeGroups() }
        return universe.find("day_obs") == nil ? [] : try makeDays(offset: offset)
    }

    private mutating func edit(_ element: String, _ change: (inout [String: Value]) -> Void) {
        for block in dimensions.indices where dimensions[block].element == element {
            for record in dimensions[block].records.indices { change(&dimensions[block].records[record]) }
        }
    }

    private mutating func moveVisitSystems() {
        var memberships: [[String: Value]] = []
        edit("visit") { visit in
            guard let system = visit.removeValue(forKey: "visit_system") else { return }
            memberships.append([
                "instrument": visit["instrument"] ?? .null, "visit_system": system, "visit": visit["id"] ?? .null,
            ])
        }
        if !memberships.isEmpty { dimensions.append(.init(element: "visit_system_membership", records: memberships)) }
        for index in datasetTypes.indices where datasetTypes[index].dimensions.contains("visit") {
            datasetTypes[index].dimensions.removeAll { $0 == "visit_system" }
        }
    }

    private mutating func makeGroups() {
        var groups: [[String: Value]] = []
        var seen: Set<[Value]> = []
        edit("exposure") { exposure in
            exposure["group_id"] = nil
            guard let name = exposure.removeValue(forKey: "group_name") else { return }
            exposure["group"] = name
            let instrument = exposure["instrument"] ?? .null
            if seen.insert([instrument, name]).inserted { groups.append(["instrument": instrument, "name": name]) }
        }
        if !groups.isEmpty { dimensions.append(.init(element: "group", records: groups)) }
    }

    private mutating func makeDays(offset: (String) -> Int?) throws -> [String] {
        var days: Set<[Value]> = []
        for element in ["exposure", "visit"] {
            edit(element) { record in
                if let instrument = record["instrument"], let day = record["day_obs"] {
                    days.insert([instrument, day])
                }
            }
        }
        var unknown: Set<String> = []
        let records = try days.compactMap { key -> [String: Value]? in
            guard case .string(let instrument) = key[0], case .int(let day) = key[1] else { return nil }
            var record: [String: Value] = ["instrument": key[0], "id": key[1]]
            if let offset = offset(instrument) {
                let span = try Timespan(dayOfObservation: Int(clamping: day), offset: offset)
                record["datetime_begin"] = .time(TAI(nanoseconds: span.beginNanoseconds))
                record["datetime_end"] = .time(TAI(nanoseconds: span.endNanoseconds))
            } else {
                unknown.insert(instrument)
            }
            return record
        }
        if !records.isEmpty { dimensions.append(.init(element: "day_obs", records: records)) }
        return unknown.isEmpty
            ? []
            : ["Days of observation of \(unknown.sorted().joined(separator: ", ")) were made without timespans."]
    }

    /// The day of observation of a visit that lacks one, from its begin.
    private static func day(of visit: [String: Value], offset: (String) -> Int?) -> Value? {
        guard case .time(let begin)? = visit["datetime_begin"], case .string(let instrument)? = visit["instrument"]
        else { return nil }
        return .int(Int64(begin.dayOfObservation(offset: offset(instrument) ?? 0)))
    }
}

extension ExportFile {
    /// The dimension records of the file as records of a universe, elements in the universe's order.
    ///
    /// - Parameter universe: The universe of the repository that imports; call `migrate` first.
    /// - Returns: Records by element.
    /// - Throws: ``ButlerError`` with `.dimensionName` or `.dimensionValue` for records that do not fit.
    func records(in universe: DimensionUniverse) throws -> [(element: DimensionElement, records: [DimensionRecord])] {
        var byPosition: [Int: [DimensionRecord]] = [:]
        for block in dimensions {
            let element = try universe.element(block.element)
            let records = try block.records.map { try Self.record($0, of: element) }
            byPosition[element.position, default: []] += records
        }
        return byPosition.sorted { $0.key < $1.key }.map { (universe.elements[$0.key], $0.value) }
    }

    private static func record(_ values: [String: Value], of element: DimensionElement) throws -> DimensionRecord {
        var fields: [String: DimensionRecord.FieldValue] = [:]
        fields.reserveCapacity(values.count)
        for (name, value) in values where name != "datetime_begin" && name != "datetime_end" {
            fields[name] = value.field
        }
        if element.isTemporal, let timespan = try timespan(values) { fields["timespan"] = .timespan(timespan) }
        return try DimensionRecord(element, fields)
    }

    private static func timespan(_ values: [String: Value]) throws -> Timespan? {
        func time(_ key: String) -> TAI? {
            guard case .time(let time)? = values[key] else { return nil }
            return time
        }
        if case .null = values["datetime_begin"] ?? .null, case .null = values["datetime_end"] ?? .null { return nil }
        return try Timespan(begin: time("datetime_begin"), end: time("datetime_end"))
    }
}

extension ExportFile.Value {
    /// The value as a field of a dimension record.
    var field: DimensionRecord.FieldValue {
        switch self {
        case .null: .null
        case .int(let value): .int(value)
        case .real(let value): .real(value)
        case .bool(let value): .bool(value)
        case .string(let value): .string(value)
        case .bytes(let value): .bytes(value)
        case .time: .null
        case .region(let value): .region(value)
        }
    }

    /// The value as one of a data ID, if it can be one.
    var dimensionValue: DimensionValue? {
        switch self {
        case .int(let value): .int(value)
        case .string(let value): .string(value)
        default: nil
        }
    }
}
