import Queries

/// The conjunctive normal form as the reference makes it: multiplied out, with nothing dropped.
struct ReferenceNormalForm {
    var groups: [[String]]

    init(_ predicate: QueryPredicate) {
        groups = Self.signed(predicate).map { group in
            group.map { ($0.isNegated ? "NOT " : "") + $0.leaf.description }
        }
    }

    typealias Signed = (leaf: PredicateLeaf, isNegated: Bool)

    static func signed(_ predicate: QueryPredicate) -> [[Signed]] {
        switch predicate {
        case .leaf(let leaf): [[(leaf, false)]]
        case .all(let operands): operands.flatMap(signed)
        case .any(let operands): operands.map(signed).reduce([[]], product)
        case .not(let operand):
            signed(operand).map { group in group.map { [($0.leaf, !$0.isNegated)] } }.reduce([[]], product)
        }
    }

    private static func product(_ first: [[Signed]], _ second: [[Signed]]) -> [[Signed]] {
        first.flatMap { left in second.map { left + $0 } }
    }
}
