extension CatalogueRows {
    /// The value of one cell.
    public enum Value: Sendable, Hashable {
        /// A whole number.
        case integer(Int64)
        /// A number of double precision, angles in radians.
        case double(Double)
        /// A number of single precision.
        case float(Float)
        /// A truth value.
        case flag(Bool)
        /// Text without padding.
        case text(String)
        /// Several numbers.
        case array([Double])
    }

    /// No rows of a schema.
    public init(empty schema: CatalogueSchema) {
        self.init(schema, bytes: [])
    }

    /// Rows one after the other; nil without any parts.
    ///
    /// All parts must have the same fields, as those of a search do.
    public static func joined(_ parts: [CatalogueRows]) -> CatalogueRows? {
        guard let schema = parts.first?.schema else { return nil }
        if parts.count == 1 { return parts[0] }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(parts.reduce(0) { $0 + $1.bytes.count })
        for part in parts { bytes += part.bytes }
        return CatalogueRows(schema, bytes: bytes)
    }

    /// Gives the values of each row in the order of the fields.
    public func forEachRow(_ body: ([Value]) throws -> Void) rethrows {
        try bytes.withUnsafeBytes { bytes in
            for row in 0..<rowCount {
                try body(
                    schema.fields.indices.map { index in
                        CellReader(bytes, row * schema.rowSize, schema, index).value
                    }
                )
            }
        }
    }
}

extension CellReader {
    /// The value whatever it is.
    fileprivate var value: CatalogueRows.Value {
        if let integer { return .integer(integer) }
        if let float { return .float(float) }
        if let text { return .text(text) }
        if let array { return .array(array) }
        return isFlag ? .flag(double == 1) : .double(double ?? .nan)
    }
}
