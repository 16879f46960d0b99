import AstroTime
import FITS
import Foundation
import Instruments
import ObservationMetadata
import StewardCore
import StewardTesting
import Testing

/// Header translation against the reference's, for every golden header.
@Suite(.enabled(if: !Golden.names("headers").isEmpty, "the golden headers are not here"))
struct GoldenHeadersTests {
    @Test("all headers are recognised")
    func recognised() throws {
        _ = try GoldenHeader.registry.get()
        #expect(GoldenHeader.known.map(\.name) == GoldenHeader.names)
    }

    @Test("the translator is the reference's", arguments: GoldenHeader.known)
    func translator(_ golden: GoldenHeader) {
        #expect(golden.translator.name == golden.expected["translator"]?.string)
    }

    @Test(
        "properties are equal, angles to 1e-9 degrees, air masses to 1e-9, places to 1 mm",
        arguments: GoldenHeader.known
    )
    func properties(_ golden: GoldenHeader) throws {
        let result = try golden.translator.translate(golden.header, corrections: golden.corrections())
        let expected = try #require(golden.expected["properties"]?.members)
        #expect(Set(result.info.properties.map(\.property.rawValue)) == Set(expected.map(\.key)))
        let actual = try #require(result.info.json.members)
        for member in expected {
            let property = try #require(ObservationProperty(rawValue: member.key))
            let value = try #require(actual.first { $0.key == member.key }?.value, "\(member.key)")
            #expect(
                value.agrees(with: member.value, as: property),
                "\(member.key): \(value.text()) != \(member.value.text())"
            )
        }
    }

    @Test("the same properties are null, the same ones fail", arguments: GoldenHeader.known)
    func absent(_ golden: GoldenHeader) throws {
        let result = try golden.translator.translate(golden.header, corrections: golden.corrections())
        let failed = Set(golden.expected["failed"]?.members?.map(\.key) ?? [])
        #expect(Set(result.problems.map(\.property.rawValue)) == failed)
        for name in golden.expected["none"]?.array ?? [] {
            let property = try #require(name.string.flatMap(ObservationProperty.init))
            #expect(result.info[property] == nil)
        }
        let missing = Set(golden.expected["missing_for_ingest"]?.array?.compactMap(\.string) ?? [])
        #expect(Set(result.info.missing(of: ObservationProperty.requiredForIngest).map(\.rawValue)) == missing)
    }

    @Test("instants are equal to the nanosecond", arguments: GoldenHeader.known)
    func instants(_ golden: GoldenHeader) throws {
        let info = try golden.translator.translate(golden.header, corrections: golden.corrections()).info
        let tai = try golden.expected.at("tai")
        #expect(info.datetimeBegin?.nanoseconds == tai["datetime_begin_nsec"]?.int)
        #expect(info.datetimeEnd?.nanoseconds == tai["datetime_end_nsec"]?.int)
    }

    @Test("headers are repaired alike", arguments: GoldenHeader.known)
    func repairs(_ golden: GoldenHeader) throws {
        let (header, repairs) = try golden.translator.repair(golden.header, corrections: golden.corrections())
        #expect(repairs.isModified == golden.expected["fixed"]?.bool)
        let changes = golden.expected["fixups"]?.array?.compactMap(\.array) ?? []
        let changed = Set(changes.compactMap { $0[0].string })
        #expect(Set(repairs.keywords.filter { !$0.hasPrefix("ASTRO METADATA FIX") }) == changed)
        for change in changes {
            let value = try #require(change[0].string.flatMap { header[$0] })
            if let number = change[1].double {
                #expect(abs(try #require(value.realValue) - number) < 1e-9)
            } else {
                #expect(value.stringValue == change[1].string)
            }
        }
    }

    @Test("a repaired header is not repaired again", arguments: GoldenHeader.known)
    func repairIsIdempotent(_ golden: GoldenHeader) throws {
        let (header, _) = try golden.translator.repair(golden.header, corrections: golden.corrections())
        let (again, repairs) = try golden.translator.repair(header)
        #expect(again == header)
        #expect(repairs == .none)
    }

    @Test("exposure records are equal", arguments: GoldenHeader.known)
    func exposureRecord(_ golden: GoldenHeader) throws {
        guard let record = golden.expected["exposure_record"], !record.isNull else { return }
        let result = try golden.translator.translate(
            golden.header,
            required: ObservationProperty.requiredForIngest,
            corrections: golden.corrections()
        )
        let info = result.info
        let exposure = try ExposureSummary(info)
        let texts: [(String, String?)] = [
            ("instrument", exposure.instrument), ("group", exposure.group), ("obs_id", exposure.obsID),
            ("physical_filter", exposure.physicalFilter), ("observation_type", exposure.observationType),
            ("observation_reason", exposure.observationReason), ("target_name", exposure.targetName),
            ("science_program", exposure.scienceProgram),
        ]
        for (key, value) in texts { #expect(value == record[key]?.string, "\(key)") }
        let integers: [(String, Int64?)] = [
            ("id", exposure.id), ("day_obs", exposure.dayObs), ("seq_num", exposure.seqNum),
            ("seq_start", exposure.seqStart), ("seq_end", exposure.seqEnd),
            ("timespan_begin_nsec", exposure.begin.nanoseconds), ("timespan_end_nsec", exposure.end.nanoseconds),
        ]
        for (key, value) in integers { #expect(value == record[key]?.int, "\(key)") }
        let reals: [(String, Double?, Double)] = [
            ("exposure_time", exposure.exposureTime, 0), ("dark_time", exposure.darkTime, 0),
            ("sky_angle", exposure.skyAngle, 1e-9), ("azimuth", exposure.azimuth, 1e-9),
            ("zenith_angle", exposure.zenithAngle, 1e-9), ("tracking_ra", exposure.trackingRA, 1e-9),
            ("tracking_dec", exposure.trackingDec, 1e-9),
        ]
        for (key, value, tolerance) in reals {
            #expect((value == nil) == (record[key]?.double == nil), "\(key)")
            #expect(abs((value ?? 0) - (record[key]?.double ?? 0)) <= tolerance, "\(key)")
        }
        #expect(exposure.hasSimulated == record["has_simulated"]?.bool)
        #expect(exposure.canSeeSky == record["can_see_sky"]?.bool)
    }

    @Test("the day of the exposure is the reference's", arguments: GoldenHeader.known)
    func day(_ golden: GoldenHeader) throws {
        guard let records = golden.expected["dependency_records"], !records.isNull else { return }
        let info = try golden.translator.translate(golden.header, corrections: golden.corrections()).info
        let timespan = try ExposureSummary.dayTimespan(info)
        #expect(timespan?.beginNanoseconds == records["day_obs_begin_nsec"]?.int)
        #expect(timespan?.endNanoseconds == records["day_obs_end_nsec"]?.int)
    }
}
