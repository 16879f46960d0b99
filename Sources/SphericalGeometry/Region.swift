/// A region on the sphere.
///
/// Equality and hashing compare stored values bit by bit, in other words the encodings: two polygons with the same
/// vertices in another rotation differ.
public enum Region: Hashable, Sendable {
    /// A circle.
    case circle(Circle)
    /// A rectangle in longitude and latitude.
    case box(Box)
    /// An ellipse.
    indirect case ellipse(Ellipse)
    /// A convex polygon.
    case polygon(ConvexPolygon)
    /// The points that lie in any operand; none without operands. See ``union(of:)``.
    case union([Region])
    /// The points that lie in all operands; all without operands. See ``intersection(of:)``.
    case intersection([Region])

    /// The union of regions, with unions among them replaced by their operands.
    public static func union(of operands: some Sequence<Region>) -> Region {
        var flat: [Region] = []
        for operand in operands {
            if case .union(let inner) = operand { flat += inner } else { flat.append(operand) }
        }
        return .union(flat)
    }

    /// The intersection of regions, with intersections among them replaced by their operands.
    public static func intersection(of operands: some Sequence<Region>) -> Region {
        var flat: [Region] = []
        for operand in operands {
            if case .intersection(let inner) = operand { flat += inner } else { flat.append(operand) }
        }
        return .intersection(flat)
    }

    /// Whether a point lies in the region or on its edge.
    public func contains(_ point: UnitVector3D) -> Bool {
        switch self {
        case .circle(let circle): circle.contains(point)
        case .box(let box): box.contains(point)
        case .ellipse(let ellipse): ellipse.contains(point)
        case .polygon(let polygon): polygon.contains(point)
        case .union(let operands): operands.contains { $0.contains(point) }
        case .intersection(let operands): operands.allSatisfy { $0.contains(point) }
        }
    }

    /// Whether each of many points lies in the region or on its edge, in the order of the points.
    public func contains(_ points: some Collection<UnitVector3D>) -> [Bool] {
        switch self {
        case .circle(let circle):
            return points.map { circle.contains($0) }
        case .polygon(let polygon):
            return polygon.vertices.withUnsafeBufferPointer { vertices in
                points.map { PolygonRelations.contains(vertices, $0) }
            }
        case .box, .ellipse, .union, .intersection:
            return points.map { contains($0) }
        }
    }

    /// Whether the region is known to hold no point.
    ///
    /// A polygon always counts as empty, as in the reference (`sphgeom: ConvexPolygon.cc`); the overlap of an operand-less
    /// intersection with a polygon follows from it.
    public var isEmpty: Bool {
        switch self {
        case .circle(let circle): circle.isEmpty
        case .box(let box): box.isEmpty
        case .ellipse(let ellipse): ellipse.isEmpty
        case .polygon: true
        case .union(let operands): operands.allSatisfy(\.isEmpty)
        case .intersection(let operands): Region.isIntersectionEmpty(operands)
        }
    }

    /// Whether all operands are empty or two of them are definitely disjoint.
    private static func isIntersectionEmpty(_ operands: [Region]) -> Bool {
        guard !operands.isEmpty else { return false }
        if operands.allSatisfy(\.isEmpty) { return true }
        return operands.indices.contains { i in
            operands[(i + 1)...].contains { operands[i].overlaps($0) == .no }
        }
    }
}
