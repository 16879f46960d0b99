import SphericalGeometry
import StewardCore
import Testing

extension GoldenSkyTests {
    /// A pixelization by the name that the vectors use.
    static func pixelization(_ system: String, level: Int) throws -> any Pixelization {
        switch system {
        case "htm": try HTMPixelization(level: level)
        case "q3c": try Q3CPixelization(level: level)
        case "mq3c": try MQ3CPixelization(level: level)
        case "healpix": try HEALPixPixelization(level: level)
        default: throw UnknownSystem(name: system)
        }
    }

    struct UnknownSystem: Error {
        let name: String
    }

    static let systems = ["htm", "q3c", "mq3c", "healpix"]

    @Test("points have the same pixel numbers", arguments: systems)
    func indices(system: String) throws {
        for file in try GoldenSky.files(IndexFile.self) {
            let points = file.points.map { UnitVector3D(normalized: $0.v[0], $0.v[1], $0.v[2]) }
            for (i, level) in try #require(file.levels[system]).enumerated() {
                let pixels = try GoldenSkyTests.pixelization(system, level: level)
                let expected = file.points.map { $0[system][i] }
                #expect(pixels.indices(of: points) == expected, "level \(level)")
                #expect(points.map { pixels.index(of: $0) } == expected, "level \(level)")
            }
        }
    }

    @Test("pixel numbers have the same names", arguments: systems)
    func names(system: String) throws {
        for file in try GoldenSky.files(IndexFile.self) {
            for item in file.strings where item.system == system {
                #expect(try GoldenSkyTests.pixelization(system, level: item.level).name(of: item.index) == item.name)
            }
        }
    }

    @Test("pixels have the reference's bytes", arguments: systems)
    func outlines(system: String) throws {
        for file in try GoldenSky.files(PixelsFile.self) {
            for item in file.pixels where item.system == system {
                let pixel = try GoldenSkyTests.pixelization(system, level: item.level).pixel(item.index)
                #expect(Region.polygon(pixel).hexadecimal == item.hex, "level \(item.level) pixel \(item.index)")
            }
            for item in file.universe where item.system == system {
                let universe = try GoldenSkyTests.pixelization(system, level: item.level).universe
                #expect(universe.flatMap { [$0.lowerBound, $0.upperBound] } == item.bounds)
            }
        }
    }

    @Test("envelopes and interiors hold the same pixels", arguments: systems.filter { $0 != "healpix" })
    func envelopes(system: String) throws {
        for file in try GoldenSky.files(EnvelopeFile.self, prefix: "envelope_\(system)") {
            for item in file.cases {
                let pixels = try GoldenSkyTests.pixelization(system, level: item.level)
                let region = try GoldenSky.region(try #require(file.regions[item.name]))
                let label = "\(item.name) at level \(item.level)"
                expect(try pixels.envelope(of: region), item.envelope, "envelope of \(label)")
                expect(try pixels.interior(of: region), item.interior, "interior of \(label)")
                for (limit, bounds) in item.envelopeMax {
                    if let whole = item.envelope, !GoldenSkyTests.set(bounds).isSuperset(of: GoldenSkyTests.set(whole))
                    {
                        // Expected difference: the reference loses pixels once its working level drops below 0.
                        let limited = try pixels.envelope(of: region, maxRanges: limit)
                        #expect(limited.count <= limit && limited.isSuperset(of: GoldenSkyTests.set(whole)), "\(label)")
                        continue
                    }
                    expect(try pixels.envelope(of: region, maxRanges: limit), bounds, "envelope/\(limit) of \(label)")
                }
                for (limit, bounds) in item.interiorMax {
                    expect(try pixels.interior(of: region, maxRanges: limit), bounds, "interior/\(limit) of \(label)")
                }
            }
        }
    }

    @Test("HEALPix envelopes and interiors hold the same pixels, apart from the listed differences")
    func healpixEnvelopes() throws {
        for file in try GoldenSky.files(EnvelopeFile.self, prefix: "envelope_healpix") {
            for item in file.cases {
                let pixels = try HEALPixPixelization(level: item.level)
                let region = try GoldenSky.region(try #require(file.regions[item.name]))
                let label = "\(item.name) at level \(item.level)"
                switch region {
                case .box(let box) where box.longitudes.isFull:
                    // Expected difference: the reference finds nothing in a box of all longitudes.
                    #expect(item.envelope == [], "\(label)")
                    #expect(try !pixels.envelope(of: region).isEmpty, "\(label)")
                    continue
                default: break
                }
                if item.envelopeError != nil {
                    #expect(throws: ButlerError(.region, ""), "\(label)") { try pixels.envelope(of: region) }
                } else {
                    expect(try pixels.envelope(of: region), item.envelope, "envelope of \(label)")
                }
                switch item.interiorError {
                case "TypeError":
                    // Expected difference: the reference fails on a single point, which has no interior.
                    #expect(try pixels.interior(of: region).isEmpty, "\(label)")
                case .some:
                    #expect(throws: ButlerError(.region, ""), "\(label)") { try pixels.interior(of: region) }
                case nil:
                    expect(try pixels.interior(of: region), item.interior, "interior of \(label)")
                }
            }
        }
    }

    /// The set of a list of bounds.
    static func set(_ bounds: [UInt64]) -> RangeSet {
        stride(from: 0, to: bounds.count - 1, by: 2).reduce(RangeSet()) {
            $0.union(RangeSet(bounds[$1]...(bounds[$1 + 1] &- 1)))
        }
    }

    /// Compares a set with a list of bounds; long sets are given as number of ranges, number of members, first and last.
    func expect(_ set: RangeSet, _ bounds: [UInt64]?, _ label: String) {
        let all = set.flatMap { [$0.lowerBound, $0.upperBound] }
        if set.count > 400, let first = set.first, let last = set.last, let members = set.memberCount {
            let summary = [UInt64(set.count), members, first.lowerBound, last.upperBound]
            #expect(summary == bounds || all == bounds, "\(label)")
        } else {
            #expect(all == bounds, "\(label)")
        }
    }
}
