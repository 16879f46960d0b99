extension HEALPixCell {
    /// The nested number of a cell of a face whose coordinates may lie one beyond its edges.
    ///
    /// Across the edges between a polar and an equatorial face, coordinates run on; across those between two polar faces
    /// they turn by a right angle. Nil beyond a corner where only three faces meet.
    ///
    /// - Parameters:
    ///   - order: Order of the cell.
    ///   - face: The base face.
    ///   - x: Coordinate from -1 up to and including the number of cells on a side.
    ///   - y: The other coordinate, in the same range.
    /// - Returns: The number of the cell on whatever face it lies.
    static func number(order: Int, face: Int, x: Int, y: Int) -> UInt64? {
        let cells = 1 << order
        let (beyondX, beyondY) = (overflow(x, cells), overflow(y, cells))
        if beyondX == 0, beyondY == 0 {
            return HEALPixCell(order: order, face: face, x: x, y: y).number
        }
        guard let target = neighborFace(of: face, beyondX, beyondY) else { return nil }
        let cell: (x: Int, y: Int)
        switch (face / 4 == target / 4 && face / 4 != 1, beyondX, beyondY) {
        case (false, _, _): cell = (x - beyondX * cells, y - beyondY * cells)
        case (true, 1, 0): cell = (y, cells - 1)
        case (true, 0, 1): cell = (cells - 1, x)
        case (true, -1, 0): cell = (y, 0)
        case (true, 0, -1): cell = (0, x)
        case (true, 1, _): cell = (cells - 1, cells - 1)
        case (true, _, _): cell = (0, 0)
        }
        return HEALPixCell(order: order, face: target, x: cell.x, y: cell.y).number
    }

    /// -1, 0 or 1 for a coordinate below, on, or above the face.
    private static func overflow(_ coordinate: Int, _ cells: Int) -> Int {
        coordinate < 0 ? -1 : coordinate < cells ? 0 : 1
    }

    /// The face beyond an edge or corner.
    private static func neighborFace(of face: Int, _ beyondX: Int, _ beyondY: Int) -> Int? {
        let column = face & 3
        let (east, west) = ((column + 1) & 3, (column + 3) & 3)
        switch (face / 4, beyondX, beyondY) {
        case (0, 1, 0): return east
        case (0, 0, 1): return west
        case (0, 1, 1): return (column + 2) & 3
        case (0, 0, -1): return 4 + east
        case (0, -1, 0): return 4 + column
        case (0, -1, -1): return 8 + column
        case (1, 1, 0): return column
        case (1, 0, 1): return west
        case (1, 0, -1): return 8 + column
        case (1, -1, 0): return 8 + west
        case (1, 1, -1): return 4 + east
        case (1, -1, 1): return 4 + west
        case (2, 1, 0): return 4 + east
        case (2, 0, 1): return 4 + column
        case (2, 1, 1): return column
        case (2, 0, -1): return 8 + east
        case (2, -1, 0): return 8 + west
        case (2, -1, -1): return 8 + (column + 2) & 3
        default: return nil
        }
    }
}
