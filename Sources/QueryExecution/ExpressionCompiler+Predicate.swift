internal import AstroTime
internal import Databases
internal import Foundation
internal import Queries
internal import Registry
internal import StewardCore

extension ExpressionCompiler {
    /// A condition, in parentheses where it needs any.
    func condition(_ predicate: QueryPredicate) throws -> SQL {
        switch predicate {
        case .leaf(let leaf): try condition(leaf)
        case .not(let operand): "NOT (\(try condition(operand)))"
        case .all(let operands):
            operands.isEmpty ? "1 = 1" : try joined(operands, by: " AND ") { try $0.map(condition) }
        case .any(let operands):
            operands.isEmpty ? "1 = 0" : try joined(operands, by: " OR ", alternatives)
        }
    }

    /// Operands with an operator between them.
    ///
    /// The deepest one comes first: then nested parentheses pile up at the left, where a parser needs the least memory.
    private func joined(
        _ operands: [QueryPredicate],
        by separator: SQL,
        _ conditions: ([QueryPredicate]) throws -> [SQL]
    ) throws -> SQL {
        let sorted =
            operands.count < 2 ? operands : operands.map { ($0, $0.depth) }.stablySorted { $0.1 > $1.1 }.map(\.0)
        return Self.balanced(try conditions(sorted)[...], separator)
    }

    /// A long chain as a balanced tree, since databases limit the depth of expressions.
    private static func balanced(_ conditions: ArraySlice<SQL>, _ separator: SQL) -> SQL {
        guard conditions.count > 1 else { return conditions.first ?? SQL() }
        guard conditions.count > 64 else { return conditions.joined(separator: separator).parenthesized }
        let middle = conditions.startIndex + conditions.count / 2
        return
            "(\(balanced(conditions[..<middle], separator))\(separator)\(balanced(conditions[middle...], separator)))"
    }

    /// Alternatives, with equalities of one value to constants gathered into membership tests.
    private func alternatives(_ operands: [QueryPredicate]) throws -> [SQL] {
        var lists: [ColumnExpression: [LiteralValue]] = [:]
        var order: [ColumnExpression] = []
        var others: [SQL] = []
        for operand in operands {
            if case .leaf(.comparison(let member, .equal, .literal(let value))) = operand, member.type == value.type,
                value.type == .int || value.type == .string
            {
                if lists[member] == nil { order.append(member) }
                lists[member, default: []].append(value)
            } else {
                others.append(try condition(operand))
            }
        }
        return try others + order.map { try membership(try scalar($0), lists[$0] ?? []) }
    }

    private func condition(_ leaf: PredicateLeaf) throws -> SQL {
        switch leaf {
        case .isTrue(let column): return try scalar(.column(column))
        case .isNull(let operand):
            guard operand.type == .timespan else { return "\(try scalar(operand)) IS NULL" }
            switch try timespan(operand) {
            case .bounds(let begin, _): return "\(begin) IS NULL"
            case .range(let sql), .scalar(let sql): return "\(sql) IS NULL"
            }
        case .comparison(let left, let comparison, let right): return try compare(left, comparison, right)
        case .isIn(let member, let list): return try membership(try scalar(member), list)
        case .isInRange(let member, let range): return Self.range(try scalar(member), range)
        }
    }

    private func compare(
        _ left: ColumnExpression,
        _ comparison: ComparisonOperator,
        _ right: ColumnExpression
    ) throws -> SQL {
        switch comparison {
        case .overlaps: return try overlap(left, right)
        case .glob:
            guard case .string(let pattern)? = right.literal else {
                throw ButlerError(.invalidQuery, "The pattern \(right) must be a constant text.")
            }
            return glob(try scalar(left), pattern)
        default: break
        }
        let isIngestDate = left.type == .ingestDate || right.type == .ingestDate
        let first = isIngestDate ? try ingestDate(left) : try scalar(left)
        let second = isIngestDate ? try ingestDate(right) : try scalar(right)
        return switch comparison {
        case .equal: "\(first) = \(second)"
        case .notEqual: "\(first) <> \(second)"
        case .less: "\(first) < \(second)"
        case .lessOrEqual: "\(first) <= \(second)"
        case .greater: "\(first) > \(second)"
        default: "\(first) >= \(second)"
        }
    }

    // MARK: Time

