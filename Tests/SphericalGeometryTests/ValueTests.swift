import SphericalGeometry
import Testing

/// Small values: angles, positions, overlaps, relationships, compounds.
@Suite struct ValueTests {
    @Test(
        "angles normalize to 0 up to and including a full turn",
        arguments: [
            (0.0, 0.0), (360.0, 360.0), (-90.0, 270.0), (720.5, 0.5), (-360.0, 360.0),
        ]
    )
    func normalization(degrees: Double, expected: Double) {
        #expect(abs(Angle(degrees: degrees).normalized.degrees - expected) < 1e-12)
    }

    @Test("angles add, subtract, negate, scale and compare")
    func arithmetic() {
        let (a, b) = (Angle(radians: 2), Angle(radians: 0.5))
        #expect((a + b).radians == 2.5 && (a - b).radians == 1.5 && (-a).radians == -2 && (2 * b).radians == 1)
        #expect(b < a && Angle(degrees: 180).radians == .pi)
    }

    @Test("positions come back from vectors")
    func positions() throws {
        let position = try LonLat(degrees: 53.125, -28.1)
        let back = LonLat(UnitVector3D(position))
        #expect(abs(back.longitude.degrees - 53.125) < 1e-13 && abs(back.latitude.degrees + 28.1) < 1e-13)
        #expect(LonLat(UnitVector3D(normalized: 0, 0, -1)).latitude.degrees == -90)
        #expect(try LonLat(degrees: -10, 0).longitude == Angle(degrees: -10).normalized)
        #expect(UnitVector3D(try LonLat(degrees: 0, 90)) == UnitVector3D(normalized: 6.123233995736766e-17, 0, 1))
    }

    @Test("three-valued logic of overlaps", arguments: [Overlap.no, .unknown, .yes], [Overlap.no, .unknown, .yes])
    func overlapLogic(a: Overlap, b: Overlap) {
        let or: Bool? = a == .yes || b == .yes ? true : a == .no && b == .no ? false : nil
        let and: Bool? = a == .no || b == .no ? false : a == .yes && b == .yes ? true : nil
        #expect((a || b).value == or)
        #expect((a && b).value == and)
        #expect((!a).value == a.value.map { !$0 })
        #expect(a.mayOverlap == (a != .no))
    }

    @Test("inverting a relationship swaps contains and within")
    func inversion() {
        #expect(Relationship.contains.inverted == .within)
        #expect(Relationship([.disjoint, .within]).inverted == [.disjoint, .contains])
        #expect((UInt8(0)..<8).allSatisfy { Relationship(rawValue: $0).inverted.inverted.rawValue == $0 })
    }

    @Test("compounds of one kind are flattened, others are not")
    func flattening() {
        let (a, b) = (Region.circle(.full), Region.box(.full))
        #expect(Region.union(of: [.union([a, b]), a]) == .union([a, b, a]))
        #expect(Region.intersection(of: [.intersection([a]), b]) == .intersection([a, b]))
        #expect(Region.union(of: [.intersection([a, b]), a]) == .union([.intersection([a, b]), a]))
    }

    @Test("equality and hashes go by bits")
    func equality() throws {
        let plus = Region.circle(Circle(point: UnitVector3D(normalized: 0.0, 0, 1)))
        let minus = Region.circle(Circle(point: UnitVector3D(normalized: -0.0, 0, 1)))
        #expect(plus != minus)
        let empty = Region.box(.empty)
        #expect(empty == .box(.empty) && Set([empty, .box(.empty), plus, minus]).count == 3)
        #expect(Region.ellipse(.full) == .ellipse(.full) && Region.ellipse(.full) != .ellipse(.empty))
    }
}
