import ButlerConfig
import Datasets
import Dimensions
import StewardCore
import Testing

@testable import Datastores

@Suite struct LookupTests {
    let data: TestData

    init() throws {
        data = try TestData()
    }

    @Test("keys are searched from the most specific on, the instrument's first")
    func order() throws {
        let component = try data.ref("comp.wcs", ["visit", "detector"])
        let general = LookupKey.keys(for: component).filter { $0.instrument == nil }.map(\.description)
        #expect(
            general == [
                "comp.wcs", "comp", "band+instrument+day_obs+detector+physical_filter+visit", "StructuredDataDict",
                "Composite",
            ]
        )
        let all = LookupKey.keys(for: component)
        #expect(all.count == 10 && all.prefix(5).allSatisfy { $0.instrument == "Cam1" })
        #expect(LookupKey.keys(for: try data.ref("cfg")).map(\.description) == ["cfg", "StructuredDataDict"])
    }

    @Test("dimension keys are closed over what they need, a single dimension has a plus, unknown ones are names")
    func dimensionKeys() throws {
        let ref = try data.ref("raw", ["exposure", "detector"])
        let keys = LookupKey.keys(for: ref)
        for text in ["physical_filter+detector+exposure", "exposure+detector", "detector+exposure+"] {
            #expect(keys.contains(LookupKey(parsing: text, in: data.universe)), "\(text)")
        }
        #expect(
            LookupKey.keys(for: try data.ref("v", ["visit"])).contains(LookupKey(parsing: "visit+", in: data.universe))
        )
        #expect(LookupKey(parsing: "visit", in: data.universe) == LookupKey(.name("visit")))
        #expect(LookupKey(parsing: "vsit+x", in: data.universe) == LookupKey(.name("vsit+x")))
    }

    @Test("templates: instrument first, then name, dimensions, storage class, default")
    func templates() throws {
        let section: ConfigTree = [
            "default": "{run}/d_{id}", "raw": "{run}/name_{id}", "exposure+detector": "{run}/dim_{id}",
            "StructuredDataDict": "{run}/sc_{id}", "instrument<Cam1>": ["StructuredDataDict": "{run}/cam_{id}"],
            "instrument<Other>": ["raw": "{run}/other_{id}"],
        ]
        let templates = try FileTemplates(section, in: data.universe)
        func text(_ ref: DatasetRef) throws -> String { try templates.template(for: LookupKey.keys(for: ref)).text }
        #expect(try text(data.ref("raw", ["exposure", "detector"])) == "{run}/cam_{id}")
        #expect(try text(data.ref("raw", ["exposure", "detector"], storageClass: "int")) == "{run}/name_{id}")
        #expect(try text(data.ref("x", ["exposure", "detector"], storageClass: "int")) == "{run}/dim_{id}")
        #expect(try text(data.ref("x", ["skymap"])) == "{run}/sc_{id}")
        #expect(try text(data.ref("x", ["skymap"], storageClass: "int")) == "{run}/d_{id}")
    }

    @Test("formatters: defaults and own parameters merge, recipes belong to the class")
    func formatters() throws {
        let section: ConfigTree = [
            "default": ["a.B": ["max": 10, "min": 2]], "write_recipes": ["a.B": ["lossy": ["q": 1]]],
            "raw": "a.B", "calexp": ["formatter": "a.B", "parameters": ["max": 5]], "int": "c.D",
        ]
        let catalog = try FormatterCatalog(section, in: data.universe)
        let raw = try catalog.entry(for: LookupKey.keys(for: try data.ref("raw", ["detector"])))
        #expect(raw.formatter == "a.B" && raw.parameters == ["max": 10, "min": 2])
        #expect(raw.recipes == ["lossy": ["q": 1]])
        let calexp = try catalog.entry(for: LookupKey.keys(for: try data.ref("calexp", ["detector"])))
        #expect(calexp.parameters == ["max": 5, "min": 2])
        let other = try catalog.entry(for: LookupKey.keys(for: try data.ref("x", storageClass: "int")))
        #expect(other.formatter == "c.D" && other.parameters == .empty && other.recipes == .empty)
        #expect(throws: ButlerError(.formatter, "")) {
            try catalog.entry(for: LookupKey.keys(for: try data.ref("x", storageClass: "Exposure")))
        }
        for bad: ConfigTree in [["x": 5], ["x": ["parameters": [:]]], ["x": ["formatter": "a", "oops": 1]]] {
            #expect(throws: ButlerError(.configuration, "")) { try FormatterCatalog(bad, in: data.universe) }
        }
    }

    @Test(
        "the shipped configuration names the formatter of every writeable storage class",
        arguments: [
            ("int", "lsst.daf.butler.formatters.json.JsonFormatter"),
            ("StructuredDataDict", "lsst.daf.butler.formatters.yaml.YamlFormatter"),
            ("ExposureF", "lsst.obs.base.formatters.fitsExposure.FitsExposureFormatter"),
            ("AstropyTable", "lsst.daf.butler.formatters.astropyTable.AstropyTableFormatter"),
        ]
    )
    func shipped(storageClass: String, formatter: String) throws {
        let catalog = try FormatterCatalog(ButlerDefaults.datastore["formatters"], in: data.universe)
        let keys = LookupKey.keys(for: try data.ref("x", ["visit"], storageClass: storageClass))
        #expect(try catalog.entry(for: keys).formatter == formatter)
    }

    @Test(
        "constraints: accepted, rejected, all rejected, all accepted, in this order",
        arguments: [
            ([:], true), (["accept": ["raw"]], true), (["accept": ["bias"]], false), (["reject": ["raw"]], false),
            (["reject": ["all"]], false), (["accept": ["raw"], "reject": ["all"]], true),
            (["accept": ["all"], "reject": ["raw"]], false), (["accept": ["all"]], true),
            (["accept": ["StructuredDataDict"], "reject": ["raw"]], true),
            (["reject": [["instrument<Cam1>": ["all"]]]], false), (["reject": [["instrument<X>": ["all"]]]], true),
            (["accept": [["instrument<Cam1>": ["exposure+detector"]]], "reject": ["all"]], true),
        ] as [(ConfigTree, Bool)]
    )
    func constraints(section: ConfigTree, expected: Bool) throws {
        let keys = LookupKey.keys(for: try data.ref("raw", ["exposure", "detector"]))
        #expect(try DatasetConstraints(section, in: data.universe).accepts(keys) == expected)
    }

    @Test("malformed constraints are refused")
    func malformedConstraints() {
        for section: ConfigTree in [
            ["accept": "raw"], ["accept": [5]], ["reject": [["x": ["y"]]]], ["accept": ["all"], "reject": ["all"]],
        ] {
            #expect(throws: ButlerError(.configuration, "")) { try DatasetConstraints(section, in: data.universe) }
        }
    }

    @Test("composites are taken apart where the configuration says so")
    func composites() throws {
        let composite = try data.storageClasses.storageClass("Composite")
        let plain = try data.storageClasses.storageClass("StructuredDataDict")
        let keys = LookupKey.keys(for: try data.ref("comp", ["visit"], storageClass: "Composite"))
        let map = try CompositesMap(
            ["default": false, "disassembled": ["__null__": true, "Composite": true]],
            in: data.universe
        )
        #expect(map.disassembles(keys, composite) && !map.disassembles(keys, plain))
        let reversed = try CompositesMap(["default": true, "disassembled": ["comp": false]], in: data.universe)
        #expect(!reversed.disassembles(keys, composite))
        #expect(try CompositesMap(["default": true], in: data.universe).disassembles(keys, composite))
        #expect(throws: ButlerError(.configuration, "")) {
            try CompositesMap(["disassembled": ["x": "yes"]], in: data.universe)
        }
    }
}
