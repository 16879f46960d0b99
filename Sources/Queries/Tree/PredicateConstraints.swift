public import Dimensions
internal import StewardCore

/// What a condition says about single dimension values, and the condition completed with default governor values.
///
/// Follows `daf_butler: queries/predicate_constraints_summary.py`.
public struct PredicateConstraints: Sendable {
    /// The condition, with defaults added.
    public private(set) var predicate: QueryPredicate
    /// Values that every row must have, by dimension: `key = constant` alone in its group of the normal form.
    public private(set) var dataID: [String: LiteralValue] = [:]
    /// Contradictions found, for people who wonder why there are no rows.
    public private(set) var messages: [String] = []
    /// Governors that some comparison mentions, in any way.
    private var mentioned: Set<String> = []

    /// Reads what a condition says.
    public init(_ predicate: QueryPredicate) {
        self.predicate = predicate
        for case .comparison(let left, _, let right) in predicate.leaves {
            for column in left.columns + right.columns {
                switch column {
                case .key(let dimension) where dimension.isGovernor: mentioned.insert(dimension.name)
                case .field(let element, let field) where element.isGovernor && element.hasAlternateKey(field):
                    mentioned.insert(element.name)
                default: break
                }
            }
        }
        for condition in predicate.isolatedConditions { read(condition) }
    }

    private mutating func read(_ condition: SignedCondition) {
        guard case .comparison(let left, let comparison, let right) = condition.leaf,
            comparison == (condition.isNegated ? .notEqual : .equal)
        else { return }
        switch (left, right) {
        case (.column(.key(let dimension)), .literal(let value)), (.literal(let value), .column(.key(let dimension))):
            let known = dataID[dimension.name]
            if let known, known != value {
                messages.append("The condition demands both \(dimension.name)=\(value) and \(dimension.name)=\(known).")
            } else {
                dataID[dimension.name] = value
            }
        default: break
        }
    }

    /// Adds default values of governors that the condition leaves open.
    ///
    /// Governors of the query's dimensions, and of dimensions whose keys the condition uses, get their default unless a
    /// comparison mentions them.
    ///
    /// - Parameters:
    ///   - defaults: Default values by governor.
    ///   - dimensions: Dimensions of the query.
    ///   - isRequired: Whether a governor of a dimension in the condition must have a value.
    /// - Throws: ``ButlerError`` with `.invalidQuery` for a governor that must have a value and has none.
    public mutating func complete(
        with defaults: [String: DimensionValue],
        for dimensions: DimensionGroup,
        isRequired: Bool
    ) throws {
        let universe = dimensions.universe
        let needed = neededGovernors(in: universe)
        let used = Set(dimensions.governors.map(\.name))
        for governor in universe.governors where needed[governor.name] != nil || used.contains(governor.name) {
            guard dataID[governor.name] == nil, !mentioned.contains(governor.name) else { continue }
            if let value = defaults[governor.name].map(LiteralValue.init) {
                dataID[governor.name] = value
                let condition = try PredicateLeaf.compare(.column(.key(governor)), .equal, .literal(value))
                predicate = predicate.and(.leaf(condition))
            } else if isRequired, let column = needed[governor.name] {
                throw ButlerError(
                    .invalidQuery,
                    "The condition uses \"\(column)\" without saying which \(governor.name) is meant.",
                    remedy: "Add \"\(governor.name) = '…'\" to the condition, or set a default \(governor.name)."
                )
            }
        }
    }

    /// Governors of all dimensions whose keys or alternate keys occur, with the column that needs each.
    private func neededGovernors(in universe: DimensionUniverse) -> [String: ColumnReference] {
        var needed: [String: ColumnReference] = [:]
        for column in predicate.columns {
            let element: DimensionElement
            switch column {
            case .key(let dimension) where !dimension.isGovernor: element = dimension
            case .field(let owner, let field) where owner.isDimension && owner.hasAlternateKey(field): element = owner
            default: continue
            }
            for governor in element.minimalGroup(in: universe).governors.prefix(1) where needed[governor.name] == nil {
                needed[governor.name] = column
            }
        }
        return needed
    }
}

extension DimensionElement {
    fileprivate func hasAlternateKey(_ name: String) -> Bool {
        alternateKeys.contains { $0.name == name }
    }
}
