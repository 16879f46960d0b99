internal import StewardCore

/// A box of whole pixels: the pixel at (`xMin`, `yMin`) and `width` × `height` pixels from there on.
///
/// Coordinates follow the field's parent convention: pixel centres have integer coordinates, the first pixel of a file
/// has the coordinates of the image's origin `xy0`. All coordinates fit 32 bits, so that sums and products of two do
/// not overflow.
public struct PixelBox: Sendable, Hashable {
    /// Smallest x inside.
    public let xMin: Int
    /// Smallest y inside.
    public let yMin: Int
    /// Number of columns; 0 for an empty box.
    public let width: Int
    /// Number of rows; 0 for an empty box.
    public let height: Int

    /// Creates a box.
    ///
    /// - Parameters:
    ///   - xMin: Smallest x inside.
    ///   - yMin: Smallest y inside.
    ///   - width: Number of columns, not negative.
    ///   - height: Number of rows, not negative.
    /// - Throws: `ButlerError` of code `invalidArgument` for negative sizes and coordinates beyond 32 bits.
    public init(xMin: Int, yMin: Int, width: Int, height: Int) throws {
        let isPossible =
            width >= 0 && height >= 0 && width <= Self.limit && height <= Self.limit
            && abs(xMin.clamped) < Self.limit && abs(yMin.clamped) < Self.limit
            && xMin + width <= Self.limit && yMin + height <= Self.limit
        guard isPossible else {
            throw ButlerError(
                .invalidArgument,
                "No image has a box at (\(xMin), \(yMin)) of \(width) by \(height) pixels.",
                remedy: "Give a size that is not negative and coordinates within 32 bits."
            )
        }
        self.xMin = xMin
        self.yMin = yMin
        self.width = width
        self.height = height
    }

    /// Creates a box from half-open ranges.
    ///
    /// - Parameters:
    ///   - x: Columns.
    ///   - y: Rows.
    /// - Throws: `ButlerError` of code `invalidArgument` for coordinates beyond 32 bits.
    public init(x: Range<Int>, y: Range<Int>) throws {
        let (width, wide) = x.upperBound.subtractingReportingOverflow(x.lowerBound)
        let (height, high) = y.upperBound.subtractingReportingOverflow(y.lowerBound)
        try self.init(xMin: x.lowerBound, yMin: y.lowerBound, width: wide ? -1 : width, height: high ? -1 : height)
    }

    /// Takes numbers as they are; the caller vouches for what ``init(xMin:yMin:width:height:)`` checks.
    package init(vouchedX xMin: Int, y yMin: Int, width: Int, height: Int) {
        self.xMin = xMin
        self.yMin = yMin
        self.width = width
        self.height = height
    }

    private static let limit = Int(Int32.max) + 1

    /// Columns inside.
    public var x: Range<Int> { xMin..<(xMin + width) }
    /// Rows inside.
    public var y: Range<Int> { yMin..<(yMin + height) }
    /// Greatest x inside; one less than `xMin` for an empty box.
    public var xMax: Int { xMin + width - 1 }
    /// Greatest y inside; one less than `yMin` for an empty box.
    public var yMax: Int { yMin + height - 1 }
    /// Number of pixels.
    public var count: Int { width * height }
    /// Whether there are no pixels.
    public var isEmpty: Bool { width == 0 || height == 0 }

    /// Whether all pixels of another box are inside; an empty box is inside every one.
    public func contains(_ other: PixelBox) -> Bool {
        other.isEmpty || (x.lowerBound <= other.xMin && other.xMax <= xMax && yMin <= other.yMin && other.yMax <= yMax)
    }

    /// Whether a pixel is inside.
    public func contains(x: Int, y: Int) -> Bool {
        self.x.contains(x) && self.y.contains(y)
    }
}

extension PixelBox: CustomStringConvertible {
    /// The half-open ranges, for instance `x [100, 126) y [-7, 13)`.
    public var description: String {
        "x [\(x.lowerBound), \(x.upperBound)) y [\(y.lowerBound), \(y.upperBound))"
    }
}

extension Int {
    /// The number with an absolute value that exists.
    fileprivate var clamped: Int { Swift.max(self, -Int.max) }
}
