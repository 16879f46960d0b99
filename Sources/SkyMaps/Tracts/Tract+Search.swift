public import SphericalGeometry

extension Tract {
    /// The number of the patch whose inner part holds a direction, or nil if the tract does not reach it.
    public func patch(holding direction: UnitVector3D) -> Int? {
        patch(atPixel: projection.pixels([direction])[0])
    }

    /// Whether the tract's pixels hold a direction.
    public func contains(_ direction: UnitVector3D) -> Bool { patch(holding: direction) != nil }

    /// The number of the patch of a pixel position, or nil outside.
    @inline(__always)
    func patch(atPixel pixel: SIMD2<Double>) -> Int? {
        let rounded = (pixel + 0.5).rounded(.down)
        // Comparisons with NaN are false.
        guard
            rounded[0] >= 0, rounded[1] >= 0, rounded[0] < Double(grid.columns * grid.patchWidth),
            rounded[1] < Double(grid.rows * grid.patchHeight)
        else { return nil }
        return Int(rounded[1]) / grid.patchHeight * grid.stride + Int(rounded[0]) / grid.patchWidth
    }

    /// The patches that may overlap the area spanned by some points: those that touch their bounding box in pixels.
    ///
    /// More than those that overlap, but never less as long as edges between the points are short; the reference's rule.
    ///
    /// - Parameter points: Corners of the area; those that the projection does not reach are left out.
    /// - Returns: Patches, column by column.
    public func patches(near points: [UnitVector3D]) -> [Patch] {
        let pixels = projection.pixels(points).filter { abs($0[0]) < 1e9 && abs($0[1]) < 1e9 }
        guard let first = pixels.first else { return [] }
        let low = pixels.reduce(first) { pointwiseMin($0, $1) }
        let high = pixels.reduce(first) { pointwiseMax($0, $1) }
        let border = Double(grid.border)
        let begin = (low + 0.5).rounded(.down)
        let end = pointwiseMax((high - 0.5).rounded(.up), begin)
        let (xs, ys) = (
            Self.range(begin[0] - border, end[0] + border, grid.columns, grid.patchWidth),
            Self.range(begin[1] - border, end[1] + border, grid.rows, grid.patchHeight)
        )
        return xs.flatMap { x in ys.map { y in grid.patch(vouchedX: x, y: y) } }
    }

    /// The patches along one axis that pixels from a first to a last one touch.
    private static func range(_ first: Double, _ last: Double, _ count: Int, _ size: Int) -> Range<Int> {
        let (low, high) = (max(first, 0), min(last, Double(count * size - 1)))
        guard low <= high else { return 0..<0 }
        return Int(low) / size..<Int(high) / size + 1
    }
}
