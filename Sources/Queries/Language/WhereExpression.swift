public import Dimensions
internal import StewardCore

/// The text of a `where` expression with its syntax checked; what its names mean depends on the query.
public struct WhereExpression: Sendable {
    /// The text.
    public let text: String
    private let root: WhereNode?

    /// Reads an expression; blank text is always true.
    ///
    /// - Parameter text: An expression in the language of the reference's queries.
    /// - Throws: ``WhereSyntaxError``.
    public init(parsing text: String) throws(WhereSyntaxError) {
        self.text = text
        var parser = try WhereParser(text)
        root = try parser.expression()
    }

    /// The predicate that the expression means in a context.
    ///
    /// - Parameter context: What names can mean.
    /// - Returns: The predicate.
    /// - Throws: ``ButlerError`` with `.invalidQuery` for unknown or ambiguous names and for types that do not fit.
    public func predicate(in context: IdentifierContext) throws -> QueryPredicate {
        guard let root else { return .true }
        return try WhereInterpreter(context: context, text: text).predicate(root)
    }
}

extension QueryPredicate {
    /// Reads a `where` expression.
    ///
    /// - Parameters:
    ///   - text: The expression; blank is always true.
    ///   - context: What names can mean.
    /// - Throws: ``ButlerError`` with `.invalidQuery`; its cause is a ``WhereSyntaxError`` where the syntax is wrong.
    public init(parsing text: String, in context: IdentifierContext) throws {
        let expression: WhereExpression
        do throws(WhereSyntaxError) {
            expression = try WhereExpression(parsing: text)
        } catch {
            throw error.butlerError
        }
        self = try expression.predicate(in: context)
    }

    /// The condition that the given dimensions have the given values.
    ///
    /// - Parameters:
    ///   - dataID: Values by dimension name.
    ///   - universe: The universe of the dimensions.
    /// - Throws: ``ButlerError`` with `.dimensionName` for unknown names, `.invalidQuery` for values of another type
    ///   than the dimension's key.
    public init(dataID: [String: LiteralValue], in universe: DimensionUniverse) throws {
        let conditions = try dataID.sorted { $0.key < $1.key }.map { name, value in
            let key = ColumnExpression.column(.key(try universe.dimension(name)))
            return QueryPredicate.leaf(try .compare(key, .equal, .literal(value)))
        }
        self = .all(conditions)
    }
}
