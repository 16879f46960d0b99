extension HEALPixCell {
    /// The cell of an order that holds a point.
    init(order: Int, holding p: UnitVector3D) {
        let length = 1.0 / p.norm
        let longitude = p.x == 0.0 && p.y == 0.0 ? 0.0 : arcTangent(p.y, p.x)
        let z = p.z * length
        let radius = z.magnitude > 0.99 ? (p.x * p.x + p.y * p.y).squareRoot() * length : nil
        self.init(order: order, z: z, longitude: longitude, radius: radius)
    }

    /// The cell of an order that holds a position; near a pole the distance from the axis gives more digits than z.
    ///
    /// Positions that are not finite come to lie in some cell.
    init(order: Int, z: Double, longitude: Double, radius: Double?) {
        let cells = 1 << order
        let size = Double(cells)
        var quarters = HEALPixCell.remainder(longitude * (2.0 / Angle.pi), 4.0)
        if !quarters.isFinite { quarters = 0.0 }
        let height = z.magnitude
        if height <= 2.0 / 3.0 || !height.isFinite {
            let along = size * (0.5 + quarters)
            let across = height.isFinite ? size * (z * 0.75) : 0.0
            // Lines that ascend and descend eastwards.
            let descending = Int(along - across)
            let ascending = Int(along + across)
            let (p, q) = (descending >> order, ascending >> order)
            let face = p == q ? p | 4 : p < q ? p : q + 8
            self.init(
                order: order,
                face: face,
                x: ascending & (cells - 1),
                y: cells - (descending & (cells - 1)) - 1
            )
        } else {
            let quarter = min(3, Int(quarters))
            let fraction = quarters - Double(quarter)
            let distance =
                radius.map { size * $0 / ((1.0 + height) / 3.0).squareRoot() }
                ?? size * (3.0 * (1.0 - height)).squareRoot()
            let east = HEALPixCell.clamp(fraction * distance, below: cells)
            let west = HEALPixCell.clamp((1.0 - fraction) * distance, below: cells)
            if z >= 0.0 {
                self.init(order: order, face: quarter, x: cells - west - 1, y: cells - east - 1)
            } else {
                self.init(order: order, face: quarter + 8, x: east, y: west)
            }
        }
    }

    /// Remainder with the sign of the divisor.
    private static func remainder(_ value: Double, _ divisor: Double) -> Double {
        if value >= 0.0 { return value < divisor ? value : truncatedRemainder(value, divisor) }
        let remainder = truncatedRemainder(value, divisor) + divisor
        return remainder == divisor ? 0.0 : remainder
    }

    /// A line number of a polar cap.
    private static func clamp(_ value: Double, below cells: Int) -> Int {
        value >= 0.0 ? Int(min(value, Double(cells - 1))) : 0
    }
}
