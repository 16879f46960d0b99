internal import Databases
internal import Dimensions
internal import Queries

/// Puts tables into an order in which few rows are touched.
///
/// SQLite plans badly without statistics, which repositories often lack: it then prefers the index with the most equal
/// columns, however many rows each value has. So the order is chosen here from the sizes of the tables and fixed with
/// `CROSS JOIN`. Cost is the number of rows touched, with values of dimensions taken for independent.
struct JoinOrder {
    let sizes: TableSizes
    let universe: DimensionUniverse
    /// Part of a dimension's values that the condition leaves, by position.
    private var keyShare: [Int: Double] = [:]
    /// Part of an element's rows that conditions on its fields leave, by position.
    private var fieldShare: [Int: Double] = [:]

    init(_ sizes: TableSizes, _ predicate: QueryPredicate, _ universe: DimensionUniverse) {
        self.sizes = sizes
        self.universe = universe
        for condition in predicate.isolatedConditions { read(condition) }
    }

    private mutating func read(_ condition: SignedCondition) {
        let columns = condition.leaf.expressions.flatMap(\.columns)
        guard columns.count == 1, let column = columns.first else { return }
        let share: Double
        switch (condition.leaf, condition.isNegated) {
        case (.comparison(_, .equal, _), false): share = 0
        case (.isIn(_, let list), false): share = Double(list.count) / distinct(column)
        case (.isInRange(_, let range), false): share = min(0.3, Double(range.end - range.first) / distinct(column))
        default: share = 0.3
        }
        switch column {
        case .key(let dimension):
            keyShare[dimension.position, default: 1] *= max(share, 1 / distinct(column))
        case .field(let element, _): fieldShare[element.position, default: 1] *= max(share, 0.05)
        case .dataset: break
        }
    }

    private func distinct(_ column: ColumnReference) -> Double {
        guard case .key(let dimension) = column else { return 20 }
        return sizes.distinct(dimension, universe)
    }

    /// Rows of an element that conditions on its keys and fields leave, roughly.
    func rows(_ element: DimensionElement) -> Double {
        let keys = element.requiredSet.positions.reduce(1) { $0 * (keyShare[$1] ?? 1) }
        return sizes.rows(element) * keys * (fieldShare[element.position] ?? 1)
    }

    /// The tables in the order of joining.
    func ordered(_ items: [JoinItem]) -> [JoinItem] {
        var best: (cost: Double, order: [JoinItem])?
        for start in items.indices {
            let candidate = greedy(items, from: start)
            if best.map({ candidate.cost < $0.cost }) ?? true { best = candidate }
        }
        return best?.order ?? items
    }

    private func greedy(_ items: [JoinItem], from start: Int) -> (cost: Double, order: [JoinItem]) {
        var left = items
        var order: [JoinItem] = []
        var bound = DimensionSet()
        var rows = 1.0
        var cost = 0.0
        var next = start
        while true {
            let item = left.remove(at: next)
            let step = self.step(item, bound)
            if item.isSubquery, !order.isEmpty { cost += 2 * share(of: item) * item.size }
            cost += rows * step.touched
            rows *= step.kept
            order.append(item)
            for key in item.keys { bound.insert(key.dimension.position) }
            guard !left.isEmpty else { return (cost, order) }
            let steps = left.map { self.step($0, bound) }
            next = left.indices.min { rank(steps[$0]) < rank(steps[$1]) } ?? 0
        }
    }

    /// Part of the rows of a subquery that conditions on its keys leave.
    private func share(of item: JoinItem) -> Double {
        item.keys.reduce(1) { $0 * (keyShare[$1.dimension.position] ?? 1) }
    }

    /// What is joined first: that which keeps the fewest rows, and of these that which touches the fewest.
    private func rank(_ step: (touched: Double, kept: Double)) -> Double { step.kept + step.touched / 1000 }

    /// Rows of a table that are touched and kept for one row of those joined before.
    private func step(_ item: JoinItem, _ bound: DimensionSet) -> (touched: Double, kept: Double) {
        var matching = item.size
        var kept = item.element.flatMap { fieldShare[$0.position] } ?? 1
        for (dimension, _) in item.keys {
            if bound.contains(dimension.position) {
                matching /= sizes.distinct(dimension, universe)
            } else if let share = keyShare[dimension.position] {
                kept *= share
            }
        }
        let isUnique = item.unique.map { $0.isSubset(of: bound) } ?? false
        if isUnique { matching = min(matching, 1) }
        if let timed = item.timed, timed.isSubset(of: bound) {
            let hasKeys = item.keys.allSatisfy { bound.contains($0.dimension.position) }
            let ranges = item.keys.reduce(item.size) { $0 / sizes.distinct($1.dimension, universe) }
            return (1 + (hasKeys ? matching / 2 : matching), max(matching * kept / max(1, ranges), 0.001))
        }
        return (1 + matching, max(matching * kept, 0.001))
    }
}
