import FITS
import Foundation
import StewardCore
import Testing

@Suite struct TableTests {
    private static let columns: [FITSColumnContent] = [
        .init("flags", .logical([true, false, true, false, false, true]), .bits(3)),
        .init("ok", .logical([true, false])),
        .init("b", .uint8([1, 255])),
        .init("i", .int16([-1, .max]), unit: "pixel"),
        .init("u", .uint16([1, .max])),
        .init("j", .int32([.min, 7])),
        .init("v", .uint32([0, .max])),
        .init("k", .int64([.min, .max])),
        .init("w", .uint64([0, .max])),
        .init("e", .float([1.5, .nan])),
        .init("d", .double([.pi, -.infinity])),
        .init("name", .string(["it's", "x"]), .fixed(8)),
        .init("array", .double([1, 2, 3, 4, 5, 6]), .fixed(3)),
        .init("bytes", .uint8(Array("hello world".utf8)), .variable(offsets: [0, 5, 11])),
        .init("list", .float([1, 2, 3]), .variable(offsets: [0, 0, 3])),
    ]

    private func table() throws -> FITSFile {
        let file = try FITSFile(creatingInMemory: "memory")
        try file.append(
            table: Self.columns,
            name: "THINGS",
            header: FITSHeader([("AR_NAME", "X"), ("TCCLS1", "Scalar")])
        )
        return try FITSFile(bytes: file.bytes(), name: "copy")
    }

    @Test("columns of every type come back")
    func columns() throws {
        let table = try table().table(1)
        #expect(table.rowCount == 2)
        #expect(table.columns.map(\.name) == Self.columns.map(\.name))
        #expect(try table.column("I").unit == "pixel")
        for column in Self.columns {
            let values = try table.values(column.name)
            if case .float(let found) = values.elements, case .float(let expected) = column.elements {
                #expect(found.map(\.bitPattern) == expected.map(\.bitPattern))
            } else {
                #expect(values.elements == column.elements, "\(column.name)")
            }
        }
        #expect(try table.realArrays("list") == [[], [1, 2, 3]])
        #expect(try table.bytes("bytes").map { String(decoding: $0, as: UTF8.self) } == ["hello", " world"])
        #expect(try table.strings("name") == ["it's", "x"])
        #expect(table.header["TCCLS1"] == "Scalar")
    }

    @Test("some rows are the same as those of the whole")
    func rows() throws {
        let file = try table()
        let last = try file.table(1, rows: 1..<2)
        #expect(try last.integers("j") == [7])
        #expect(try last.bytes("bytes") == [Array(" world".utf8)])
        #expect(throws: ButlerError.self) { try file.table(1, rows: 1..<3) }
        #expect(throws: ButlerError.self) { try file.table(0) }
    }

    @Test("wrong names and kinds are errors, with the nearest names")
    func wrong() throws {
        let table = try table().table(1)
        let error = #expect(throws: ButlerError.self) { try table.values("arry") }
        #expect(error?.candidates == ["array"])
        #expect(throws: ButlerError.self) { try table.integers("name") }
        #expect(throws: ButlerError.self) { try table.strings("d") }
        let uneven = [FITSColumnContent("a", .int32([1])), FITSColumnContent("b", .int32([1, 2]))]
        #expect(throws: ButlerError.self) { try FITSFile(creatingInMemory: "x").append(table: uneven) }
    }

    @Test("the catalog's flags, strings and arrays are read")
    func catalog() throws {
        let expected = try Golden.json("images", "afw-expected.json")["afw-source-catalog.fits"]["rows"].items
        let table = try FITSFile(reading: Golden.image("afw-source-catalog.fits")).table(1)
        #expect(table.rowCount == expected.count)
        let ids = try table.integers("id")
        let ra = try table.reals("coord_ra")
        let samples = try table.realArrays("samples")
        let flags = try table.values("flags")
        guard case .logical(let bits) = flags.elements else { throw ButlerError(.corruptFile, "flags are no bits") }
        for (row, item) in expected.enumerated() {
            #expect(ids[row] == Int64(item[0].int))
            #expect(agree(ra[row], item[1].double, within: 1e-14))
            #expect(samples[row].count == item[8].items.count)
            #expect(Array(bits[flags.range(row)]) == item[12].items.map(\.bool))
        }
    }

    @Test("damaged tables give errors, not traps")
    func damage() throws {
        let file = try FITSFile(creatingInMemory: "memory")
        try file.append(table: Self.columns)
        let whole = try file.bytes()
        var generator = Generator(state: 21)
        for _ in 0..<600 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                bytes[Int.random(in: 2880..<bytes.count, using: &generator)] = .random(in: 32...126, using: &generator)
            }
            guard let file = try? FITSFile(bytes: bytes, name: "damaged"), let table = try? file.table(1) else {
                continue
            }
            for column in table.columns { _ = try? table.values(column.name) }
        }
    }
}
