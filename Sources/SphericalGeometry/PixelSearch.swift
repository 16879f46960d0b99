/// A hierarchy of pixels whose outlines are polygons with a fixed number of vertices.
protocol PixelHierarchy: Sendable {
    /// Number of vertices of each pixel.
    static var vertexCount: Int { get }
    /// Numbers of the pixels at level 0.
    static var roots: ClosedRange<UInt64> { get }

    /// Writes the vertices of a root pixel.
    func root(_ index: UInt64, into vertices: UnsafeMutablePointer<UnitVector3D>)

    /// Writes the vertices of the four children of a pixel, one child after the other.
    func children(
        of index: UInt64,
        level: Int,
        vertices: UnsafePointer<UnitVector3D>,
        into children: UnsafeMutablePointer<UnitVector3D>
    )
}

/// What a search looks for: a simple region that can tell its relation to a pixel.
protocol PixelTarget {
    /// Relation of a pixel to the region; at least disjoint and within must be told as the reference does.
    mutating func relation(of pixel: VertexBuffer) -> Relationship
}

/// A walk down a pixel hierarchy that collects the pixels which intersect a region, or lie within it.
///
/// Pixels that are disjoint from the region are left out with all their descendants, pixels within it are taken whole.
/// The order of these decisions matters: for boxes a flat test of all pixels gives another answer.
struct PixelSearch<Hierarchy: PixelHierarchy, Target: PixelTarget> {
    private let hierarchy: Hierarchy
    private var target: Target
    private let wantedLevel: Int
    private let maxRanges: Int
    private let interiorOnly: Bool
    private var workingLevel: Int
    private var result = RangeSet()

    private init(_ hierarchy: Hierarchy, _ target: Target, level: Int, maxRanges: Int, interiorOnly: Bool) {
        self.hierarchy = hierarchy
        self.target = target
        self.maxRanges = maxRanges > 0 ? maxRanges : .max
        self.interiorOnly = interiorOnly
        wantedLevel = level
        workingLevel = level
    }

    /// Collects pixels of a level.
    ///
    /// - Parameters:
    ///   - hierarchy: The pixels.
    ///   - target: The region.
    ///   - level: Level of the pixels wanted.
    ///   - maxRanges: Greatest number of ranges, or 0 for no limit.
    ///   - interiorOnly: Whether pixels must lie within the region, or need only intersect it.
    /// - Returns: The pixels.
    static func pixels(
        in hierarchy: Hierarchy,
        target: Target,
        level: Int,
        maxRanges: Int,
        interiorOnly: Bool
    ) -> RangeSet {
        var search = PixelSearch(hierarchy, target, level: level, maxRanges: maxRanges, interiorOnly: interiorOnly)
        let perLevel = 4 * Hierarchy.vertexCount
        withUnsafeTemporaryAllocation(of: UnitVector3D.self, capacity: (level + 1) * perLevel) { memory in
            guard let memory = memory.baseAddress else { return }
            for root in Hierarchy.roots {
                hierarchy.root(root, into: memory)
                search.visit(root, level: 0, vertices: memory, free: memory + perLevel)
            }
        }
        return search.result
    }

    /// Decides about one pixel and, where it must, about its children.
    private mutating func visit(
        _ index: UInt64,
        level: Int,
        vertices: UnsafeMutablePointer<UnitVector3D>,
        free: UnsafeMutablePointer<UnitVector3D>
    ) {
        // The working level may have dropped meanwhile: this pixel is then part of a range already. Root pixels are
        // looked at even below level 0, or an envelope of very few ranges would lose some (the reference does).
        guard level <= workingLevel || (level == 0 && !interiorOnly) else { return }
        let count = Hierarchy.vertexCount
        let relation = target.relation(of: VertexBuffer(start: vertices, count: count))
        if relation.contains(.disjoint) { return }
        if relation.contains(.within) || level >= workingLevel {
            if relation.contains(.within) || !interiorOnly { insert(index, level: level) }
            return
        }
        hierarchy.children(of: index, level: level, vertices: vertices, into: free)
        for child in 0..<4 {
            visit(
                index << 2 | UInt64(child),
                level: level + 1,
                vertices: free + child * count,
                free: free + 4 * count
            )
        }
    }

    /// Adds all descendants of a pixel, and lowers the working level while there are too many ranges.
    private mutating func insert(_ index: UInt64, level: Int) {
        var bits = 2 * (wantedLevel - level)
        let first = index << UInt64(bits)
        result.appendOrMerge(first: first, last: first + (1 << UInt64(bits) - 1))
        while result.count > maxRanges {
            workingLevel -= 1
            bits += 2
            if interiorOnly {
                result = result.complement
                result.widen(toMultiplesOf: bits)
                result = result.complement
            } else {
                result.widen(toMultiplesOf: bits)
            }
        }
    }
}

extension PixelHierarchy {
    /// Collects the pixels of a level that intersect a region or lie within it.
    func pixels(of region: Region, level: Int, maxRanges: Int, interiorOnly: Bool, universe: RangeSet) -> RangeSet {
        switch region {
        case .circle(let circle):
            return pixels(CircleTarget(circle), level, maxRanges, interiorOnly)
        case .ellipse(let ellipse):
            return pixels(CircleTarget(ellipse.boundingCircle), level, maxRanges, interiorOnly)
        case .box(let box):
            return pixels(BoxTarget(box: box), level, maxRanges, interiorOnly)
        case .polygon(let polygon):
            return PolygonTarget.with(polygon, pixelVertexCount: Self.vertexCount) { target in
                pixels(target, level, maxRanges, interiorOnly)
            }
        case .union(let operands):
            return operands.reduce(RangeSet()) {
                $0.union(
                    pixels(of: $1, level: level, maxRanges: maxRanges, interiorOnly: interiorOnly, universe: universe)
                )
            }
        case .intersection(let operands):
            return operands.reduce(universe) {
                $0.intersection(
                    pixels(of: $1, level: level, maxRanges: maxRanges, interiorOnly: interiorOnly, universe: universe)
                )
            }
        }
    }

    private func pixels(_ target: some PixelTarget, _ level: Int, _ maxRanges: Int, _ interiorOnly: Bool) -> RangeSet {
        PixelSearch.pixels(in: self, target: target, level: level, maxRanges: maxRanges, interiorOnly: interiorOnly)
    }
}
