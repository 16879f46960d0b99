import AstroTime
import ButlerConfig
import Datastores
import Formatters
import StewardCore
import Testing

@Suite struct StructuredFormatterTests {
    let harness: FormatterHarness

    init() throws {
        harness = try FormatterHarness()
    }

    private static let structured = JSONValue.object([
        "zeta": 1,
        "alpha": .array([
            1, .double(2.5), .null, true, "x: y", "2020-01-01", "é", .object(["q": .object([])]),
        ]),
        "long": .string(String(repeating: "word ", count: 40)), "big": .double(1e20), "small": .double(1e-7),
        "nan": .double(.nan), "inf": .double(-.infinity), "lines": "a\nb\n", "empty": "", "digits": "123",
        "none": [], "tab": "a\tb", "nested": .array([[1, 2], .array([3, []])]), "y": "y", "yes": "yes",
        "hex": "0x1F", "exp": "1e5", "zero": .double(-0.0), "colon:key": "- dash", "#hash": "'quoted' \"both\"",
        "true": "null", "~": "~", "wide": "日本 🚀", "max": .int(.max), "min": .int(.min), "control": "\u{1}\u{7f}",
    ])

    private func text(_ value: (any Sendable)?) -> String {
        (value as? JSONValue)?.text() ?? "\(String(describing: value))"
    }

    @Test("YAML is the reference's, byte for byte, and reads back in order")
    func yaml() throws {
        let expected = try FormatterHarness.fixture("StructuredDataDict.yaml")
        #expect(try harness.encode(Self.structured, "StructuredDataDict") == expected)
        #expect(try text(harness.decode(expected, "StructuredDataDict")) == Self.structured.text())
    }

    @Test("JSON of pydantic models is the reference's, byte for byte")
    func json() throws {
        let bytes = try FormatterHarness.fixture("TaskMetadata.json")
        let value = try harness.decode(bytes, "TaskMetadata")
        #expect((value as? JSONValue)?["scalars"]?["b"]?.double == 2.5)
        #expect(try harness.encode(value, "TaskMetadata") == bytes)
    }

