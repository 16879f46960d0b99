internal import StewardCore

/// A single condition on a row.
public enum PredicateLeaf: Sendable, Hashable {
    /// A truth value stored in a column.
    case isTrue(ColumnReference)
    /// A missing value.
    case isNull(ColumnExpression)
    /// A comparison of two values.
    case comparison(ColumnExpression, ComparisonOperator, ColumnExpression)
    /// Membership in a list of constants, all of the member's type.
    case isIn(ColumnExpression, [LiteralValue])
    /// Membership in a range of whole numbers.
    case isInRange(ColumnExpression, IntegerRange)
}

/// Operators that compare two values.
public enum ComparisonOperator: String, Sendable, Hashable {
    /// Equal.
    case equal = "=="
    /// Not equal.
    case notEqual = "!="
    /// Less.
    case less = "<"
    /// Less or equal.
    case lessOrEqual = "<="
    /// Greater.
    case greater = ">"
    /// Greater or equal.
    case greaterOrEqual = ">="
    /// Regions or timespans with something in common; an instant in a timespan.
    case overlaps = "OVERLAPS"
    /// Text of a pattern with `*` and `?`.
    case glob = "GLOB"

    /// How the operator is written in expressions.
    var written: String { self == .equal ? "=" : rawValue }

    /// Whether this is one of the six that compare size or equality.
    public var isOrdering: Bool { self != .overlaps && self != .glob }

    /// The operator for swapped operands.
    public var swapped: ComparisonOperator {
        switch self {
        case .less: .greater
        case .lessOrEqual: .greaterOrEqual
        case .greater: .less
        case .greaterOrEqual: .lessOrEqual
        default: self
        }
    }
}

extension PredicateLeaf {
    /// A comparison of values whose types allow it.
    ///
    /// - Parameters:
    ///   - left: First value.
    ///   - comparison: The operator.
    ///   - right: Second value.
    /// - Returns: The condition.
    /// - Throws: ``ButlerError`` with `.invalidQuery` that names both types and the operator.
    public static func compare(
        _ left: ColumnExpression,
        _ comparison: ComparisonOperator,
        _ right: ColumnExpression
    ) throws -> PredicateLeaf {
        guard accepts(left, comparison, right) else {
            throw ButlerError(
                .invalidQuery,
                "The operator \"\(comparison.written)\" cannot compare \(left) of type \(left.type) "
                    + "with \(right) of type \(right.type).",
                remedy: remedy(left, comparison, right)
            )
        }
        return .comparison(left, comparison, right)
    }

    private static func accepts(
        _ left: ColumnExpression,
        _ comparison: ComparisonOperator,
        _ right: ColumnExpression
    ) -> Bool {
        switch (left.type, right.type) {
        case (.timespan, .datetime), (.datetime, .timespan), (.timespan, .ingestDate), (.ingestDate, .timespan):
            comparison == .overlaps
        case (.datetime, .ingestDate), (.ingestDate, .datetime), (.int, .real), (.real, .int):
            comparison.isOrdering
        case (let type, let other) where type == other:
            switch comparison {
            case .equal, .notEqual: type != .timespan && type != .bool
            case .less, .lessOrEqual, .greater, .greaterOrEqual:
                type == .int || type == .string || type == .real || type == .datetime
            case .overlaps: type == .timespan || type == .region && (left.column != nil || right.column != nil)
            case .glob: type == .string
            }
        default: false
        }
    }

    private static func remedy(
        _ left: ColumnExpression,
        _ comparison: ComparisonOperator,
        _ right: ColumnExpression
    ) -> String? {
        let types = [left.type, right.type]
        if types.contains(.string) {
            if types.contains(.datetime) || types.contains(.timespan) || types.contains(.ingestDate) {
                return "Write times as T'2020-01-01T12:00:00'."
            }
            if types.contains(.uuid) { return "Write identifiers as UUID('…')." }
            let isNumber = left.literal?.type.isNumber ?? right.literal?.type.isNumber ?? false
            if isNumber { return "Write texts in single quotes." }
            if types.contains(.int) || types.contains(.real) { return "Write numbers without quotes." }
        }
        if types == [.timespan, .timespan], comparison != .overlaps { return "Compare timespans with OVERLAPS." }
        if types == [.region, .region], comparison == .overlaps { return "At least one side must be a region column." }
        return nil
    }

    /// Membership of a value in a list of constants.
    ///
    /// - Parameters:
    ///   - member: The value.
    ///   - list: Constants of exactly the value's type; empty is never true.
    /// - Returns: The condition.
    /// - Throws: ``ButlerError`` with `.invalidQuery` for other types, and for regions and timespans.
    public static func member(_ member: ColumnExpression, of list: [LiteralValue]) throws -> PredicateLeaf {
        guard member.type != .timespan, member.type != .region else {
            throw ButlerError(
                .invalidQuery,
                "IN cannot test \(member) of type \(member.type).",
                remedy: "Use OVERLAPS."
            )
        }
        guard let other = list.first(where: { $0.type != member.type }) else { return .isIn(member, list) }
        throw ButlerError(
            .invalidQuery,
            "IN needs values of one type, but \(member) is of type \(member.type) and \(other) of type \(other.type)."
        )
    }

    /// Membership of a value in a range of whole numbers.
    ///
    /// - Parameters:
    ///   - member: The value, a whole number.
    ///   - range: The range; may be empty with its end at its first number, not before.
    /// - Returns: The condition.
    /// - Throws: ``ButlerError`` with `.invalidQuery`.
    public static func member(_ member: ColumnExpression, of range: IntegerRange) throws -> PredicateLeaf {
        guard member.type == .int else {
            throw ButlerError(
                .invalidQuery,
                "A range needs whole numbers, but \(member) is of type \(member.type).",
                remedy: "Use >= and <=."
            )
        }
        guard range.step >= 1 else { throw ButlerError(.invalidQuery, "The step of a range must be at least 1.") }
        guard range.end >= range.first else {
            throw ButlerError(
                .invalidQuery,
                "The range \(range.first)..\(range.end - 1) ends before it begins.",
                remedy: "Write the smaller number first."
            )
        }
        return .isInRange(member, range)
    }

    /// The values that the condition looks at.
    public var expressions: [ColumnExpression] {
        switch self {
        case .isTrue(let column): [.column(column)]
        case .isNull(let operand): [operand]
        case .comparison(let left, _, let right): [left, right]
        case .isIn(let member, _), .isInRange(let member, _): [member]
        }
    }
}

extension PredicateLeaf: CustomStringConvertible {
    /// The condition as the reference prints it.
    public var description: String {
        switch self {
        case .isTrue(let column): column.description
        case .isNull(let operand): "\(operand) IS NULL"
        case .comparison(let left, let comparison, let right): "\(left) \(comparison.rawValue) \(right)"
        case .isIn(let member, let list): "\(member) IN [\(list.map(\.description).joined(separator: ", "))]"
        case .isInRange(let member, let range): "\(member) IN \(range)"
        }
    }
}
