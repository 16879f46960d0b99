import AstroTime
import StewardCore
import StewardTesting
import Testing

@testable import Instruments

/// The definitions against the rows that the reference registers.
@Suite struct GoldenInstrumentsTests {
    private static let catalog = InstrumentCatalog.standard(environment: [:])

    static let files = Golden.names("instruments")

    private func load(_ file: String) throws -> (golden: JSONValue, definition: InstrumentDefinition) {
        let golden = try Golden.json("instruments", file)
        let name = try #require(golden["instrument"]?["name"]?.string)
        return (golden, try Self.catalog.definition(name))
    }

    @Test("all cameras can be read")
    func defined() throws {
        #expect(Self.files.count >= 2)
        let names = Self.catalog.names()
        #expect(
            names == [
                "DECam", "HSC", "Imager on SDSS 2.5m", "LATISS", "LSST-TS3", "LSST-TS8", "LSST-UCDCam", "LSSTCam",
                "LSSTCam-PhoSim",
                "LSSTCam-imSim", "LSSTCamSim", "LSSTComCam", "LSSTComCamSim", "MegaPrime", "SimCam",
                "SuprimeCam",
            ]
        )
        let counts = Dictionary(
            uniqueKeysWithValues: try names.map { name in
                let definition = try Self.catalog.definition(name)
                return (name, [definition.camera.detectors.count, definition.filters.count])
            }
        )
        #expect(counts["LSST-TS3"] == [435, 11])
        #expect(counts["LSST-TS8"] == [225, 284])
        #expect(counts["LSST-UCDCam"] == [2, 9])
        #expect(counts["LSSTCam-PhoSim"] == [201, 8])
        #expect(counts["LSSTCamSim"] == [205, 276])
        #expect(counts["LSSTComCamSim"] == [9, 15])
    }

    @Test("the instrument row is equal", arguments: files)
    func instrument(_ file: String) throws {
        let (golden, definition) = try load(file)
        let row = try golden.at("instrument")
        #expect(definition.className == row["class_name"]?.string)
        #expect(definition.visitMax == row["visit_max"]?.int)
        #expect(definition.exposureMax == row["exposure_max"]?.int)
        #expect(definition.detectorMax == row["detector_max"]?.int)
        #expect(definition.visitSystem?.rawValue == row["visit_system"]?.int)
    }

    @Test("the detector rows are equal, in order", arguments: files)
    func detectors(_ file: String) throws {
        let (golden, definition) = try load(file)
        let rows = try #require(golden["detectors"]?.array)
        #expect(rows.count == definition.camera.detectors.count)
        for (row, detector) in zip(rows, definition.camera.detectors) {
            #expect(detector.id == row["id"]?.int)
            #expect(detector.fullName == row["full_name"]?.string)
            #expect(detector.nameInRaft == row["name_in_raft"]?.string)
            #expect(detector.raft == row["raft"]?.string)
            #expect(detector.purpose.rawValue == row["purpose"]?.string)
            #expect(detector.serial == row["serial"]?.string)
        }
    }

    @Test("the filter rows are equal", arguments: files)
    func filters(_ file: String) throws {
        let (golden, definition) = try load(file)
        let rows = try #require(golden["physical_filters"]?.array)
        let bands = Dictionary(uniqueKeysWithValues: definition.filters.map { ($0.physicalFilter, $0.band) })
        #expect(rows.count == bands.count)
        for row in rows {
            let name = try #require(row["name"]?.string)
            #expect(bands[name] == row["band"]?.string, "\(name)")
        }
    }

    @Test("the collections have the usual names", arguments: files)
    func collections(_ file: String) throws {
        let (golden, definition) = try load(file)
        let (names, expected) = (definition.collections, try golden.at("collections"))
        let date = try TAI("2020-01-02T03:04:05", format: .isot, scale: .utc)
        #expect(names.raw == expected["rawRun"]?.string)
        #expect(names.umbrella == expected["defaults"]?.string)
        #expect(names.calibration() == expected["calib"]?.string)
        #expect(names.calibration("DM-1") == expected["calibLabel"]?.string)
        #expect(names.unboundedCalibration() == expected["unbounded"]?.string)
        #expect(names.unboundedCalibration("DM-1") == expected["unboundedLabel"]?.string)
        #expect(names.curatedCalibration(date: date, "DM-1") == expected["curated"]?.string)
    }
}
