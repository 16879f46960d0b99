import AstroTime
import FITS
import Foundation
import SphericalGeometry

/// The jobs of geometry, time and headers; the same places and numbers as in `reference.py`.
enum SkyJobs {
    static let polygons = 1000
    static let circles = 50
    static let times = 20_000
    static let points = 1_000_000

    static func run(_ work: String) throws -> [(String, Double)] {
        let detectors = try (0..<polygons).map { try polygon($0) }
        let htm = try HTMPixelization(level: 7)
        var checksum = 0
        let envelopes = try seconds {
            for region in detectors { checksum += try htm.envelope(of: region).count }
        }
        let overlaps = seconds {
            for left in detectors {
                for right in detectors where left.overlaps(right) != .no { checksum += 1 }
            }
        }
        let relations = seconds {
            for left in detectors {
                for right in detectors where left.relate(right) != .disjoint { checksum += 1 }
            }
        }
        let healpix = try HEALPixPixelization(level: 9)
        let visits = (0..<circles).map { index in
            let (longitude, latitude) = place(index * 20)
            return Region.circle(
                Circle(
                    center: UnitVector3D(
                        longitude: Angle(degrees: longitude),
                        latitude: Angle(degrees: latitude)
                    ),
                    openingAngle: Angle(degrees: 1.75)
                )
            )
        }
        let circleEnvelopes = try seconds {
            for region in visits { checksum += try healpix.envelope(of: region).count }
        }
        let fine = try HTMPixelization(level: 20)
        let vectors = (0..<points).map { index in
            let (longitude, latitude) = place(index % 100_000)
            return UnitVector3D(longitude: Angle(degrees: longitude), latitude: Angle(degrees: latitude))
        }
        let indexes = seconds { checksum += Int(fine.indices(of: vectors).reduce(0, ^) & 1) }
        let texts = (0..<times).map { index in
            let day = index % 28 + 1
            return
                "20\(10 + index % 15)-\(index % 2 == 0 ? "03" : "11")-\(day < 10 ? "0" : "")\(day)T12:34:56.\(100 + index % 900)"
        }
        let conversions = try seconds {
            for text in texts { checksum ^= Int(try TAI(text, format: .isot, scale: .utc).nanoseconds & 1) }
        }
        if checksum == Int.min { print("") }
        return [
            ("htm7 envelopes of 1,000 detectors", envelopes), ("overlaps of 10⁶ polygon pairs", overlaps),
            ("relations of 10⁶ polygon pairs", relations), ("HEALPix 9 envelopes of 50 visits", circleEnvelopes),
            ("10⁶ HTM 20 indexes", indexes), ("20,000 UTC strings to nanoseconds", conversions),
        ]
    }

    /// Reads the headers of the files that `make_headers.py` made, in parallel, warm.
    static func headers(_ folder: String) throws -> [(String, Double)] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted().map { "\(folder)/\($0)" }
        let time = seconds {
            DispatchQueue.concurrentPerform(iterations: names.count) { index in
                guard let units = try? FITSHeaderReader.read(names[index], first: 1), units.count == 1 else {
                    preconditionFailure("no header in \(names[index])")
                }
            }
        }
        return [("read 500 headers", time)]
    }

    /// Places spread evenly over most of the sky, in degrees.
    private static func place(_ index: Int) -> (Double, Double) {
        ((Double(index) * 137.508).truncatingRemainder(dividingBy: 360), -75 + Double(index % 1000) * 0.15)
    }

    /// A square of 0.2 degrees.
    private static func polygon(_ index: Int) throws -> Region {
        let (longitude, latitude) = place(index)
        let half = 0.1 / cos(latitude * .pi / 180)
        let corners = [(-half, -0.1), (half, -0.1), (half, 0.1), (-half, 0.1)].map { x, y in
            UnitVector3D(longitude: Angle(degrees: longitude + x), latitude: Angle(degrees: latitude + y))
        }
        return .polygon(try ConvexPolygon(hullOf: corners))
    }

    private static func seconds(_ body: () throws -> Void) rethrows -> Double {
        let start = ContinuousClock.now
        try body()
        let duration = ContinuousClock.now - start
        return Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
    }
}
