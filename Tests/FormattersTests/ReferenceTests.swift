import Datastores
import Formatters
import StewardCore
import StewardTesting
import Testing

@Suite(.enabled(if: Reference.isPresent)) struct ReferenceTests {
    private static let values: [JSONValue] = [
        TextFormatterTests.tree, 5, "text", .null, true, .double(1e-7), .double(.infinity), [], .object([:]),
        [[], .object([:]), [.object(["a": [1, .object(["b": "c"])]])]],
        .object(["long": .string(String(repeating: "word ", count: 40)), "line": "a\n b\n", "tab": "\ta", "#x": "# c"]),
        ["yes", "1", "1.0", "null", "~", "2020-01-01", "a: b", "- a", "'", "\"", "é", "😀", " x", "x ", "0x1F", "1_0"],
        .object(["1": "int key", "true": false, "": 0, "a b": -1]),
        [.double(0.1), .double(1e16), .double(123_456_789.125), .double(-0.0), .int(.max), .int(.min)],
    ]

    @Test("YAML is what PyYAML's safe dumper writes, byte for byte", arguments: values)
    func yaml(value: JSONValue) throws {
        let text = try TextFormatterTests.roundTrip(value, "lsst.daf.butler.formatters.yaml.YamlFormatter")
        let program = """
            import json, sys, yaml
            print(yaml.safe_dump(json.load(open(sys.argv[1])), sort_keys=False), end='')
            """
        let expected = try Reference.run(program, on: Array(value.text(.spaced).utf8), suffix: ".json")
        #expect(text.text == expected)
        #expect(text.object as? JSONValue == value)
    }

    @Test("JSON is what Python writes, byte for byte", arguments: values)
    func json(value: JSONValue) throws {
        let text = try TextFormatterTests.roundTrip(value, "lsst.daf.butler.formatters.json.JsonFormatter").text
        let program = """
            import json, sys
            print(json.dumps(json.load(open(sys.argv[1])), ensure_ascii=False), end='')
            """
        #expect(try Reference.run(program, on: Array(text.utf8), suffix: ".json") == text)
    }

    @Test("Package versions go there and back")
    func packages() throws {
        let value: JSONValue = .object(["python": "3.12", "a b": "1.0"])
        let text = try TextFormatterTests.roundTrip(value, "lsst.daf.butler.formatters.packages.PackagesFormatter").text
        let program = """
            import sys
            from lsst.utils.packages import Packages
            print(Packages.read(sys.argv[1]).toBytes('yaml').decode(), end='')
            """
        #expect(try Reference.run(program, on: Array(text.utf8), suffix: ".yaml") == text)
    }

    @Test("Tables go to astropy and back")
    func tables() throws {
        let table = try Table(
            [
                TableColumn("a", .int64([1, 2, 3]), unit: "m / s", format: "%d", description: "the: a"),
                TableColumn("s", .string(["x y", "#z", "q\"z"])), TableColumn("f", .bool([true, false, true])),
                TableColumn("f32", .float([0.1, 2, 3])), TableColumn("u8", .uint64([.max, 0, 1])),
                TableColumn("m", .int64([1, 0, 3]), mask: [false, true, false]),
                TableColumn("arr", .int64([0, 1, 2, 3, 4, 5]), shape: [2]),
                TableColumn("obj", .json([.object(["a": 1]), [1, 2], .null])),
                TableColumn("var", .double([1, 2.5, 3]), offsets: [0, 0, 1, 3]),
            ],
            metadata: .object(["k": "v", "n": .object(["a": [1, 2], "z": .null]), "yes": "no: #", "x": .double(1e-5)])
        )
        let program = """
            import sys
            from astropy.table import Table
            t = Table.read(sys.argv[1])
            assert t['a'].unit == 'm / s' and t['f'].dtype == bool and t['arr'].shape == (3, 2), t
            assert t['m'].mask.tolist() == [False, True, False] and t.meta['n'] == {'a': [1, 2], 'z': None}, t.meta
            assert t.meta['yes'] == 'no: #' and t['u8'][0] == 2**64 - 1 and t['f32'].dtype == 'f4', t
            t.write(sys.stdout, format='ascii.ecsv')
            """
        let back = try Reference.run(program, on: ECSV.bytes(table), suffix: ".ecsv")
        #expect(try ECSV.table(Array(back.utf8), source: "back.ecsv") == table)
    }
}
