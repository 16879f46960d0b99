import FITS
import ObservationMetadata
import StewardCore
import Testing

@testable import Instruments

@Suite struct InstrumentCatalogTests {
    private let shipped = InstrumentCatalog.standard(environment: [:])

    private func error(_ body: () throws -> some Any) throws -> ButlerError {
        var caught: (any Error)?
        do { _ = try body() } catch { caught = error }
        return try #require(caught as? ButlerError)
    }

    @Test("a camera is found by name, by class name and by path")
    func lookUp() throws {
        #expect(try shipped.definition("HSC").className == "lsst.obs.subaru.HyperSuprimeCam")
        #expect(try shipped.definition("lsst.obs.decam.DarkEnergyCamera").name == "DECam")
        let folder = try TinyCamera.folder(["any.yaml": TinyCamera.yaml])
        #expect(try shipped.definition("\(folder)/any.yaml").name == "TinyCam")
    }

    @Test("an unknown name is answered with near ones")
    func unknown() throws {
        let error = try error { try shipped.definition("HSK") }
        #expect(error.code == .instrument)
        #expect(error.candidates == ["HSC"])
        #expect(error.remedy?.contains("DECam, HSC, Imager on SDSS 2.5m, LATISS") == true)
        #expect(try self.error { try shipped.definition("./nothing.yaml") }.code == .fileNotFound)
        #expect(try self.error { try shipped.definition("../HSC") }.code == .fileNotFound)
    }

    @Test("a catalog without shipped definitions is empty, and does not trap")
    func withoutResources() throws {
        let catalog = InstrumentCatalog(folders: ["/nowhere"], shippedFolder: nil)
        #expect(catalog.names().isEmpty)
        #expect(try error { try catalog.definition("HSC") }.code == .instrument)
    }

    @Test("folders of the environment come first, and other files in them are not parsed")
    func environment() throws {
        let folder = try TinyCamera.folder(["TinyCam.yaml": TinyCamera.yaml, "Broken.yaml": "]["])
        let catalog = InstrumentCatalog.standard(environment: ["STEWARD_INSTRUMENT_PATH": "/nowhere:\(folder)"])
        #expect(Set(catalog.names()) == Set(shipped.names()).union(["Broken", "TinyCam"]))
        #expect(!catalog.names().contains { $0.hasPrefix("_") })
        #expect(try catalog.definition("TinyCam").aliases == ["chip": "detector"])
        #expect(try catalog.definition("test.TinyCam").name == "TinyCam")
        #expect(try error { try catalog.definition("Broken") }.message.contains("line 1"))
    }

    @Test("a shipped camera is replaced only on request")
    func replacing() throws {
        let own = TinyCamera.yaml.replacing("name: TinyCam\nclass", with: "name: HSC\nclass")
        let refused = InstrumentCatalog(
            folders: [try TinyCamera.folder(["HSC.yaml": own])],
            shippedFolder: shipped.shippedFolder
        )
        #expect(try error { try refused.definition("HSC") }.message.contains("is shipped"))
        let granted = InstrumentCatalog(
            folders: [try TinyCamera.folder(["HSC.yaml": own + "\nreplaces_shipped: true"])],
            shippedFolder: shipped.shippedFolder
        )
        #expect(try granted.definition("HSC").className == "test.TinyCam")
    }

    @Test("a file must carry the name of its camera")
    func fileName() throws {
        let catalog = InstrumentCatalog(
            folders: [try TinyCamera.folder(["Other.yaml": TinyCamera.yaml])],
            shippedFolder: nil
        )
        #expect(try error { try catalog.definition("Other") }.message.contains("must be TinyCam.yaml"))
    }

    @Test("a camera that extends another keeps what it does not say, and adds detectors and filters")
    func extends() throws {
        let variant = """
            extends: TinyCam
            name: TinyCam2
            class_name: test.TinyCam2
            filters: {list: [{physical: tiny-g, band: g}, {physical: tiny-r, band: i}]}
            translator:
              recognise: [{keyword: INSTRUME, equals: TinyCam2}]
              properties: {exposure_id: {constant: 7}}
            camera:
              detectors: [{id: 2, name: C, offset_mm: [3, 0]}, {id: 0, name: Z, offset_mm: [-1, 0]}]
            """
        let folder = try TinyCamera.folder(["TinyCam.yaml": TinyCamera.yaml, "TinyCam2.yaml": variant])
        let catalog = InstrumentCatalog(folders: [folder], shippedFolder: nil)
        let camera = try catalog.definition("TinyCam2")
        #expect(camera.camera.detectors.map(\.fullName) == ["Z", "B", "C"])
        #expect(camera.filters.map(\.physicalFilter) == ["tiny-r", "clear", "tiny-g"])
        #expect(camera.filters.map(\.band) == ["i", "clear", "g"])
        #expect(camera.dayOffsetSeconds == 43_200)
        let header = FITSHeader([("INSTRUME", "TinyCam2"), ("EXPNUM", 3), ("OBSID", "a")])
        let translator = try catalog.translators().translator(for: header)
        #expect(try translator.translate(header, properties: [.exposureID]).info.exposureID == 7)
        #expect(try translator.translate(header, properties: [.observationID]).info.observationID == "a")
    }

    @Test("extending in a circle, or nothing, is an error with the line")
    func badExtends() throws {
        let folder = try TinyCamera.folder([
            "A.yaml": "name: A\nextends: B", "B.yaml": "extends: A", "C.yaml": "name: C\nextends: A1",
        ])
        let catalog = InstrumentCatalog(folders: [folder], shippedFolder: nil)
        #expect(try error { try catalog.definition("A") }.message.contains("circle"))
        let missing = try error { try catalog.definition("C") }
        #expect(missing.message.contains("\"A1\""))
        #expect(missing.candidates.contains("A"))
    }

    @Test("filters go by physical name, band and alias")
    func filters() throws {
        let definition = try shipped.definition("HSC")
        #expect(definition.filters(named: "r").map(\.physicalFilter) == ["ENG-R1", "HSC-R", "HSC-R2"])
        #expect(definition.filters(named: "NB0921").map(\.band) == ["N921"])
        #expect(try shipped.definition("SimCam").filters(named: "empty").map(\.physicalFilter) == ["none"])
    }

    @Test("the formatter of a raw depends on its detector")
    func rawFormatter() throws {
        let definition = try shipped.definition("HSC")
        let package = "lsst.obs.subaru.rawFormatter"
        #expect(definition.rawFormatter(detector: 50) == "\(package).HyperSuprimeCamRawFormatter")
        #expect(definition.rawFormatter(detector: 103) == "\(package).HyperSuprimeCamCornerRawFormatter")
    }

    @Test("loading one definition takes milliseconds")
    func speed() throws {
        let time = try ContinuousClock().measure { _ = try shipped.definition("HSC") }
        #expect(time < .milliseconds(500), "\(time)")
    }
}
