import Datastores
import Formatters
import Foundation
import StewardCore
import Testing

@Suite struct ECSVTests {
    /// The bytes of a file that the reference wrote.
    private static func fixture(_ name: String) throws -> [UInt8] {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return Array(try Data(contentsOf: tests.appending(path: "Fixtures/formatters/" + name)))
    }

    private func table(_ text: String) throws -> Table {
        try ECSV.table(Array(text.utf8), source: "test.ecsv")
    }

    private static func file(_ datatypes: String, _ data: String) -> String {
        "# %ECSV 1.0\n# ---\n# datatype:\n\(datatypes.split(separator: "\n").map { "# - \($0)\n" }.joined())\(data)"
    }

    @Test("astropy's table of all types is read, with units, masks and arrays")
    func allTypes() throws {
        let table = try ECSV.table(try Self.fixture("AstropyTable.ecsv"), source: "x")
        #expect(table.rowCount == 3 && table.columns.count == 31)
        for type in TableElementType.allCases
        where !["string", "json", "float128", "complex256"].contains(type.rawValue) {
            #expect(try table.column(type.rawValue).type == type)
        }
        #expect(
            try table.column("int8").values == .int8([0, 1, 0]) && table.column("uint64").values == .uint64([0, 1, 0])
        )
        #expect(try table.column("bool").values == .bool([false, true, false]))
        #expect(try table.column("float32").values == .float([1 / 3, 1e-30, 3e38]))
        let doubles = try #require(try table.column("float64").values.doubles)
        #expect(doubles[0] == 1.5 && doubles[1].isNaN && doubles[2] == -.infinity)
        #expect(
            try table.column("complex128").values == .complex([.init(1, 2), .init(-0.0, -1.5), .init(3e-7, -1e20)])
        )
        #expect(try table.column("s").values.strings == ["a b", "q\"uo", "x"])
        #expect(try table.column("s").description == "desc: with \"quotes\" and é")
        #expect(try table.column("s3").values.strings == ["é", "a,b", "#x"])
        #expect(try table.column("nl").values.strings == ["a\nb", "c\td", "e"])
        let f = try table.column("f")
        #expect(f.unit == "m / s" && f.format == ".3f" && f.metadata == .object(["ucd": "x", "n": 1]))
        #expect(try table.column("m").mask == [false, true, false] && table.column("m").values == .int64([1, 0, 3]))
        #expect(try table.column("md").shape == [2, 2] && table.column("md").json(1) == [[4, 5], [6, 7]])
        #expect(try table.column("mdm").json(0) == .array([.double(0), .null]) && table.column("mdm").mask?.count == 6)
        #expect(try table.column("mds").json(2) == ["", "g"])
        #expect(try table.column("obj").json(0) == .object(["a": 1]) && table.column("obj").json(2) == .null)
        #expect(try table.column("var").json(2) == [0, 1, 2] && table.column("var").offsets == [0, 1, 3, 6])
        #expect(table.metadata["l"]?.array?.count == 3 && table.metadata["z"]?["q"]?.double == 1.5e20)
        #expect(table.metadata.members?.map(\.key) == ["k", "l", "s", "z", "comments"])
    }

    @Test("every table reads back equal", arguments: ["AstropyTable.ecsv", "AstropyQTable.ecsv"])
    func roundTrip(name: String) throws {
        let table = try ECSV.table(try Self.fixture(name), source: name)
        let again = try ECSV.table(ECSV.bytes(table), source: "again")
        #expect(again.names == table.names && again.metadata == table.metadata)
        #expect(again.serializedColumns == table.serializedColumns)
        for (left, right) in zip(table.columns, again.columns) where left.name != "float64" { #expect(left == right) }
        #expect(String(describing: again["float64"]) == String(describing: table["float64"]))
    }

    @Test("what makes times and coordinates is kept while its columns are there")
    func serialized() throws {
        var table = try ECSV.table(try Self.fixture("AstropyQTable.ecsv"), source: "x")
        #expect(table.names == ["q", "t", "c.ra", "c.dec", "n"] && table["q"]?.unit == "m")
        #expect(table.serializedColumns?.hasPrefix("c:\n  __class__: astropy") == true)
        #expect(table.metadata == .object(["a": 1]))
        table = try table.selecting(["q", "n"])
        #expect(!String(decoding: ECSV.bytes(table), as: UTF8.self).contains("__serialized"))
    }

    @Test("hostile names, values and metadata survive")
    func hostile() throws {
        let names = ["#first", "a b", "", "\"q\"", "x,y", "{name: z}", "é", "null", "5", "- a", "a: b", "tab\t", "@x"]
        let values = ["#x", " lead", "trail ", "\"", "\"\"", "a\"b", ",", "\n", "\r\n", "\t", "null", "é日🚀"]
        let columns = try names.map { name in
            var column = try TableColumn(name, .string(values), description: name + "\n\"\\")
            column.metadata = .object([.init(name, .string(name))])
            return column
        }
        let table = try Table(
            columns,
            metadata: .object(names.map { .init($0, [.string($0), .double(1e-9), .double(.infinity)]) })
        )
        let again = try ECSV.table(ECSV.bytes(table), source: "again")
        #expect(again.names == names && again.metadata.text() == table.metadata.text())
        for (left, right) in zip(table.columns, again.columns) { #expect(left == right) }
    }

    @Test("small tables: no rows, no columns, one empty cell")
    func small() throws {
        for table in [
            try Table(), try Table([TableColumn("a", .double([]))]), try Table([TableColumn("a", .string(["x", ""]))]),
            try Table([TableColumn("a", .int64([1]), shape: [1, 1])]),
            try Table([TableColumn("v", .int8([]), offsets: [0, 0])]),
        ] {
            let again = try ECSV.table(ECSV.bytes(table), source: "again")
            #expect(again.names == table.names && again.rowCount == table.rowCount)
        }
        #expect(
            String(decoding: ECSV.bytes(try Table()), as: UTF8.self)
                == "# %ECSV 1.0\n# ---\n# datatype: []\n# schema: astropy-2.0\n\n"
        )
    }

    @Test("commas, comments, blank lines and line ends of Windows")
    func dialects() throws {
        let comma =
            "# %ECSV 1.0\r\n# ---\r\n# delimiter: ','\r\n# datatype:\r\n# - {name: a, datatype: int32}\r\n"
            + "# - {name: b, datatype: string}\r\na,b\r\n1,\"x,\"\"y\"\r\n\r\n# comment\r\n2, z z \r\n3,\r\n"
        let table = try table(comma)
        #expect(table["a"]?.values == .int32([1, 2, 3]) && table["b"]?.values.strings == ["x,\"y", "z z", ""])
        #expect(table["b"]?.mask == [false, false, true])
        let blank = Self.file(
            "{name: a, datatype: int32}\n{name: b, datatype: string}",
            "\n  a   b  \n 1    x  \n2 \"\"\n"
        )
        #expect(try self.table(blank)["a"]?.values == .int32([1, 2]))
        let old =
            "# %ECSV 0.9\n# ---\n# datatype:\n# - {name: a, unit: !astropy.units.Unit {unit: m}, datatype: datetime64}\na\n2020\n"
        #expect(try self.table(old)["a"]?.unit == "m" && self.table(old)["a"]?.values.strings == ["2020"])
    }

    @Test(
        "corrupt tables say where",
        arguments: [
            ("", "ECSV"), ("a b\n1 2\n", "ECSV"), ("# %ECSV 1.0\n# ---\n# datatype: [\na\n", "line"),
            ("# %ECSV 1.0\n# ---\n# datatype: 5\na\n", "line 3"),
            ("# %ECSV 1.0\n# ---\n# datatype:\n# - {name: a}\na\n", "line 4"),
            (file("{name: a, datatype: int64}", "b\n1\n"), "line 5"),
            (file("{name: a, datatype: int64}", ""), "line 5"),
            (file("{name: a, datatype: int64}", "a\n1\n2 3\n"), "line 7"),
            (file("{name: a, datatype: int64}", "a\nx\n"), "line 6"),
            (file("{name: a, datatype: int8}", "a\n1\n300\n"), "line 7"),
            (file("{name: a, datatype: bool}", "a\nmaybe\n"), "line 6"),
            (file("{name: a, datatype: float64}", "a\n1.5.2\n"), "line 6"),
            (file("{name: a, datatype: string}", "a\n\"x\n"), "line 6"),
            (file("{name: a, datatype: string}", "a\n\"x\"y\n"), "line 6"),
            (file("{name: a, datatype: string, subtype: json}", "a\n{x\n"), "line 6"),
            (file("{name: a, datatype: string, subtype: 'int64[2]'}", "a\n[1,2,3]\n"), "line 6"),
            (file("{name: a, datatype: string, subtype: 'int64[2]'}", "a\n\"[1,\"\"x\"\"]\"\n"), "no int64"),
            (file("{name: a, datatype: string, subtype: 'int64[0]'}", "a\n[]\n"), "subtype"),
            (file("{name: a, datatype: string, subtype: 'int64[99999999999,999999999999]'}", "a\n"), "subtype"),
            (file("{name: a, datatype: int64}\n{name: a, datatype: int64}", "a a\n1 2\n"), "two columns"),
        ]
    )
    func corrupt(text: String, place: String) throws {
        do {
            let table = try table(text)
            Issue.record("no error but \(table)")
        } catch let error as ButlerError {
            #expect(error.code == .corruptFile && error.description.contains(place), "\(error)")
        }
    }

    @Test("columns must fit their shape, mask and table")
    func misfits() throws {
        #expect(throws: ButlerError(.invalidArgument, "")) { try TableColumn("a", .int8([1, 2, 3]), shape: [2]) }
        #expect(throws: ButlerError(.invalidArgument, "")) { try TableColumn("a", .int8([1]), shape: [.max, 2]) }
        #expect(throws: ButlerError(.invalidArgument, "")) { try TableColumn("a", .int8([1]), mask: []) }
        #expect(throws: ButlerError(.invalidArgument, "")) { try TableColumn("a", .int8([1]), type: .int16) }
        #expect(throws: ButlerError(.invalidArgument, "")) {
            try TableColumn("a", .int8([1, 2]), offsets: [0, 2, 1, 2])
        }
        #expect(throws: ButlerError(.invalidArgument, "")) {
            try Table([TableColumn("a", .int8([1])), TableColumn("b", .int8([]))])
        }
        #expect(throws: ButlerError(.invalidArgument, "")) { try Table().column("a") }
        #expect(try TableColumn("a", .float([1, 2]), type: .float16).type == .float16)
    }
}
