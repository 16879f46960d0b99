internal import AstroTime
internal import Foundation

/// A node of the syntax tree of a `where` expression.
struct WhereNode: Sendable {
    /// What the node is.
    indirect enum Content: Sendable {
        case integer(Int64)
        case real(Double)
        case text(String)
        case time(TAI)
        case uuid(UUID)
        case range(IntegerRange)
        case identifier(String)
        case bind(String)
        case sign(isMinus: Bool, WhereNode)
        case arithmetic(WhereNode, ArithmeticOperator, WhereNode)
        case comparison(WhereNode, ComparisonOperator, WhereNode)
        case membership(WhereNode, isNegated: Bool, [WhereNode])
        case not(WhereNode)
        case all([WhereNode])
        case any([WhereNode])
        case pair(WhereNode, WhereNode)
        case call(WhereFunction, [WhereNode])
    }

    /// What the node is.
    let content: Content
    /// Bytes of the expression that the node spans.
    let span: Range<Int>
    /// Longest chain of nodes below this one.
    let depth: Int
    /// Whether the node stands in parentheses.
    var isParenthesized = false
}

/// Functions of the language.
enum WhereFunction: String, Sendable, CaseIterable {
    case point = "POINT"
    case circle = "CIRCLE"
    case box = "BOX"
    case polygon = "POLYGON"
    case region = "REGION"
    case glob = "GLOB"
}
