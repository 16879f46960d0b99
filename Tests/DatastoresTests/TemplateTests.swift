import ButlerConfig
import Datasets
import Dimensions
import StewardCore
import Testing

@testable import Datastores

@Suite struct TemplateTests {
    let data: TestData

    init() throws {
        data = try TestData()
    }

    @Test("format specifications give what Python gives")
    func formatSpecs() throws {
        var failures: [String] = []
        for row in try #require(try fixture("format-specs.json").array) {
            let kind = row.array?[0].string
            let given = try #require(row.array?[1])
            let text = try #require(row.array?[2].string)
            let expected = row.array?[3].string
            let value: TemplateValue? =
                switch kind {
                case "int": given.string.flatMap { Int64($0) }.map { .int($0) }
                case "float": given.double.map { .real($0) }
                case "bool": given.bool.map { .bool($0) }
                default: given.string.map { .text($0) }
                }
            let actual = try FormatSpec(text)?.format(#require(value))
            if actual != expected {
                failures.append("format(\(given.text()), '\(text)') is \(actual ?? "nil"), not \(expected ?? "nil")")
            }
        }
        #expect(failures == [])
    }

    /// Templates that the reference accepts although they can only fail later, or leave the root.
    private static let refusedEarlier: Set<String> = ["{run}/{}", "{run}/{detector!z}"]

    @Test("paths are those of the reference, and what it refuses is refused")
    func paths() throws {
        let refs = try data.fixtureRefs()
        for row in try #require(try fixture("templates.json").array) {
            let text = try #require(row.array?[0].string)
            guard let paths = row.array?[1].members, !Self.refusedEarlier.contains(text) else {
                #expect(throws: ButlerError(.configuration, ""), "\(text)") { try FileTemplate(text) }
                continue
            }
            let template = try FileTemplate(text)
            for member in paths {
                let ref = try #require(refs[member.key])
                let path = try? template.path(for: ref)
                #expect(path == member.value.string, "\(text) for \(ref)")
            }
        }
    }

    @Test(
        "the golden paths of the repository format",
        arguments: [
            (
                "raw", "Cam1/raw/all", ["exposure", "detector"],
                "Cam1/raw/all/raw/20250101/ten/raw_Cam1_Cam1-G_ten_A1_Cam1_raw_all"
            ),
            (
                "visitSummary", "u/me/x y:z", ["visit"],
                "u/me/x_y_z/visitSummary/20250101/g/Cam1-G/10/visitSummary_Cam1_g_Cam1-G_10_u_me_x_y_z"
            ),
            ("skyMap", "skymaps", ["skymap"], "skymaps/skyMap/skyMap_sky1_skymaps"),
            ("gaia", "refcats", ["htm7"], "refcats/gaia/gaia_147103_refcats"),
            ("isr_config", "u/run", [], "u/run/isr_config/isr_config_u_run"),
        ]
    )
    func defaults(name: String, run: String, dimensions: [String], expected: String) throws {
        let templates = try FileTemplates(ButlerDefaults.datastore["templates"], in: data.universe)
        let ref = try data.ref(name, dimensions, run: run)
        #expect(try templates.template(for: LookupKey.keys(for: ref)).path(for: ref) == expected)
    }

    @Test(
        "hostile values never lead out of the root",
        arguments: [
            "../../etc", "a/../../b", "..", "/..", "a/..", "x/\u{301}/../..", "../\u{301}a", "a\0b",
        ]
    )
    func hostileRuns(run: String) throws {
        let template = try FileTemplate("{run:/}/{instrument}/{detector}")
        let ref = try data.ref("bias", ["detector"], run: run)
        #expect(throws: ButlerError(.invalidArgument, "")) { try template.path(for: ref) }
        let flat = try FileTemplate("{run}/{instrument}_{detector}").path(
            for: try data.ref("bias", ["detector"], run: "../x")
        )
        #expect(flat.split(separator: "/").count == 2)
    }

    @Test("slashes, blanks and quotes in values become underscores, other characters stay")
    func hostileValues() throws {
        let template = try FileTemplate("{run:/}/{group}_{detector}")
        for (group, expected) in [
            ("a/b", "a_b"), ("'; DROP TABLE x; --", "';_DROP_TABLE_x;_--"), ("$(rm -rf x)`y`", "$(rm_-rf_x)`y`"),
            ("a\nb\u{1b}[0m", "a\nb\u{1b}[0m"), ("é 日本", "é_日本"), ("<>:\"\\|?*", "________"), ("{run}", "{run}"),
        ] {
            let ref = try data.ref("grp", ["group", "detector"], run: "r", keys: ["group": .string(group)])
            #expect(try template.path(for: ref) == "r/\(expected.replacing(".", with: "_"))_1")
        }
    }

    @Test("records must be attached when a template needs them")
    func needsRecords() throws {
        let ref = try data.ref("raw", ["exposure", "detector"])
        let bare = ref.expanded(DataCoordinate(ref.dataID.group, values: Array(ref.dataID.requiredValues)))
        let template = try FileTemplate("{run}/{exposure.obs_id}_{detector}")
        #expect(throws: ButlerError(.configuration, "")) { try template.path(for: bare) }
        #expect(try template.path(for: ref) == "u_run/ten_1")
    }

    @Test("a template is checked against a dataset type")
    func checks() throws {
        let raw = try data.ref("raw", ["exposure", "detector"]).datasetType
        let component = try data.ref("calexp.wcs", ["visit", "detector"]).datasetType
        let gaia = try data.ref("gaia", ["htm7"]).datasetType
        for text in [
            "{run}/{exposure}_{detector}_{instrument}", "{run}/{exposure.id}_{detector}_{instrument}_{tract:?}",
        ] {
            try FileTemplate(text).check(for: raw)
        }
        try FileTemplate("{run}/{skypix}").check(for: gaia)
        try FileTemplate("{run}/{id}").check(for: raw)
        for text in [
            "{run}/{detector}", "{run}/{exposure}_{detector}_{instrument}_{tract}", "{run}/{component}_{detector}",
        ] {
            #expect(throws: ButlerError(.configuration, ""), "\(text)") { try FileTemplate(text).check(for: raw) }
        }
        #expect(throws: ButlerError(.configuration, "")) {
            try FileTemplate("{run}/{visit}_{detector}_{instrument}").check(for: component)
        }
    }

    @Test("a section that is not templates is refused with the key")
    func malformedSections() throws {
        for section: ConfigTree in [["calexp": 5], ["calexp": "{run}"], ["calexp": ["a": "{run}/{visit}"]], ["a": ""]] {
            #expect(throws: ButlerError(.configuration, "")) { try FileTemplates(section, in: data.universe) }
        }
        let off = try FileTemplates(["default": false], in: data.universe)
        #expect(throws: ButlerError(.configuration, "")) {
            try off.template(for: LookupKey.keys(for: try data.ref("bias", ["detector"])))
        }
    }
}
