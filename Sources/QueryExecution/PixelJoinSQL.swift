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
    /// Whether pairs may come once for each pixel that they have in common.
    let repeatsPairs: Bool

    /// Values that all rows have, by position of their dimension.
    private let constants: [Int: DimensionValue]

    init(_ analysis: QueryAnalysis, _ order: JoinOrder, repeatsPairs: Bool) {
        self.repeatsPairs = repeatsPairs
        schema = analysis.catalog.schema
        self.order = order
        dialect = analysis.catalog.dialect
        constants = analysis.constants
        var conditions: [String: [SignedCondition]] = [:]
        for condition in analysis.overlaps.predicate.isolatedConditions {
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
        let columns = selection(keys) { _ in "o" }
        let all = try conditions(element, "o") + [Self.membership("\(id: "o", "skypix_index")", ranges)]
        let source: SQL = """
            (SELECT DISTINCT \(columns) FROM \(table: try table(element).name) AS \(id: "o") \
            WHERE \(all.joined(separator: " AND "))) AS \(id: alias)
            """
        return JoinItem(
            source: source,
            keys: keys.map { ($0, column($0, alias)) },
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
        let columns = selection(keys) { first.required.contains($0.name) ? "a" : "b" }
        let head: SQL = repeatsPairs ? "SELECT" : "SELECT DISTINCT"
        let source: SQL = """
            (\(head) \(columns) FROM \(table: try table(first).name) AS \(id: "a") \
            CROSS JOIN \(table: try table(second).name) AS \(id: "b") WHERE \(all.joined(separator: " AND "))) AS \(id: alias)
            """
        return JoinItem(
            source: source,
            keys: keys.map { ($0, column($0, alias)) },
            label: "\(first.name) and \(second.name) that touch a common pixel of \(pixel.name)",
            isSubquery: !repeatsPairs
        )
    }

    /// The columns of a subquery: keys that are not the same in all rows.
    private func selection(_ keys: [DimensionElement], _ alias: (DimensionElement) -> String) -> SQL {
        let varying = keys.filter { constants[$0.position] == nil }
        guard !varying.isEmpty else { return "1 AS \(id: "found")" }
        return varying.map { "\(id: alias($0), $0.name)" as SQL }.joined(separator: ", ")
    }

    /// A key of a subquery's rows.
    private func column(_ key: DimensionElement, _ alias: String) -> SQL {
        constants[key.position].map(\.sql) ?? "\(id: alias, key.name)"
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

extension DimensionValue {
    /// The value as a bound one.
    var sql: SQL {
        switch self {
        case .int(let value): "\(value)"
        case .string(let value): "\(value)"
        }
    }
}
