import AstroTime
import FITS
import StewardCore
import Testing

@testable import ObservationMetadata

@Suite struct InstantRuleTests {
    private func begin(_ rule: String, _ cards: [(String, FITSValue)]) throws -> Translation {
        try Rules.translator("  exposure_time: {keyword: EXPTIME, unit: second}\n  datetime_begin: \(rule)")
            .translate(Rules.header(cards), properties: [.datetimeBegin])
    }

    private func tai(_ text: String, _ scale: TimeScale = .tai) throws -> TAI {
        try TAI(text, format: .isot, scale: scale)
    }

    @Test("dates are in the scale of the rule, of TIMESYS, or UTC")
    func scales() throws {
        let date: (String, FITSValue) = ("D", "2020-01-02T03:04:05.6")
        let expected = try tai("2020-01-02T03:04:05.6")
        let utc = try tai("2020-01-02T03:04:05.6", .utc)
        #expect(try begin("{instant: {date: D}}", [date]).info.datetimeBegin == utc)
        #expect(try begin("{instant: {date: D}}", [date, ("TIMESYS", "TAI")]).info.datetimeBegin == expected)
        #expect(try begin("{instant: {date: D, scale: header}}", [date]).info.datetimeBegin == utc)
        #expect(
            try begin("{instant: {date: D, scale: tai}}", [date, ("TIMESYS", "UTC")]).info.datetimeBegin == expected
        )
    }

    @Test("a time of the day may stand in a keyword of its own")
    func timeOfDay() throws {
        let rule = "{instant: {date: D, time: T, scale: tai}}"
        let result = try begin(rule, [("D", "2020-01-02T23:00:00"), ("T", "03:04:05")])
        #expect(result.info.datetimeBegin == (try tai("2020-01-02T03:04:05")))
        #expect(try begin(rule, [("D", "2020-01-02")]).problems.first?.error.message.contains("T is missing") == true)
    }

    @Test("the first source that is there counts, shifted by properties")
    func sources() throws {
        let rule = "{instant: [{date: D, scale: tai}, {mjd: M, scale: tai, plus: {exposure_time: -0.5}}]}"
        let cards: [(String, FITSValue)] = [("M", 58_849.0), ("EXPTIME", 20)]
        #expect(try begin(rule, cards).info.datetimeBegin == (try tai("2019-12-31T23:59:50")))
        let both = try begin(rule, cards + [("D", "2020-01-01")])
        #expect(both.info.datetimeBegin == (try tai("2020-01-01T00:00:00")))
    }

    @Test("an end before the beginning plus the exposure is moved")
    func notBefore() throws {
        let translator = try Rules.translator(
            """
              exposure_time: {keyword: EXPTIME, unit: second}
              datetime_begin: {instant: {date: B, scale: tai}}
              datetime_end:
                instant: {date: E, scale: tai}
                not_before: {property: datetime_begin, plus: {exposure_time: 1}}
            """
        )
        let cards: [(String, FITSValue)] = [("B", "2020-01-01T00:00:00"), ("EXPTIME", 30.0)]
        let early = try translator.translate(Rules.header(cards + [("E", "2020-01-01T00:00:10")]))
        #expect(early.info.datetimeEnd == (try tai("2020-01-01T00:00:30")))
        let late = try translator.translate(Rules.header(cards + [("E", "2020-01-01T00:00:40")]))
        #expect(late.info.datetimeEnd == (try tai("2020-01-01T00:00:40")))
    }

    @Test(
        "what is no date is reported",
        arguments: [
            ("{instant: {date: D}}", ("D", "yesterday"), "not a date and time in ISO form"),
            ("{instant: {date: D}}", ("D", "2020-13-01T00:00:00"), "not a date and time in ISO form"),
            ("{instant: {mjd: D}}", ("D", "today"), "not a Modified Julian Date"),
            ("{instant: {date: D}}", ("X", "2020"), "D is missing"),
        ] as [(String, (String, FITSValue), String)]
    )
    func bad(_ rule: String, _ card: (String, FITSValue), _ message: String) throws {
        let problem = try #require(try begin(rule, [card]).problems.first)
        #expect(problem.error.message.contains(message), "\(problem.error.message)")
    }

    @Test("an unknown time scale is reported")
    func unknownScale() throws {
        let result = try begin("{instant: {date: D}}", [("D", "2020-01-01"), ("TIMESYS", "LST")])
        #expect(result.problems.first?.error.message.contains("LST") == true)
    }
}
