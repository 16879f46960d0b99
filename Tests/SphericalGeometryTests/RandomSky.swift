import SphericalGeometry
import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A generator of random regions and points that always yields the same ones for a seed.
struct RandomSky: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    /// The next number of SplitMix64.
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
        return z ^ z >> 31
    }

    mutating func number(_ range: ClosedRange<Double>) -> Double {
        Double.random(in: range, using: &self)
    }

    /// A position in degrees, often at a pole, a meridian or the equator.
    mutating func position() throws -> LonLat {
        switch Int.random(in: 0..<8, using: &self) {
        case 0: return try LonLat(degrees: [0.0, 90.0, 180.0, 270.0].randomElement(using: &self) ?? 0.0, 0.0)
        case 1: return try LonLat(degrees: number(0...360), [90.0, -90.0].randomElement(using: &self) ?? 90.0)
        case 2: return try LonLat(degrees: number(-1...1), number(-80...80))
        default: return try LonLat(degrees: number(0...360), asin(number(-1...1)) * 180 / .pi)
        }
    }

    mutating func point() throws -> UnitVector3D { UnitVector3D(try position()) }

    /// A point at most an angle in degrees away from another.
    mutating func point(near center: UnitVector3D, within degrees: Double) throws -> UnitVector3D {
        let offset = Vector3D(number(-1...1), number(-1...1), number(-1...1)) * (degrees * .pi / 180)
        return try UnitVector3D(direction: center + offset)
    }

    mutating func circle() throws -> Circle {
        Circle(center: try point(), openingAngle: Angle(degrees: pow(10, number(-3...1.7))))
    }

    mutating func box() throws -> Box {
        let (width, height) = (pow(10, number(-2...2)), pow(10, number(-2...1.7)))
        return Box(center: try position(), halfWidth: Angle(degrees: width), halfHeight: Angle(degrees: height))
    }

    mutating func ellipse() throws -> Ellipse {
        try Ellipse(
            center: try point(),
            alpha: Angle(degrees: pow(10, number(-2...1.7))),
            beta: Angle(degrees: pow(10, number(-2...1.7))),
            orientation: Angle(degrees: number(-180...180))
        )
    }

    mutating func polygon() throws -> ConvexPolygon {
        let (center, size) = (try point(), pow(10, number(-3...1.5)))
        while true {
            let points = try (0..<Int.random(in: 3...9, using: &self)).map { _ in try point(near: center, within: size)
            }
            if let polygon = try? ConvexPolygon(hullOf: points) { return polygon }
        }
    }

    mutating func simpleRegion() throws -> Region {
        switch Int.random(in: 0..<4, using: &self) {
        case 0: .circle(try circle())
        case 1: .box(try box())
        case 2: .ellipse(try ellipse())
        default: .polygon(try polygon())
        }
    }

    /// A simple region or a compound of at least so many operands.
    mutating func region(depth: Int = 2, operands least: Int = 0) throws -> Region {
        guard depth > 0, Int.random(in: 0..<4, using: &self) == 0 else { return try simpleRegion() }
        let operands = try (0..<Int.random(in: least...3, using: &self)).map { _ in
            try region(depth: depth - 1, operands: least)
        }
        return Bool.random(using: &self) ? .union(of: operands) : .intersection(of: operands)
    }

    /// Points in and around a region.
    mutating func points(around region: Region, count: Int) throws -> [UnitVector3D] {
        let circle = region.boundingCircle
        let size = min(60, max(0.001, circle.openingAngle.degrees))
        return try (0..<count).map { _ in
            try point(near: circle.center, within: Bool.random(using: &self) ? size : size / 10)
        }
    }

    mutating func bytes(count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &self) }
    }
}
