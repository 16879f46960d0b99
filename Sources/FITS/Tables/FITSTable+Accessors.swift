extension FITSTable {
    /// The column as integers; an error of code `corruptFile` if it holds anything else.
    public func integers(_ name: String) throws -> [Int64] {
        switch try values(name).elements {
        case .uint8(let values): return values.map { Int64($0) }
        case .int16(let values): return values.map { Int64($0) }
        case .uint16(let values): return values.map { Int64($0) }
        case .int32(let values): return values.map { Int64($0) }
        case .uint32(let values): return values.map { Int64($0) }
        case .int64(let values): return values
        case .uint64, .logical, .float, .double, .string: throw kindFailure(name, "integers")
        }
    }

    /// The column as doubles, also from integers; an error of code `corruptFile` if it holds no numbers.
    public func reals(_ name: String) throws -> [Double] {
        switch try values(name).elements {
        case .uint8(let values): return values.map { Double($0) }
        case .int16(let values): return values.map { Double($0) }
        case .uint16(let values): return values.map { Double($0) }
        case .int32(let values): return values.map { Double($0) }
        case .uint32(let values): return values.map { Double($0) }
        case .int64(let values): return values.map { Double($0) }
        case .uint64(let values): return values.map { Double($0) }
        case .float(let values): return values.map { Double($0) }
        case .double(let values): return values
        case .logical, .string: throw kindFailure(name, "numbers")
        }
    }

    /// The column as strings, one a row; an error of code `corruptFile` if it holds anything else.
    public func strings(_ name: String) throws -> [String] {
        guard case .string(let values) = try values(name).elements else { throw kindFailure(name, "text") }
        return values
    }

    /// The column as Booleans; an error of code `corruptFile` if it holds anything else.
    public func logicals(_ name: String) throws -> [Bool] {
        guard case .logical(let values) = try values(name).elements else { throw kindFailure(name, "Booleans") }
        return values
    }

    /// The bytes of each row; an error of code `corruptFile` if the column holds anything else.
    public func bytes(_ name: String) throws -> [[UInt8]] {
        let column = try values(name)
        guard case .uint8(let values) = column.elements else { throw kindFailure(name, "bytes") }
        return (0..<rowCount).map { Array(values[column.range($0)]) }
    }

    /// The doubles of each row, also from other numbers; an error of code `corruptFile` if there are none.
    public func realArrays(_ name: String) throws -> [[Double]] {
        let offsets = try values(name).offsets
        let values = try reals(name)
        return (0..<rowCount).map { Array(values[offsets[$0]..<offsets[$0 + 1]]) }
    }

    private func kindFailure(_ name: String, _ kind: String) -> any Error {
        failure("The column \"\(name)\" does not hold \(kind).")
    }
}
