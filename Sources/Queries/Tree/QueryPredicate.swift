/// A condition on the rows of a query, in the logic of SQL with its third value "unknown".
///
/// Kept as it was written. What depends on the conjunctive normal form of the reference is computed without
/// multiplying it out (``isolatedConditions``).
public indirect enum QueryPredicate: Sendable, Hashable {
    /// A single condition.
    case leaf(PredicateLeaf)
    /// The opposite.
    case not(QueryPredicate)
    /// All conditions hold; with none, always true.
    case all([QueryPredicate])
    /// Some condition holds; with none, never true.
    case any([QueryPredicate])

    /// Always true.
    public static let `true` = QueryPredicate.all([])
    /// Never true.
    public static let `false` = QueryPredicate.any([])

    /// Both conditions.
    public func and(_ other: QueryPredicate) -> QueryPredicate {
        switch (self, other) {
        case (.all([]), _): other
        case (_, .all([])): self
        case (.all(let first), .all(let second)): .all(first + second)
        case (.all(let first), _): .all(first + [other])
        case (_, .all(let second)): .all([self] + second)
        default: .all([self, other])
        }
    }

    /// All single conditions, in order of appearance.
    public var leaves: [PredicateLeaf] {
        var found: [PredicateLeaf] = []
        visit { found.append($0) }
        return found
    }

    /// Calls a closure with each single condition.
    func visit(_ body: (PredicateLeaf) -> Void) {
        switch self {
        case .leaf(let leaf): body(leaf)
        case .not(let operand): operand.visit(body)
        case .all(let operands), .any(let operands): for operand in operands { operand.visit(body) }
        }
    }

    /// All columns used, in order of appearance.
    public var columns: [ColumnReference] {
        leaves.flatMap { $0.expressions.flatMap(\.columns) }
    }

    /// Whether the predicate is constant true by its form.
    public var isTrue: Bool { self == .true }
}

/// A single condition with the sign it has in a normal form.
public struct SignedCondition: Sendable, Hashable {
    /// The condition.
    public let leaf: PredicateLeaf
    /// Whether its opposite is meant.
    public let isNegated: Bool

    var inverted: SignedCondition { SignedCondition(leaf: leaf, isNegated: !isNegated) }
}

extension QueryPredicate {
    /// The conditions that stand alone in their group of the reference's conjunctive normal form.
    ///
    /// The reference multiplies every OR out and drops no duplicate; a condition is alone when AND alone joins it to
    /// the rest. `a AND (b OR c)` isolates a; `NOT (a OR (b AND c))` isolates nothing, as it becomes
    /// `(NOT a OR NOT a) AND …`. Linear in the size of the predicate.
    public var isolatedConditions: [SignedCondition] {
        switch normalForm {
        case .always: []
        case .oneGroup(let group): group.count == 1 ? group : []
        case .groups(let isolated, _): isolated
        }
    }

    /// What matters of a conjunctive normal form: the number of groups (none, one, more) and the groups of one.
    private enum NormalForm {
        case always
        case oneGroup([SignedCondition])
        case groups(isolated: [SignedCondition], allIsolated: Bool)
    }

    private var normalForm: NormalForm {
        switch self {
        case .leaf(let leaf): .oneGroup([SignedCondition(leaf: leaf, isNegated: false)])
        case .not(let operand): Self.inverse(operand.normalForm)
        case .all(let operands): Self.conjunction(operands.map(\.normalForm))
        case .any(let operands): Self.disjunction(operands.map(\.normalForm))
        }
    }

    private static func inverse(_ form: NormalForm) -> NormalForm {
        switch form {
        case .always: .oneGroup([])
        case .oneGroup(let group):
            switch group.count {
            case 0: .always
            case 1: .oneGroup([group[0].inverted])
            default: .groups(isolated: group.map(\.inverted), allIsolated: true)
            }
        case .groups(let isolated, let allIsolated):
            allIsolated ? .oneGroup(isolated.map(\.inverted)) : .groups(isolated: [], allIsolated: false)
        }
    }

    private static func conjunction(_ forms: [NormalForm]) -> NormalForm {
        var isolated: [SignedCondition] = []
        var allIsolated = true
        var only: NormalForm = .always
        var count = 0
        for form in forms {
            switch form {
            case .always: continue
            case .oneGroup(let group):
                guard !group.isEmpty else { return form }
                if group.count == 1 { isolated += group } else { allIsolated = false }
            case .groups(let more, let areAll):
                isolated += more
                allIsolated = allIsolated && areAll
            }
            only = form
            count += 1
        }
        return count < 2 ? only : .groups(isolated: isolated, allIsolated: allIsolated)
    }

    private static func disjunction(_ forms: [NormalForm]) -> NormalForm {
        var group: [SignedCondition] = []
        var several: NormalForm?
        var hasOther = false
        for form in forms {
            switch form {
            case .always: return .always
            case .oneGroup(let more):
                hasOther = hasOther || !more.isEmpty
                group += more
            case .groups:
                hasOther = hasOther || several != nil
                several = form
            }
        }
        guard let several else { return .oneGroup(group) }
        return hasOther ? .groups(isolated: [], allIsolated: false) : several
    }
}

extension QueryPredicate: CustomStringConvertible {
    /// The predicate with `AND`, `OR`, `NOT` and parentheses where needed.
    public var description: String {
        switch self {
        case .leaf(let leaf): leaf.description
        case .not(let operand): "NOT \(operand.operandText)"
        case .all(let operands): operands.isEmpty ? "True" : Self.joined(operands, by: " AND ")
        case .any(let operands): operands.isEmpty ? "False" : Self.joined(operands, by: " OR ")
        }
    }

    private var operandText: String {
        switch self {
        case .leaf, .not: description
        case .all(let operands), .any(let operands): operands.count < 2 ? description : "(\(description))"
        }
    }

    private static func joined(_ operands: [QueryPredicate], by separator: String) -> String {
        guard operands.count > 1 else { return operands[0].description }
        return operands.map(\.operandText).joined(separator: separator)
    }
}
