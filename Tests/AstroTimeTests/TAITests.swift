import AstroTime
import StewardCore
import Testing

/// Facts taken from the reference by running it.
@Suite struct TAITests {
    @Test(
        "textual formats take the fields that the reference takes",
        arguments: [
            ("2020-1-1 1:2:3.5", TimeFormat.iso, 1_577_840_523_500_000_000),
            ("2020-01-01 00:00:60", .iso, 1_577_836_860_000_000_000),
            ("2020-01-01T00:00:00.", .isot, 1_577_836_800_000_000_000),
            ("2020-01-01", .isot, 1_577_836_800_000_000_000),
            ("+02020-01-01", .fits, 1_577_836_800_000_000_000),
            ("-02020-01-01T00:00:00", .fits, 0),
            ("2020:1", .yday, 1_577_836_800_000_000_000),
            ("2019:366", .yday, 1_577_836_800_000_000_000),
            ("2020:1:1:1:1.5", .yday, 1_577_840_461_500_000_000),
            ("58849.5", .mjd, 1_577_880_000_000_000_000),
            ("2000-01-01 00:00:00.0000000005", .iso, 946_684_800_000_000_000),
            ("2000-01-01 00:00:00.0000000015", .iso, 946_684_800_000_000_002),
            ("2000-01-01 00:00:00.00000000050000001", .iso, 946_684_800_000_000_000),
            ("2000-01-01 00:00:00.9999999999", .iso, 946_684_801_000_000_000),
        ]
    )
    func text(text: String, format: TimeFormat, nanoseconds: Int64) throws {
        #expect(try TAI(text, format: format, scale: .tai).nanoseconds == nanoseconds)
    }

    @Test(
        "malformed text is an error that quotes it",
        arguments: [
            ("2020-01-01 00", TimeFormat.iso), ("2020-01-01T00:00:00", .iso), (" 2020-01-01", .iso),
            ("2020-01-01 00:00.5", .iso), ("2020-01-01 00:00:00Z", .iso), ("20-01-01", .iso), ("-001-01-01", .iso),
            ("2020-01-01 10:00:00.5.5", .iso), ("2020-01-001", .iso), ("2020-01-01 00:00:75", .iso),
            ("2020-1-1", .fits), ("2020-01-01T00:00", .fits), ("+2020-01-01", .fits), ("2020:000", .yday),
            ("2020:367", .yday), ("2020:001:12", .yday), ("2020-02-30", .isot), ("2020-00-10", .isot), ("", .isot),
            ("２０２０-01-01", .isot), ("58849.0x", .mjd), ("nan", .mjd), ("inf", .unix),
        ]
    )
    func malformed(text: String, format: TimeFormat) throws {
        let error = try #require(throws: ButlerError.self) { try TAI(text, format: format) }
        #expect(error.code == .time)
        #expect(error.message.contains("\"\(text)\""))
    }

    @Test(
        "numeric formats agree with the reference",
        arguments: [
            (2020.0, TimeFormat.byear, TimeScale.tai, 1_577_826_205_089_407_600),
            (2020.25, .jyear, .utc, 1_585_769_437_000_000_000),
            (2016.99999, .decimalyear, .tai, 1_483_228_483_776_000_798),
            (2016.99999, .decimalyear, .utc, 1_483_228_520_775_990_798),
            (1e9, .galexsec, .tai, 1_315_964_834_000_000_000),
            (737_000.25, .plotDate, .tai, 1_541_138_437_000_000_000),
            (1_577_836_800.25, .unix, .tai, 1_577_836_837_250_000_000),
            (1_261_871_963.25, .gps, .utc, 1_577_836_782_250_000_000),
            (694_224_032.25, .cxcsec, .tt, 1_577_836_800_066_000_000),
            (5.25, .unixTAI, .tai, 5_250_000_000),
            (41_316.9999999, .mjd, .utc, 63_072_009_991_359_926),
            (41_316.9999999, .unix, .utc, 41_325_001_321_410),
            (1e300, .mjd, .tai, 4_102_444_800_000_000_000),
            (-1e300, .unix, .utc, 0),
            (1e300, .decimalyear, .utc, 4_102_444_800_000_000_000),
        ]
    )
    func numbers(value: Double, format: TimeFormat, scale: TimeScale, nanoseconds: Int64) throws {
        #expect(try TAI(value, format: format, scale: scale).nanoseconds == nanoseconds)
    }

