/// A walk down the HEALPix division that finds the pixels which a region may touch.
///
/// The reference asks for the pixels four orders below the wanted level, with two more to decide about edges, adds their
/// neighbours, and takes ancestors. Here the ancestors are found first; only at the rim of the result does it matter
/// which cells along a side are members, and those alone are looked at. Nothing is materialised below the level.
struct HEALPixSearch<Target: HEALPixTarget> {
    private let target: Target
    /// Level of the pixels wanted.
    private let level: Int
    /// Order of the cells whose membership counts.
    private let memberOrder: Int
    /// Wholly inside blocks above the level, and pixels of the level with members among their cells.
    private var found: [HEALPixCell] = []
    private var result = RangeSet()

    /// Orders below the level at which membership is decided.
    static var membershipDepth: Int { 4 }
    /// Orders below membership down to which edges are followed.
    static var edgeDepth: Int { 2 }

    private init(_ target: Target, level: Int) {
        self.target = target
        self.level = level
        memberOrder = level + Self.membershipDepth
    }

    /// The pixels of a level that the region may touch.
    static func envelope(of target: Target, level: Int) -> RangeSet {
        var search = HEALPixSearch(target, level: level)
        for face in 0..<12 {
            search.visit(HEALPixCell(order: 0, face: face, x: 0, y: 0))
        }
        return search.addingRim()
    }

    /// Takes whole blocks, pixels with members, or looks at children.
    private mutating func visit(_ cell: HEALPixCell) {
        let zone = target.zone(of: cell)
        guard zone != .outside else { return }
        if zone == .inside || (cell.order == level && hasMemberChild(cell, towards: (0, 0))) {
            let bits = UInt64(2 * (level - cell.order))
            let first = cell.number << bits
            result.appendOrMerge(first: first, last: first | (1 << bits - 1))
            found.append(cell)
        } else if cell.order < level {
            for child in 0..<4 { visit(cell.child(child)) }
        }
    }

    /// Whether a cell holds a member on the side that a direction points to; no direction means anywhere.
    private func hasMember(_ cell: HEALPixCell, towards direction: (x: Int, y: Int)) -> Bool {
        switch target.zone(of: cell) {
        case .outside: false
        case .inside: true
        case .centered: cell.order >= memberOrder || hasMemberChild(cell, towards: direction)
        case .near: cell.order == memberOrder + Self.edgeDepth || hasMemberChild(cell, towards: direction)
        }
    }

    private func hasMemberChild(_ cell: HEALPixCell, towards direction: (x: Int, y: Int)) -> Bool {
        // Below the order of members all children count.
        let (x, y) = cell.order < memberOrder ? direction : (0, 0)
        return (0..<4).contains { child in
            x != (child & 1 == 0 ? 1 : -1) && y != (child >> 1 == 0 ? 1 : -1)
                && hasMember(cell.child(child), towards: direction)
        }
    }

    /// The result with the neighbours of members that lie in other pixels.
    private func addingRim() -> RangeSet {
        var rim: [UInt64] = []
        for cell in found {
            for y in -1...1 {
                for x in -1...1 where x != 0 || y != 0 {
                    addNeighbors(of: cell, towards: (x, y), to: &rim)
                }
            }
        }
        return rim.isEmpty ? result : result.union(RangeSet(members: rim))
    }

    /// Adds the pixels next to a block in one direction, if they are new and members lie next to them.
    private func addNeighbors(of cell: HEALPixCell, towards direction: (x: Int, y: Int), to rim: inout [UInt64]) {
        let beside = HEALPixCell.number(
            order: cell.order,
            face: cell.face,
            x: cell.x + direction.x,
            y: cell.y + direction.y
        )
        guard let beside else { return }
        let bits = level - cell.order
        let first = beside << UInt64(2 * bits)
        guard !result.contains(first...(first | (1 << UInt64(2 * bits) - 1))) else { return }
        if bits == 0 {
            if target.zone(of: cell) == .inside || hasMemberChild(cell, towards: direction) { rim.append(beside) }
            return
        }
        let (xs, ys) = (span(cell.x, direction.x, bits), span(cell.y, direction.y, bits))
        for y in ys {
            for x in xs {
                if let number = HEALPixCell.number(order: level, face: cell.face, x: x, y: y),
                    !result.contains(number)
                {
                    rim.append(number)
                }
            }
        }
    }

    /// Coordinates at the wanted level of what lies beside a block.
    private func span(_ coordinate: Int, _ direction: Int, _ bits: Int) -> ClosedRange<Int> {
        let first = coordinate << bits
        let last = first + (1 << bits) - 1
        return direction < 0 ? first - 1...first - 1 : direction > 0 ? last + 1...last + 1 : first...last
    }
}

/// A walk down the HEALPix division that finds the pixels within a region.
struct HEALPixInteriorSearch<Target: HEALPixTarget> {
    let target: Target
    let region: Region
    let level: Int
    /// Whether all pixels of a block that the target holds count as lying in the region.
    let takesBlocks: Bool

    /// The pixels of the level that are members themselves and whose corners lie in the region.
    func interior() -> RangeSet {
        var result = RangeSet()
        for face in 0..<12 {
            visit(HEALPixCell(order: 0, face: face, x: 0, y: 0), &result)
        }
        return result
    }

    private func visit(_ cell: HEALPixCell, _ result: inout RangeSet) {
        let zone = target.zone(of: cell)
        guard zone != .outside else { return }
        if cell.order == level {
            if zone >= .centered || hasMemberChild(cell), holdsCorners(of: cell) {
                result.appendOrMerge(first: cell.number, last: cell.number)
            }
        } else if takesBlocks, target.holds(cell) {
            let bits = UInt64(2 * (level - cell.order))
            let first = cell.number << bits
            result.appendOrMerge(first: first, last: first | (1 << bits - 1))
        } else {
            for child in 0..<4 { visit(cell.child(child), &result) }
        }
    }

    private func hasMemberChild(_ cell: HEALPixCell) -> Bool {
        (0..<4).contains { number in
            let child = cell.child(number)
            return switch target.zone(of: child) {
            case .outside: false
            case .centered, .inside: true
            case .near: child.order == level + HEALPixSearch<Target>.edgeDepth || hasMemberChild(child)
            }
        }
    }

    private func holdsCorners(of cell: HEALPixCell) -> Bool {
        cell.edge(pointsPerSide: 1).allSatisfy { corner in
            region.contains(
                UnitVector3D(
                    longitude: Angle(radians: corner.longitude),
                    latitude: Angle(radians: Angle.quarterTurn - corner.colatitude)
                )
            )
        }
    }
}
