import AstroTime
import StewardCore
import Testing

@testable import ObservationMetadata

@Suite struct ObservationInfoTests {
    private let info: ObservationInfo = {
        let values: [ObservationProperty: PropertyValue] = [
            .instrument: .text("Cam"), .exposureID: .integer(5), .exposureTime: .real(30),
            .datetimeBegin: .instant(TAI(nanoseconds: 1_383_372_990_908_000_000)), .canSeeSky: .flag(true),
            .location: .location(GeocentricLocation(x: 1, y: 2, z: 3)), .hasSimulatedContent: .flag(false),
        ]
        let position = SkyPosition(longitude: 10, latitude: 20).map {
            [ObservationProperty.altazBegin: PropertyValue.position($0)]
        }
        return ObservationInfo(unchecked: values.merging(position ?? [:]) { $1 }, translator: "Cam")
    }()

    @Test("the wire form has the reference's names, order and units")
    func json() {
        let text = """
            {"_translator":"Cam","instrument":"Cam","location":[1.0,2.0,3.0],"exposure_id":5,\
            "datetime_begin":[2456599.0,-0.23853115740740743],"exposure_time":30.0,"altaz_begin":[10.0,20.0],\
            "has_simulated_content":false,"can_see_sky":true}
            """
        #expect(info.json.text() == text)
    }

    @Test("the wire form is read back")
    func roundTrip() throws {
        #expect(try ObservationInfo(json: info.json) == info)
    }

    @Test("counters of the group default to the counter of the observation, simulation to false")
    func defaults() throws {
        let read = try ObservationInfo(json: ["observation_counter": 7, "group_counter_end": 9].object)
        #expect(read.groupCounterStart == 7)
        #expect(read.groupCounterEnd == 9)
        #expect(read.hasSimulatedContent == false)
    }

    @Test("properties of one camera are kept as they are")
    func extensions() throws {
        let json: JSONValue = .object(["ext_pressure": .double(1.5), "instrument": "Cam", "object": .null])
        let read = try ObservationInfo(json: json)
        #expect(read.extensions == [.init("ext_pressure", .double(1.5))])
        #expect(read.object == nil)
        #expect(read.json["ext_pressure"] == .double(1.5))
    }

    @Test(
        "unknown properties and wrong forms are refused",
        arguments: [
            ("exposure_ids", .int(1), "exposure_ids"), ("exposure_id", "five", "a whole number"),
            ("exposure_id", .double(1.5), "a whole number"), ("location", [1, 2], "three numbers"),
            ("location", [1, "x", 2, 3], "three numbers"), ("altaz_begin", [1, 95], "in -90 to 90"),
            ("datetime_begin", [0, 0], "Julian Date"), ("can_see_sky", 1, "true or false"),
            ("object", 5, "a string"), ("exposure_time", "long", "a number"),
        ] as [(String, JSONValue, String)]
    )
    func refused(_ key: String, _ value: JSONValue, _ message: String) {
        #expect {
            try ObservationInfo(json: .object([.init(key, value)]), source: "x.json")
        } throws: { error in
            guard let error = error as? ButlerError else { return false }
            return error.code == .header && error.message.contains(message)
                && error.context.contains { $0.value == "x.json" }
        }
    }

    @Test("a value must have the kind of its property")
    func kinds() throws {
        #expect(throws: ButlerError(.header, "")) { try ObservationInfo([.exposureID: .text("5")]) }
        var changed = info
        try changed.set(.object, to: .text("field"))
        #expect(changed.object == "field")
        try changed.set(.object, to: nil)
        #expect(changed == info)
        #expect(info.missing(of: [.object, .exposureID, .visitID]) == [.visitID, .object])
    }

    @Test("there are forty properties, and ingest names them right")
    func properties() {
        #expect(ObservationProperty.allCases.map(\.ordinal) == Array(0..<40))
        #expect(ObservationProperty.requiredForIngest.count == 14)
        #expect(ObservationProperty.optionalForIngest.isDisjoint(with: ObservationProperty.requiredForIngest))
    }

    @Test(
        "instants survive the wire form to the nanosecond",
        arguments: [0, 1, 43_199_999_999_999, 43_200_000_000_000]
    )
    func julianDates(_ offset: Int64) throws {
        let instant = TAI(nanoseconds: 1_700_006_400_000_000_000 + offset)
        let pair = JulianDatePair(instant)
        #expect(JulianDatePair(day: pair.day, fraction: pair.fraction)?.instant == instant)
        #expect(JulianDatePair(day: pair.day + 0.5, fraction: pair.fraction - 0.5)?.instant == instant)
    }
}

extension Dictionary where Key == String, Value == Int64 {
    fileprivate var object: JSONValue { .object(map { JSONValue.Member($0.key, .int($0.value)) }) }
}