    @Test("text is rounded into the next second, day and leap second")
    func rounding() throws {
        let almost = try TAI("2016-12-31T23:59:59.9996", format: .isot, scale: .utc)
        #expect(almost.isot(decimals: 3, scale: .utc) == "2016-12-31T23:59:60.000")
        let last = try TAI("2016-12-31T23:59:60.9996", format: .isot, scale: .utc)
        #expect(last.isot(decimals: 3, scale: .utc) == "2017-01-01T00:00:00.000")
        #expect(last.isot(decimals: 0, scale: .utc) == "2017-01-01T00:00:00")
        #expect(last.isot(decimals: 4, scale: .utc) == "2016-12-31T23:59:60.9996")
        #expect(last.iso(scale: .tt) == "2017-01-01 00:01:09.183600000")
        #expect(TAI(nanoseconds: -1).isot() == "1969-12-31T23:59:59.999999999")
        #expect(TAI(nanoseconds: .max).isot(scale: .tt) == "2262-04-11T23:47:49.038775807")
        #expect(TAI(nanoseconds: .min).isot(scale: .utc).hasPrefix("1677-09-2"))
    }

    @Test("dates in UTC stretch the day that ends with a leap second")
    func stretched() throws {
        let time = try TAI("2016-12-31T12:00:00.5", format: .isot, scale: .utc)
        #expect(time.modifiedJulianDate(.utc) == 57_753.5)
        #expect(time.julianDate(.utc) == 2_457_754.0)
        #expect(try TAI("2020-01-01T12:00:00", format: .isot, scale: .utc).unixSeconds == 1_577_880_000)
    }

    @Test("scales and formats are found by name, and near names are offered")
    func names() throws {
        #expect(try TimeScale(name: "UTC") == .utc)
        let scale = try #require(throws: ButlerError.self) { try TAI(literal: "2020-01-01/tay") }
        #expect(scale.candidates.first == "tai")
        let refused = try #require(throws: ButlerError.self) { try TAI(literal: "2020-01-01/TDB") }
        #expect(refused.message.contains("TDB") && refused.candidates.isEmpty)
        let format = try #require(throws: ButlerError.self) { try TAI(literal: "isott/2020-01-01") }
        #expect(format.candidates.first == "isot")
        #expect(throws: ButlerError(.time, "")) { try TAI(literal: "mjd/2020-01-01") }
        #expect(throws: ButlerError(.time, "")) { try TAI(literal: "iso/58849.0") }
        #expect(throws: ButlerError(.time, "")) { try TAI(literal: "a/b/c/d") }
        #expect(throws: ButlerError(.time, "")) { try TAI(literal: "2020-01-d") }
    }

    @Test("arithmetic clamps instead of overflowing")
    func arithmetic() {
        #expect(TAI.latest.advanced(byNanoseconds: .max) == .latest)
        #expect(TAI.earliest.advanced(byNanoseconds: .min) == .earliest)
        #expect(TAI(nanoseconds: 5).advanced(bySeconds: 1.5).nanoseconds == 1_500_000_005)
        #expect(TAI(nanoseconds: 5).advanced(bySeconds: .nan).nanoseconds == 5)
        #expect(TAI(nanoseconds: 5).advanced(bySeconds: -.infinity) == .earliest)
        #expect(TAI(nanoseconds: 2_500_000_000).seconds(since: TAI(nanoseconds: 1_000_000_000)) == 1.5)
        #expect(TAI(nanoseconds: .max).seconds(since: TAI(nanoseconds: .min)) > 1.8e10)
    }

    @Test("the present is after the last known leap second and before 2100")
    func now() throws {
        let now = TAI.now()
        #expect(try now > TAI("2025-01-01", format: .iso) && now < .latest)
        #expect(TAI.now() >= now)
    }

    @Test("observing days change at the offset, in TAI")
    func days() throws {
        let noon = try TAI("2025-01-02T12:00:00", format: .isot, scale: .tai)
        #expect(noon.dayOfObservation(offset: 43_200) == 20_250_102)
        #expect(noon.advanced(byNanoseconds: -1).dayOfObservation(offset: 43_200) == 20_250_101)
        #expect(throws: ButlerError(.time, "")) { try Timespan(dayOfObservation: 20_250_230) }
        #expect(throws: ButlerError(.time, "")) { try Timespan(dayOfObservation: 20_250_101, offset: .max) }
    }
}
