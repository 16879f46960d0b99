internal import Databases
internal import Dimensions
internal import Registry
internal import StewardCore

/// Turns what a user names into the key values of a data ID.
///
/// Beside the dimensions' own keys, users may give alternate keys (`detector='1_53'`), fields of records
/// (`exposure.obs_id='…'`), bare field names (`seq_num=12` with `day_obs=20240105`) and the instrument's own names of
/// dimensions (`ccdnum=12`). The rules are the reference's
/// (`daf_butler: direct_butler/_direct_butler.py`); queries design document, section 5.1.
struct DataIDResolution {
    let universe: DimensionUniverse
    let tables: DimensionTables
    /// Dimensions of the dataset type that is looked for.
    let group: DimensionGroup
    /// Whether the dataset type is a calibration, so that any temporal dimension may tell the time.
    let isCalibration: Bool
    private(set) var keys: [String: DimensionValue] = [:]
    private var conditions: [String: [String: DimensionValue]] = [:]

    init(_ tables: DimensionTables, group: DimensionGroup, isCalibration: Bool) {
        self.tables = tables
        universe = tables.schema.universe
        self.group = group
        self.isCalibration = isCalibration
    }

    /// Key values by dimension name.
    ///
    /// One statement for each dimension that is named by something else than its key.
    ///
    /// - Parameters:
    ///   - values: What the user names.
    ///   - defaults: Values of dimensions that are not named, and the instruments' names of dimensions.
    ///   - connection: Where to read.
    /// - Returns: Values of keys, those of the defaults included.
    /// - Throws: ``ButlerError`` with `.dimensionValue` for a name that means nothing and when conditions
    ///   fit no record or several; database errors.
    mutating func keys(
        _ values: [String: DimensionValue],
        _ defaults: Butler.Defaults,
        on connection: any Connection
    ) throws -> [String: DimensionValue] {
        var loose: [String: DimensionValue] = [:]
        for (name, value) in values.sorted(by: { $0.key < $1.key }) {
            if let dot = name.firstIndex(of: ".") {
                let element = try universe.dimension(String(name[..<dot])).name
                conditions[element, default: [:]][String(name[name.index(after: dot)...])] = value
            } else if let dimension = universe.find(name), dimension.isDimension {
                try addKey(value, of: dimension)
            } else {
                loose[name] = value
            }
        }
        try assign(loose, defaults)
        for (name, value) in defaults.dataID where keys[name] == nil && conditions[name] == nil { keys[name] = value }
        for (name, fields) in conditions.sorted(by: { $0.key < $1.key }) {
            try settle(try universe.dimension(name), fields, on: connection)
        }
        return keys
    }

    private mutating func addKey(_ value: DimensionValue, of dimension: DimensionElement) throws {
        switch (value, dimension.hasStringKey) {
        case (.int, false), (.string, true): keys[dimension.name] = value
        case (.int(let number), true): keys[dimension.name] = .string(String(number))
        case (.string(let text), false):
            let alternate = dimension.alternateKeys.first { if case .string = $0.type { true } else { false } }
            guard let alternate else {
                keys[dimension.name] = try value.converted(for: dimension)
                return
            }
            conditions[dimension.name, default: [:]][alternate.name] = .string(text)
        }
    }

    /// Finds the dimension that bare field names belong to.
    private mutating func assign(_ given: [String: DimensionValue], _ defaults: Butler.Defaults) throws {
        guard !given.isEmpty else { return }
        var loose = given
        var candidates = group.dimensions
        if isCalibration {
            let known = Set(candidates.map(\.name))
            candidates += universe.dimensions.filter { $0.isTemporal && !known.contains($0.name) }
        }
        var matches: [String: Set<String>] = [:]
        for dimension in candidates {
            let fields = Set(dimension.fields.filter { $0.dimension == nil }.map(\.name))
            for name in loose.keys where fields.contains(name) { matches[dimension.name, default: []].insert(name) }
        }
        for (name, value) in given.sorted(by: { $0.key < $1.key })
        where !matches.values.contains(where: { $0.contains(name) }) {
            guard let dimension = try dimension(alias: name, defaults) else { throw unknown(name, candidates) }
            let known = keys.removeValue(forKey: dimension.name)
            try addKey(value, of: dimension)
            if let known, known != keys[dimension.name] {
                throw ButlerError(
                    .dimensionValue,
                    "The data ID gives both \(known) and \(value) for \"\(dimension.name)\".",
                    remedy: "Leave \"\(name)\", another name of it, out."
                )
            }
            loose[name] = nil
        }
        for (name, value) in loose {
            let owner = try choose(matches.filter { $0.value.contains(name) }, for: name)
            conditions[owner, default: [:]][name] = value
        }
    }

    /// The dimension that the instrument of the data ID calls by another name.
    private func dimension(alias name: String, _ defaults: Butler.Defaults) throws -> DimensionElement? {
        guard case .string(let instrument) = keys["instrument"] ?? defaults.dataID["instrument"] else { return nil }
        return try defaults.alias(name, instrument).flatMap(universe.find)
    }

