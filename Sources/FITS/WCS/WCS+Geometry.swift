#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

internal import StewardCore

extension WCS {
    /// The outline of a box of pixels on the sky.
    ///
    /// Corners lie half a pixel outside the outermost pixels' centres, beginning at the smallest coordinates and going
    /// along x first.
    ///
    /// - Parameters:
    ///   - box: The pixels.
    ///   - perEdge: Number of points along each edge, its first corner included; 1 for corners only.
    /// - Returns: Longitude and latitude in degrees of each point; the first is not repeated.
    /// - Throws: `ButlerError` of code `invalidArgument` if a point has no position, or the box is empty.
    public func footprint(of box: PixelBox, perEdge: Int = 1) throws -> [SIMD2<Double>] {
        guard !box.isEmpty, perEdge > 0 else {
            throw ButlerError(.invalidArgument, "An empty box has no outline on the sky.")
        }
        let low = SIMD2(Double(box.xMin) - 0.5, Double(box.yMin) - 0.5)
        let high = SIMD2(Double(box.xMax) + 0.5, Double(box.yMax) + 0.5)
        let corners = [low, SIMD2(high[0], low[1]), high, SIMD2(low[0], high[1])]
        var points: [SIMD2<Double>] = []
        for (index, corner) in corners.enumerated() {
            let step = (corners[(index + 1) % 4] - corner) / Double(perEdge)
            points += (0..<perEdge).map { corner + step * Double($0) }
        }
        let sky = sky(points)
        guard sky.allSatisfy({ $0[0].isFinite && $0[1].isFinite }) else {
            throw ButlerError(.invalidArgument, "The outline of the box \(box) does not lie on the sky.")
        }
        return sky
    }

    /// The geometric mean of the pixel's sides at a position.
    ///
    /// - Parameters:
    ///   - x: Column.
    ///   - y: Row.
    /// - Returns: Seconds of arc.
    /// - Throws: `ButlerError` of code `invalidArgument` if the pixel has no position.
    public func pixelScale(x: Double, y: Double) throws -> Double {
        let points = [SIMD2(x, y), SIMD2(x + 1, y), SIMD2(x, y + 1)].map { $0 }
        let directions = sky(points).map(Self.direction)
        guard directions.count == 3, directions.allSatisfy({ $0[0].isFinite && $0[1].isFinite }) else {
            throw ButlerError(.invalidArgument, "The pixel (\(x), \(y)) has no position on the sky.")
        }
        let a = directions[1] - directions[0]
        let b = directions[2] - directions[0]
        let cross = SIMD3(a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])
        let area = (cross * cross).sum().squareRoot()
        return area.squareRoot() * 180 / .pi * 3600
    }

    /// The unit vector of a position in degrees.
    private static func direction(_ sky: SIMD2<Double>) -> SIMD3<Double> {
        let (longitude, latitude) = (sky[0] * .pi / 180, sky[1] * .pi / 180)
        return SIMD3(cos(latitude) * cos(longitude), cos(latitude) * sin(longitude), sin(latitude))
    }
}
