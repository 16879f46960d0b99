import ButlerConfig
import Datasets
import Datastores
import Dimensions
import Foundation
import StewardCore
import Testing

@Suite struct FileTemplateTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        let dimensions: [String]
        let run: String
        let path: String
        var own: [String: DimensionValue] = [:]
        var template: String?
        var parent: String?

        var testDescription: String { "\(name) in \(run)" }
    }

    static let golden = [
        Row(
            name: "raw",
            dimensions: ["exposure", "detector"],
            run: "Cam1/raw/all",
            path: "Cam1/raw/all/raw/20250101/ten/raw_Cam1_Cam1-G_ten_A1_Cam1_raw_all"
        ),
        Row(
            name: "calexp",
            dimensions: ["visit", "detector"],
            run: "u/me/20250101T000000Z",
            path: "u/me/20250101T000000Z/calexp/20250101/g/Cam1-G/10/"
                + "calexp_Cam1_g_Cam1-G_10_A1_u_me_20250101T000000Z"
        ),
        Row(
            name: "calexp.wcs",
            dimensions: ["visit", "detector"],
            run: "u/me/x",
            path: "u/me/x/calexp.wcs/20250101/g/Cam1-G/10/calexp_wcs_Cam1_g_Cam1-G_10_A1_u_me_x",
            parent: "ExposureF"
        ),
        Row(
            name: "visitSummary",
            dimensions: ["visit"],
            run: "u/me/x y:z",
            path: "u/me/x_y_z/visitSummary/20250101/g/Cam1-G/10/visitSummary_Cam1_g_Cam1-G_10_u_me_x_y_z"
        ),
        Row(
            name: "deepCoadd",
            dimensions: ["skymap", "tract", "patch", "band"],
            run: "c/1",
            path: "c/1/deepCoadd/0/3/r/deepCoadd_0_3_r_sky1_c_1",
            own: ["band": "r"]
        ),
        Row(name: "skyMap", dimensions: ["skymap"], run: "skymaps", path: "skymaps/skyMap/skyMap_sky1_skymaps"),
        Row(
            name: "bias",
            dimensions: ["detector"],
            run: "Cam1/calib/v1.2#3",
            path: "Cam1/calib/v1.2#3/bias/bias_Cam1_A2_Cam1_calib_v1_2HASH3",
            own: ["detector": 2]
        ),
        Row(
            name: "flat",
            dimensions: ["detector", "physical_filter"],
            run: "Cam1/calib/a+b%c",
            path: "Cam1/calib/a+b%c/flat/r/Cam1-R1/flat_Cam1_r_Cam1-R1_A2_Cam1_calib_a+b%c",
            own: ["detector": 2, "physical_filter": "Cam1-R1", "band": "r"]
        ),
        Row(name: "gaia", dimensions: ["htm7"], run: "refcats", path: "refcats/gaia/gaia_147103_refcats"),
        Row(name: "isr_config", dimensions: [], run: "u/run", path: "u/run/isr_config/isr_config_u_run"),
        Row(
            name: "grp",
            dimensions: ["group", "detector"],
            run: "u/run",
            path: "u/run/grp/g1/grp_Cam1_g1_A1_u_run"
        ),
        Row(
            name: "calexp",
            dimensions: ["visit", "detector"],
            run: "u/me",
            path: "u_me/00000000-0000-0000-0000-000000000001",
            template: "{run}/{id}"
        ),
        Row(
            name: "calexp",
            dimensions: ["visit", "detector"],
            run: "u/me",
            path: "u/me/ten_30_0_A1",
            template: "{run:/}/{visit.name}_{visit.exposure_time:.1f}_{detector.full_name:?}"
        ),
        Row(
            name: "stat",
            dimensions: ["visit", "detector"],
            run: "u/a/run1",
            path: "u/a/run1/stat/0010/stat_001_u_a_run1",
            template: "{run:/}/{datasetType}.{component:?}/{visit:04d}/{datasetType}_{detector:03d}_{run}"
        ),
        Row(
            name: "stat",
            dimensions: ["visit", "detector"],
            run: "u/a/run1",
            path: "u_a_run1/stat_10",
            template: "{run}/{datasetType}_{visit}"
        ),
        Row(
            name: "stat",
            dimensions: ["visit", "detector"],
            run: "u/a/run1",
            path: "u/a/run1/stat/ten/A1_g_Cam1-G",
            template: "{run:/}/{datasetType}/{visit.name}/{detector.full_name}_{band:?}_{tract:?}_{physical_filter}"
        ),
        Row(
            name: "stat",
            dimensions: ["visit", "detector"],
            run: "u/a/run1",
            path: "abs/u/a/run1/10_1_Cam1",
            template: "/abs/{run:/}/{visit}_{detector}.{instrument}"
        ),
        Row(
            name: "stat",
            dimensions: ["visit", "detector"],
            run: "u/a/run1",
            path: "u/a/run1/      Cam1",
            template: "{run:/}/{instrument:>10}"
        ),
        Row(
            name: "stat",
            dimensions: ["visit", "detector"],
            run: "u/a/run1",
            path: "u/a/run1/aHASH10_xHASHy1",
            template: "{run:/}/a#{visit}.x#y{detector}"
        ),
    ]

    @Test("Paths are those of the reference", arguments: golden)
    func paths(row: Row) throws {
        let own: ConfigTree? = row.template.map { ["default": .string($0)] }
        let section = own ?? ButlerDefaults.datastore["templates"]
        let ref = try Sample.ref(
            row.name,
            row.dimensions,
            run: row.run,
            row.own,
            id: try #require(UUID(uuidString: "00000000-0000-0000-0000-000000000001")),
            parent: row.parent
        )
        #expect(try Sample.templates(try #require(section)).path(of: ref) == row.path)
    }

    @Test(
        "Malformed and dangerous templates are refused",
        arguments: [
            "{run:/}/{visit", "{run}}/{visit}", "{run:/}/{visit:q}", "{visit}", "{run}/fixed", "{run}/../{visit}",
            "{id}/fixed", "{run}/{collection}_{visit}", "{run}/{visit!x}", "{run}/{visit.a.b}", "{run}/{visit:{band}}",
            "{run}/{visit:99999999999999999999d}", "",
        ]
    )
    func refused(text: String) {
        #expect(throws: ButlerError(.configuration, "")) { try FileTemplate(text) }
    }

    @Test("Templates that do not tell datasets apart are invalid for the type")
    func validation() throws {
        let ref = try Sample.ref("calexp", ["visit", "detector"], run: "r")
        #expect(throws: ButlerError(.configuration, "")) {
            try FileTemplate("{run}/{instrument}_{visit}").validate(for: ref.datasetType)
        }
        #expect(throws: ButlerError(.configuration, "")) {
            try FileTemplate("{run}/{instrument}_{visit}_{detector}_{tract}").validate(for: ref.datasetType)
        }
        #expect(throws: ButlerError(.configuration, "")) {
            try FileTemplate("{run}/{instrument}_{visit}_{detector}_{component}").validate(for: ref.datasetType)
        }
        try FileTemplate("{run}/{instrument}_{visit}_{detector}").validate(for: ref.datasetType)
        try FileTemplate("{run}/{id}").validate(for: ref.datasetType)
        let pixel = try Sample.ref("gaia", ["htm7"], run: "r")
        try FileTemplate("{run}/{skypix}").validate(for: pixel.datasetType)
    }

    @Test("A component needs a template that uses it")
    func componentIsUsed() throws {
        let ref = try Sample.ref("calexp.wcs", ["visit", "detector"], run: "r", parent: "ExposureF")
        let templates = try Sample.templates(["default": "{run}/{datasetType}_{visit}_{detector}"])
        #expect(throws: ButlerError(.configuration, "")) { try templates.path(of: ref) }
    }

    @Test("A path never leads out of the datastore", arguments: ["../x", "a/../../b", "..", "a/..", "x\0y"])
    func hostileRuns(run: String) throws {
        let ref = try Sample.ref("calexp", ["visit", "detector"], run: run)
        let templates = try Sample.templates(["default": "{run:/}/{visit}"])
        #expect(throws: ButlerError(.invalidArgument, "")) { try templates.path(of: ref) }
    }

    @Test("A data ID without records is asked to be expanded")
    func unexpanded() throws {
        let ref = try Sample.ref("calexp", ["visit", "detector"], run: "r")
        let minimal = DataCoordinate(ref.dataID.group, values: Array(ref.dataID.requiredValues))
        let templates = try Sample.templates(try #require(ButlerDefaults.datastore["templates"]))
        #expect(throws: ButlerError(.dimensionValue, "")) { try templates.path(of: ref.expanded(minimal)) }
    }

    @Test("The most specific lookup key wins")
    func lookup() throws {
        let section: ConfigTree = [
            "default": "{run}/d_{visit}", "StructuredDataDict": "{run}/s_{visit}",
            "visit+detector": "{run}/g_{visit}", "stat": "{run}/n_{visit}", "nonsense+visit": "{run}/x_{visit}",
            "instrument<Cam1>": ["StructuredDataDict": "{run}/is_{visit}"],
        ]
        let templates = try Sample.templates(section)
        let ref = try Sample.ref("stat", ["visit", "detector"], run: "r")
        func text(_ ref: DatasetRef, _ instrument: String?) throws -> String {
            try templates.template(for: ref.datasetType, instrument: instrument).description
        }
        #expect(try text(ref, nil) == "{run}/n_{visit}")
        #expect(try text(ref, "Cam1") == "{run}/is_{visit}")
        let other = try Sample.ref("other", ["visit", "detector"], run: "r")
        #expect(try text(other, "Cam2") == "{run}/g_{visit}")
        #expect(try text(Sample.ref("other", ["visit"], run: "r"), nil) == "{run}/s_{visit}")
        #expect(try text(Sample.ref("other", ["visit"], run: "r", storageClass: "int"), nil) == "{run}/d_{visit}")
    }
}
