import StewardCore

extension PropertyRule {
    /// The keys that tell the form of a rule, with all keys of that form.
    private static let forms: [(key: String, keys: [String])] = [
        ("keyword", ValueRule.keys),
        ("property", ValueRule.keys),
        ("join", ValueRule.keys),
        ("constant", ["constant"]),
        ("sum", ["sum"]),
        ("text", ["text"]),
        ("instant", ["instant", "not_before", "missing"]),
        ("geodetic", LocationRule.keys),
        ("geocentric", LocationRule.keys),
        ("radec", EquatorialRule.keys),
        ("altaz", HorizontalRule.keys),
        ("zenith_distance_azimuth", HorizontalRule.keys),
        ("hour_angle", ["hour_angle", "latitude"]),
        ("algorithm", ["algorithm", "prefix", "laboratory_before", "otherwise"]),
        ("cases", ["cases"]),
        ("attempt", ["attempt", "otherwise"]),
        ("failure", ["failure"]),
    ]

    /// Reads the rule of a property: a keyword, null, or a mapping with one of the keys that tell its form.
    init(_ node: DefinitionNode, for property: ObservationProperty) throws {
        if node.isNull {
            self = .null
            return
        }
        guard node.entries != nil || node.items != nil else {
            self = .value(ValueRule(.keywords([try node.text()])))
            try checkKind(node, property)
            return
        }
        let given = Set(try node.dictionary().map(\.key))
        if !given.isDisjoint(with: RuleGuard.keys) {
            self = .cases([try Self.guarded(node, property)])
            return
        }
        guard let form = Self.forms.first(where: { given.contains($0.key) }) else {
            let keys = Self.forms.map(\.key)
            throw node.error(
                "a rule needs one of the keys \(keys.joined(separator: ", "))",
                candidates: given.sorted().flatMap { Candidates.nearest(to: $0, in: keys) }
            )
        }
        try self.init(form.key, node.mapping(form.keys), property)
        try checkKind(node, property)
    }

    private init(_ form: String, _ mapping: DefinitionMapping, _ property: ObservationProperty) throws {
        switch form {
        case "constant":
            guard let value = mapping["constant"] else {
                self = .null
                return
            }
            self = .constant(try PropertyValue(value, kind: property.kind))
        case "sum": self = .sum(try Self.terms(mapping.required("sum")))
        case "text": self = .text(try Self.pieces(mapping.required("text")))
        case "instant": self = .instant(try InstantRule(mapping))
        case "geodetic", "geocentric": self = .location(try LocationRule(mapping))
        case "radec": self = .equatorial(try EquatorialRule(mapping))
        case "altaz", "zenith_distance_azimuth": self = .horizontal(try HorizontalRule(mapping))
        case "hour_angle": self = .algorithm(try Self.hourAngle(mapping), otherwise: [])
        case "algorithm":
            let otherwise = try mapping["otherwise"].map { [try PropertyRule($0, for: property)] } ?? []
            self = .algorithm(try Self.algorithm(mapping), otherwise: otherwise)
        case "cases": self = .cases(try mapping.required("cases").list().map { try Self.guarded($0, property) })
        case "failure": self = .failure(try mapping.required("failure").text())
        case "attempt":
            let otherwise = try mapping["otherwise"].map { try PropertyRule($0, for: property) }
            self = .attempt(try PropertyRule(mapping.required("attempt"), for: property), otherwise: otherwise ?? .null)
        default: self = .value(try ValueRule(mapping, for: property))
        }
    }

    /// A rule with the conditions under which it is followed.
    private static func guarded(
        _ node: DefinitionNode,
        _ property: ObservationProperty
    ) throws -> (guardian: RuleGuard, rule: PropertyRule) {
        let entries = try node.dictionary()
        func part(_ isGuard: Bool) -> DefinitionNode {
            let chosen = entries.filter { RuleGuard.keys.contains($0.key) == isGuard }
            return DefinitionNode(.mapping(chosen), file: node.file, line: node.line, path: node.path)
        }
        return (try RuleGuard(part(true).mapping(RuleGuard.keys)), try PropertyRule(part(false), for: property))
    }

    /// Reads a part of a joined text: a keyword that may be absent, or a rule.
    init(part node: DefinitionNode, of property: ObservationProperty) throws {
        guard node.entries == nil else {
            try self.init(node, for: property)
            return
        }
        var rule = ValueRule(.keywords([try node.text()]))
        rule.absence = .allowed
        self = .value(rule)
    }

    private static func terms(_ node: DefinitionNode) throws -> [(property: ObservationProperty, factor: Int64)] {
        try node.dictionary().map { entry in
            guard let property = ObservationProperty(rawValue: entry.key), property.kind == .integer else {
                let names = ObservationProperty.allCases.filter { $0.kind == .integer }.map(\.rawValue)
                throw entry.value.error(
                    "\"\(entry.key)\" is not a whole-number property",
                    candidates: Candidates.nearest(to: entry.key, in: names)
                )
            }
            return (property, try entry.value.integer())
        }
    }

