/// Numbers in network order, read from bytes whose bounds were checked.
extension UnsafeRawBufferPointer {
    /// The integer that begins at an offset.
    func bigEndian<Value: FixedWidthInteger>(at offset: Int, as type: Value.Type = Value.self) -> Value {
        Value(bigEndian: loadUnaligned(fromByteOffset: offset, as: type))
    }

    /// `count` integers that begin at an offset.
    func bigEndian<Value: FixedWidthInteger>(at offset: Int, count: Int, as type: Value.Type) -> [Value] {
        [Value](unsafeUninitializedCapacity: count) { buffer, filled in
            let size = MemoryLayout<Value>.size
            for index in 0..<count {
                buffer.initializeElement(at: index, to: bigEndian(at: offset + index * size))
            }
            filled = count
        }
    }

    /// `count` single-precision numbers that begin at an offset.
    func floats(at offset: Int, count: Int) -> [Float] {
        [Float](unsafeUninitializedCapacity: count) { buffer, filled in
            for index in 0..<count {
                buffer.initializeElement(at: index, to: Float(bitPattern: bigEndian(at: offset + index * 4)))
            }
            filled = count
        }
    }

    /// `count` double-precision numbers that begin at an offset.
    func doubles(at offset: Int, count: Int) -> [Double] {
        [Double](unsafeUninitializedCapacity: count) { buffer, filled in
            for index in 0..<count {
                buffer.initializeElement(at: index, to: Double(bitPattern: bigEndian(at: offset + index * 8)))
            }
            filled = count
        }
    }
}
