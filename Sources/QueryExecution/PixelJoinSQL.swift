internal import Databases
internal import Dimensions
internal import Queries
internal import Registry
internal import SphericalGeometry
internal import StewardCore

/// Writes the tables that relate elements to sky pixels.
struct PixelJoinSQL {
    let schema: RegistrySchema
    /// Conditions on single keys that every row must meet; repeated here since they make the subqueries small.
    let conditions: [String: [SignedCondition]]
    let dialect: SQLDialect
    let order: JoinOrder

    init(_ schema: RegistrySchema, _ predicate: QueryPredicate, _ order: JoinOrder, _ dialect: SQLDialect) {
        self.schema = schema
        self.order = order
        self.dialect = dialect
        var conditions: [String: [SignedCondition]] = [:]
        for condition in predicate.isolatedConditions {
            let columns = condition.leaf.expressions.flatMap(\.columns)
            guard columns.count == 1, case .key(let dimension)? = columns.first else { continue }
            conditions[dimension.name, default: []].append(condition)
        }
        self.conditions = conditions
    }

    /// A table or subquery for a join.
    func item(_ join: OverlapAnalysis.PixelJoin, alias: String) throws -> JoinItem {
        switch join {
        case .pixels(let element): try pixels(element, alias)
        case .pair(let first, let second):
            order.rows(first) <= order.rows(second) ? try pair(first, second, alias) : try pair(second, first, alias)
        case .ranges(let element, let ranges): try self.ranges(element, ranges, alias)
        }
    }

    private var pixel: DimensionElement { schema.universe.commonSkyPixel }

    private func table(_ element: DimensionElement) throws -> TableSpec {
        guard let overlap = schema.overlap(of: element) else {
            throw ButlerError(.unimplementedQuery, "The regions of \(element.name) cannot be queried by overlap.")
        }
        return overlap.table
    }

    /// Conditions that pick the rows of the common pixelisation, and of the keys that are wanted.
    private func conditions(_ element: DimensionElement, _ alias: String) throws -> [SQL] {
        guard case .skyPixel(let system, let level) = pixel.kind else { return [] }
        let compiler = ExpressionCompiler(dialect: dialect, format: schema.format) { column in
            guard case .key(let dimension) = column else {
                throw ButlerError(.invalidQuery, "\(column) is no key.")
            }
            return .scalar("\(id: alias, dimension.name)")
        }
        let wanted = try element.required.flatMap { conditions[$0] ?? [] }.map { condition in
            let leaf = QueryPredicate.leaf(condition.leaf)
            return try compiler.condition(condition.isNegated ? .not(leaf) : leaf)
        }
        return ["\(id: alias, "skypix_system") = \(system)", "\(id: alias, "skypix_level") = \(level)"] + wanted
    }

    private func pixels(_ element: DimensionElement, _ alias: String) throws -> JoinItem {
        let keys = dimensions([element]).map { ($0, "\(id: alias, $0.name)" as SQL) }
        return JoinItem(
            source: "\(table: try table(element).name) AS \(id: alias)",
            keys: keys + [(pixel, "\(id: alias, "skypix_index")")],
            conditions: try conditions(element, alias),
            label: "pixels of \(element.name)"
        )
    }

    private func ranges(_ element: DimensionElement, _ ranges: RangeSet, _ alias: String) throws -> JoinItem {
        let keys = dimensions([element])
        let columns = keys.map { "\(id: "o", $0.name)" as SQL }.joined(separator: ", ")
        let all = try conditions(element, "o") + [Self.membership("\(id: "o", "skypix_index")", ranges)]
        let source: SQL = """
            (SELECT DISTINCT \(columns) FROM \(table: try table(element).name) AS \(id: "o") \
            WHERE \(all.joined(separator: " AND "))) AS \(id: alias)
            """
        return JoinItem(
            source: source,
            keys: keys.map { ($0, "\(id: alias, $0.name)") },
            label: "\(element.name) in \(ranges.ranges.count) ranges of \(pixel.name)",
            isSubquery: true
        )
    }

    /// Rows of both elements on common pixels, the first one's looked up first.
    private func pair(_ first: DimensionElement, _ second: DimensionElement, _ alias: String) throws -> JoinItem {
        let common = Set(first.required).intersection(second.required)
        var all = try conditions(first, "a") + conditions(second, "b")
        all.append("\(id: "a", "skypix_index") = \(id: "b", "skypix_index")")
        all += common.sorted().map { "\(id: "a", $0) = \(id: "b", $0)" }
        let keys = dimensions([first, second])
        let columns = keys.map { key -> SQL in
            first.required.contains(key.name) ? "\(id: "a", key.name)" : "\(id: "b", key.name)"
        }
        let source: SQL = """
            (SELECT DISTINCT \(columns.joined(separator: ", ")) FROM \(table: try table(first).name) AS \(id: "a") \
            CROSS JOIN \(table: try table(second).name) AS \(id: "b") WHERE \(all.joined(separator: " AND "))) AS \(id: alias)
            """
        return JoinItem(
            source: source,
            keys: keys.map { ($0, "\(id: alias, $0.name)") },
            label: "\(first.name) and \(second.name) that touch a common pixel of \(pixel.name)",
            isSubquery: true
        )
    }

    private func dimensions(_ elements: [DimensionElement]) -> [DimensionElement] {
        let names = Set(elements.flatMap(\.required))
        return schema.universe.dimensions.filter { names.contains($0.name) }
    }

    /// The test that a pixel is in some ranges; nothing is in none.
    static func membership(_ column: SQL, _ set: RangeSet) -> SQL {
        let single = set.ranges.filter { $0.lowerBound == $0.last }.map { Int64(bitPattern: $0.lowerBound) }
        let wide = set.ranges.filter { $0.lowerBound != $0.last }.map { range -> SQL in
            let first = Int64(bitPattern: range.lowerBound)
            let last = Int64(bitPattern: range.last)
            return "\(column) BETWEEN \(SQL(generated: "\(first) AND \(last)"))"
        }
        var parts = wide
        if !single.isEmpty {
            let list = single.map(String.init).joined(separator: ", ")
            parts.append("\(column) IN (\(SQL(generated: list)))")
        }
        guard !parts.isEmpty else { return "1 = 0" }
        return parts.joined(separator: " OR ").parenthesized
    }
}
