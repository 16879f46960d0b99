internal import Databases
internal import Dimensions
internal import Queries
internal import StewardCore

/// Elements whose tables are not joined: what is needed of them is looked up by key once the rows are there.
///
/// Pairs of elements on common pixels are many more than the elements, and so are datasets of detectors more than visits;
/// so regions and implied values are fetched once for each element, not once for each row. That the element exists follows
/// from the foreign keys of the tables of pixels and datasets.
struct LateElements {
    /// What is looked up of an element.
    struct LookUp {
        let element: DimensionElement
        /// Names of columns, and how they are fetched.
        var columns: [(name: String, kind: ColumnKind)] = []
        /// Position of the first of these columns in a page.
        var first = 0
    }

    /// The elements, those of which nothing is needed included.
    private(set) var lookUps: [LookUp] = []
    /// Whether rows may repeat, which is cheaper to mend than to prevent.
    private(set) var repeatsPairs = false
    /// How many columns are looked up; they come before those of the statement.
    private(set) var width = 0

    /// Nothing is looked up.
    init() {}

    /// Finds what can be left out of the joins of a query for data IDs or datasets without records.
    ///
    /// - Parameters:
    ///   - analysis: The query.
    ///   - spec: What its rows show.
    ///   - derived: What is taken from records in memory.
    ///   - sizes: How many rows tables have.
    init(_ analysis: QueryAnalysis, _ spec: ResultSpec, _ derived: DerivedKeys, _ sizes: TableSizes) {
        guard spec.showsKeysOnly, analysis.tree.tables.isEmpty, let keys = Self.keys(analysis) else { return }
        let universe = analysis.catalog.universe
        let group = spec.dimensions(in: universe)
        let tested = Set(
            analysis.overlaps.regionPairs.flatMap { [$0.0, $0.1] } + analysis.overlaps.regionConstraints.map(\.0)
        )
        for element in analysis.dimensions.elements
        where element.requiredSet.isSubset(of: keys) && element.requiredSet != keys {
            let isLate = element.hasTable && !element.isCached && (element.isDimension || !element.definesRelationships)
            guard isLate, Self.canLeaveOut(element, analysis, spec, derived) else { continue }
            var lookUp = LookUp(element: element, first: width)
            for dimension in element.implied.compactMap(universe.find) where group.implied.contains(dimension) {
                lookUp.columns.append((element.columnName(of: dimension), dimension.hasStringKey ? .label : .integer))
            }
            if tested.contains(element) { lookUp.columns.append(("region", .label)) }
            width += lookUp.columns.count
            lookUps.append(lookUp)
        }
        repeatsPairs =
            sizes.areKnown && Self.hasFewPairs(analysis, sizes) && analysis.tree.searches.isEmpty
            && tested.allSatisfy(leavesOut)
    }

    /// Dimensions whose values rows have, many rows for each element: pairs on common pixels, or all datasets of a type
    /// where a look-up between pages does not make the rest of the rows go to memory.
    private static func keys(_ analysis: QueryAnalysis) -> DimensionSet? {
        if let keys = analysis.overlaps.pairKeys { return keys }
        guard analysis.catalog.dialect.keepsJoinOrder, analysis.overlaps.isUnconditional,
            analysis.tree.searches.count == 1
        else { return nil }
        return DimensionSet(analysis.tree.searches[0].dimensions.required.map(\.position))
    }

    /// Whether pairs on common pixels are few enough to be held in memory.
    private static func hasFewPairs(_ analysis: QueryAnalysis, _ sizes: TableSizes) -> Bool {
        guard analysis.overlaps.pairKeys != nil, case .pair(let first, let second)? = analysis.overlaps.pixelJoins.first
        else { return false }
        let order = JoinOrder(sizes, analysis.overlaps.predicate, analysis.catalog.universe)
        return min(order.rows(first), order.rows(second)) <= 1000
    }

    /// Whether nothing but the result's implied values and the region comes from an element.
    private static func canLeaveOut(
        _ element: DimensionElement,
        _ analysis: QueryAnalysis,
        _ spec: ResultSpec,
        _ derived: DerivedKeys
    ) -> Bool {
        let universe = analysis.catalog.universe
        let group = spec.dimensions(in: universe)
        let columns = spec.order.flatMap(\.expression.columns) + analysis.overlaps.predicate.columns
        let usesFields = columns.contains { column in
            if case .field(let owner, _) = column { return owner == element }
            return false
        }
        guard !usesFields else { return false }
        let used = Set(columns.compactMap(\.element))
        let others = analysis.dimensions.elements.filter { $0 != element }
        return element.implied.compactMap(universe.find).allSatisfy { implied in
            (implied.implied.isEmpty || derived.leavesOut(implied)) && !used.contains(implied)
                && !group.required.contains(implied)
                && !analysis.tree.searches.contains { $0.dimensions.required.contains(implied) }
                && !others.contains { $0 != implied && ($0.required + $0.implied).contains(implied.name) }
        }
    }

    /// Whether an element's table is left out.
    func leavesOut(_ element: DimensionElement) -> Bool { lookUps.contains { $0.element == element } }

    /// Whether a dimension's values need not come from a table, since they are looked up if they are needed at all.
    func implies(_ dimension: DimensionElement) -> Bool {
        lookUps.contains { $0.element.implied.contains(dimension.name) }
    }

    /// Position of the column with the implied values of a dimension, if they are looked up.
    func column(of dimension: DimensionElement) -> Int? {
        lookUps.first { $0.element.implied.contains(dimension.name) }.flatMap { lookUp in
            position(lookUp.element.columnName(of: dimension), lookUp)
        }
    }

    /// Position of the column with the regions of an element, if they are looked up.
    func region(of element: DimensionElement) -> Int? {
        lookUps.first { $0.element == element }.flatMap { position("region", $0) }
    }

    private func position(_ column: String, _ lookUp: LookUp) -> Int? {
        lookUp.columns.firstIndex { $0.name == column }.map { lookUp.first + $0 }
    }
}

extension OverlapAnalysis {
    /// Dimensions whose values the rows of the only pixel join have, if that is one of pairs.
    var pairKeys: DimensionSet? {
        guard pixelJoins.count == 1, case .pair(let first, let second) = pixelJoins[0] else { return nil }
        return first.requiredSet.union(second.requiredSet)
    }
}
