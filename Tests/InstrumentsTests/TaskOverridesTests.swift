import Foundation
import Instruments
import Resources
import StewardCore
import Testing

/// Configurations of the reference's tasks.
@Suite struct TaskOverridesTests {
    private func overrides(_ items: [String] = [], _ text: String = "") throws -> TaskOverrides {
        var overrides = TaskOverrides()
        try overrides.add(text: text, name: "my.py")
        try overrides.add(items)
        return overrides
    }

    @Test("a file as the reference saves it, and single changes, which win")
    func ingest() throws {
        let text = """
            import lsst.obs.base.ingest
            assert type(config) is lsst.obs.base.ingest.RawIngestConfig, f'config is of type {type(config)}'

            # Transfer mode # of files
            config.transfer='copy'  # not 'move'
            # If True, stop ingest
            config.failFast=True
            """
        var options = RawIngest.Options()
        try options.apply(overrides([], text))
        #expect(options.mode == .copy && options.failsFast)
        try options.apply(overrides(["failFast=False", "transfer=direct"], text))
        #expect(options.mode == .direct && !options.failsFast)
    }

    @Test("how visits are grouped and their regions made")
    func visits() throws {
        let text = """
            config.groupExposures['one-to-one'].visitSystemId=0
            config.groupExposures['one-to-one'].visitSystemName='one-to-one'
            config.groupExposures.name='by-group-metadata'
            config.computeVisitRegions['single-raw-wcs'].padding=4000
            config.computeVisitRegions['single-raw-wcs'].mergeExposures=True
            config.computeVisitRegions['single-raw-wcs'].detectorId=None
            config.computeVisitRegions['single-raw-wcs'].requireVersionedCamera=True
            config.computeVisitRegions.name='single-raw-wcs'
            config.ignoreNonScienceExposures=False
            config.updateObsCoreTable=True
            """
        var options = VisitDefinition.Options()
        try options.apply(overrides([], text))
        #expect(options.grouping == .byGroupMetadata && options.padding == 4000)
        #expect(options.mergesExposures == true && options.refusesUnusable && options.requiresCameraVersion)
        try options.apply(overrides(["computeVisitRegions.active.padding=12", "groupExposures=one-to-one"]))
        #expect(options.grouping == .oneToOne && options.padding == 12)
    }

    @Test(
        "what is no plain value, or no field, is an error with its place",
        arguments: [
            ("x = 1\nconfig.transfer = get()", "x = 1", 1), ("config.transfer = get()", "get", 1),
            ("\n\nconfig.transfr = 'copy'", "transfr", 3), ("config.transfer = 'split'", "split", 1),
            ("config.failFast = 1", "failFast", 1), ("for x in y: pass", "for x in y", 1),
        ]
    )
    func refused(_ text: String, _ word: String, _ line: Int) throws {
        var options = RawIngest.Options()
        let error = #expect(throws: ButlerError.self) { try options.apply(overrides([], text)) }
        #expect(error?.code == .configuration && error?.message.contains(word) == true)
        #expect(error?.context == [.init("file", "my.py"), .init("line", String(line))])
    }

    @Test("an instrument has files of its own for tasks, from folders beside its definition")
    func ownFiles() throws {
        let hsc = try InstrumentCatalog.standard(environment: [:]).definition("HSC")
        let files = try hsc.configurationFiles(of: "makeDiscreteSkyMap")
        #expect(files.count == 1 && files.first?.source.hasSuffix("Definitions/HSC/makeDiscreteSkyMap.py") == true)
        #expect(try hsc.configurationFiles(of: "defineVisits").isEmpty)
        let folder = NSTemporaryDirectory() + "steward-overrides-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder + "/tasks", withIntermediateDirectories: true)
        func write(_ text: String, _ name: String) throws {
            try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
        }
        try write("config.computeVisitRegions.active.padding = 77\n", "tasks/defineVisits.py")
        try write("name: OwnCam\nclass_name: own.Cam\nextends: SimCam\noverrides: [tasks, /nowhere]\n", "OwnCam.yaml")
        let own = try InstrumentCatalog.standard(environment: [InstrumentCatalog.environmentVariable: folder])
            .definition("OwnCam")
        var options = VisitDefinition.Options()
        try options.apply(own.overrides(of: "defineVisits"))
        #expect(options.padding == 77)
    }

    @Test("unknown fields are named with near ones; items need a value")
    func items() throws {
        var options = RawIngest.Options()
        let error = #expect(throws: ButlerError.self) { try options.apply(overrides(["failfast=True"])) }
        #expect(error?.candidates == ["failFast"])
        #expect(throws: ButlerError(.invalidArgument, "")) { try overrides(["failFast"]) }
        var visits = VisitDefinition.Options()
        #expect(throws: ButlerError(.configuration, "")) {
            try visits.apply(overrides(["computeVisitRegions.requireVersionedCamera=1"]))
        }
    }
}
