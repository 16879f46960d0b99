import FITS
import StewardCore
import Testing

@testable import ObservationMetadata

/// The steps of value rules.
@Suite struct ValueRuleTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let property: ObservationProperty
        let rule: String
        let header: [(String, FITSValue)]
        let expected: PropertyValue?

        init(
            _ property: ObservationProperty,
            _ rule: String,
            _ header: [(String, FITSValue)],
            _ expected: PropertyValue?
        ) {
            self.property = property
            self.rule = rule
            self.header = header
            self.expected = expected
        }

        var testDescription: String { "\(property.rawValue): \(rule) of \(header.map { "\($0.0)=\($0.1)" })" }
    }

    static let cases: [Case] = [
        Case(.object, "K", [("K", "a")], .text("a")),
        Case(.object, "K", [("K", 12)], .text("12")),
        Case(.object, "K", [("K", 1.5)], .text("1.5")),
        Case(.exposureID, "K", [("K", -1.5)], .integer(-1)),
        Case(.object, "K", [("K", true)], .text("True")),
        Case(.object, "{keyword: [K, L]}", [("K", .undefined), ("L", "b")], .text("b")),
        Case(.object, "{keyword: K, trim: true, case: upper}", [("K", "  ab ")], .text("AB")),
        Case(.object, "{keyword: K, words: {a: b}}", [("K", "a")], .text("b")),
        Case(.object, "{keyword: K, words: {a: b}}", [("K", "c")], .text("c")),
        Case(.object, "{keyword: K, words: {a: b}, words_when: {keyword: L}}", [("K", "a")], .text("a")),
        Case(.object, "{keyword: K, default: none}", [], .text("none")),
        Case(.object, "{keyword: K, missing: allowed}", [], nil),
        Case(.object, "{keyword: K, otherwise: L}", [("L", "x")], .text("x")),
        Case(.object, "{keyword: K, pattern: '^.(.*)$'}", [("K", "S29")], .text("29")),
        Case(.object, "{keyword: K, item: 1, separator: '/'}", [("K", "a/b/c")], .text("b")),
        Case(.object, "{constant: 007}", [], .text("007")),
        Case(.object, "null", [("K", "a")], nil),
        Case(.exposureID, "K", [("K", 12)], .integer(12)),
        Case(.exposureID, "K", [("K", "12")], .integer(12)),
        Case(.exposureID, "K", [("K", 12.0)], .integer(12)),
        Case(.exposureID, "{keyword: K, offset: 100, factor: 2}", [("K", 3)], .integer(106)),
        Case(.exposureID, "{keyword: K, default: 5, minimum: 0}", [("K", -1)], .integer(5)),
        Case(.exposureID, "{sum: {observation_counter: 100, visit_id: 1}}", [("C", 3), ("V", 4)], .integer(304)),
        Case(.focusZ, "{keyword: K, unit: millimetre}", [("K", 3.7)], .real(0.0037)),
        Case(.focusZ, "{keyword: K, item: 2, unit: micrometre}", [("K", "1,2,2497.32")], .real(0.00249732)),
        Case(.temperature, "{keyword: K, unit: celsius}", [("K", "11.9")], .real(285.04999999999995)),
        Case(.temperature, "{keyword: K, unit: celsius, default: 10, maximum: 40}", [("K", 41)], .real(283.15)),
        Case(.temperature, "{keyword: K, unit: celsius, default: 10}", [("K", "NaN")], .real(283.15)),
        Case(.pressure, "{keyword: K, unit: pascal}", [("K", 77_000)], .real(770)),
        Case(.relativeHumidity, "{keyword: K, unit: fraction}", [("K", 0.25)], .real(25)),
        Case(.relativeHumidity, "{keyword: K, default: 40, minimum: 0}", [], .real(40)),
        Case(.boresightRotationAngle, "{keyword: K, unit: degree, wrap: 360}", [("K", -90)], .real(270)),
        Case(.boresightRotationAngle, "{keyword: K, unit: radian}", [("K", Double.pi.fits)], .real(180)),
        Case(
            .boresightRotationAngle,
            "{keyword: K, unit: degree, factor: -1, offset: 270, wrap: 360}",
            [("K", -90)],
            .real(0)
        ),
        Case(.hasSimulatedContent, "K", [("K", true)], .flag(true)),
        Case(.hasSimulatedContent, "K", [("K", "F")], .flag(false)),
        Case(.hasSimulatedContent, "K", [("K", 1)], .flag(true)),
        Case(.detectorUniqueName, "{property: visit_id, detector: full_name}", [("V", 2)], .text("R0_S2")),
        Case(.detectorGroup, "{property: visit_id, detector: raft}", [("V", 2)], .text("R0")),
        Case(.detectorSerial, "{property: visit_id, detector: serial}", [("V", 1)], .text("X1")),
        Case(.detectorNum, "{keyword: K, detector: id}", [("K", "R0_S1")], .integer(1)),
        Case(.exposureGroup, "{text: \"{visit_id}-{object}\"}", [("V", 2), ("O", "x")], .text("2-x")),
    ]

    private func translate(_ item: Case) throws -> Translation {
        let others = [("visit_id", "V"), ("observation_counter", "C"), ("object", "O")]
            .filter { $0.0 != item.property.rawValue }.map { "  \($0.0): \($0.1)\n" }.joined()
        let translator = try Rules.translator("\(others)  \(item.property.rawValue): \(item.rule)")
        return try translator.translate(Rules.header(item.header), properties: [item.property])
    }

    @Test("a value goes through the steps of its rule", arguments: cases)
    func value(_ item: Case) throws {
        let result = try translate(item)
        #expect(result.problems.isEmpty)
        #expect(result.info[item.property] == item.expected)
    }

    static let failures: [(Case, String)] = [
        (Case(.object, "K", [], nil), "K is missing"),
        (Case(.object, "K", [("K", .undefined)], nil), "K has no value"),
        (Case(.object, "{keyword: [K, L]}", [], nil), "none of the keywords K, L has a value"),
        (Case(.exposureID, "K", [("K", "x")], nil), "not a whole number"),
        (Case(.exposureID, "K", [("K", "1.5")], nil), "not a whole number"),
        (Case(.observationType, "{keyword: K, case: lower}", [("K", 7)], nil), "not a text"),
        (Case(.pressure, "{keyword: K, numeric: true}", [("K", "7")], nil), "not a number"),
        (Case(.exposureID, "{sum: {visit_id: 9000000000000}}", [("V", 9_000_000_000_000)], nil), "too large"),
        (Case(.temperature, "{keyword: K, unit: celsius}", [("K", "warm")], nil), "not a number"),
        (Case(.temperature, "{keyword: K, unit: celsius, default: 10}", [], nil), "K is missing"),
        (Case(.focusZ, "{keyword: K, item: 2}", [("K", "1,2")], nil), "no part 2"),
        (Case(.object, "{keyword: K, pattern: '^(a)'}", [("K", "b")], nil), "does not match"),
        (Case(.hasSimulatedContent, "K", [("K", "maybe")], nil), "neither true nor false"),
        (Case(.detectorUniqueName, "{property: visit_id, detector: full_name}", [("V", 3)], nil), "has not"),
        (Case(.detectorNum, "{keyword: K, detector: id}", [("K", "R9")], nil), "has not"),
    ]

    @Test("what cannot be had is reported with property, keyword and file", arguments: failures)
    func failure(_ item: Case, _ message: String) throws {
        let problem = try #require(try translate(item).problems.first)
        #expect(problem.property == item.property)
        #expect(problem.error.code == .header)
        #expect(problem.error.message.contains(message), "\(problem.error.message)")
        let context = Dictionary(problem.error.context.map { ($0.label, $0.value) }) { first, _ in first }
        #expect(context["property"] == item.property.rawValue)
        #expect(context["file"] == "some.fits")
        #expect(context["translator"] == "Cam")
    }

    @Test("a required property that fails, or is null, is an error")
    func required() throws {
        let translator = try Rules.translator("  object: {keyword: K, missing: allowed}\n  temperature: T")
        #expect(throws: ButlerError(.header, "")) {
            try translator.translate(Rules.header([]), required: [.object])
        }
        #expect(throws: ButlerError(.header, "")) {
            try translator.translate(Rules.header([]), required: [.temperature])
        }
        #expect(throws: ButlerError(.header, "")) {
            try translator.translate(Rules.header([]), required: [.scienceProgram])
        }
    }

    @Test("a missing value may be allowed for calibrations only")
    func scienceOnly() throws {
        let translator = try Rules.translator(
            "  observation_type: T\n  boresight_airmass: {keyword: K, missing: allowed-unless-science}"
        )
        let dark = try translator.translate(Rules.header([("T", "dark")]), properties: [.boresightAirmass])
        #expect(dark.problems.isEmpty && dark.info.boresightAirmass == nil)
        let science = try translator.translate(Rules.header([("T", "science")]), properties: [.boresightAirmass])
        #expect(science.problems.count == 1)
    }

    @Test("defaults stand in for rules that are not given")
    func defaults() throws {
        let translator = try Rules.translator(
            "  exposure_id: N\n  observation_type: T\n  exposure_time: {keyword: E, unit: second}",
            dayOffset: 43_200
        )
        let header = Rules.header([
            ("N", 7), ("T", "science"), ("E", 10), ("DATE-BEG", "2020-01-02T11:00:00"), ("TIMESYS", "TAI"),
            ("OBSGEO-X", 1.0), ("OBSGEO-Y", 2.0), ("OBSGEO-Z", 3.0),
        ])
        let info = try translator.translate(header).info
        #expect(info.visitID == 7)
        #expect(info.exposureGroup == "7")
        #expect(info.exposureTimeRequested == 10)
        #expect(info.observationCounter == 0)
        #expect(info.groupCounterEnd == 0)
        #expect(info.observationReason == "science")
        #expect(info.canSeeSky == true)
        #expect(info.hasSimulatedContent == false)
        #expect(info.focusZ == 0)
        #expect(info.observingDay == 20_200_101)
        #expect(info.observingDayOffset == 43_200)
        #expect(info.location == GeocentricLocation(x: 1, y: 2, z: 3))
        #expect(info.instrument == "Cam")
    }
}

extension Double {
    fileprivate var fits: FITSValue { .real(self) }
}
