/// A statement, or a part of one: a flat list of raw text, identifiers and values.
///
/// It is written as a string literal. Raw text can only come from the literal itself; everything interpolated is a
/// bound value, a quoted identifier or another `SQL`, so no data can ever become syntax:
///
/// ```swift
/// let one: SQL = "SELECT \(id: "name") FROM \(table: "instrument") WHERE \(id: "visit_max") > \(limit)"
/// ```
///
/// Identifiers and placeholders are spelled when the statement is rendered for a dialect.
public struct SQL: Sendable, Hashable {
    enum Segment: Sendable, Hashable {
        /// Syntax from the source code.
        case literal(Literal)
        /// Syntax that was made.
        case text(String)
        /// An identifier, quoted if the dialect needs it.
        case name(String)
        /// A table of the repository, with the dialect's namespace before it.
        case table(String)
        /// A bound value.
        case value(SQLValue)
        /// A place for a value of each row of a batch.
        case slot
        /// Both bounds of a time span in the position of a value; nil bounds are slots of a batch.
        case timespan(begin: SQLValue?, end: SQLValue?)
        /// A membership test against a list.
        case members([SQLValue])
        /// A membership test of a tuple against a list of tuples.
        case tuples([[SQLValue]])
        /// The next generated key of a column, on dialects that have sequences.
        case nextKey(table: String, column: String)
    }

    /// Text of the source code, which is not copied until it is rendered.
    struct Literal: Sendable, Hashable {
        let text: StaticString

        static func == (left: Literal, right: Literal) -> Bool {
            left.text.withUTF8Buffer { one in right.text.withUTF8Buffer { one.elementsEqual($0) } }
        }

        func hash(into hasher: inout Hasher) {
            text.withUTF8Buffer { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        }
    }

    private(set) var segments: [Segment]

    /// An empty statement part.
    public init() {
        segments = []
    }

    init(_ segments: [Segment]) {
        self.segments = segments
    }

    /// Text that the package made itself, such as a table definition.
    package init(generated text: String) {
        segments = [.text(text)]
    }

    /// Whether nothing has been added.
    public var isEmpty: Bool { segments.isEmpty }

    /// Adds a part at the end.
    public mutating func append(_ other: SQL) {
        segments += other.segments
    }

    mutating func append(_ segment: Segment) {
        segments.append(segment)
    }

    mutating func reserveCapacity(_ count: Int) {
        segments.reserveCapacity(count)
    }

    /// The part within parentheses.
    public var parenthesized: SQL { "(\(self))" }

    /// Two parts one after the other.
    public static func + (left: SQL, right: SQL) -> SQL {
        var both = left
        both.append(right)
        return both
    }

    /// Adds a part at the end.
    public static func += (left: inout SQL, right: SQL) {
        left.append(right)
    }

    /// A value for each row of a batch.
    package static var slot: SQL { SQL([.slot]) }
}

extension Sequence<SQL> {
    /// The parts one after the other with a separator between them.
    ///
    /// - Parameter separator: What stands between two parts.
    /// - Returns: The joined part; empty when there are no parts.
    public func joined(separator: SQL) -> SQL {
        var all = SQL()
        for part in self {
            if !all.isEmpty {
                all.append(separator)
            }
            all.append(part)
        }
        return all
    }
}

extension Sequence<String> {
    /// The names as quoted identifiers with commas between them.
    public var identifierList: SQL {
        map { "\(id: $0)" as SQL }.joined(separator: ", ")
    }
}
