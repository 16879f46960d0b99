import Foundation
import StewardCore

extension ValueRule {
    /// The keys of a value rule.
    static let keys = [
        "keyword", "property", "missing", "otherwise", "item", "separator", "pattern", "trim", "case", "words",
        "words_when",
        "detector", "default", "minimum", "maximum", "unit", "factor", "offset", "wrap",
    ]
    private static let numberKeys = ["minimum", "maximum", "unit", "factor", "offset", "wrap"]

    /// Reads the rule of a property from its mapping, whose keys are those of ``keys``.
    init(_ mapping: DefinitionMapping, for property: ObservationProperty) throws {
        if let keyword = mapping["keyword"] {
            self.init(.keywords(try keyword.oneOrMore().map { try $0.text() }))
        } else {
            self.init(.property(try mapping.required("property").choice()))
        }
        absence = try mapping["missing"]?.choice() ?? .error
        otherwise = try mapping["otherwise"].map { [try PropertyRule($0, for: property)] } ?? []
        try readTextSteps(mapping)
        try readNumberSteps(mapping, property)
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
        trimsBlanks = try mapping["trim"]?.flag() ?? false
        letterCase = try mapping["case"]?.choice()
        detectorField = try mapping["detector"]?.choice()
        if let words = mapping["words"] {
            let pairs = try words.dictionary().map { ($0.key, try $0.value.text()) }
            table = WordTable(
                words: Dictionary(pairs) { first, _ in first },
                conditions: try HeaderCondition.list(mapping["words_when"])
            )
        }
    }

    private static func pattern(_ node: DefinitionNode) throws -> NSRegularExpression {
        let text = try node.text()
        guard let expression = try? NSRegularExpression(pattern: text) else {
            throw node.error("\"\(text)\" is not a regular expression")
        }
        guard expression.numberOfCaptureGroups == 1 else {
            throw node.error(
                "\"\(text)\" must have exactly one group in parentheses, the part that is taken",
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
        case .real: self = .real(try node.real())
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