    private func overlap(_ left: ColumnExpression, _ right: ColumnExpression) throws -> SQL {
        switch (left.type, right.type) {
        case (.timespan, .timespan): return Self.overlap(try timespan(left), try timespan(right))
        case (.timespan, _): return try contains(left, right)
        case (_, .timespan): return try contains(right, left)
        default:
            throw ButlerError(
                .unimplementedQuery,
                "The overlap of \(left) and \(right) cannot be tested in the database."
            )
        }
    }

    static func overlap(_ left: ColumnSQL, _ right: ColumnSQL) -> SQL {
        switch (left, right) {
        case (.bounds(let begin, let end), .bounds(let otherBegin, let otherEnd)):
            "(\(begin) < \(otherEnd) AND \(end) > \(otherBegin))"
        case (.range(let first), .range(let second)): "(\(first) && \(second))"
        default: "1 = 0"
        }
    }

    private func contains(_ span: ColumnExpression, _ time: ColumnExpression) throws -> SQL {
        if time.type == .ingestDate, format.ingestDates == .timestamps {
            throw ButlerError(
                .invalidQuery,
                "In this repository the ingest date cannot be tested with OVERLAPS.",
                remedy: "Compare it with >= and <."
            )
        }
        let instant = try scalar(time)
        return switch try timespan(span) {
        case .bounds(let begin, let end): "(\(begin) <= \(instant) AND \(end) > \(instant))"
        case .range(let range), .scalar(let range): "(\(range) @> CAST(\(instant) AS BIGINT))"
        }
    }

    // MARK: Membership

    private func membership(_ member: SQL, _ list: [LiteralValue]) throws -> SQL {
        if list.count == 1 { return "\(member) = \(try scalar(.literal(list[0])))" }
        let integers = list.compactMap { value -> Int64? in
            guard case .int(let value) = value else { return nil }
            return value
        }
        if integers.count == list.count {
            guard list.count > 64 else { return "\(member) \(in: integers)" }
            return "\(member) IN (\(SQL(generated: integers.map(String.init).joined(separator: ", "))))"
        }
        return "\(member) \(in: try list.map(Self.bound))"
    }

    private static func bound(_ value: LiteralValue) throws -> SQLValue {
        switch value {
        case .int(let value): .int(value)
        case .real(let value): .real(value)
        case .string(let value): .text(value)
        case .uuid(let value): .uuid(value)
        case .time(let value): .int(value.nanoseconds)
        case .hash(let value): .text(Data(value).base64EncodedString())
        case .timespan, .region:
            throw ButlerError(.invalidQuery, "\(value) of type \(value.type) cannot be in a list.")
        }
    }

    private static func range(_ member: SQL, _ range: IntegerRange) -> SQL {
        let last = range.end - 1
        let bounds: SQL =
            range.first == last ? "\(member) = \(range.first)" : "\(member) BETWEEN \(range.first) AND \(last)"
        guard range.step > 1 else { return bounds }
        let step = range.step
        let remainder = (range.first % step + step) % step
        return "(\(bounds) AND ((\(member) % \(step)) + \(step)) % \(step) = \(remainder))"
    }

    // MARK: Patterns

    /// A match with a pattern in which only `*`, `?` and the backslash before a character are special.
    private func glob(_ text: SQL, _ pattern: String) -> SQL {
        guard pattern != "*" else { return "1 = 1" }
        return switch dialect.patternMatching {
        case .glob: "\(text) GLOB \(GlobTranslation.sqlite(pattern))"
        case .like: "\(text) LIKE \(GlobTranslation.like(pattern)) ESCAPE '\\'"
        }
    }
}

extension QueryPredicate {
    /// Levels of nested AND, OR and NOT.
    fileprivate var depth: Int {
        switch self {
        case .leaf: 0
        case .not(let operand): operand.depth + 1
        case .all(let operands), .any(let operands): (operands.map(\.depth).max() ?? 0) + 1
        }
    }
}

extension Array {
    /// The elements sorted, equal ones in their old order.
    fileprivate func stablySorted(by isBefore: (Element, Element) -> Bool) -> [Element] {
        enumerated().sorted { left, right in
            if isBefore(left.element, right.element) { return true }
            if isBefore(right.element, left.element) { return false }
            return left.offset < right.offset
        }.map(\.element)
    }
}
