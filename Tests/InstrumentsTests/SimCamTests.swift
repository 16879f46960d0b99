import AstroTime
import FITS
import Instruments
import ObservationMetadata
import Testing

/// The header conventions of the simulated camera.
@Suite struct SimCamTests {
    private let science: [(String, FITSValue)] = [
        ("INSTRUME", "SimCam"), ("TELESCOP", "Simulated Telescope"), ("OBSID", "SC_O_20260301_000012"),
        ("DAYOBS", 20_260_301), ("SEQNUM", 12), ("IMGTYPE", "OBJECT"), ("OBJECT", "field 3"), ("PROGRAM", "demo"),
        ("FILTER", "SimCam-r"), ("EXPTIME", 30.0), ("DARKTIME", 30.5), ("MJD-BEG", 61_101.25),
        ("MJD-END", 61_101.250_347_222_2), ("RA", 150.1), ("DEC", 2.2), ("RADESYS", "ICRS"), ("ROTPA", -90.0),
        ("ELSTART", 60.0), ("AZSTART", -134.8), ("AMSTART", 1.15), ("DETNAME", "R00_S10"), ("AIRTEMP", 10.0),
        ("PRESSURE", 74_000.0), ("HUMIDITY", 20.0), ("SIMULATE", true), ("GROUPID", "2026-03-02T01:00:00.000"),
    ]

    private func translate(_ cards: [(String, FITSValue)]) throws -> Translation {
        let registry = try InstrumentCatalog.standard(environment: [:]).translators()
        let header = FITSHeader(cards, source: "sim.fits")
        return try registry.translator(for: header).translate(header, required: ObservationProperty.requiredForIngest)
    }

    @Test("a science header is translated in full")
    func scienceHeader() throws {
        let result = try translate(science)
        #expect(result.problems.isEmpty)
        let info = result.info
        #expect(info.exposureID == 2_026_030_100_012)
        #expect(info.observingDay == 20_260_301)
        #expect(info.observationType == "science")
        #expect(info.observationReason == "science")
        #expect(info.detectorNum == 2)
        #expect(info.detectorGroup == "R00")
        #expect(info.detectorName == "S10")
        #expect(info.detectorSerial == "SIM-0003")
        #expect(info.detectorExposureID == 20_260_301_000_122)
        #expect(info.datetimeBegin == (try TAI("2026-03-02T06:00:00", format: .isot, scale: .tai)))
        #expect(info.boresightRotationAngle == 270)
        #expect(info.boresightRotationCoord == "sky")
        #expect(info.altazBegin?.longitude == 225.2)
        #expect(info.temperature == 283.15)
        #expect(info.pressure == 740)
        #expect(info.hasSimulatedContent == true)
        #expect(info.canSeeSky == true)
        #expect(info.groupCounterStart == 12)
        #expect(info.exposureGroup == "2026-03-02T01:00:00.000")
        let exposure = try ExposureSummary(info)
        #expect(exposure.skyAngle == 270)
        #expect(exposure.zenithAngle == 30)
        let day = try #require(try ExposureSummary.dayTimespan(info))
        #expect(day.contains(exposure.begin))
    }

    @Test("a bias needs no pointing, and makes no visit")
    func bias() throws {
        let without = ["RA", "DEC", "ROTPA", "ELSTART", "AZSTART", "AMSTART", "OBJECT", "GROUPID", "PROGRAM"]
        var cards = science.filter { !without.contains($0.0) && $0.0 != "IMGTYPE" && $0.0 != "FILTER" }
        cards += [("IMGTYPE", "BIAS"), ("FILTER", "NONE")]
        let result = try translate(cards)
        #expect(result.problems.isEmpty)
        #expect(result.info.physicalFilter == "none")
        #expect(result.info.canSeeSky == false)
        #expect(result.info.exposureGroup == "2026030100012")
        #expect(VisitCandidates([try ExposureSummary(result.info)]).usable.isEmpty)
    }

    @Test("the packer of the camera holds its exposures")
    func packer() throws {
        let definition = try InstrumentCatalog.standard(environment: [:]).definition("SimCam")
        #expect(definition.packer == .rubin)
        let packer = try RubinPacker(.exposure)
        #expect(try packer.unpack(packer.pack(observation: 2_026_030_100_012, detector: 3)) == [2_026_030_100_012, 3])
    }
}
