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
            config.computeVisitRegions['single-raw-wcs'].requireVersionedCamera=False
            config.computeVisitRegions.name='single-raw-wcs'
            config.ignoreNonScienceExposures=False
            config.updateObsCoreTable=True
            """
        var options = VisitDefinition.Options()
        try options.apply(overrides([], text))
        #expect(options.grouping == .byGroupMetadata && options.padding == 4000)
        #expect(options.mergesExposures == true && options.refusesUnusable)
        try options.apply(overrides(["computeVisitRegions.active.padding=12", "groupExposures=one-to-one"]))
        #expect(options.grouping == .oneToOne && options.padding == 12)
    }

    @Test(
        "what is no plain value, or no field, is an error with its place",
        arguments: [
            ("x = 1\nconfig.transfer = get()", "my.py, line 1"), ("config.transfer = get()", "my.py, line 1"),
            ("\n\nconfig.transfr = 'copy'", "my.py, line 3"), ("config.transfer = 'split'", "split"),
            ("config.failFast = 1", "failFast"), ("for x in y: pass", "my.py, line 1"),
        ]
    )
    func refused(_ text: String, _ word: String) throws {
        var options = RawIngest.Options()
        let error = #expect(throws: ButlerError.self) { try options.apply(overrides([], text)) }
        #expect(error?.code == .configuration && error?.message.contains(word) == true)
    }

    @Test("unknown fields are named with near ones; items need a value")
    func items() throws {
        var options = RawIngest.Options()
        let error = #expect(throws: ButlerError.self) { try options.apply(overrides(["failfast=True"])) }
        #expect(error?.candidates == ["failFast"])
        #expect(throws: ButlerError(.invalidArgument, "")) { try overrides(["failFast"]) }
        var visits = VisitDefinition.Options()
        #expect(throws: ButlerError(.configuration, "")) {
            try visits.apply(overrides(["computeVisitRegions.requireVersionedCamera=True"]))
        }
    }
}
