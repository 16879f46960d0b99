internal import Foundation
internal import StewardCore

/// Moves sources along great circles to another date (`meas_algorithms: loadReferenceObjects.py`, `applyProperMotions`).
///
/// Neither parallax, radial velocity nor covariances take part. A source without a proper motion stays where it is.
enum ProperMotion {
    /// Days of a Julian year.
    static let daysPerYear = 365.25

    /// Where the fields are that take part.
    private struct Places {
        let position: (rightAscension: Int, declination: Int)
        let epoch: Int
        let motions: (Int, Int)
        let errors: [(position: Int, motion: Int)]

        init?(_ schema: CatalogueSchema) {
            guard let position = schema.positionOffsets, let epoch = schema.index("epoch"),
                let first = schema.index("pm_ra"), let second = schema.index("pm_dec")
            else { return nil }
            self.position = position
            self.epoch = epoch
            motions = (first, second)
            errors = [("coord_raErr", "pm_raErr"), ("coord_decErr", "pm_decErr")].compactMap { names in
                guard let a = schema.floatOffset(names.0), let b = schema.floatOffset(names.1) else { return nil }
                return (a, b)
            }
        }
    }

    /// Moves rows in place.
    ///
    /// - Parameters:
    ///   - rows: Rows with `epoch`, `pm_ra` and `pm_dec`.
    ///   - epoch: Modified Julian Date in TAI.
    /// - Throws: ``ButlerError`` with `.invalidArgument` if the catalogue has no proper motions.
    static func move(_ rows: inout CatalogueRows, to epoch: Double) throws {
        let schema = rows.schema
        guard let places = Places(schema) else {
            throw ButlerError(
                .invalidArgument,
                "The catalogue has no proper motions, so that its sources cannot be moved to a date.",
                remedy: "Leave the epoch out."
            )
        }
        let count = rows.rowCount
        rows.withMutableBytes { bytes in
            for row in 0..<count { move(bytes, row * schema.rowSize, schema, places, epoch) }
        }
    }

    private static func move(
        _ bytes: UnsafeMutableRawBufferPointer,
        _ row: Int,
        _ schema: CatalogueSchema,
        _ places: Places,
        _ epoch: Double
    ) {
        let read = UnsafeRawBufferPointer(bytes)
        func value(_ index: Int) -> Double { CellReader(read, row, schema, index).double ?? .nan }
        let years = (epoch - value(places.epoch)) / daysPerYear
        let (east, north) = (value(places.motions.0) * years, value(places.motions.1) * years)
        for error in places.errors {
            let moved = Double(read.float(row + error.motion)) * years
            bytes.store(Float(hypot(Double(read.float(row + error.position)), moved)), row + error.position)
        }
        guard east.isFinite, north.isFinite else { return }
        let longitude = read.double(row + places.position.rightAscension)
        let latitude = read.double(row + places.position.declination)
        let moved = offset(longitude, latitude, east: east, north: north)
        bytes.store(moved.longitude, row + places.position.rightAscension)
        bytes.store(moved.latitude, row + places.position.declination)
    }

    /// The position at an offset along a great circle, in radians; right ascension from 0 to less than 2π.
    static func offset(
        _ longitude: Double,
        _ latitude: Double,
        east: Double,
        north: Double
    ) -> (longitude: Double, latitude: Double) {
        let (bearing, length) = (atan2(north, east), hypot(east, north))
        let (sinLon, cosLon, sinLat, cosLat) = (sin(longitude), cos(longitude), sin(latitude), cos(latitude))
        let (sinBearing, cosBearing) = (sin(bearing), cos(bearing))
        let direction = (
            x: -sinLon * cosBearing - sinLat * cosLon * sinBearing,
            y: cosLon * cosBearing - sinLat * sinLon * sinBearing, z: cosLat * sinBearing
        )
        let (sinLength, cosLength) = (sin(length), cos(length))
        let x = cosLon * cosLat * cosLength + direction.x * sinLength
        let y = sinLon * cosLat * cosLength + direction.y * sinLength
        let z = sinLat * cosLength + direction.z * sinLength
        // The reference takes the inverse sine of z, which costs digits near the poles.
        let latitude = atan2(z, hypot(x, y))
        guard x != 0 || y != 0 else { return (0, latitude) }
        let turned = atan2(y, x)
        let positive = turned < 0 ? turned + 2 * Double.pi : turned
        return (positive >= 2 * Double.pi ? 0 : positive, latitude)
    }
}
