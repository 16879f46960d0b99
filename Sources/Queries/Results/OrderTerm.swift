internal import StewardCore

/// One criterion by which result rows are sorted.
public struct OrderTerm: Sendable, Hashable {
    /// The value to sort by.
    public let expression: ColumnExpression
    /// Whether large values come first.
    public let isDescending: Bool

    /// Creates a criterion.
    ///
    /// - Parameters:
    ///   - expression: The value to sort by; a number, text or an instant.
    ///   - isDescending: Whether large values come first.
    /// - Throws: ``ButlerError`` with `.invalidQuery` for types without order.
    public init(_ expression: ColumnExpression, isDescending: Bool = false) throws {
        guard expression.type.isOrdered else {
            throw ButlerError(
                .invalidQuery,
                "Rows cannot be sorted by \(expression), whose type \(expression.type) has no order.",
                remedy: expression.type == .timespan ? "Sort by \(expression).begin." : nil
            )
        }
        self.expression = expression
        self.isDescending = isDescending
    }

    /// Reads a criterion: a name of the query language, with `-` in front for descending order.
    ///
    /// - Parameters:
    ///   - text: The criterion, without blanks.
    ///   - context: What names can mean; binds are not looked at.
    /// - Throws: ``ButlerError`` with `.invalidQuery`.
    public init(parsing text: String, in context: IdentifierContext) throws {
        let isDescending = text.hasPrefix("-")
        let name = String(isDescending ? text.dropFirst() : text[...])
        guard !name.isEmpty else {
            throw ButlerError(.invalidQuery, "A name is missing in the order \"\(text)\".")
        }
        if name.contains(where: { $0 == "," || $0 == " " }) {
            throw ButlerError(
                .invalidQuery,
                "\"\(name)\" is no name to sort by.",
                remedy: "Give each name by itself, with - in front for descending order, without blanks."
            )
        }
        try self.init(try context.column(name), isDescending: isDescending)
    }
}

extension OrderTerm: CustomStringConvertible {
    /// The expression, with `DESC` behind it for descending order.
    public var description: String { isDescending ? "\(expression) DESC" : expression.description }
}
