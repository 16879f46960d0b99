extension SQL: ExpressibleByStringInterpolation {
    /// Collects the literal and interpolated pieces of a statement.
    public struct StringInterpolation: StringInterpolationProtocol {
        var sql = SQL()

        /// Starts an empty statement for so many pieces.
        public init(literalCapacity: Int, interpolationCount: Int) {
            sql.reserveCapacity(2 * interpolationCount + 1)
        }

        /// Adds syntax; only what stands in the source code can get here.
        public mutating func appendLiteral(_ literal: StaticString) {
            guard literal.utf8CodeUnitCount > 0 else { return }
            sql.append(.literal(.init(text: literal)))
        }

        /// Adds another part.
        public mutating func appendInterpolation(_ part: SQL) {
            sql.append(part)
        }

        /// Binds a value.
        public mutating func appendInterpolation(_ value: some SQLBindable) {
            sql.append(.value(value.sqlValue))
        }

        /// Binds a value, or null.
        public mutating func appendInterpolation<Value: SQLBindable>(_ value: Value?) {
            sql.append(.value(value.sqlValue))
        }

        /// Adds an identifier, quoted where the dialect needs it.
        public mutating func appendInterpolation(id name: String) {
            sql.append(.name(name))
        }

        /// Adds an identifier qualified by a table's name or alias.
        public mutating func appendInterpolation(id qualifier: String, _ name: String) {
            sql.append(.name(qualifier))
            sql.append(.literal(.init(text: ".")))
            sql.append(.name(name))
        }

        /// Adds the name of a table of the repository, with its namespace where the dialect has one.
        ///
        /// Temporary tables have no namespace: write them as identifiers.
        public mutating func appendInterpolation(table name: String) {
            sql.append(.table(name))
        }

        /// Adds a membership test of the expression before it: `\(id: "name") \(in: names)`.
        ///
        /// An empty list has no members: the test is false, its negation `NOT (… \(in: []))` true. Lists are padded
        /// with their last value to a power of two, so that few different statements get prepared.
        public mutating func appendInterpolation(in values: [some SQLBindable]) {
            sql.append(.members(values.map { $0.sqlValue }))
        }

        /// Adds a membership test of the tuple before it: `(\(id: "a"), \(id: "b")) \(inRows: rows)`.
        ///
        /// All rows must have as many values as the tuple. Padded like a list of single values.
        public mutating func appendInterpolation(inRows rows: [[SQLValue]]) {
            sql.append(.tuples(rows))
        }
    }

    /// Creates a statement from text of the source code.
    public init(stringLiteral literal: StaticString) {
        self.init(literal.utf8CodeUnitCount > 0 ? [.literal(.init(text: literal))] : [])
    }

    /// Creates a statement from a literal with interpolated pieces.
    public init(stringInterpolation: StringInterpolation) {
        self = stringInterpolation.sql
    }
}
