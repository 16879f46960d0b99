import StewardCore

extension PropertyRule {
    /// The keys that tell the form of a rule, with all keys of that form.
    private static let forms: [(key: String, keys: [String])] = [
        ("keyword", ValueRule.keys),
        ("property", ValueRule.keys),
        ("constant", ["constant"]),
        ("sum", ["sum"]),
        ("text", ["text"]),
        ("instant", ["instant", "not_before", "missing"]),
        ("geodetic", LocationRule.keys),
        ("geocentric", LocationRule.keys),
        ("radec", EquatorialRule.keys),
        ("altaz", HorizontalRule.keys),
        ("zenith_distance_azimuth", HorizontalRule.keys),
        ("algorithm", ["algorithm", "prefix"]),
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
        case "constant": self = .constant(try PropertyValue(mapping.required("constant"), kind: property.kind))
        case "sum": self = .sum(try Self.terms(mapping.required("sum")))
        case "text": self = .text(try Self.pieces(mapping.required("text")))
        case "instant": self = .instant(try InstantRule(mapping))
        case "geodetic", "geocentric": self = .location(try LocationRule(mapping))
        case "radec": self = .equatorial(try EquatorialRule(mapping))
        case "altaz", "zenith_distance_azimuth": self = .horizontal(try HorizontalRule(mapping))
        case "algorithm": self = .algorithm(try Self.algorithm(mapping))
        default: self = .value(try ValueRule(mapping, for: property))
        }
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
        case .subaruExposureID: return .subaruExposureID(prefix: try mapping.required("prefix").text())
        case .canSeeSky: return .canSeeSky
        case .observationReason: return .observationReason
        case .detectorUniqueName: return .detectorUniqueName
        case .observingDay: return .observingDay
        case .observingDayOffset: return .observingDayOffset
        }
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
            case .algorithm(let algorithm): property.kind == algorithm.kind
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
        case .null, .constant, .location: return []
        case .value(let rule):
            let condition: [ObservationProperty] = rule.absence == .allowedUnlessScience ? [.observationType] : []
            let others = condition + rule.otherwise.flatMap(\.dependencies)
            guard case .property(let property) = rule.source else { return others }
            return [property] + others
        case .sum(let terms): return terms.map(\.property)
        case .text(let pieces):
            return pieces.compactMap { if case .property(let property) = $0 { property } else { nil } }
        case .instant(let rule): return rule.dependencies
        case .equatorial, .horizontal: return [.observationType]
        case .algorithm(let algorithm): return algorithm.dependencies
        }
    }
}
