public import StewardCore

extension QueryJSONReader {
    /// A predicate from its normal form: groups of alternatives, all of which must hold.
    func predicate(_ json: JSONValue) throws -> QueryPredicate {
        guard let groups = try member("operands", of: json).array else {
            throw Self.malformed(json, "has no list of operands")
        }
        let parts = try groups.map { group -> QueryPredicate in
            let alternatives = try (group.array ?? []).map(condition)
            return alternatives.count == 1 ? alternatives[0] : .any(alternatives)
        }
        return parts.count == 1 ? parts[0] : .all(parts)
    }

    private func condition(_ json: JSONValue) throws -> QueryPredicate {
        switch try text("predicate_type", of: json) {
        case "not": .not(try condition(member("operand", of: json)))
        case "all": .all(try (member("operands", of: json).array ?? []).map(condition))
        case "any": .any(try (member("operands", of: json).array ?? []).map(condition))
        case let type: .leaf(try leaf(json, type))
        }
    }

    private func leaf(_ json: JSONValue, _ type: String) throws -> PredicateLeaf {
        switch type {
        case "boolean_wrapper":
            let operand = try expression(member("operand", of: json))
            guard let column = operand.column, column.type == .bool else {
                throw Self.malformed(json, "is no column of truth values")
            }
            return .isTrue(column)
        case "is_null": return .isNull(try expression(member("operand", of: json)))
        case "comparison":
            let name = try text("operator", of: json)
            guard let comparison = ComparisonOperator(rawValue: name) ?? ComparisonOperator(rawValue: name.uppercased())
            else { throw Self.malformed(json, "has an unknown operator") }
            return try .compare(expression(member("a", of: json)), comparison, expression(member("b", of: json)))
        case "in_container":
            let list = try (member("container", of: json).array ?? []).map { item in
                guard let value = try expression(item).literal else { throw Self.malformed(item, "is no constant") }
                return value
            }
            return try .member(expression(member("member", of: json)), of: list)
        case "in_range":
            let end = json["stop"].flatMap { $0.isNull ? nil : $0.int } ?? .max
            let range = IntegerRange(
                first: json["start"]?.int ?? 0,
                end: end,
                step: json["step"]?.int ?? 1
            )
            return try .member(expression(member("member", of: json)), of: range)
        default:
            throw ButlerError(.unimplementedQuery, "Conditions of type \"\(type)\" cannot be answered.")
        }
    }
}

extension QueryPredicate {
    /// Most groups into which a predicate is multiplied out for the reference's form.
    private static let groupLimit = 1000

    /// The reference's JSON form: a conjunctive normal form.
    ///
    /// Where multiplying out gives more than a thousand groups, `all` and `any` are nested as conditions of their own,
    /// which the reference does not read.
    public var json: JSONValue {
        let groups = isSmall ? Self.groups(self) : [[Self.nested(self)]]
        return .object(["operands": .array(groups.map { .array($0) })])
    }

    private var isSmall: Bool { (Self.size(self, isNegated: false) ?? .max) <= Self.groupLimit }

    /// Number of groups of the normal form of a predicate or its opposite; nil if there are very many.
    private static func size(_ predicate: QueryPredicate, isNegated: Bool) -> Int? {
        switch (predicate, isNegated) {
        case (.leaf, _): return 1
        case (.not(let operand), _): return size(operand, isNegated: !isNegated)
        case (.all(let operands), false), (.any(let operands), true):
            return operands.reduce(0) { sum, operand in
                sum.flatMap { sum in size(operand, isNegated: isNegated).map { min($0 + sum, groupLimit + 1) } }
            }
        case (.any(let operands), false), (.all(let operands), true):
            return operands.reduce(1) { product, operand in
                guard let product, let size = size(operand, isNegated: isNegated), product * size <= groupLimit else {
                    return nil
                }
                return product * size
            }
        }
    }

    /// The groups of the normal form, with opposites pushed down to the single conditions.
    private static func groups(_ predicate: QueryPredicate, isNegated: Bool = false) -> [[JSONValue]] {
        switch (predicate, isNegated) {
        case (.leaf(let leaf), _): [[isNegated ? opposite(leaf.json) : leaf.json]]
        case (.not(let operand), _): groups(operand, isNegated: !isNegated)
        case (.all(let operands), false), (.any(let operands), true):
            operands.flatMap { groups($0, isNegated: isNegated) }
        case (.any(let operands), false), (.all(let operands), true):
            operands.reduce([[]]) { product, operand in
                let more = groups(operand, isNegated: isNegated)
                return product.flatMap { first in more.map { first + $0 } }
            }
        }
    }

    private static func nested(_ predicate: QueryPredicate) -> JSONValue {
        switch predicate {
        case .leaf(let leaf): leaf.json
        case .not(let operand): opposite(nested(operand))
        case .all(let operands): .object(["predicate_type": "all", "operands": .array(operands.map(nested))])
        case .any(let operands): .object(["predicate_type": "any", "operands": .array(operands.map(nested))])
        }
    }

    private static func opposite(_ json: JSONValue) -> JSONValue {
        .object(["predicate_type": "not", "operand": json])
    }
}

extension PredicateLeaf {
    /// The reference's JSON form.
    var json: JSONValue {
        switch self {
        case .isTrue(let column):
            .object(["predicate_type": "boolean_wrapper", "operand": ColumnExpression.column(column).json])
        case .isNull(let operand): .object(["predicate_type": "is_null", "operand": operand.json])
        case .comparison(let left, let comparison, let right):
            .object([
                "predicate_type": "comparison", "a": left.json, "b": right.json,
                "operator": .string(comparison.rawValue.lowercased()),
            ])
        case .isIn(let member, let list):
            .object([
                "predicate_type": "in_container", "member": member.json, "container": .array(list.map(\.json)),
            ])
        case .isInRange(let member, let range):
            .object([
                "predicate_type": "in_range", "member": member.json, "start": .int(range.first),
                "stop": range.end == .max ? .null : .int(range.end), "step": .int(range.step),
            ])
        }
    }
}
