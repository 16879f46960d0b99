internal import AstroTime
internal import SphericalGeometry
internal import StewardCore

/// Turns a syntax tree into a predicate: names become columns or bound values, and types are checked.
struct WhereInterpreter {
    let context: IdentifierContext
    let text: String

    /// What a node means.
    private enum Meaning {
        case predicate(QueryPredicate)
        case value(ColumnExpression)
        case list([LiteralValue])
        case range(IntegerRange)
        case null

        /// The type, for messages.
        var type: String {
            switch self {
            case .predicate: "bool"
            case .value(let value): value.type.description
            case .list: "list"
            case .range: "range"
            case .null: "null"
            }
        }
    }

    /// The predicate that the root of a tree means.
    func predicate(_ node: WhereNode) throws -> QueryPredicate {
        let meaning = try meaning(node)
        if case .predicate(let predicate) = meaning { return predicate }
        throw ButlerError(
            .invalidQuery,
            "The expression \"\(source(node))\" is a value of type \(meaning.type), not a condition.",
            remedy: "Compare it with something, for instance \"visit = 1\"."
        )
    }

    private func meaning(_ node: WhereNode) throws -> Meaning {
        switch node.content {
        case .integer(let value): .value(.literal(.int(value)))
        case .real(let value): .value(.literal(.real(value)))
        case .text(let value): .value(.literal(.string(value)))
        case .time(let value): .value(.literal(.time(value)))
        case .uuid(let value): .value(.literal(.uuid(value)))
        case .range(let range): .range(range)
        case .identifier(let name): try identifier(name)
        case .bind(let name): try bind(name)
        case .sign(let isMinus, let operand): try sign(isMinus: isMinus, operand, in: node)
        case .arithmetic(let left, let operation, let right): try arithmetic(left, operation, right, in: node)
        case .comparison(let left, let comparison, let right):
            .predicate(try self.comparison(left, comparison, right, in: node))
        case .membership(let member, let isNegated, let items):
            .predicate(try membership(member, isNegated: isNegated, items, in: node))
        case .not(let operand): .predicate(.not(try condition(operand, of: "NOT", in: node)))
        case .all(let operands): .predicate(.all(try operands.map { try condition($0, of: "AND", in: node) }))
        case .any(let operands): .predicate(.any(try operands.map { try condition($0, of: "OR", in: node) }))
        case .pair(let begin, let end): .value(.literal(.timespan(try timespan(begin, end, in: node))))
        case .call(.glob, let arguments): .predicate(try glob(arguments[0], arguments[1], in: node))
        case .call(let function, let arguments):
            .value(.literal(.region(try region(function, arguments, in: node))))
        }
    }

    // MARK: Names

    private func identifier(_ name: String) throws -> Meaning {
        switch context.binds[name] {
        case .value(let value): return .value(.literal(value))
        case .list(let values):
            if let other = values.first(where: { $0.type != values[0].type }) {
                throw ButlerError(
                    .invalidQuery,
                    "The list bound to \"\(name)\" mixes types: \(values[0]) is of type \(values[0].type), "
                        + "\(other) of type \(other.type)."
                )
            }
            return .list(values)
        case nil: break
        }
        guard name.lowercased() != "null" else { return .null }
        let expression = try context.column(name)
        if expression.type == .bool, let column = expression.column { return .predicate(.leaf(.isTrue(column))) }
        return .value(expression)
    }

    private func bind(_ name: String) throws -> Meaning {
        guard context.binds[name] != nil else {
            throw ButlerError(
                .invalidQuery,
                "No value is bound to \":\(name)\".",
                remedy: "Give one in \"bind\", or write the name without colon if a column is meant.",
                candidates: Candidates.nearest(to: name, in: context.binds.keys)
            )
        }
        return try identifier(name)
    }

    // MARK: Operators

    private func sign(isMinus: Bool, _ operand: WhereNode, in node: WhereNode) throws -> Meaning {
        let meaning = try meaning(operand)
        guard case .value(let value) = meaning, value.type.isNumber else {
            throw mismatch("The sign \"\(isMinus ? "-" : "+")\" needs a number", [(operand, meaning)], in: node)
        }
        return .value(isMinus ? .negated(value) : value)
    }

    private func arithmetic(
        _ left: WhereNode,
        _ operation: ArithmeticOperator,
        _ right: WhereNode,
        in node: WhereNode
    ) throws -> Meaning {
        let operands = (try meaning(left), try meaning(right))
        guard case (.value(let first), .value(let second)) = operands else {
            throw mismatch(
                "The operator \"\(operation.rawValue)\" needs two numbers",
                [(left, operands.0), (right, operands.1)],
                in: node
            )
        }
        return .value(try first.combined(operation, second))
    }

    private func comparison(
        _ left: WhereNode,
        _ comparison: ComparisonOperator,
        _ right: WhereNode,
        in node: WhereNode
    ) throws -> QueryPredicate {
        let operands = (try meaning(left), try meaning(right))
        let isEquality = comparison == .equal || comparison == .notEqual
        switch operands {
        case (.value(let first), .value(let second)):
            return .leaf(try .compare(first, comparison, second))
        case (.value(let value), .null) where isEquality, (.null, .value(let value)) where isEquality:
            return Self.nullTest(value, isNegated: comparison == .notEqual)
        case (.predicate(.leaf(.isTrue(let column))), .null) where isEquality,
            (.null, .predicate(.leaf(.isTrue(let column)))) where isEquality:
            return Self.nullTest(.column(column), isNegated: comparison == .notEqual)
        default:
            throw mismatch(
                "The operator \"\(comparison.written)\" cannot compare these",
                [(left, operands.0), (right, operands.1)],
                in: node
            )
        }
    }

