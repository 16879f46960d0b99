import Datasets
import Datastores
import Formatters
import StewardCore
import Testing

@Suite struct TextFormatterTests {
    static func request(_ name: String = "StructuredDataDict") throws -> ReadRequest {
        let catalog = StorageClassCatalog(try Defaults.storageClasses())
        return ReadRequest(datasetType: "stat", storageClass: try catalog.storageClass(name))
    }

    static func formatter(_ name: String) throws -> any FileFormatter {
        try FormatterCatalog.shipped.formatter(FormatterOptions(className: name))
    }

    static func roundTrip(_ object: any Sendable, _ name: String) throws -> (text: String, object: any Sendable) {
        let formatter = try formatter(name)
        let bytes = try #require(try formatter.encode(object))
        let source = FileSource(bytes: bytes, name: "x" + formatter.fileExtension)
        return (String(decoding: bytes, as: UTF8.self), try formatter.read(source, request()))
    }

    static let tree: JSONValue = .object([
        "b": 1, "a": .double(1.0), "t": "x: y", "n": .null, "yes": "yes", "list": [1, [2, 3], .object([:])],
        "ü": "ü\n", "big": .double(1e16), "small": .double(1e-5), "empty": "",
    ])

    @Test(
        "Trees keep order and types in every text format",
        arguments: [
            "lsst.daf.butler.formatters.json.JsonFormatter", "lsst.daf.butler.formatters.yaml.YamlFormatter",
        ]
    )
    func trees(name: String) throws {
        #expect(
            try TextFormatterTests.roundTrip(TextFormatterTests.tree, name).object as? JSONValue
                == TextFormatterTests.tree
        )
    }

    @Test("YAML is written as PyYAML writes it")
    func yaml() throws {
        let value: JSONValue = .object(["mean": .double(101.1), "a": ["x", .null], "o": .object(["é": "yes"])])
        let text = try TextFormatterTests.roundTrip(value, "lsst.daf.butler.formatters.yaml.YamlFormatter").text
        #expect(text == "mean: 101.1\na:\n- x\n- null\no:\n  \"\\xE9\": 'yes'\n")
        #expect(try TextFormatterTests.roundTrip(5, "lsst.daf.butler.formatters.yaml.YamlFormatter").text == "5\n...\n")
    }

    @Test("Package versions are tagged and sorted in YAML")
    func packages() throws {
        let value: JSONValue = .object(["python": "3.12", "a b": "1.0"])
        let result = try TextFormatterTests.roundTrip(value, "lsst.daf.butler.formatters.packages.PackagesFormatter")
        #expect(result.text == "!<lsst.utils.packages.Packages>\na b: '1.0'\npython: '3.12'\n")
        #expect(result.object as? JSONValue == .object(["a b": "1.0", "python": "3.12"]))
    }

    @Test("Log records are read as a list and one a line")
    func logs() throws {
        let formatter = try TextFormatterTests.formatter("lsst.daf.butler.formatters.logs.ButlerLogRecordsFormatter")
        let records: JSONValue = [.object(["message": "a"]), .object(["message": "b"])]
        for text in ["[{\"message\":\"a\"},{\"message\":\"b\"}]", "{\"message\":\"a\"}\n{\"message\":\"b\"}\n"] {
            let source = FileSource(bytes: Array(text.utf8), name: "x.log")
            #expect(try formatter.read(source, TextFormatterTests.request()) as? JSONValue == records)
        }
    }

    @Test("Text and bytes stay as they are")
    func plain() throws {
        let text = "config.a=1\n"
        let name = "lsst.pipe.base.formatters.pexConfig.PexConfigFormatter"
        #expect(try TextFormatterTests.roundTrip(text, name).object as? String == text)
        let bytes: [UInt8] = [0, 255, 10]
        let opaque = "lsst.daf.butler.formatters.pickle.PickleFormatter"
        #expect(try TextFormatterTests.roundTrip(bytes, opaque).object as? [UInt8] == bytes)
        #expect(try TextFormatterTests.formatter(opaque).fileExtension == ".pickle")
    }

    @Test(
        "Damaged text is refused with its line",
        arguments: [
            ("json.JsonFormatter", "{\"a\":\n 1,}"), ("yaml.YamlFormatter", "a: 1\nb: [1,\n"),
            ("yaml.YamlFormatter", "a: 1\nb: !!python/object:os.system {}\n"), ("yaml.YamlFormatter", "a: 1\na: 2\n"),
            ("yaml.YamlFormatter", "\n? [1]\n: 2"),
            ("logs.ButlerLogRecordsFormatter", "{}\n{x\n"),
            ("yaml.YamlFormatter", "a: 1\nb: 99999999999999999999999\n"),
            ("yaml.YamlFormatter", String(repeating: "[", count: 100_000)),
            ("yaml.YamlFormatter", String(repeating: "[&b\n", count: 100_000)),
            ("yaml.YamlFormatter", (0..<3000).map { String(repeating: " ", count: $0) + "a:\n" }.joined()),
            ("json.JsonFormatter", String(repeating: "[", count: 100_000)),
        ]
    )
    func damaged(name: String, text: String) throws {
        let formatter = try TextFormatterTests.formatter("lsst.daf.butler.formatters." + name)
        let source = FileSource(bytes: Array(text.utf8), name: "bad.file")
        let error = #expect(throws: ButlerError.self) { try formatter.read(source, TextFormatterTests.request()) }
        #expect(error?.code == .corruptFile)
        #expect(error?.message.contains("bad.file") == true && error?.message.contains("line ") == true)
    }

    @Test("Bytes that are not UTF-8 are refused")
    func encoding() throws {
        let formatter = try TextFormatterTests.formatter("lsst.daf.butler.formatters.yaml.YamlFormatter")
        let source = FileSource(bytes: [0x61, 0x0A, 0xFF, 0xFE], name: "bad.yaml")
        let error = #expect(throws: ButlerError.self) { try formatter.read(source, TextFormatterTests.request()) }
        #expect(error?.code == .corruptFile && error?.message.contains("line 2") == true)
    }

    @Test(
        "Objects that a formatter does not write are refused",
        arguments: [
            "json.JsonFormatter", "yaml.YamlFormatter", "astropyTable.AstropyTableFormatter",
            "packages.PackagesFormatter",
        ]
    )
    func unwritable(name: String) throws {
        let formatter = try TextFormatterTests.formatter("lsst.daf.butler.formatters." + name)
        #expect(!formatter.canWrite([UInt8(1)]))
        #expect(throws: ButlerError(.formatter, "")) { try formatter.encode([UInt8(1)]) }
    }

    @Test(
        "Every default formatter of the reference without FITS is known, with its former names",
        arguments: [
            "lsst.daf.butler.formatters.parquet.ParquetFormatter", "lsst.somewhere.new.YamlFormatter",
            "lsst.daf.butler.formatters.matplotlibFormatter.MatplotlibFormatter",
            "lsst.pipe.tasks.sspAuxiliaryFile.SSPAuxiliaryFileFormatter",
            "lsst.obs.base.formatters.filter.FilterFormatter",
        ]
    )
    func names(name: String) throws {
        #expect(FormatterCatalog.shipped.find(name) != nil)
        #expect(FormatterCatalog.shipped.find("lsst.x.Nothing") == nil)
    }
}
