internal import StewardCore

/// Writes columns of values into the bytes of rows.
struct ColumnWriter {
    let bytes: UnsafeMutableRawBufferPointer
    let rowSize: Int

    func store(_ values: [Double], _ offset: Int) {
        var place = offset
        for value in values {
            bytes.store(value, place)
            place += rowSize
        }
    }

    func store(_ values: [Int64], _ offset: Int) {
        var place = offset
        for value in values {
            bytes.store(value, place)
            place += rowSize
        }
    }

    /// Writes texts padded with blanks; returns the first row whose text is too long.
    func store(_ texts: InputTexts, _ offset: Int, width: Int) -> Int? {
        for row in texts.ends.indices {
            let range = texts.range(row)
            guard range.count <= width else { return row }
            var place = row * rowSize + offset
            for byte in texts.bytes[range] {
                bytes[place] = byte
                place += 1
            }
            for rest in place..<row * rowSize + offset + width { bytes[rest] = 0x20 }
        }
        return nil
    }

    /// Sets a bit of the rows with true.
    func set(_ values: [Bool], _ bit: Int) {
        for row in values.indices where values[row] { bytes[row * rowSize + bit / 8] |= 0x80 >> UInt8(bit % 8) }
    }

    // MARK: By name

    func store(_ values: [Double], _ schema: CatalogueSchema, _ name: String) throws {
        guard let offset = schema.doubleOffset(name) else { throw schema.lacks(name) }
        store(values, offset)
    }

    func store(floats values: [Double], _ schema: CatalogueSchema, _ name: String) throws {
        guard let offset = schema.floatOffset(name) else { throw schema.lacks(name) }
        var place = offset
        for value in values {
            bytes.store(Float(value), place)
            place += rowSize
        }
    }

    /// Sets a flag of the rows in which any of some columns has no finite number.
    func mark(_ columns: [[Double]], _ schema: CatalogueSchema, _ name: String) throws {
        guard let index = schema.index(name), case .bit(let bit) = schema.places[index] else {
            throw schema.lacks(name)
        }
        for column in columns { set(column.map { !$0.isFinite }, bit) }
    }
}