    private func choose(_ matches: [String: Set<String>], for name: String) throws -> String {
        let own = matches.keys.filter { group.contains($0) }
        let names = own.isEmpty ? Array(matches.keys) : own
        if names.count == 1 { return names[0] }
        if Set(names) == ["exposure", "visit"] { return "exposure" }
        let most = names.map { matches[$0]?.count ?? 0 }.max() ?? 0
        let best = names.filter { matches[$0]?.count == most }.sorted()
        guard best.count == 1 else {
            throw ButlerError(
                .dimensionValue,
                "\"\(name)\" can be a field of \(best.joined(separator: " or of ")).",
                remedy: "Say which, for instance \(best[0]).\(name)."
            )
        }
        return best[0]
    }

    private func unknown(_ name: String, _ candidates: [DimensionElement]) -> ButlerError {
        let known =
            universe.dimensions.filter { !$0.isSkyPixel }.map(\.name) + candidates.flatMap { $0.fields.map(\.name) }
        return ButlerError(
            .dimensionValue,
            "\"\(name)\" is neither a dimension nor a field of one that the data ID can use.",
            remedy: "The dataset type has the dimensions \(group.required.map(\.name).joined(separator: ", ")).",
            candidates: Candidates.nearest(to: name, in: known)
        )
    }

    /// Finds the record that conditions on a dimension mean, and takes its key.
    private mutating func settle(
        _ dimension: DimensionElement,
        _ given: [String: DimensionValue],
        on connection: any Connection
    ) throws {
        for governor in try dimension.required.map(universe.element) where governor.isGovernor {
            guard keys[governor.name] == nil, conditions[governor.name] == nil else { continue }
            let text = given.keys.sorted().joined(separator: ", ")
            throw ButlerError(
                .dimensionValue,
                "A \(dimension.name) cannot be told by \(text) without \(governor.name).",
                remedy: "Give \(governor.name), too."
            )
        }
        var fields: [String: DimensionRecord.FieldValue] = [:]
        for (name, value) in given {
            guard let index = dimension.fieldIndex(name) else {
                throw ButlerError(
                    .dimensionName,
                    "Records of \"\(dimension.name)\" have no field \"\(name)\".",
                    candidates: Candidates.nearest(to: name, in: dimension.fields.map(\.name))
                )
            }
            fields[name] = try Self.field(value, of: dimension.fields[index], dimension)
        }
        for name in dimension.required + dimension.implied {
            guard let value = keys[name], let index = dimension.fieldIndex(name) else { continue }
            fields[dimension.fields[index].name] = value.field
        }
        let records = try tables.records(of: dimension, matching: fields, limit: 10, on: connection)
        guard let record = try single(records, dimension, on: connection) else {
            throw failure(dimension, given, count: records.count)
        }
        for (name, value) in zip(dimension.required, record.values) where keys[name] == nil {
            keys[name] = value.dimensionValue
        }
    }

    /// The only record, or among several visits the one of the instrument's default visit system.
    private func single(
        _ records: [DimensionRecord],
        _ dimension: DimensionElement,
        on connection: any Connection
    ) throws -> DimensionRecord? {
        guard records.count > 1, dimension.name == "visit", let instrument = universe.find("instrument"),
            let membership = universe.find("visit_system_membership")
        else { return records.count == 1 ? records[0] : nil }
        let owners = Set(records.compactMap { $0["instrument"]?.dimensionValue })
        let systems = try tables.records(of: instrument, keys: owners.map { [$0] }, on: connection)
        return try records.first { visit in
            guard let owner = visit["instrument"]?.dimensionValue, let id = visit["visit"]?.dimensionValue,
                let system = systems[[owner]]?["visit_system"]?.dimensionValue
            else { return false }
            let fields = ["instrument": owner.field, "visit": id.field, "visit_system": system.field]
            return try !tables.records(of: membership, matching: fields, limit: 1, on: connection).isEmpty
        }
    }

    private func failure(
        _ dimension: DimensionElement,
        _ given: [String: DimensionValue],
        count: Int
    ) -> ButlerError {
        let text = given.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ", ")
        let missing = dimension.required.filter { $0 != dimension.name && keys[$0] == nil }
        let found = count == 0 ? "No record" : "More than one record"
        return ButlerError(
            .dimensionValue,
            "\(found) of \"\(dimension.name)\" has \(text).",
            remedy: missing.isEmpty
                ? "Look at them with \"steward query-dimension-records REPO \(dimension.name)\"."
                : "Give \(missing.joined(separator: ", ")), too."
        )
    }

    private static func field(
        _ value: DimensionValue,
        of field: DimensionElement.Field,
        _ dimension: DimensionElement
    ) throws -> DimensionRecord.FieldValue {
        switch (value, field.type) {
        case (.int(let number), .string): return .string(String(number))
        case (.int(let number), .real): return .real(Double(number))
        case (.int(let number), .bool) where number == 0 || number == 1: return .bool(number == 1)
        case (.string(let text), .int): if let number = Int64(text) { return .int(number) }
        case (.string(let text), .real): if let number = Double(text) { return .real(number) }
        case (.string(let text), .bool):
            if ["true", "false"].contains(text.lowercased()) { return .bool(text.lowercased() == "true") }
        case (.int, .int), (.string, .string): return value.field
        default: break
        }
        throw ButlerError(
            .dimensionValue,
            "\"\(value)\" is not a value of \(dimension.name).\(field.name), which takes \(field.type)."
        )
    }
}

extension DimensionValue {
    var field: DimensionRecord.FieldValue {
        switch self {
        case .int(let value): .int(value)
        case .string(let value): .string(value)
        }
    }
}
