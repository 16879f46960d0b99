import FITS
import StewardCore
import Testing

@testable import ObservationMetadata

@Suite struct PositionRuleTests {
    @Test(
        "angles are numbers or have minutes and seconds",
        arguments: [
            ("21:22:59.982", 21 + 22 / 60.0 + 59.982 / 3600), ("-00:30:00.07", -(30 / 60.0 + 0.07 / 3600)),
            ("+1 30", 1.5), (" 12.5 ", 12.5), ("-7", -7),
        ] as [(String, Double)]
    )
    func sexagesimal(_ text: String, _ value: Double) {
        #expect(SexagesimalAngle.value(of: text, .degrees) == value)
    }

    @Test("what is no angle is none", arguments: ["", "x", "1:2:3:4", "1:60:0", "1:2:61", "1:-2", "nan", "1::2:"])
    func notSexagesimal(_ text: String) {
        #expect(SexagesimalAngle.value(of: text, .degrees) == nil)
    }

    @Test("hours of right ascension end at 24")
    func hours() {
        #expect(SexagesimalAngle.value(of: "24:00:00", .hours) == nil)
        #expect(SexagesimalAngle.value(of: "90:00:00", .degrees) == 90)
    }

    @Test("FK5 positions are rotated to ICRS")
    func fk5() throws {
        let alpha = try #require(SexagesimalAngle.value(of: "18:02:42.907", .hours)) * 15
        let delta = try #require(SexagesimalAngle.value(of: "-23:46:59.898", .degrees))
        let position = try #require(SkyPosition(longitude: alpha, latitude: delta))
        let icrs = FK5Frame.icrs(position)
        #expect(abs(icrs.longitude - 270.6787717204901) < 1e-12)
        #expect(abs(icrs.latitude - -23.78331055733556) < 1e-12)
    }

    @Test("longitudes are brought into 0 to 360, latitudes beyond the pole refused")
    func wrapping() {
        #expect(SkyPosition(longitude: -10, latitude: 0)?.longitude == 350)
        #expect(SkyPosition(longitude: 360, latitude: 0)?.longitude == 0)
        #expect(SkyPosition(longitude: -1e-20, latitude: 0)?.longitude == 0)
        #expect(SkyPosition(longitude: 0, latitude: 90.001) == nil)
        #expect(SkyPosition(longitude: .nan, latitude: 0) == nil)
    }

    private func radec(_ cards: [(String, FITSValue)]) throws -> Translation {
        try Rules.translator(
            """
              observation_type: TYPE
              location: null
              tracking_radec: {radec: [[A, B], [RA, DEC]], frame: RADESYS, missing: allowed-unless-science}
            """
        ).translate(Rules.header(cards + [("DATE-BEG", "2024-02-29")]), properties: [.trackingRadec])
    }

    @Test("the first pair that is there counts; a moving target has none")
    func tracking() throws {
        let cards: [(String, FITSValue)] = [("RA", 10.5), ("DEC", "-5")]
        #expect(try radec(cards).info.trackingRadec == SkyPosition(longitude: 10.5, latitude: -5))
        #expect(try radec(cards + [("RADESYS", "ICRS")]).info.trackingRadec != nil)
        let moving = try radec(cards + [("RADESYS", "GAPPT")])
        #expect(moving.info.trackingRadec == nil && moving.problems.isEmpty)
        #expect(try radec(cards + [("RADESYS", "FK4")]).problems.first?.error.message.contains("fk4") == true)
        #expect(try radec([("RA", 1.0), ("DEC", 95.0)]).problems.first?.error.message.contains("95") == true)
        #expect(try radec([("TYPE", "bias")]).problems.isEmpty)
        #expect(try radec([("TYPE", "science")]).problems.count == 1)
    }

    private func altaz(_ rule: String, _ cards: [(String, FITSValue)]) throws -> Translation {
        try Rules.translator("  observation_type: TYPE\n  location: null\n  altaz_begin: \(rule)")
            .translate(Rules.header(cards + [("DATE-BEG", "2024-02-29")]), properties: [.altazBegin])
    }

