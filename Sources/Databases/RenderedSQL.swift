/// A statement spelled for one dialect.
public struct RenderedSQL: Sendable, Hashable {
    /// The statement's text with placeholders.
    public let text: String
    /// The bound values in the order of their placeholders.
    public let values: [SQLValue]
    /// How many placeholders take a value of each row of a batch.
    public let slotCount: Int
}

extension SQL {
    /// Spells the statement for a dialect.
    public func rendered(for dialect: SQLDialect) -> RenderedSQL {
        var renderer = Renderer(dialect: dialect)
        for segment in segments {
            renderer.add(segment)
        }
        let text = String(decoding: renderer.text, as: UTF8.self)
        return RenderedSQL(text: text, values: renderer.values, slotCount: renderer.slotCount)
    }

    private struct Renderer {
        let dialect: SQLDialect
        var text: [UInt8] = []
        var values: [SQLValue] = []
        var slotCount = 0
        private var placeholderCount = 0

        init(dialect: SQLDialect) {
            self.dialect = dialect
            text.reserveCapacity(512)
        }

        mutating func add(_ segment: Segment) {
            switch segment {
            case .literal(let literal): literal.text.withUTF8Buffer { text.append(contentsOf: $0) }
            case .text(let more): add(more)
            case .name(let name): add(dialect.quoted(name))
            case .table(let name): add(dialect.qualified(name))
            case .value(let value): add(placeholder(for: value))
            case .slot: add(placeholder(for: nil))
            case .timespan(let begin, let end): addTimespan(placeholder(for: begin), placeholder(for: end))
            case .members(let members): addMembers(members)
            case .tuples(let rows): addTuples(rows)
            case .nextKey(let table, let column):
                let sequence = dialect.qualified(dialect.shortened("\(table)_seq_\(column)"))
                add("nextval('" + sequence.replacing("'", with: "''") + "')")
            }
        }

        private mutating func add(_ more: String) {
            text.append(contentsOf: more.utf8)
        }

        /// Records a value, or a slot when there is none, and spells its placeholder.
        private mutating func placeholder(for value: SQLValue?) -> String {
            if let value {
                values.append(value)
            } else {
                slotCount += 1
            }
            placeholderCount += 1
            return switch dialect.placeholder {
            case .questionMark: "?"
            case .numbered: "$\(placeholderCount)"
            }
        }

        private mutating func addTimespan(_ begin: String, _ end: String) {
            switch dialect.timespanStorage {
            case .columns:
                add("\(begin), \(end)")
            case .range:
                add("CASE WHEN \(begin)::int8 < \(end)::int8 THEN int8range(NULLIF(\(begin)::int8, ")
                add("\(TimespanBounds.minimum)), NULLIF(\(end)::int8, \(TimespanBounds.maximum))) ")
                add("WHEN \(begin)::int8 IS NOT NULL THEN 'empty'::int8range END")
            }
        }

        private mutating func addMembers(_ members: [SQLValue]) {
            guard !members.isEmpty else { return add(dialect.emptyMembership) }
            add("IN ")
            addList(padded(members))
        }

        private mutating func addTuples(_ rows: [[SQLValue]]) {
            guard !rows.isEmpty else { return add(dialect.emptyMembership) }
            add(dialect.tupleLists == .values ? "IN (VALUES " : "IN (")
            for (index, row) in padded(rows).enumerated() {
                if index > 0 { add(", ") }
                addList(row)
            }
            add(")")
        }

        private mutating func addList(_ list: [SQLValue]) {
            add("(")
            for (index, value) in list.enumerated() {
                if index > 0 { add(", ") }
                add(placeholder(for: value))
            }
            add(")")
        }

        /// The list with its last element repeated up to the next power of two, within half the binding limit.
        private func padded<Element>(_ list: [Element]) -> [Element] {
            guard let last = list.last, list.count > 1 else { return list }
            let bits = Int.bitWidth - (list.count - 1).leadingZeroBitCount
            let target = 1 << bits
            guard target <= dialect.maximumBindings / 4 else { return list }
            return list + Array(repeating: last, count: target - list.count)
        }
    }
}

/// The nanoseconds that stand for the open ends of a time span, TAI since 1970-01-01 TAI.
public enum TimespanBounds {
    /// An open begin.
    public static let minimum: Int64 = 0
    /// An open end: 2100-01-01 TAI.
    public static let maximum: Int64 = 4_102_444_800_000_000_000
}
