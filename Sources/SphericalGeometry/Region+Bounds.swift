extension Region {
    /// A circle that holds the region.
    public var boundingCircle: Circle {
        switch self {
        case .circle(let circle): circle
        case .box(let box): box.boundingCircle
        case .ellipse(let ellipse): ellipse.boundingCircle
        case .polygon(let polygon): polygon.boundingCircle
        case .union(let operands):
            Region.combine(operands.map(\.boundingCircle), or: .empty) { $0.expand(to: $1) }
        case .intersection(let operands):
            Region.combine(operands.map(\.boundingCircle), or: .full) { $0.clip(to: $1) }
        }
    }

    /// A box in longitude and latitude that holds the region; all longitudes for most polygons that touch longitude 0.
    public var boundingBox: Box {
        switch self {
        case .circle(let circle): circle.boundingBox
        case .box(let box): box
        case .ellipse(let ellipse): ellipse.boundingCircle.boundingBox
        case .polygon(let polygon): polygon.boundingBox
        case .union(let operands):
            Region.combine(operands.map(\.boundingBox), or: .empty) { $0.expand(to: $1) }
        case .intersection(let operands):
            Region.combine(operands.map(\.boundingBox), or: .full) { $0.clip(to: $1) }
        }
    }

    /// A three-dimensional box that holds the region.
    public var boundingBox3D: Box3D {
        switch self {
        case .circle(let circle): circle.boundingBox3D
        case .box(let box): box.boundingBox3D
        case .ellipse(let ellipse): ellipse.boundingCircle.boundingBox3D
        case .polygon(let polygon): polygon.boundingBox3D
        case .union(let operands):
            Region.combine(operands.map(\.boundingBox3D), or: .empty) { $0.expand(to: $1) }
        case .intersection(let operands):
            Region.combine(operands.map(\.boundingBox3D), or: .aroundUnitSphere) { $0.clip(to: $1) }
        }
    }

    /// Combines bounds in the order of the operands.
    private static func combine<Bounds>(
        _ bounds: [Bounds],
        or neutral: Bounds,
        _ update: (inout Bounds, Bounds) -> Void
    ) -> Bounds {
        guard let first = bounds.first else { return neutral }
        return bounds.dropFirst().reduce(into: first, update)
    }
}
