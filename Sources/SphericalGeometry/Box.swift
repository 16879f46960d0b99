public import StewardCore

/// A rectangle in longitude and latitude, edges included.
public struct Box: Sendable {
    /// Longitudes of the box; they may run across longitude 0.
    public private(set) var longitudes: LongitudeInterval
    /// Latitudes of the box in radians, within [-π/2, π/2].
    public private(set) var latitudes: ClosedInterval

    /// All latitudes.
    static let allLatitudes = ClosedInterval(-Angle.quarterTurn, Angle.quarterTurn)

    /// The box that holds no point.
    public static let empty = Box(longitudes: .empty, latitudes: .empty)
    /// The box that holds the whole sphere.
    public static let full = Box(longitudes: .full, latitudes: allLatitudes)

    /// Joins two intervals: latitudes are cut at the poles, and if one interval is empty the other becomes so.
    init(longitudes: LongitudeInterval, latitudes: ClosedInterval) {
        self.longitudes = longitudes
        self.latitudes = latitudes
        self.latitudes.clip(to: Box.allLatitudes)
        if self.latitudes.isEmpty {
            self.longitudes = .empty
        } else if longitudes.isEmpty {
            self.latitudes = .empty
        }
    }

    /// Creates the box that runs eastwards and northwards from one corner to the other; empty when the second lies south.
    public init(from southWest: LonLat, to northEast: LonLat) {
        self.init(
            longitudes: LongitudeInterval(west: southWest.longitude.radians, east: northEast.longitude.radians),
            latitudes: ClosedInterval(southWest.latitude.radians, northEast.latitude.radians)
        )
    }

    /// Creates a box from plain angles in degrees.
    ///
    /// - Parameters:
    ///   - west: Western end; any angle.
    ///   - south: Southern end; cut at the pole.
    ///   - east: Eastern end; a full turn or more beyond the western end gives all longitudes.
    ///   - north: Northern end; less than the southern end gives an empty box.
    /// - Throws: ``ButlerError`` with code `.region` when an end is NaN, or when the western end is the greater and one
    ///   of the two lies outside 0 to 360 degrees.
    public init(degreesWest west: Double, south: Double, east: Double, north: Double) throws(ButlerError) {
        guard !west.isNaN, !south.isNaN, !east.isNaN, !north.isNaN else {
            throw ButlerError(
                .region,
                "The box \(west) to \(east), \(south) to \(north) degrees has an end that is not a number.",
                remedy: "Give four numbers in degrees."
            )
        }
        let (a, b) = (Angle(degrees: west).radians, Angle(degrees: east).radians)
        guard let longitudes = LongitudeInterval(from: a, to: b) else {
            throw ButlerError(
                .region,
                "The longitudes \(west) to \(east) degrees are out of order.",
                remedy: "Give the western end first, or both ends from 0 to 360 degrees."
            )
        }
        self.init(
            longitudes: longitudes,
            latitudes: ClosedInterval(Angle(degrees: south).radians, Angle(degrees: north).radians)
        )
    }

    /// Creates a box around a centre.
    ///
    /// A half width of π or more gives all longitudes; negative half sizes give an empty box, NaN ones the centre alone.
    public init(center: LonLat, halfWidth: Angle, halfHeight: Angle) {
        let (longitude, latitude) = (center.longitude.radians, center.latitude.radians)
        self.init(
            longitudes: LongitudeInterval(west: longitude, east: longitude).dilated(by: halfWidth.radians),
            latitudes: ClosedInterval(latitude, latitude).dilated(by: halfHeight.radians)
        )
    }

    /// Whether the box holds no point.
    public var isEmpty: Bool { latitudes.isEmpty }

    /// Whether the box is the whole sphere.
    public var isFull: Bool {
        longitudes.isFull && latitudes.lower == -Angle.quarterTurn && latitudes.upper == Angle.quarterTurn
    }

    /// Area in steradians.
    public var area: Double {
        isEmpty ? 0.0 : (longitudes.width * (sine(latitudes.upper) - sine(latitudes.lower))).magnitude
    }

    /// Whether a position lies in the box.
    func contains(_ position: LonLat) -> Bool {
        latitudes.contains(position.latitude.radians) && longitudes.contains(position.longitude.radians)
    }

    /// Whether a point lies in the box or on its edge.
    public func contains(_ point: UnitVector3D) -> Bool { contains(LonLat(point)) }

    /// Grows until it holds the other box as well (with the longitude rule of ``LongitudeInterval``).
    mutating func expand(to other: Box) {
        longitudes.expand(to: other.longitudes)
        latitudes.expand(to: other.latitudes)
    }

    /// Shrinks to the smallest box that holds what both have in common.
    mutating func clip(to other: Box) {
        longitudes.clip(to: other.longitudes)
        latitudes.clip(to: other.latitudes)
        self = Box(longitudes: longitudes, latitudes: latitudes)
    }
}

extension Box: Hashable {
    /// Whether all four ends have the same bits.
    public static func == (left: Box, right: Box) -> Bool { left.bits == right.bits }

    /// Feeds the bits of the ends to the hasher.
    public func hash(into hasher: inout Hasher) { hasher.combine(bits) }

    private var bits: SIMD4<UInt64> {
        SIMD4(
            longitudes.west.bitPattern,
            longitudes.east.bitPattern,
            latitudes.lower.bitPattern,
            latitudes.upper.bitPattern
        )
    }
}