    @Test("altitudes are limited, zenith distances turned round, nonsense ignored")
    func horizontal() throws {
        let rule = "{altaz: [ALT, AZ], missing: allowed-unless-science}"
        func position(_ altitude: FITSValue, _ azimuth: FITSValue) throws -> SkyPosition? {
            try altaz(rule, [("ALT", altitude), ("AZ", azimuth), ("TYPE", "dark")]).info.altazBegin
        }
        #expect(try position(45.0, -134.8) == SkyPosition(longitude: 225.2, latitude: 45))
        #expect(try position(91.0, 10.0)?.latitude == 90)
        #expect(try position(-5.0, 10.0)?.latitude == 0)
        #expect(try position(-91.0, 10.0) == nil)
        #expect(try position(45.0, -999.0) == nil)
        let zenith = try altaz("{zenith_distance_azimuth: [ZD, AZ]}", [("ZD", 55.59), ("AZ", 99.51)])
        #expect(zenith.info.altazBegin == SkyPosition(longitude: 99.51, latitude: 34.41))
        let turned = try altaz(
            "{altaz: [ALT, AZ], azimuth_factor: -1, azimuth_offset: 180}",
            [("ALT", 1.0), ("AZ", 200.0)]
        )
        #expect(turned.info.altazBegin?.longitude == 340)
    }

    @Test("a direction needs the instant and the place that belong to it")
    func needs() throws {
        let translator = try Rules.translator("  altaz_begin: {altaz: [ALT, AZ]}\n  tracking_radec: {radec: [RA, DEC]}")
        let directions: [(String, FITSValue)] = [("ALT", 45.0), ("AZ", 1.0), ("RA", 1.0), ("DEC", 2.0)]
        let place: [(String, FITSValue)] = [("OBSGEO-X", 1e6), ("OBSGEO-Y", 5e6), ("OBSGEO-Z", 3e6)]
        func problems(_ cards: [(String, FITSValue)]) throws -> Int {
            try translator.translate(Rules.header(cards), properties: [.altazBegin, .trackingRadec]).problems.count
        }
        #expect(try problems(directions + place + [("DATE-BEG", "2024-02-29")]) == 0)
        #expect(try problems(directions + place) == 2)
        #expect(try problems(directions + [("DATE-BEG", "2024-02-29")]) == 2)
    }

    @Test("a place is taken from keywords, else from the next form")
    func location() throws {
        let translator = try Rules.translator(
            """
              location:
                geodetic: {longitude: {keyword: LON, factor: -1}, latitude: LAT, height: ELEV}
                otherwise: {geocentric: [1, 2, 3]}
            """
        )
        let place = try translator.translate(Rules.header([("LON", 70.81489), ("LAT", -30.16606), ("ELEV", 2215.0)]))
        #expect(abs((place.info.location?.x ?? 0) - 1_814_299.4321709608) < 1e-3)
        #expect(abs((place.info.location?.z ?? 0) - -3_187_415.562488629) < 1e-3)
        let other = try translator.translate(Rules.header([("LAT", 70.8)]))
        #expect(other.info.location == GeocentricLocation(x: 1, y: 2, z: 3))
        let incomplete = try translator.translate(Rules.header([("LON", 70.8)]), properties: [.location])
        #expect(incomplete.problems.count == 1)
    }

    @Test(
        "exposure labels of Subaru are numbers",
        arguments: [
            ("HSCE12345678", "", 12_345_678), ("HSCA90402400", "", 904_024), ("HSCC00000100", "", 2_000_001),
            ("HSCA00000000", "HSCB12345799", 1_123_456),
        ] as [(String, String, Int64)]
    )
    func subaru(_ label: String, _ frame: String, _ number: Int64) throws {
        let translator = try Rules.translator("  exposure_id: {algorithm: subaru-exposure-id, prefix: HSC}")
        let header = Rules.header([("EXP-ID", .string(label)), ("FRAMEID", .string(frame))])
        #expect(try translator.translate(header, required: [.exposureID]).info.exposureID == number)
    }

    @Test("other labels are refused", arguments: ["HSCA904024", "SUPA90402400", "HSCA90402401", "HSCa90402400", ""])
    func notSubaru(_ label: String) throws {
        let translator = try Rules.translator("  exposure_id: {algorithm: subaru-exposure-id, prefix: HSC}")
        #expect(throws: ButlerError(.header, "")) {
            try translator.translate(Rules.header([("EXP-ID", .string(label))]), required: [.exposureID])
        }
    }
}
