internal import StewardCore

/// A value computed for each row of a query.
public indirect enum ColumnExpression: Sendable, Hashable {
    /// A constant.
    case literal(LiteralValue)
    /// A column.
    case column(ColumnReference)
    /// Minus a number.
    case negated(ColumnExpression)
    /// First instant of a timespan; that of a missing timespan is 0.
    case begin(of: ColumnExpression)
    /// End of a timespan; that of a missing timespan is 0.
    case end(of: ColumnExpression)
    /// Sum, difference, product, quotient or remainder of two whole numbers or two reals.
    case arithmetic(ColumnExpression, ArithmeticOperator, ColumnExpression)
}

/// Operators on numbers.
public enum ArithmeticOperator: String, Sendable, Hashable {
    /// Sum.
    case plus = "+"
    /// Difference.
    case minus = "-"
    /// Product.
    case times = "*"
    /// Exact quotient, also of whole numbers.
    case divided = "/"
    /// Remainder of whole numbers, with the sign of the dividend.
    case modulo = "%"
}

extension ColumnExpression {
    /// Type of the values.
    ///
    /// The quotient of whole numbers counts as a whole number here, as in the reference.
    public var type: ExpressionType {
        switch self {
        case .literal(let value): value.type
        case .column(let column): column.type
        case .negated(let operand): operand.type
        case .begin, .end: .datetime
        case .arithmetic(let left, _, _): left.type
        }
    }

    /// The column, if this is one and nothing else.
    public var column: ColumnReference? {
        guard case .column(let column) = self else { return nil }
        return column
    }

    /// The constant, if this is one and nothing else.
    public var literal: LiteralValue? {
        guard case .literal(let value) = self else { return nil }
        return value
    }

    /// All columns used, in order of appearance.
    public var columns: [ColumnReference] {
        switch self {
        case .literal: []
        case .column(let column): [column]
        case .negated(let operand), .begin(let operand), .end(let operand): operand.columns
        case .arithmetic(let left, _, let right): left.columns + right.columns
        }
    }

    /// Minus this expression.
    ///
    /// - Returns: The negated expression.
    /// - Throws: ``ButlerError`` with `.invalidQuery` if this is no number.
    public func negative() throws -> ColumnExpression {
        guard type.isNumber else {
            throw ButlerError(.invalidQuery, "The sign \"-\" needs a number, but \(self) is of type \(type).")
        }
        return .negated(self)
    }

    /// One bound of this timespan.
    ///
    /// - Parameter bound: `begin` or `end`.
    /// - Returns: The bound as an instant; nil if there is no such bound.
    /// - Throws: ``ButlerError`` with `.invalidQuery` if this is no timespan.
    func bound(_ bound: Substring) throws -> ColumnExpression? {
        guard bound == "begin" || bound == "end" else { return nil }
        guard type == .timespan else {
            throw ButlerError(
                .invalidQuery,
                "Only timespans have a \"\(bound)\", but \(self) is of type \(type)."
            )
        }
        return bound == "begin" ? .begin(of: self) : .end(of: self)
    }

    /// This expression combined with another one.
    ///
    /// - Parameters:
    ///   - operation: The operator.
    ///   - right: The second operand.
    /// - Returns: The combination.
    /// - Throws: ``ButlerError`` with `.invalidQuery` unless both are whole numbers, or both reals and the operator is
    ///   not the remainder.
    public func combined(_ operation: ArithmeticOperator, _ right: ColumnExpression) throws -> ColumnExpression {
        guard type == right.type else {
            throw ButlerError(
                .invalidQuery,
                "The operator \"\(operation.rawValue)\" needs two numbers of the same type, "
                    + "but \(self) is of type \(type) and \(right) of type \(right.type)."
            )
        }
        guard type == .int || type == .real && operation != .modulo else {
            let needed = operation == .modulo ? "whole numbers" : "numbers"
            throw ButlerError(
                .invalidQuery,
                "The operator \"\(operation.rawValue)\" needs \(needed), but \(self) and \(right) are of type \(type)."
            )
        }
        return .arithmetic(self, operation, right)
    }
}

extension ColumnExpression: CustomStringConvertible {
    /// The expression with parentheses around all nested operations, as the reference prints it.
    public var description: String {
        switch self {
        case .literal(let value): value.description
        case .column(let column): column.description
        case .negated(let operand): "-\(operand.operandText)"
        case .begin(let operand): "\(operand.operandText).begin"
        case .end(let operand): "\(operand.operandText).end"
        case .arithmetic(let left, let operation, let right):
            "\(left.operandText) \(operation.rawValue) \(right.operandText)"
        }
    }

    private var operandText: String {
        switch self {
        case .literal, .column: description
        default: "(\(description))"
        }
    }
}
