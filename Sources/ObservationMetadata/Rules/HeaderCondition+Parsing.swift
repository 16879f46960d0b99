import StewardCore

extension HeaderCondition {
    private static let tests = [
        "present", "absent", "missing", "listed", "filled", "equals", "differs", "starts_with", "contains", "matches",
        "same_as", "numeric", "above", "from", "until",
    ]

    /// Reads `{keyword: K, equals: V}` and its like.
    init(_ node: DefinitionNode) throws {
        let mapping = try node.mapping(["keyword", "ignore_case"] + Self.tests)
        keyword = try mapping.required("keyword").text()
        ignoresCase = try mapping["ignore_case"]?.flag() ?? false
        if mapping.contains("from") || mapping.contains("until") {
            guard try mapping.alternative(of: Array(Self.tests.dropLast(2))) == nil else {
                throw node.error("from and until cannot stand beside another test")
            }
            test = .range(from: try mapping["from"]?.real(), until: try mapping["until"]?.real())
        } else {
            test = try Self.test(mapping)
        }
    }

    private static func test(_ mapping: DefinitionMapping) throws -> Test {
        guard let name = try mapping.alternative(of: tests) else { return .present }
        let value = try mapping.required(name)
        switch name {
        case "present", "absent", "missing", "listed", "filled":
            guard try value.flag() else { throw value.error("\"\(name)\" can only be true") }
            let tests: [String: Test] = [
                "present": .present, "absent": .absent, "missing": .missing, "listed": .listed,
            ]
            return tests[name] ?? .filled
        case "equals": return .equals(try value.oneOrMore().map { try $0.text() })
        case "differs": return .differs(try value.oneOrMore().map { try $0.text() })
        case "matches": return .matches(try value.regularExpression())
        case "same_as": return .same(try value.text())
        case "numeric": return .numeric(try value.flag())
        case "above": return .above(try value.real())
        case "starts_with": return .startsWith(try value.oneOrMore().map { try $0.text() })
        default: return .contains(try value.oneOrMore().map { try $0.text() })
        }
    }

    /// Reads a list of conditions, or a single one.
    static func list(_ node: DefinitionNode?) throws -> [HeaderCondition] {
        try node?.oneOrMore().map { try HeaderCondition($0) } ?? []
    }
}
