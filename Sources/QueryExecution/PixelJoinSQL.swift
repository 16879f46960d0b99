internal import Databases
internal import Dimensions
internal import Queries
internal import Registry
internal import SphericalGeometry
internal import StewardCore

/// Writes the tables that relate elements to sky pixels.
struct PixelJoinSQL {
    let schema: RegistrySchema
    /// Values that every row must have; repeated here since they make the subqueries small.
    let dataID: [String: LiteralValue]

    /// A table or subquery for a join.
    func item(_ join: OverlapAnalysis.PixelJoin, alias: String) throws -> JoinItem {
        switch join {
        case .pixels(let element): try pixels(element, alias)
        case .pair(let first, let second): try pair(first, second, alias)
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

    /// Conditions that pick the rows of the common pixelisation and of the given values.
    private func conditions(_ element: DimensionElement, _ alias: String) -> [SQL] {
        guard case .skyPixel(let system, let level) = pixel.kind else { return [] }
        var conditions: [SQL] = [
            "\(id: alias, "skypix_system") = \(system)", "\(id: alias, "skypix_level") = \(level)",
        ]
        for name in element.required {
            switch dataID[name] {
            case .int(let value)?: conditions.append("\(id: alias, name) = \(value)")
            case .string(let value)?: conditions.append("\(id: alias, name) = \(value)")
            default: break
            }
        }
        return conditions
    }

    private func pixels(_ element: DimensionElement, _ alias: String) throws -> JoinItem {
        let keys = dimensions([element]).map { ($0, "\(id: alias, $0.name)" as SQL) }
        return JoinItem(
            source: "\(table: try table(element).name) AS \(id: alias)",
            keys: keys + [(pixel, "\(id: alias, "skypix_index")")],
            conditions: conditions(element, alias),
            label: "pixels of \(element.name)"
        )
    }

    private func ranges(_ element: DimensionElement, _ ranges: RangeSet, _ alias: String) throws -> JoinItem {
        let keys = dimensions([element])
        let columns = keys.map { "\(id: "o", $0.name)" as SQL }.joined(separator: ", ")
        let all = conditions(element, "o") + [Self.membership("\(id: "o", "skypix_index")", ranges)]
        let source: SQL = """
            (SELECT DISTINCT \(columns) FROM \(table: try table(element).name) AS \(id: "o") \
            WHERE \(all.joined(separator: " AND "))) AS \(id: alias)
            """
        return JoinItem(
            source: source,
            keys: keys.map { ($0, "\(id: alias, $0.name)") },
            label: "\(element.name) in \(ranges.ranges.count) ranges of \(pixel.name)"
        )
    }

    private func pair(_ first: DimensionElement, _ second: DimensionElement, _ alias: String) throws -> JoinItem {
        let common = Set(first.required).intersection(second.required)
        var all = conditions(first, "a") + conditions(second, "b")
        all.append("\(id: "a", "skypix_index") = \(id: "b", "skypix_index")")
        all += common.sorted().map { "\(id: "a", $0) = \(id: "b", $0)" }
        let keys = dimensions([first, second])
        let columns = keys.map { key -> SQL in
            first.required.contains(key.name) ? "\(id: "a", key.name)" : "\(id: "b", key.name)"
        }
        let source: SQL = """
            (SELECT DISTINCT \(columns.joined(separator: ", ")) FROM \(table: try table(first).name) AS \(id: "a"), \
            \(table: try table(second).name) AS \(id: "b") WHERE \(all.joined(separator: " AND "))) AS \(id: alias)
            """
        return JoinItem(
            source: source,
            keys: keys.map { ($0, "\(id: alias, $0.name)") },
            label: "\(first.name) and \(second.name) that touch a common pixel of \(pixel.name)"
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