    private static func nullTest(_ value: ColumnExpression, isNegated: Bool) -> QueryPredicate {
        isNegated ? .not(.leaf(.isNull(value))) : .leaf(.isNull(value))
    }

    private func condition(_ operand: WhereNode, of operation: String, in node: WhereNode) throws -> QueryPredicate {
        let meaning = try meaning(operand)
        guard case .predicate(let predicate) = meaning else {
            throw mismatch("The operator \"\(operation)\" needs conditions", [(operand, meaning)], in: node)
        }
        return predicate
    }

    // MARK: Membership

    private func membership(
        _ member: WhereNode,
        isNegated: Bool,
        _ items: [WhereNode],
        in node: WhereNode
    ) throws -> QueryPredicate {
        let meaning = try meaning(member)
        guard case .value(let value) = meaning else {
            throw mismatch("IN needs a value before it", [(member, meaning)], in: node)
        }
        let conditions = try items.map { QueryPredicate.leaf(try membership(value, $0, in: node)) }
        let union: QueryPredicate = conditions.count == 1 ? conditions[0] : .any(conditions)
        return isNegated ? .not(union) : union
    }

    private func membership(_ member: ColumnExpression, _ item: WhereNode, in node: WhereNode) throws -> PredicateLeaf {
        switch try meaning(item) {
        case .value(let value): return try .compare(member, .equal, value)
        case .list(let values): return try .member(member, of: values)
        case .range(let range): return try .member(member, of: range)
        case .null: return .isNull(member)
        case .predicate: throw mismatch("IN needs values in its list", [(item, .predicate(.true))], in: node)
        }
    }

    // MARK: Functions

    private func glob(_ column: WhereNode, _ pattern: WhereNode, in node: WhereNode) throws -> QueryPredicate {
        let meanings = (try meaning(column), try meaning(pattern))
        guard case .value(let left) = meanings.0, left.column != nil, left.type == .string else {
            throw mismatch("GLOB needs a text column", [(column, meanings.0)], in: node)
        }
        guard case .value(let right) = meanings.1, case .string? = right.literal else {
            throw mismatch("GLOB needs a pattern of type string", [(pattern, meanings.1)], in: node)
        }
        return .leaf(try .compare(left, .glob, right))
    }

    private func timespan(_ begin: WhereNode, _ end: WhereNode, in node: WhereNode) throws -> Timespan {
        func bound(_ node: WhereNode, in pair: WhereNode) throws -> TAI? {
            let meaning = try meaning(node)
            switch meaning {
            case .null: return nil
            case .value(.literal(.time(let time))): return time
            default:
                throw ButlerError(
                    .invalidQuery,
                    "The pair \"\(source(pair))\" must be two times, but \(source(node)) is of type \(meaning.type).",
                    remedy: "Write times as T'2020-01-01T12:00:00', and NULL for an open side."
                )
            }
        }
        let bounds = (try bound(begin, in: node), try bound(end, in: node))
        do {
            return try Timespan(begin: bounds.0, end: bounds.1)
        } catch let error as ButlerError {
            throw ButlerError(.invalidQuery, error.message, remedy: error.remedy)
        }
    }

    private func region(_ function: WhereFunction, _ arguments: [WhereNode], in node: WhereNode) throws -> Region {
        do {
            return try regionValue(function, arguments, in: node)
        } catch let error as ButlerError where error.code == .region {
            let message = "\"\(source(node))\" is no region: \(error.message)"
            throw ButlerError(.invalidQuery, message, remedy: error.remedy ?? "Write \(function.form).")
        }
    }

    private func regionValue(
        _ function: WhereFunction,
        _ arguments: [WhereNode],
        in node: WhereNode
    ) throws -> Region {
        guard function != .region else {
            let meaning = try meaning(arguments[0])
            guard case .value(.literal(.string(let position))) = meaning else {
                throw mismatch("REGION needs a text", [(arguments[0], meaning)], in: node)
            }
            return try RegionLiteral.region(position: position)
        }
        let numbers = try arguments.map { argument in
            let meaning = try meaning(argument)
            guard case .value(let value) = meaning, let number = Self.number(value) else {
                throw mismatch("\(function.rawValue) needs constant numbers", [(argument, meaning)], in: node)
            }
            return number
        }
        return try RegionLiteral.region(function, numbers)
    }

    private static func number(_ expression: ColumnExpression) -> Double? {
        switch expression {
        case .literal(.int(let value)): Double(value)
        case .literal(.real(let value)): value
        case .negated(let operand): number(operand).map { -1 * $0 }
        default: nil
        }
    }

    // MARK: Messages

    private func mismatch(_ need: String, _ operands: [(WhereNode, Meaning)], in node: WhereNode) -> ButlerError {
        let found = operands.map { "\(source($0.0)) is of type \($0.1.type)" }.joined(separator: " and ")
        return ButlerError(.invalidQuery, "\(need) in \"\(source(node))\", but \(found).")
    }

    /// The text of a node, cut when it is long.
    private func source(_ node: WhereNode) -> String {
        let bytes = Array(text.utf8)
        let text = String(decoding: bytes[node.span.clamped(to: 0..<bytes.count)], as: UTF8.self)
        return text.count > 120 ? text.prefix(117) + "…" : text
    }
}
