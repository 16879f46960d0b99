import Foundation
import StewardCore

extension ValueRule {
    /// The keys of a value rule.
    static let keys = [
        "keyword", "property", "join", "missing", "otherwise", "item", "separator", "pattern", "replace", "digits",
        "trim", "case", "drop_suffix", "words", "words_when", "other_words", "detector", "by", "at_least", "default",
        "minimum", "maximum", "unit", "factor", "offset", "wrap", "numeric",
    ]
    private static let numberKeys = ["minimum", "maximum", "unit", "factor", "offset", "wrap", "numeric"]

    /// Reads the rule of a property from its mapping, whose keys are those of ``keys``.
    init(_ mapping: DefinitionMapping, for property: ObservationProperty) throws {
        if let keyword = mapping["keyword"] {
            self.init(.keywords(try keyword.oneOrMore().map { try $0.text() }))
        } else if let parts = mapping["join"] {
            guard property.kind == .text else { throw parts.error("only texts can be joined") }
            let rules = try parts.list().map { try PropertyRule(part: $0, of: property) }
            self.init(.join(rules, separator: try mapping["separator"]?.text() ?? ""))
        } else {
            self.init(.property(try mapping.required("property").choice()))
        }
        absence = try Absence(mapping["missing"])
        otherwise = try mapping["otherwise"].map { [try PropertyRule($0, for: property)] } ?? []
        try readTextSteps(mapping)
        try readNumberSteps(mapping, property)
        floor = try mapping["at_least"]?.choice()
        if let substitute = mapping["default"] {
            let value = try PropertyValue(substitute, kind: property.kind)
            limits = Limits(
                substitute: value,
                minimum: try mapping["minimum"]?.real(),
                maximum: try mapping["maximum"]?.real()
            )
        } else if let key = try mapping.alternative(of: ["minimum", "maximum"]) {
            throw mapping.node.error("\"\(key)\" needs a default to fall back on")
        }
    }

    private mutating func readTextSteps(_ mapping: DefinitionMapping) throws {
        if let item = mapping["item"] {
            let separator = try mapping["separator"]?.text() ?? ","
            guard separator.count == 1, let character = separator.first else {
                throw mapping.node.error("the separator must be one character")
            }
            part = Part(separator: character, index: Int(try item.integer(in: 0...1000)))
        }
        pattern = try mapping["pattern"].map(Self.pattern)
        substitutions = try mapping["replace"]?.dictionary().map { ($0.key, try $0.value.text()) } ?? []
        keepsDigits = try mapping["digits"]?.flag() ?? false
        droppedSuffix = try mapping["drop_suffix"]?.text()
        trimsBlanks = try mapping["trim"]?.flag() ?? false
        letterCase = try mapping["case"]?.choice()
        detectorField = try mapping["detector"]?.choice()
        detectorKey = try mapping["by"]?.choice() ?? (detectorField == .id ? .fullName : .id)
        guard detectorKey != .raft, detectorKey != .nameInRaft else {
            throw mapping.node.error("detectors are looked up by id, full_name or serial")
        }
        if let words = mapping["words"] {
            let pairs = try words.dictionary().map { ($0.key, try $0.value.text()) }
            table = WordTable(
                words: Dictionary(pairs) { first, _ in first },
                conditions: try HeaderCondition.list(mapping["words_when"]),
                other: try mapping["other_words"]?.text()
            )
        }
    }

    private static func pattern(_ node: DefinitionNode) throws -> NSRegularExpression {
        let expression = try node.regularExpression()
        guard expression.numberOfCaptureGroups == 1 else {
            throw node.error(
                "\"\(expression.pattern)\" must have exactly one group in parentheses, the part that is taken",
                remedy: "Write other groups as (?:...)."
            )
        }
        return expression
    }

    private mutating func readNumberSteps(_ mapping: DefinitionMapping, _ property: ObservationProperty) throws {
        if property.kind != .real, property.kind != .integer,
            let key = Self.numberKeys.first(where: mapping.contains)
        {
            throw mapping.node.error("\"\(key)\" is for numbers; \"\(property.rawValue)\" is \(property.kind.rawValue)")
        }
        if let node = mapping["unit"] {
            let unit: HeaderUnit = try node.choice()
            guard unit.standard == property.unit else {
                throw node.error(
                    "\"\(unit.rawValue)\" cannot be converted to \(property.unit ?? "a pure number"), the unit of "
                        + "\"\(property.rawValue)\""
                )
            }
            self.unit = unit
        }
        refusesText = try mapping["numeric"]?.flag() ?? false
        if ["factor", "offset", "wrap"].contains(where: mapping.contains) {
            linear = try Linear(mapping)
        }
    }
}

extension ValueRule.Linear {
    /// Reads the keys `factor`, `offset` and `wrap`.
    init(_ mapping: DefinitionMapping) throws {
        factor = try mapping["factor"]?.real() ?? 1
        offset = try mapping["offset"]?.real() ?? 0
        wrap = try mapping["wrap"]?.real()
        if let wrap, wrap <= 0 {
            throw mapping.node.error("\"wrap\" must be positive")
        }
    }
}

extension PropertyValue {
    /// Reads a constant of a kind.
    init(_ node: DefinitionNode, kind: ObservationProperty.Kind) throws {
        switch kind {
        case .text: self = .text(try node.text())
        case .integer: self = .integer(try node.integer())
        case .flag: self = .flag(try node.flag())
        case .real: self = .real(try node.realOrNaN())
        case .instant: throw node.error("an instant cannot be constant")
        case .location:
            let numbers = try node.reals(3)
            self = .location(GeocentricLocation(x: numbers[0], y: numbers[1], z: numbers[2]))
        case .position:
            let angles = try node.reals(2)
            guard let position = SkyPosition(longitude: angles[0], latitude: angles[1]) else {
                throw node.error("the second angle must be in -90 to 90")
            }
            self = .position(position)
        }
    }
}

extension ValueRule.Absence {
    /// Reads `missing`: a word, or `{allowed_unless: conditions}`; an error where it is absent.
    init(_ node: DefinitionNode?) throws {
        guard let node else {
            self = .error
            return
        }
        if node.entries != nil {
            let conditions = try node.mapping(["allowed_unless"]).required("allowed_unless")
            self = .allowedUnless(try RuleCondition.list(conditions))
            return
        }
        let words: [String: ValueRule.Absence] = [
            "error": .error, "allowed": .allowed, "allowed-unless-science": .allowedUnlessScience,
        ]
        let word = try node.text()
        guard let absence = words[word] else {
            throw node.error(
                "\"\(word)\" is not one of error, allowed, allowed-unless-science",
                candidates: Candidates.nearest(to: word, in: Array(words.keys))
            )
        }
        self = absence
    }

    /// The properties that must be known.
    var dependencies: [ObservationProperty] {
        switch self {
        case .error, .allowed: []
        case .allowedUnlessScience: [.observationType]
        case .allowedUnless(let conditions): conditions.flatMap(\.dependencies)
        }
    }
}

extension DefinitionNode {
    /// A regular expression.
    func regularExpression() throws -> NSRegularExpression {
        let text = try text()
        guard let expression = try? NSRegularExpression(pattern: text) else {
            throw error("\"\(text)\" is not a regular expression")
        }
        return expression
    }

    /// A real number, or `nan`.
    fileprivate func realOrNaN() throws -> Double {
        if case .scalar(let text, isQuoted: false) = content, [".nan", "nan"].contains(text.lowercased()) {
            return .nan
        }
        return try real()
    }
}
