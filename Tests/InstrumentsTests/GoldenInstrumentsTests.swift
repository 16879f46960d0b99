import AstroTime
import StewardCore
import Testing

@testable import Instruments

/// The definitions against the rows that the reference registers.
@Suite struct GoldenInstrumentsTests {
    private static let catalog = InstrumentCatalog.standard(environment: [:])

    /// Golden files of cameras that are defined.
    static let files = GoldenFolder.files("instruments").filter { file in
        (try? GoldenFolder.read("instruments", file)["instrument"]?["name"]?.string)
            .map { name in name.map(catalog.names().contains) ?? false } ?? false
    }

    private func load(_ file: String) throws -> (golden: JSONValue, definition: InstrumentDefinition) {
        let golden = try GoldenFolder.read("instruments", file)
        let name = try #require(golden["instrument"]?["name"]?.string)
        return (golden, try Self.catalog.definition(name))
    }

    @Test("HSC and DECam are defined")
    func defined() {
        #expect(Self.files.count >= 2)
        #expect(Self.catalog.names() == ["DECam", "HSC", "SimCam"])
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
