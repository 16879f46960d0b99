/// A closed interval of longitudes, which may run across longitude 0; empty when an end is NaN.
///
/// Both ends are radians from 0 up to and including 2π (`sphgeom: NormalizedAngleInterval.h`).
public struct LongitudeInterval: Sendable {
    /// Western end in radians.
    public private(set) var west: Double
    /// Eastern end in radians; less than the western end when the interval runs across longitude 0.
    public private(set) var east: Double

    /// No longitude.
    public static let empty = LongitudeInterval(west: .nan, east: .nan)
    /// All longitudes.
    public static let full = LongitudeInterval(west: 0.0, east: Angle.fullTurn)

    /// Takes ends that are normalized already.
    @inline(__always)
    init(west: Double, east: Double) {
        self.west = west
        self.east = east
    }

    /// Creates the interval between two plain angles in radians; nil when they are out of order and not both normalized.
    init?(from a: Double, to b: Double) {
        guard !a.isNaN, !b.isNaN else {
            self = .empty
            return
        }
        let range = 0.0...Angle.fullTurn
        if !range.contains(a) || !range.contains(b) {
            if a > b { return nil }
            if b - a >= Angle.fullTurn {
                self = .full
                return
            }
        }
        self.init(west: Angle.normalize(a), east: Angle.normalize(b))
    }

    /// Whether no longitude lies in the interval.
    @inline(__always)
    public var isEmpty: Bool { west.isNaN || east.isNaN }

    /// Whether the interval is exactly 0 to 2π.
    @inline(__always)
    public var isFull: Bool { west == 0.0 && east == Angle.fullTurn }

    /// Whether the interval runs across longitude 0.
    @inline(__always)
    public var wraps: Bool { west > east }

    /// Width in radians.
    public var width: Double { LongitudeInterval.angle(from: west, to: east) }

    /// Longitude half way between the ends, in radians.
    public var center: Double {
        let middle = 0.5 * (west + east)
        if west <= east { return middle }
        return middle < Angle.pi ? middle + Angle.pi : middle - Angle.pi
    }

    /// Angle eastwards from one longitude to another.
    private static func angle(from a: Double, to b: Double) -> Double {
        let difference = b - a
        return difference < 0.0 ? Angle.fullTurn + difference : difference
    }

    /// Whether a normalized longitude lies in the interval; NaN counts as lying in any.
    @inline(__always)
    func contains(_ x: Double) -> Bool {
        if x.isNaN { return true }
        return wraps ? (x <= east || west <= x) : (west <= x && x <= east)
    }

    /// Whether two intervals have no longitude in common.
    func isDisjoint(from other: LongitudeInterval) -> Bool {
        if isEmpty || other.isEmpty { return true }
        if other.wraps { return wraps ? false : other.west > east && other.east < west }
        if wraps { return west > other.east && east < other.west }
        return other.east < west || other.west > east
    }

    /// Relation to another interval.
    func relate(_ other: LongitudeInterval) -> Relationship {
        if isEmpty { return .ofEmpty(toEmpty: other.isEmpty) }
        if other.isEmpty { return [.contains, .disjoint] }
        if west == other.west && east == other.east { return [.contains, .within] }
        switch (wraps, other.wraps) {
        case (true, false): return relateWrapping(to: other)
        case (false, true): return other.relateWrapping(to: self).inverted
        case (true, true), (false, false):
            if west <= other.west && east >= other.east { return .contains }
            if west >= other.west && east <= other.east { return .within }
            return wraps || (west <= other.east && east >= other.west) ? [] : .disjoint
        }
    }

    /// Relation of an interval across longitude 0 to one that is not.
    private func relateWrapping(to other: LongitudeInterval) -> Relationship {
        if other.isFull { return .within }
        if west <= other.west || east >= other.east { return .contains }
        return west > other.east && east < other.west ? .disjoint : []
    }

    /// Grows until it holds the other interval as well, or all longitudes.
    ///
    /// When both ends of the other lie in this one and just one of the two runs across longitude 0, the result is all
    /// longitudes even where this one holds the other. That is how the reference does it (`NormalizedAngleInterval.cc`),
    /// and it decides which rows a box query returns near longitude 0.
    mutating func expand(to other: LongitudeInterval) {
        guard !other.isEmpty else { return }
        if contains(other.west) {
            if !contains(other.east) {
                east = other.east
            } else if wraps != other.wraps {
                self = .full
            }
        } else if contains(other.east) {
            west = other.west
        } else if isEmpty || other.contains(west) {
            self = other
        } else if LongitudeInterval.angle(from: east, to: other.west)
            < LongitudeInterval.angle(from: other.east, to: west)
        {
            east = other.east
        } else {
            west = other.west
        }
    }

    /// Shrinks to the shortest interval that holds what both have in common.
    mutating func clip(to other: LongitudeInterval) {
        if other.isEmpty {
            self = .empty
        } else if contains(other.west) {
            if !contains(other.east) {
                west = other.west
            } else if width >= other.width {
                self = other
            }
        } else if contains(other.east) {
            east = other.east
        } else if !other.contains(west) {
            self = .empty
        }
    }

    /// The interval with both ends moved outwards by an angle in radians, inwards when it is negative.
    func dilated(by angle: Double) -> LongitudeInterval {
        if isEmpty || isFull || angle == 0.0 || angle.isNaN { return self }
        return angle > 0.0 ? grown(by: angle) : shrunk(by: -angle)
    }

    private func grown(by angle: Double) -> LongitudeInterval {
        if angle >= Angle.pi { return .full }
        var (a, b) = (west - angle, east + angle)
        if wraps {
            return a <= b ? .full : LongitudeInterval(west: Angle.normalize(a), east: Angle.normalize(b))
        }
        if a < 0.0 {
            a += Angle.fullTurn
            if a <= b { return .full }
        }
        if b > Angle.fullTurn {
            b -= Angle.fullTurn
            if a <= b { return .full }
        }
        return LongitudeInterval(west: Angle.normalize(a), east: Angle.normalize(b))
    }

    private func shrunk(by angle: Double) -> LongitudeInterval {
        if angle >= Angle.pi { return .empty }
        var (a, b) = (west + angle, east - angle)
        guard wraps else {
            return a > b ? .empty : LongitudeInterval(west: Angle.normalize(a), east: Angle.normalize(b))
        }
        if a > Angle.fullTurn {
            a -= Angle.fullTurn
            if a > b { return .empty }
        }
        if b < 0.0 {
            b += Angle.fullTurn
            if a > b { return .empty }
        }
        return LongitudeInterval(west: Angle.normalize(a), east: Angle.normalize(b))
    }
}
