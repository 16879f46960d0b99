import Datastores
import Formatters
import StewardCore
import Testing

@Suite struct ECSVTests {
    private static let name = "lsst.daf.butler.formatters.astropyTable.AstropyTableFormatter"

    static let table = Table(
        [
            .init("a", .int([1, 2, 3]), unit: "m / s", description: "the: a", format: "%d"),
            .init("b", .double([1.5, .infinity, 1e16])),
            .init("s", .string(["x y", "z", "q\"z"])),
            .init("f", .bool([true, false, true])),
            .init("f32", .double([0.1, 2, 3]), dataType: "float32"),
            .init("m", .int([1, 0, 3]), mask: [false, true, false]),
            .init("arr", .json([[0, 1], [2, 3], [4, 5]]), dataType: "int64[2]"),
            .init("obj", .json([.object(["a": 1]), [1, 2], .null]), dataType: "json"),
            .init("u8", .unsigned([.max, 0, 1])),
        ],
        metadata: .object(["k": "v", "n": .object(["a": [1, 2], "z": .null]), "yes": "no: #", "x": .double(1e-5)])
    )

    /// What astropy 7 writes for a table like it.
    static let golden = """
        # %ECSV 1.0
        # ---
        # datatype:
        # - {name: a, unit: m / s, datatype: int64, format: '%d', description: 'the: a'}
        # - {name: b, datatype: float64}
        # - {name: s, datatype: string}
        # - {name: f, datatype: bool}
        # - {name: m, datatype: int64}
        # - {name: arr, datatype: string, subtype: 'int64[2]'}
        # - {name: obj, datatype: string, subtype: json}
        # meta: !!omap
        # - {k: v}
        # - n:
        #     a: [1, 2]
        #     z: null
        # - __serialized_columns__:
        #     a:
        #       __class__: astropy.units.quantity.Quantity
        #       unit: !astropy.units.Unit {unit: m}
        #       value: !astropy.table.SerializedColumn {name: a}
        # schema: astropy-2.0
        a b s f m arr obj
        1 1.5 "x y" True 1 [0,1] "{""a"":1}"
        2 nan "" False "" [2,3] [1,2]
        3 1e+16 "q""z" True 3 [4,5] null

        """

    private func read(_ text: String) throws -> Table {
        let formatter = try TextFormatterTests.formatter(ECSVTests.name)
        let source = FileSource(bytes: Array(text.utf8), name: "t.ecsv")
        return try #require(try formatter.read(source, TextFormatterTests.request()) as? Table)
    }

    @Test("A table that astropy wrote is read")
    func golden() throws {
        let table = try read(ECSVTests.golden)
        #expect(table.columns.map(\.name) == ["a", "b", "s", "f", "m", "arr", "obj"])
        #expect(table["a"]?.unit == "m / s" && table["a"]?.description == "the: a" && table["a"]?.format == "%d")
        #expect(table["a"]?.values == .int([1, 2, 3]))
        #expect(table["s"]?.values == .string(["x y", "", "q\"z"]))
        #expect(table["s"]?.mask == [false, true, false])
        #expect(table["f"]?.values == .bool([true, false, true]))
        #expect(table["m"]?.mask == [false, true, false])
        #expect(table["arr"]?.values == .json([[0, 1], [2, 3], [4, 5]]) && table["arr"]?.dataType == "int64[2]")
        #expect(table["obj"]?.values == .json([.object(["a": 1]), [1, 2], .null]))
        #expect(table.metadata["n"]?["a"] == [1, 2])
        guard case .double(let b)? = table["b"]?.values else {
            Issue.record("b is not floating point")
            return
        }
        #expect(b[0] == 1.5 && b[1].isNaN && b[2] == 1e16)
    }

    @Test("What is written is read back the same")
    func roundTrip() throws {
        let result = try TextFormatterTests.roundTrip(ECSVTests.table, ECSVTests.name)
        #expect(result.object as? Table == ECSVTests.table)
        let empty = Table([.init("a", .int([])), .init("b c", .string([]))])
        #expect(try TextFormatterTests.roundTrip(empty, ECSVTests.name).object as? Table == empty)
    }

    @Test(
        "Damaged tables are refused with the line",
        arguments: [
            ("", 1), ("a b\n1 2\n", 1), ("# %ECSV 1.0\n# ---\n# datatype: [\n", 3),
            ("# %ECSV 1.0\n# ---\n# datatype:\n# - {name: a, datatype: int64}\na\nx\n", 6),
            ("# %ECSV 1.0\n# ---\n# datatype:\n# - {name: a, datatype: int64}\na\n1 2\n", 6),
            ("# %ECSV 1.0\n# ---\n# datatype:\n# - {name: a, datatype: string}\na\n\"x\ny\n", 6),
            ("# %ECSV 1.0\n# ---\n# datatype:\n# - {name: a, datatype: string}\nb\nx\n", 5),
        ]
    )
    func damaged(text: String, line: Int) {
        let error = #expect(throws: ButlerError.self) { try read(text) }
        #expect(error?.code == .corruptFile)
        #expect(error?.message.contains("t.ecsv") == true)
        if line > 3 {
            #expect(
                error?.context.contains(.init("line", "\(line)")) == true
                    || error?.message.contains("line \(line + 1)") == true
            )
        }
    }
}
