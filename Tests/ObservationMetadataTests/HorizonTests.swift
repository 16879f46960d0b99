import AstroTime
import Foundation
import StewardCore
import Testing

@testable import ObservationMetadata

/// Directions between ICRS and the horizon against astropy's, in and outside the table of Earth orientation.
@Suite struct HorizonTests {
    struct Direction: Sendable, CustomTestStringConvertible {
        let instant: TAI
        let place: GeocentricLocation
        let icrs: SkyPosition
        let horizontal: SkyPosition
        let horizontalGiven: SkyPosition
        let icrsFound: SkyPosition
        let ut1MinusUTC: Double

        var testDescription: String { "\(instant)" }
    }

    static let directions: [Direction] = {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fixtures/horizon/directions.json")
        guard let data = try? Data(contentsOf: file), let json = try? JSONValue(parsing: data, source: "directions")
        else { return [] }
        return (json.array ?? []).compactMap(Self.direction)
    }()

    private static func direction(_ json: JSONValue) -> Direction? {
        func position(_ key: String) -> SkyPosition? {
            guard let angles = json[key]?.array?.compactMap(\.double), angles.count == 2 else { return nil }
            return SkyPosition(longitude: angles[0], latitude: angles[1])
        }
        guard let nanoseconds = json["tai"]?.int, let xyz = json["place"]?.array?.compactMap(\.double), xyz.count == 3,
            let icrs = position("icrs"), let horizontal = position("altaz"), let given = position("from_altaz"),
            let found = position("to_icrs"), let difference = json["ut1_utc"]?.double
        else { return nil }
        return Direction(
            instant: TAI(nanoseconds: nanoseconds),
            place: GeocentricLocation(x: xyz[0], y: xyz[1], z: xyz[2]),
            icrs: icrs,
            horizontal: horizontal,
            horizontalGiven: given,
            icrsFound: found,
            ut1MinusUTC: difference
        )
    }

    /// Degrees between two directions.
    private func separation(_ a: SkyPosition, _ b: SkyPosition) -> Double {
        let radian = Double.pi / 180
        let across = remainder(a.longitude - b.longitude, 360) * radian
        let up = (a.latitude - b.latitude) * radian
        let half =
            sin(up / 2) * sin(up / 2)
            + cos(a.latitude * radian) * cos(b.latitude * radian) * sin(across / 2) * sin(across / 2)
        return 2 * asin(half.squareRoot()) / radian
    }

    @Test("all directions of the fixture are read")
    func fixture() {
        #expect(Self.directions.count == 60)
    }

    @Test("azimuth and altitude are astropy's to 1e-9 degrees", arguments: directions)
    func horizontal(_ direction: Direction) throws {
        let frame = try HorizonFrame(
            direction.place,
            at: direction.instant,
            orientation: EarthOrientation.shipped.get()
        )
        #expect(separation(frame.horizontal(direction.icrs), direction.horizontal) < 1e-9)
    }

    @Test("right ascension and declination are astropy's to 1e-9 degrees", arguments: directions)
    func icrs(_ direction: Direction) throws {
        let frame = try HorizonFrame(
            direction.place,
            at: direction.instant,
            orientation: EarthOrientation.shipped.get()
        )
        #expect(separation(frame.icrs(direction.horizontalGiven), direction.icrsFound) < 1e-9)
        #expect(separation(frame.icrs(frame.horizontal(direction.icrs)), direction.icrs) < 1e-9)
    }

    @Test("the table is interpolated, leap seconds apart, and goes on with its ends")
    func table() throws {
        let text = "# two days, a leap second, a third\nfirst_mjd 100\n10 20 -4000000\n10 -20 9990000\n0 40 -10000\n"
        let table = try EarthOrientation(text: Data(text.utf8), source: "test")
        #expect(table.firstDay == 100)
        #expect(table.lastDay == 102)
        let middle = table.parameters(day: 100, fraction: 0.5)
        #expect(abs(middle.ut1MinusUTC + 0.4005) < 1e-12)
        #expect(abs(middle.poleX - 15e-6) < 1e-15)
        #expect(abs(middle.poleY - 10e-6) < 1e-15)
        let before = table.parameters(day: 99, fraction: 0.9)
        #expect(before == .init(ut1MinusUTC: -0.4, poleX: 0.035, poleY: 0.29))
        #expect(table.parameters(day: 102, fraction: 0).ut1MinusUTC == 0.598)
        #expect(table.parameters(day: 102, fraction: 0).poleX == 0.035)
    }

    @Test("the shipped table reaches from 1973 over the present")
    func shipped() throws {
        let table = try EarthOrientation.shipped.get()
        #expect(table.firstDay == 41_684)
        #expect(table.lastDay >= 61_707)
    }

    @Test(
        "a damaged table is refused with its line",
        arguments: ["", "first_mjd 1\n1 2 3\n", "first_mjd 1\n1 2 3\n1 x 3\n", "1 2 3\n", "first_mjd 1\n1 2\n3 4 5\n"]
    )
    func damaged(_ text: String) {
        #expect(throws: ButlerError(.corruptFile, "")) { try EarthOrientation(text: Data(text.utf8), source: "test") }
    }

    @Test("a place that is not on the Earth has no horizon")
    func nowhere() throws {
        let orientation = try EarthOrientation.shipped.get()
        for place in [GeocentricLocation(x: 1e9, y: 0, z: 0), GeocentricLocation(x: .nan, y: 0, z: 0)] {
            #expect(throws: ButlerError(.invalidArgument, "")) {
                try HorizonFrame(place, at: TAI(nanoseconds: 1), orientation: orientation)
            }
        }
    }
}