    private static func pieces(_ node: DefinitionNode) throws -> [TextPiece] {
        var pieces: [TextPiece] = []
        var rest = Substring(try node.text())
        while let open = rest.firstIndex(of: "{") {
            guard let close = rest[open...].firstIndex(of: "}") else { throw node.error("a { is not closed") }
            let name = rest[rest.index(after: open)..<close]
            guard let property = ObservationProperty(rawValue: String(name)) else {
                let names = ObservationProperty.allCases.map(\.rawValue)
                throw node.error(
                    "\"\(name)\" is not a property",
                    candidates: Candidates.nearest(to: String(name), in: names)
                )
            }
            pieces += [.literal(String(rest[..<open])), .property(property)]
            rest = rest[rest.index(after: close)...]
        }
        return pieces + [.literal(String(rest))]
    }

    private static func algorithm(_ mapping: DefinitionMapping) throws -> TranslationAlgorithm {
        let name: TranslationAlgorithm.Name = try mapping.required("algorithm").choice()
        if name != .subaruExposureID, mapping.contains("prefix") {
            throw mapping.node.error("\"prefix\" does not belong to the algorithm \"\(name.rawValue)\"")
        }
        switch name {
        case .observingDayOffset:
            let month = try mapping["laboratory_before"]?.integer(in: 197_001...999_912)
            return .observingDayOffset(laboratoryBefore: month)
        case .subaruExposureID: return .subaruExposureID(prefix: try mapping.required("prefix").text())
        case .canSeeSky: return .canSeeSky
        case .observationReason: return .observationReason
        case .detectorUniqueName: return .detectorUniqueName
        case .observingDay: return .observingDay
        case .rubinExposureID: return .rubinExposureID
        case .rubinVisitID: return .rubinVisitID
        case .rubinDetectorExposureID: return .rubinDetectorExposureID
        case .rubinGroupStart: return .rubinGroupStart
        case .rubinGroupEnd: return .rubinGroupEnd
        case .rubinSimulated: return .rubinSimulated
        case .imsimFilter: return .imsimFilter
        case .secantOfZenithDistance: return .secantOfZenithDistance
        case .altitudeOfAirmass: return .altitudeOfAirmass
        case .utcDate: return .utcDate
        case .sdssFrameID: return .sdssFrameID
        case .horizontalOfTracking: return .horizontalOfTracking
        case .trackingOfHorizontal: return .trackingOfHorizontal
        }
    }

    /// Reads `{hour_angle: [HA, DEC], latitude: L}`.
    private static func hourAngle(_ mapping: DefinitionMapping) throws -> TranslationAlgorithm {
        let node = try mapping.required("hour_angle")
        let keywords = try node.list().map { try $0.text() }
        guard keywords.count == 2 else { throw node.error("keywords of hour angle and declination must be given") }
        return .horizonOfHourAngle(keywords[0], keywords[1], latitude: try mapping.required("latitude").real())
    }

    /// The rule must give the kind of value that the property has.
    private func checkKind(_ node: DefinitionNode, _ property: ObservationProperty) throws {
        let fits =
            switch self {
            case .null, .constant: true
            case .value: ![.instant, .location, .position].contains(property.kind)
            case .sum: property.kind == .integer
            case .text: property.kind == .text
            case .instant: property.kind == .instant
            case .location: property.kind == .location
            case .equatorial: property == .trackingRadec
            case .horizontal: property == .altazBegin || property == .altazEnd
            case .algorithm(let algorithm, _): property.kind == algorithm.kind
            case .cases, .attempt, .failure: true
            }
        guard fits else {
            throw node.error(
                "this form of rule cannot give \"\(property.rawValue)\", which is \(property.kind.rawValue)"
            )
        }
    }

    /// The properties that the rule may ask for.
    var dependencies: [ObservationProperty] {
        switch self {
        case .null, .constant, .location, .failure: return []
        case .value(let rule):
            let others = rule.absence.dependencies + rule.otherwise.flatMap(\.dependencies)
            let floor = rule.floor.map { [$0] } ?? []
            switch rule.source {
            case .keywords: return others + floor
            case .property(let property): return [property] + others + floor
            case .join(let rules, _): return rules.flatMap(\.dependencies) + others + floor
            }
        case .sum(let terms): return terms.map(\.property)
        case .text(let pieces):
            return pieces.compactMap { if case .property(let property) = $0 { property } else { nil } }
        case .instant(let rule): return rule.dependencies
        case .equatorial(let rule): return rule.absence.dependencies + [.datetimeBegin, .location]
        case .horizontal(let rule): return rule.absence.dependencies + [.datetimeBegin, .location]
        case .algorithm(let algorithm, let otherwise):
            return algorithm.dependencies + otherwise.flatMap(\.dependencies)
        case .attempt(let rule, let otherwise): return rule.dependencies + otherwise.dependencies
        case .cases(let cases): return cases.flatMap { $0.guardian.dependencies + $0.rule.dependencies }
        }
    }
}
