internal import Databases
internal import Dimensions
internal import Queries
internal import StewardCore

/// Elements whose tables are not joined: what is needed of them is looked up by key once the rows are there.
///
/// Pairs of elements on common pixels are many more than the elements; so regions and implied values are fetched once
/// for each element, not once for each pair. That the element exists follows from the foreign keys of the pixels' tables.
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
    init(_ analysis: QueryAnalysis, _ spec: ResultSpec, _ derived: DerivedKeys) {
        guard spec.showsKeysOnly, analysis.tree.tables.isEmpty, let keys = analysis.overlaps.pairKeys else { return }
        let universe = analysis.catalog.universe
        let group = spec.dimensions(in: universe)
        let tested = Set(analysis.overlaps.regionPairs.flatMap { [$0.0, $0.1] } + analysis.overlaps.regionConstraints.map(\.0))
        for element in analysis.dimensions.elements where element.requiredSet.isSubset(of: keys) {
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
        repeatsPairs = analysis.tree.searches.isEmpty && tested.allSatisfy(leavesOut)
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

/// Fetches what is looked up by key, for the rows of pages.
struct LateReader {
    /// A look-up with the places of its keys: constants, or columns of the widened page.
    struct Source {
        let lookUp: LateElements.LookUp
        let keys: [KeySource]
    }

    let sources: [Source]

    /// How the columns that are looked up are fetched.
    var kinds: [ColumnKind] { sources.flatMap { $0.lookUp.columns.map(\.kind) } }

    /// A page with the columns that are looked up before those that it has; one statement for each element.
    func widened(_ page: ColumnPage, on connection: any Connection) throws -> ColumnPage {
        guard !sources.isEmpty else { return page }
        let width = kinds.count
        var columns: [ColumnPage.Column] = []
        for source in sources {
            let indices = source.keys.compactMap { key -> Int? in
                if case .column(let index) = key { return index - width }
                return nil
            }
            let (codes, firstRows) = page.keyCodes(indices)
            let sql = Self.statement(source, Self.json(page, firstRows, indices))
            let found = try connection.query(sql, kinds: source.lookUp.columns.map(\.kind))
            columns += found.columns.map { $0.gathered(codes) }
        }
        return ColumnPage(columns: columns + page.columns, rowCount: page.rowCount)
    }

    /// The distinct keys as an array of values, or of arrays of values.
    private static func json(_ page: ColumnPage, _ rows: [Int], _ indices: [Int]) -> String {
        var text = "["
        for (position, row) in rows.enumerated() {
            if position > 0 { text += "," }
            let values = indices.map { index -> String in
                page.columns[index].kind == .label
                    ? JSONValue.string(page.text(row, index) ?? "").text() : String(page.columns[index].integers[row])
            }
            text += values.count == 1 ? values[0] : "[" + values.joined(separator: ",") + "]"
        }
        return text + "]"
    }

    /// The statement with one row for each key, nulls where there is no such element.
    private static func statement(_ source: Source, _ keys: String) -> SQL {
        let element = source.lookUp.element
        let wanted = source.lookUp.columns.map { "\(id: "e", $0.name)" as SQL }.joined(separator: ", ")
        let count = source.keys.count { if case .column = $0 { true } else { false } }
        var position = 0
        var conditions: [SQL] = []
        for (key, field) in zip(source.keys, element.fields) {
            let column: SQL = "\(id: "e", field.name)"
            if case .constant(let value) = key {
                conditions.append("\(column) = \(value.sql)")
            } else {
                let path = SQL(generated: "json_extract(k.value, '$[\(position)]')")
                conditions.append(count == 1 ? "\(column) = k.value" : "\(column) = \(path)")
                position += 1
            }
        }
        return """
            SELECT \(wanted) FROM json_each(\(keys)) AS k LEFT JOIN \(table: element.name) AS \(id: "e") \
            ON \(conditions.joined(separator: " AND "))
            """
    }
}

extension OverlapAnalysis {
    /// Dimensions whose values the rows of the only pixel join have, if that is one of pairs.
    var pairKeys: DimensionSet? {
        guard pixelJoins.count == 1, case .pair(let first, let second) = pixelJoins[0] else { return nil }
        return first.requiredSet.union(second.requiredSet)
    }
}
