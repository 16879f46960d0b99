internal import StewardCore

/// Bits of pixels, with the planes that name them.
public struct Mask: Sendable, Hashable {
    /// Where the pixels are.
    public let box: PixelBox
    /// Names of the bits.
    public let planes: MaskPlanes
    /// The bits of all pixels, row by row: bits 0 to 31 in the first word, 32 to 63 in the second and so on.
    public private(set) var words: [[UInt32]]

    /// Creates a mask.
    ///
    /// - Parameters:
    ///   - box: Where the pixels are.
    ///   - planes: Names of the bits.
    ///   - words: The bits, a list for each 32 planes; nil for none set.
    /// - Throws: `ButlerError` of code `invalidArgument` unless each list has a word for each pixel and there are as many
    ///   lists as the planes need.
    public init(box: PixelBox, planes: MaskPlanes, words: [[UInt32]]? = nil) throws {
        let count = (planes.planes.last?.bit ?? 0) / 32 + 1
        let words = words ?? Array(repeating: Array(repeating: 0, count: box.count), count: count)
        guard words.count >= count, words.allSatisfy({ $0.count == box.count }) else {
            throw ButlerError(.invalidArgument, "The mask's words do not fill \(count) layers of \(box.count) pixels.")
        }
        self.box = box
        self.planes = planes
        self.words = words
    }

    /// Whether a plane is set at a pixel of the box; an error of code `invalidArgument` for unknown planes.
    public func contains(_ plane: String, x: Int, y: Int) throws -> Bool {
        let bit = try planes.require(plane)
        return words[bit / 32][try index(x, y)] & 1 << UInt32(bit % 32) != 0
    }

    /// Sets a plane at a pixel of the box; an error of code `invalidArgument` for unknown planes.
    public mutating func insert(_ plane: String, x: Int, y: Int) throws {
        let bit = try planes.require(plane)
        words[bit / 32][try index(x, y)] |= 1 << UInt32(bit % 32)
    }

    /// Which pixels have any of some planes set, row by row; planes that the mask does not have are left out.
    public func pixels(inAny names: some Sequence<String>) -> [Bool] {
        var set = [Bool](repeating: false, count: box.count)
        for bit in names.compactMap({ planes.bit($0) }) {
            let layer = words[bit / 32]
            for index in set.indices where layer[index] & 1 << UInt32(bit % 32) != 0 { set[index] = true }
        }
        return set
    }

    private func index(_ x: Int, _ y: Int) throws -> Int {
        guard box.contains(x: x, y: y) else {
            throw ButlerError(.invalidArgument, "The pixel (\(x), \(y)) is not inside the mask's box \(box).")
        }
        return (y - box.yMin) * box.width + (x - box.xMin)
    }
}

/// An image with its mask and variance.
public struct MaskedImage: Sendable, Hashable {
    /// The values.
    public var image: AnyImage
    /// The mask.
    public var mask: Mask
    /// The variance of the values.
    public var variance: Image<Float>
    /// Planes that the file lacks and that were taken as zeros: `mask`, `variance`.
    public var missingPlanes: [String]

    /// Creates a masked image.
    ///
    /// - Parameters:
    ///   - image: The values.
    ///   - mask: The mask.
    ///   - variance: The variance.
    ///   - missingPlanes: Planes that are no more than zeros because the file lacks them.
    /// - Throws: `ButlerError` of code `invalidArgument` unless all three have the same box.
    public init(image: AnyImage, mask: Mask, variance: Image<Float>, missingPlanes: [String] = []) throws {
        guard image.box == mask.box, image.box == variance.box else {
            throw ButlerError(.invalidArgument, "Image, mask and variance have different boxes.")
        }
        self.image = image
        self.mask = mask
        self.variance = variance
        self.missingPlanes = missingPlanes
    }

    /// Where the pixels are.
    public var box: PixelBox { image.box }
}
