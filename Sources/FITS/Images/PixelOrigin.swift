/// Coordinates of the first pixel of an image in its parent (the field's `xy0`).
public struct PixelOrigin: Sendable, Hashable {
    /// Column.
    public var x: Int
    /// Row.
    public var y: Int

    /// Creates an origin.
    public init(x: Int, y: Int) {
        self.x = x
        self.y = y
    }

    /// The origin of images that have no parent.
    public static let zero = PixelOrigin(x: 0, y: 0)
}

extension PixelBox {
    /// Coordinates of the box's first pixel.
    public var origin: PixelOrigin { PixelOrigin(x: xMin, y: yMin) }
}