    @Test("numbers and timespans have types of their own")
    func typed() throws {
        let number = try FormatterHarness.fixture("int.json")
        #expect(try harness.decode(number, "int") as? Int == 5)
        for five: any Sendable in [5, Int64(5), JSONValue.int(5)] { #expect(try harness.encode(five, "int") == number) }
        let bytes = try FormatterHarness.fixture("Timespan.json")
        let timespan = try #require(try harness.decode(bytes, "Timespan") as? Timespan)
        #expect(timespan.beginNanoseconds == 1_577_836_800_000_000_000 && timespan.end == nil)
        #expect(try harness.encode(timespan, "Timespan") == bytes)
        for span in [Timespan.empty, .all] {
            #expect(try harness.decode(try harness.encode(span, "Timespan"), "Timespan") as? Timespan == span)
        }
    }

    @Test(
        "objects of the wrong type are refused before anything is written",
        arguments: [
            ("int", "five"), ("int", 2.5), ("StructuredDataDict", JSONValue.array([1])), ("StructuredDataDict", 5),
            ("TaskMetadata", "x"), ("Timespan", JSONValue.array([1])), ("Timespan", 5), ("AstropyTable", 5),
            ("ButlerLogRecords", "x"), ("Packages", JSONValue.object(["a": 1])), ("Config", 5), ("SkyMap", "text"),
            ("StructuredDataDict", [UInt8]()),
        ] as [(String, any Sendable)]
    )
    func wrongTypes(storageClass: String, object: any Sendable) throws {
        #expect(throws: ButlerError(.storageClass, "")) { try harness.encode(object, storageClass) }
    }

    @Test(
        "corrupt files say where",
        arguments: [
            ("StructuredDataDict", "a: 1\nb: [1,\nc: 2\n", "line"), ("StructuredDataDict", "a: 1\na: 2\n", "line"),
            ("StructuredDataDict", "a: !!python/object/apply:os.system ['x']\n", "line"),
            ("StructuredDataDict", "- 1\n", "dict"), ("StructuredDataDict", "", "dict"),
            ("int", "{\n \"a\": }", "line 2"),
            ("int", "2.5", "int"), ("Timespan", "[1]", "Timespan"), ("TaskMetadata", "{\"a\": 1", "line 1"),
            ("StructuredDataDict", "a: &x [*x]\n", ""), ("ButlerLogRecords", "{\"name\": 1}\n", "record 1"),
            ("ButlerLogRecords", "nonsense", "record 1"),
        ]
    )
    func corrupt(storageClass: String, text: String, place: String) throws {
        do {
            let value = try harness.decode(text, storageClass)
            Issue.record("no error but \(value)")
        } catch let error as ButlerError {
            #expect(error.code == .corruptFile && error.description.contains(place), "\(error)")
        }
    }

    @Test("bytes that are no UTF-8 are corrupt text")
    func notUTF8() throws {
        for storageClass in ["StructuredDataDict", "Config", "Packages", "ButlerLogRecords"] {
            #expect(throws: ButlerError(.corruptFile, "")) { try harness.decode([0xFF, 0xFE, 0x41], storageClass) }
        }
    }

    @Test("text and bytes are kept as they are")
    func opaque() throws {
        let text = "config.x = 'é'\n"
        #expect(try harness.decode(try harness.encode(text, "Config"), "Config") as? String == text)
        let bytes: [UInt8] = [0, 255, 10, 13, 0]
        for storageClass in ["SkyMap", "Plot", "SSPAuxiliaryFile"] {
            #expect(try harness.decode(try harness.encode(bytes, storageClass), storageClass) as? [UInt8] == bytes)
        }
    }

    @Test("package versions are the reference's, byte for byte, with either tag, and as JSON")
    func packages() throws {
        let bytes = try FormatterHarness.fixture("Packages.yaml")
        let versions = JSONValue.object(["a": "1.0", "b c": "x: y", "python": "3.11.2"])
        #expect(try harness.decode(bytes, "Packages") as? JSONValue == versions)
        #expect(try harness.encode(["python": "3.11.2", "a": "1.0", "b c": "x: y"], "Packages") == bytes)
        #expect(try harness.encode(versions, "Packages") == bytes)
        let old = "!<lsst.base.Packages>\na: '1.0'\n"
        #expect(try harness.decode(old, "Packages") as? JSONValue == .object(["a": "1.0"]))
        let json = try harness.encode(versions, "Packages", parameters: ["format": "json"])
        #expect(try harness.decode(json, "Packages", suffix: ".json") as? JSONValue == versions)
        #expect(
            try harness.encode([String: String](), "Packages") == Array("!<lsst.utils.packages.Packages> {}\n".utf8)
        )
        #expect(throws: ButlerError(.formatter, "")) {
            try harness.encode(versions, "Packages", parameters: ["format": "pickle"])
        }
    }

    @Test("logs are the reference's, byte for byte, and older forms are read")
    func logs() throws {
        let bytes = try FormatterHarness.fixture("ButlerLogRecords.json")
        let log = try #require(try harness.decode(bytes, "ButlerLogRecords") as? LogRecords)
        #expect(log.records.count == 2 && log.records[0].levelName == "INFO" && log.records[1].function == nil)
        #expect(log.records[0].context.map(\.label) == ["LABEL", "RUN"])
        #expect(try harness.encode(log, "ButlerLogRecords") == bytes)
        let whole = try JSONValue(parsing: bytes)
        let records = try #require(whole["records"]?.array)
        let list = try harness.decode(JSONValue.array(records).text(), "ButlerLogRecords") as? LogRecords
        #expect(list == log)
        let lines = records.map { $0.text() }.joined(separator: "\n") + "\n\n###EXTRA###\n{\"k\": [1]}\n"
        let streamed = try #require(try harness.decode(lines, "ButlerLogRecords", suffix: ".log") as? LogRecords)
        #expect(streamed.records == log.records && streamed.extra["k"] == [1])
        let again =
            try harness.decode(try harness.encode(streamed, "ButlerLogRecords"), "ButlerLogRecords") as? LogRecords
        #expect(again == streamed)
        #expect(try harness.decode("", "ButlerLogRecords") as? LogRecords == LogRecords())
    }

    @Test("the reference reads what Steward wrote, and sees the same", .enabled(if: Reference.python != nil))
    func reference() throws {
        let scratch = try Scratch()
        for name in [
            "StructuredDataDict.yaml", "TaskMetadata.json", "int.json", "Timespan.json", "Packages.yaml",
            "ButlerLogRecords.json", "AstropyTable.ecsv", "AstropyQTable.ecsv",
        ] {
            let storageClass = String(name.split(separator: ".")[0])
            let object = try harness.decode(try FormatterHarness.fixture(name), storageClass)
            try scratch.write(try harness.encode(object, storageClass), name)
        }
        let ours = try JSONValue(parsing: Reference.run("reference_formatters.py", ["read", scratch.path]))
        let theirs = try JSONValue(
            parsing: Reference.run("reference_formatters.py", ["read", FormatterHarness.fixtures])
        )
        for member in theirs.members ?? [] {
            let columns = member.value["columns"]?.array
            for (index, column) in (columns ?? []).enumerated() {
                #expect(ours[member.key]?["columns"]?.array?[index].text() == column.text())
            }
            #expect(ours[member.key]?.text() == member.value.text(), "\(member.key)")
        }
        #expect(theirs.members?.count == 8)
    }
}
