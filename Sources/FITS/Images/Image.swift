internal import StewardCore

/// Pixels in rows, with the box that they fill.
public struct Image<Value: Pixel>: Sendable, Hashable {
    /// Where the pixels are, in parent coordinates.
    public let box: PixelBox
    /// The pixels row by row, x fastest.
    public private(set) var pixels: [Value]
    /// Unit of the values as the file spells it, or nil.
    public var unit: String?

    /// Creates an image.
    ///
    /// - Parameters:
    ///   - box: Where the pixels are.
    ///   - pixels: The pixels row by row.
    ///   - unit: Unit of the values.
    /// - Throws: `ButlerError` of code `invalidArgument` unless there are as many pixels as the box has.
    public init(box: PixelBox, pixels: [Value], unit: String? = nil) throws {
        guard pixels.count == box.count else {
            throw ButlerError(
                .invalidArgument,
                "An image of \(box.width) by \(box.height) pixels cannot have \(pixels.count) values."
            )
        }
        self.box = box
        self.pixels = pixels
        self.unit = unit
    }

    /// Creates an image with one value everywhere.
    public init(box: PixelBox, filledWith value: Value, unit: String? = nil) {
        self.box = box
        self.unit = unit
        pixels = Array(repeating: value, count: box.count)
    }

    /// The value of a pixel in parent coordinates, which must lie inside the box.
    public subscript(x: Int, y: Int) -> Value {
        get { pixels[index(x, y)] }
        set { pixels[index(x, y)] = newValue }
    }

    /// The part of the image inside a box.
    ///
    /// - Parameter part: A box inside this image's.
    /// - Returns: The pixels of that box.
    /// - Throws: `ButlerError` of code `invalidArgument` for a box that is not inside.
    public func cropped(to part: PixelBox) throws -> Image {
        try box.require(part)
        guard !part.isEmpty else { return Image(box: part, filledWith: .zero, unit: unit) }
        var cut: [Value] = []
        cut.reserveCapacity(part.count)
        for y in part.y {
            let start = index(part.xMin, y)
            cut += pixels[start..<(start + part.width)]
        }
        return try Image(box: part, pixels: cut, unit: unit)
    }

    /// Changes pixels in place.
    public mutating func withPixels<R>(_ change: (inout [Value]) throws -> R) rethrows -> R {
        let count = pixels.count
        defer { precondition(pixels.count == count, "the number of pixels must not change") }
        return try change(&pixels)
    }

    /// The image with each pixel changed by a function.
    func map<Other: Pixel>(_ change: (Value) -> Other) -> Image<Other> {
        Image<Other>(unchecked: box, pixels.map(change), unit: unit)
    }

    /// The same pixels with another box of the same size, and a unit.
    func placed(at place: PixelBox, unit: String?) -> Image {
        precondition(place.width == box.width && place.height == box.height, "the size must stay the same")
        return Image(unchecked: place, pixels, unit: unit)
    }

    private init(unchecked box: PixelBox, _ pixels: [Value], unit: String?) {
        self.box = box
        self.pixels = pixels
        self.unit = unit
    }

    private func index(_ x: Int, _ y: Int) -> Int {
        precondition(box.contains(x: x, y: y), "the pixel lies outside the image")
        return (y - box.yMin) * box.width + (x - box.xMin)
    }
}

extension PixelBox {
    /// Throws an error of code `invalidArgument` unless another box lies inside this one.
    func require(_ part: PixelBox) throws {
        guard contains(part) else {
            throw ButlerError(
                .invalidArgument,
                "The box \(part) is not inside the image's box \(self).",
                remedy: "Give a box in the coordinates of the parent image."
            )
        }
    }
}

/// An image whose pixel type is known when the file is read.
public enum AnyImage: Sendable, Hashable {
    /// Unsigned, 8 bits.
    case uint8(Image<UInt8>)
    /// Signed, 8 bits.
    case int8(Image<Int8>)
    /// Signed, 16 bits.
    case int16(Image<Int16>)
    /// Unsigned, 16 bits.
    case uint16(Image<UInt16>)
    /// Signed, 32 bits.
    case int32(Image<Int32>)
    /// Unsigned, 32 bits.
    case uint32(Image<UInt32>)
    /// Signed, 64 bits.
    case int64(Image<Int64>)
    /// Unsigned, 64 bits.
    case uint64(Image<UInt64>)
    /// Single precision.
    case float32(Image<Float>)
    /// Double precision.
    case float64(Image<Double>)

    /// Type of the pixels.
    public var pixelType: PixelType {
        switch self {
        case .uint8: .uint8
        case .int8: .int8
        case .int16: .int16
        case .uint16: .uint16
        case .int32: .int32
        case .uint32: .uint32
        case .int64: .int64
        case .uint64: .uint64
        case .float32: .float32
        case .float64: .float64
        }
    }

    /// Where the pixels are.
    public var box: PixelBox {
        switch self {
        case .uint8(let image): image.box
        case .int8(let image): image.box
        case .int16(let image): image.box
        case .uint16(let image): image.box
        case .int32(let image): image.box
        case .uint32(let image): image.box
        case .int64(let image): image.box
        case .uint64(let image): image.box
        case .float32(let image): image.box
        case .float64(let image): image.box
        }
    }

    /// Unit of the values as the file spells it, or nil.
    public var unit: String? {
        switch self {
        case .uint8(let image): image.unit
        case .int8(let image): image.unit
        case .int16(let image): image.unit
        case .uint16(let image): image.unit
        case .int32(let image): image.unit
        case .uint32(let image): image.unit
        case .int64(let image): image.unit
        case .uint64(let image): image.unit
        case .float32(let image): image.unit
        case .float64(let image): image.unit
        }
    }
}
