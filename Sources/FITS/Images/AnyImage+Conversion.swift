extension AnyImage {
    /// The image with another pixel type that holds all its values; nil for any other type.
    func converted(to type: PixelType) -> AnyImage? {
        guard type != pixelType else { return self }
        guard type.holds(pixelType) else { return nil }
        switch self {
        case .uint8(let image): return Self.widened(image, type)
        case .int8(let image): return Self.widened(image, type)
        case .int16(let image): return Self.widened(image, type)
        case .uint16(let image): return Self.widened(image, type)
        case .int32(let image): return Self.widened(image, type)
        case .uint32(let image): return Self.widened(image, type)
        case .int64(let image): return Self.widened(image, type)
        case .uint64(let image): return Self.widened(image, type)
        case .float32(let image): return .float64(image.map { Double($0) })
        case .float64(let image): return .float32(image.map { Float($0) })
        }
    }

    private static func widened<Value: Pixel & FixedWidthInteger>(_ image: Image<Value>, _ type: PixelType) -> AnyImage
    {
        switch type {
        case .uint8: .uint8(image.map { UInt8(truncatingIfNeeded: $0) })
        case .int8: .int8(image.map { Int8(truncatingIfNeeded: $0) })
        case .int16: .int16(image.map { Int16(truncatingIfNeeded: $0) })
        case .uint16: .uint16(image.map { UInt16(truncatingIfNeeded: $0) })
        case .int32: .int32(image.map { Int32(truncatingIfNeeded: $0) })
        case .uint32: .uint32(image.map { UInt32(truncatingIfNeeded: $0) })
        case .int64: .int64(image.map { Int64(truncatingIfNeeded: $0) })
        case .uint64: .uint64(image.map { UInt64(truncatingIfNeeded: $0) })
        case .float32: .float32(image.map { Float($0) })
        case .float64: .float64(image.map { Double($0) })
        }
    }

    /// The image as one of a Swift type, or nil if its pixels are of another.
    public func typed<Value: Pixel>(as type: Value.Type = Value.self) -> Image<Value>? {
        switch self {
        case .uint8(let image): image as? Image<Value>
        case .int8(let image): image as? Image<Value>
        case .int16(let image): image as? Image<Value>
        case .uint16(let image): image as? Image<Value>
        case .int32(let image): image as? Image<Value>
        case .uint32(let image): image as? Image<Value>
        case .int64(let image): image as? Image<Value>
        case .uint64(let image): image as? Image<Value>
        case .float32(let image): image as? Image<Value>
        case .float64(let image): image as? Image<Value>
        }
    }

    /// The same pixels with another box of the same size, and a unit.
    func placed(at box: PixelBox, unit: String?) -> AnyImage {
        switch self {
        case .uint8(let image): .uint8(image.placed(at: box, unit: unit))
        case .int8(let image): .int8(image.placed(at: box, unit: unit))
        case .int16(let image): .int16(image.placed(at: box, unit: unit))
        case .uint16(let image): .uint16(image.placed(at: box, unit: unit))
        case .int32(let image): .int32(image.placed(at: box, unit: unit))
        case .uint32(let image): .uint32(image.placed(at: box, unit: unit))
        case .int64(let image): .int64(image.placed(at: box, unit: unit))
        case .uint64(let image): .uint64(image.placed(at: box, unit: unit))
        case .float32(let image): .float32(image.placed(at: box, unit: unit))
        case .float64(let image): .float64(image.placed(at: box, unit: unit))
        }
    }
}
