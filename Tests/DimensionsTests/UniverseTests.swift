import Dimensions
import StewardCore
import Testing

@Suite struct UniverseTests {
    let universe: DimensionUniverse

    init() throws {
        universe = try DimensionUniverse(definition: DimensionUniverse.defaultDefinition)
    }

    @Test("the default definition is the documented one, byte for byte")
    func definition() {
        let digest = Digest.of(Array(DimensionUniverse.defaultDefinition.utf8), .sha256)
        #expect(Hexadecimal.encode(digest) == "114c1a2237d928e14ad5254d93e9d5911baada65ee5c18054a62a9322a2e547d")
        #expect(universe.namespace == "daf_butler")
        #expect(universe.version == 8)
        #expect(universe.commonSkyPixel.name == "htm7")
    }

    @Test("elements come in the reference's order")
    func order() {
        let others = universe.elements.filter { !$0.isSkyPixel }.map(\.name)
        #expect(
            others == [
                "band", "instrument", "skymap", "ssp_hypothesis_table", "day_obs", "detector", "group",
                "physical_filter", "ssp_balanced_index", "ssp_hypothesis_bundle", "subfilter", "tract",
                "visit_system", "exposure", "patch", "visit", "visit_definition", "visit_detector_region",
                "visit_system_membership",
            ]
        )
        #expect(universe.elements.count == 60)
        #expect(universe.elements.map(\.name).prefix(4) == ["band", "healpix1", "healpix2", "healpix3"])
        #expect(universe.find("htm0") == nil)
    }

    @Test(
        "groups close and split into required and implied as in the reference",
        arguments: [
            (["visit", "detector"], ["instrument", "detector", "visit"], ["band", "day_obs", "physical_filter"]),
            (
                ["exposure", "detector"], ["instrument", "detector", "exposure"],
                ["band", "day_obs", "group", "physical_filter"]
            ),
            (["physical_filter"], ["instrument", "physical_filter"], ["band"]),
            (["band"], ["band"], []),
            (["subfilter", "patch"], ["band", "skymap", "subfilter", "tract", "patch"], []),
            (
                ["visit", "patch"], ["instrument", "skymap", "tract", "patch", "visit"],
                ["band", "day_obs", "physical_filter"]
            ),
            (["htm7", "healpix3"], ["healpix3", "htm7"], []),
        ]
    )
    func groups(given: [String], required: [String], implied: [String]) throws {
        let group = try universe.group(given)
        #expect(group.required.map(\.name) == required)
        #expect(group.implied.map(\.name) == implied)
        #expect(try universe.group(given.reversed()) == group)
        #expect(try universe.group(required) == group)
    }

    @Test("elements and look-up order of visit and detector")
    func lookupOrder() throws {
        let group = try universe.group(["visit", "detector"])
        #expect(
            group.lookupOrder.map(\.name) == [
                "instrument", "detector", "visit", "day_obs", "physical_filter", "band", "visit_detector_region",
            ]
        )
        #expect(group.spatialElements.map(\.name) == ["visit_detector_region"])
        #expect(group.temporalElements.map(\.name) == ["visit"])
        #expect(group.governors.map(\.name) == ["instrument"])
    }

    @Test("fields follow the database's column order")
    func fields() throws {
        #expect(
            try universe.element("patch").fields.map(\.name) == ["skymap", "tract", "id", "cell_x", "cell_y", "region"]
        )
        #expect(
            try universe.element("visit_definition").fields.map(\.name) == ["instrument", "exposure", "visit"]
        )
        let exposure = try universe.element("exposure")
        #expect(
            exposure.fields.prefix(6).map(\.name) == [
                "instrument", "id", "day_obs", "group", "physical_filter", "obs_id",
            ]
        )
        #expect(exposure.fields.last?.type == .timespan)
        #expect(exposure.fieldIndex("exposure") == 1)
        #expect(try universe.element("band").viewOf == "physical_filter")
    }

    @Test("unknown names are answered with candidates")
    func unknown() throws {
        let error = #expect(throws: ButlerError.self) { try universe.group(["detectr"]) }
        #expect(error?.code == .dimensionName)
        #expect(error?.candidates == ["detector"])
        #expect(throws: ButlerError(.dimensionName, "")) { try universe.dimension("visit_definition") }
    }

    @Test(
        "malformed definitions are refused with a reason",
        arguments: [
            "", "{}", #"{"version": 1}"#,
            #"{"version":1,"skypix":{"common":"htm7","htm":{"class":"x","max_level":99}}}"#,
            #"{"version":1,"skypix":{"common":"htm1","htm":{"class":"x","max_level":1}},"elements":{"a":{"requires":["b"]},"b":{"requires":["a"]}}}"#,
        ]
    )
    func malformed(text: String) {
        #expect(throws: ButlerError.self) { try DimensionUniverse(definition: text) }
    }
}
