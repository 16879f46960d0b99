extension Region {
    /// How this region lies to another.
    ///
    /// Bits that are set are certain within the tolerances of the shapes; no bit means that the regions intersect or
    /// that the approximation in use cannot tell. Relations of compounds are not symmetric: the left one drives.
    public func relate(_ other: Region) -> Relationship {
        switch (self, other) {
        case (.union(let operands), _): Region.relateUnion(operands, other)
        case (.intersection(let operands), _): Region.relateIntersection(operands, other)
        case (_, .union(let operands)): Region.relateUnion(operands, self).inverted
        case (_, .intersection(let operands)): Region.relateIntersection(operands, self).inverted
        case (.polygon(let a), .polygon(let b)): a.relate(b)
        case (.polygon(let a), _): a.relate(simple: other)
        case (_, .polygon(let b)): b.relate(simple: self).inverted
        case (.ellipse(let a), _): a.relate(simple: other)
        case (_, .ellipse(let b)): b.relate(simple: self).inverted
        case (.circle(let a), .circle(let b)): b.relate(a).inverted
        case (.box(let a), .box(let b)): b.relate(a).inverted
        case (.box(let a), .circle(let b)): a.relate(b)
        case (.circle(let a), .box(let b)): b.relate(a).inverted
        }
    }

    /// Disjoint and within need all operands, contains needs one.
    private static func relateUnion(_ operands: [Region], _ other: Region) -> Relationship {
        guard !operands.isEmpty else { return .disjoint }
        var result: Relationship = [.disjoint, .within]
        for operand in operands {
            let relationship = operand.relate(other)
            result.formIntersection(relationship.union(.contains))
            result.formUnion(relationship.intersection(.contains))
            if result == .contains { break }
        }
        return result
    }

    /// Contains needs all operands, disjoint and within need one.
    private static func relateIntersection(_ operands: [Region], _ other: Region) -> Relationship {
        var result: Relationship = .contains
        for operand in operands {
            let relationship = operand.relate(other)
            result.formIntersection(relationship.union([.disjoint, .within]))
            result.formUnion(relationship.intersection([.disjoint, .within]))
            if result == [.disjoint, .within] { break }
        }
        return result
    }

    /// Whether the regions overlap, as far as the reference can tell.
    ///
    /// Filters must keep what is unknown. The answer for a pair does not depend on the order unless both are compounds.
    public func overlaps(_ other: Region) -> Overlap {
        switch (self, other) {
        case (.union(let operands), _): Region.unionOverlaps(operands, other)
        case (.intersection(let operands), _): Region.intersectionOverlaps(operands, other)
        case (_, .union(let operands)): Region.unionOverlaps(operands, self)
        case (_, .intersection(let operands)): Region.intersectionOverlaps(operands, self)
        case (.polygon(let a), .polygon(let b)): Overlap(!a.relate(b).contains(.disjoint))
        case (.polygon(let a), .circle(let b)), (.circle(let b), .polygon(let a)):
            Overlap(!a.relate(b).contains(.disjoint))
        case (.circle(let a), .circle(let b)): Overlap(!a.isDisjoint(from: b))
        case (.box(let a), .box(let b)): Overlap(a.intersects(b))
        case (.box(let a), .circle(let b)), (.circle(let b), .box(let a)): Overlap(!a.relate(b).contains(.disjoint))
        case (.polygon, _), (_, .polygon), (.ellipse, _), (_, .ellipse): relate(other).overlap
        }
    }

    /// Yes if any operand's answer is; else unknown if any is; no without operands.
    private static func unionOverlaps(_ operands: [Region], _ other: Region) -> Overlap {
        var result = Overlap.no
        for operand in operands {
            result = result || operand.overlaps(other)
            if result == .yes { break }
        }
        return result
    }

    /// No if any operand's answer is, else unknown; without operands whatever is not empty overlaps.
    private static func intersectionOverlaps(_ operands: [Region], _ other: Region) -> Overlap {
        guard !operands.isEmpty else { return Overlap(!other.isEmpty) }
        return operands.contains { $0.overlaps(other) == .no } ? .no : .unknown
    }
}

extension ConvexPolygon {
    /// Relation to another polygon.
    func relate(_ other: ConvexPolygon) -> Relationship {
        vertices.withUnsafeBufferPointer { mine in
            other.vertices.withUnsafeBufferPointer { PolygonRelations.relate(mine, $0) }
        }
    }

    /// Relation to a circle.
    func relate(_ circle: Circle) -> Relationship {
        vertices.withUnsafeBufferPointer { PolygonRelations.relate($0, circle) }
    }

    /// Relation to a box, circle or ellipse; boxes and ellipses through bounds, so that some bits are never set.
    fileprivate func relate(simple other: Region) -> Relationship {
        switch other {
        case .box(let box): vertices.withUnsafeBufferPointer { PolygonRelations.relate($0, box) }
        case .circle(let circle): relate(circle)
        case .ellipse(let ellipse): relate(ellipse.boundingCircle).intersection([.contains, .disjoint])
        case .polygon(let polygon): relate(polygon)
        case .union, .intersection: other.relate(.polygon(self)).inverted
        }
    }
}

extension Ellipse {
    /// Relation to a box, circle or ellipse through bounding circles, so that some bits are never set.
    fileprivate func relate(simple other: Region) -> Relationship {
        switch other {
        case .box(let box): box.relate(boundingCircle).inverted.intersection([.disjoint, .within])
        case .circle(let circle): boundingCircle.relate(circle).intersection([.disjoint, .within])
        case .ellipse(let ellipse): boundingCircle.relate(ellipse.boundingCircle).intersection(.disjoint)
        case .polygon(let polygon): polygon.relate(boundingCircle).inverted.intersection([.disjoint, .within])
        case .union, .intersection: other.relate(.ellipse(self)).inverted
        }
    }
}
