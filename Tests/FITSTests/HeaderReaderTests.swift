import FITS
import Foundation
import StewardCore
import Testing

@Suite struct HeaderReaderTests {
    private static let primary = headerBlocks([
        "SIMPLE  = T", "BITPIX  = 16", "NAXIS   = 2", "NAXIS1  = 100", "NAXIS2  = 50",
    ])
    private static let empty = headerBlocks(["SIMPLE  = T", "BITPIX  = 8", "NAXIS   = 0", "OBJECT  = 'M31'"])
    private static let table = headerBlocks([
        "XTENSION= 'BINTABLE'", "BITPIX  = 8", "NAXIS   = 2", "NAXIS1  = 12", "NAXIS2  = 1000", "PCOUNT  = 77",
        "GCOUNT  = 1",
        "EXTNAME = 'AMP '", "EXTVER  = 3",
    ])
    private static let threeUnits =
        primary + dataBlocks(10_000) + table + dataBlocks(12_077) + table + dataBlocks(12_077)

    @Test("headers of all units are found by skipping the data")
    func layout() throws {
        let units = try FITSHeaderReader.read(bytes: Self.threeUnits, name: "x")
        #expect(units.map(\.index) == [0, 1, 2])
        #expect(units.map(\.headerOffset) == [0, 14_400, 31_680])
        #expect(units.map(\.dataOffset) == [2880, 17_280, 34_560])
        #expect(units.map(\.dataSize) == [10_000, 12_077, 12_077])
        #expect(units.map(\.name) == [nil, "AMP", "AMP"])
        #expect(units.last?.version == 3)
        #expect(try FITSHeaderReader.read(bytes: Self.threeUnits, name: "x", first: 2).count == 2)
    }

    @Test("a header longer than the first read is read on")
    func longHeader() throws {
        let lines = (0..<3000).map { "KEY\($0) = \($0)" }
        let bytes = headerBlocks(["SIMPLE  = T", "BITPIX  = 8", "NAXIS   = 0"] + lines)
        let units = try FITSHeaderReader.read(bytes: bytes + Self.table + dataBlocks(12_077), name: "x")
        #expect(units.first?.header.cards.count == 3003)
        #expect(units.first?.dataOffset == Int64(bytes.count))
        #expect(units.count == 2)
    }

    @Test(
        "padding may lack at the end, data may not",
        arguments: [(-2880 + 557, true), (-2880 + 556, false), (-3000, false)]
    )
    func truncation(change: Int, isWhole: Bool) throws {
        let bytes = Array(Self.threeUnits.dropLast(-change))
        if isWhole {
            #expect(try FITSHeaderReader.read(bytes: bytes, name: "x").count == 3)
        } else {
            let error = #expect(throws: ButlerError.self) { try FITSHeaderReader.read(bytes: bytes, name: "x") }
            #expect(error?.code == .corruptFile)
            #expect(error?.message.contains("HDU 2") == true)
        }
    }

    @Test("every truncation of a file is an error or a shorter whole file")
    func allTruncations() {
        for length in stride(from: 0, to: Self.threeUnits.count, by: 97) {
            let units = try? FITSHeaderReader.read(bytes: Array(Self.threeUnits.prefix(length)), name: "x")
            #expect((units?.last?.dataOffset ?? 0) <= length)
        }
    }

    @Test(
        "impossible sizes are errors",
        arguments: [
            ["BITPIX  = 7", "NAXIS   = 0"], ["BITPIX  = 8", "NAXIS   = -1"], ["BITPIX  = 8", "NAXIS   = 1"],
            ["BITPIX  = 8", "NAXIS   = 1", "NAXIS1  = -5"], ["NAXIS   = 0"], ["BITPIX  = 'x'", "NAXIS   = 0"],
            ["BITPIX  = 64", "NAXIS   = 2", "NAXIS1  = 9223372036854775807", "NAXIS2  = 3"],
            ["BITPIX  = 64", "NAXIS   = 1", "NAXIS1  = 2305843009213693951"],
            ["BITPIX  = 8", "NAXIS   = 1", "NAXIS1  = 1", "PCOUNT  = 9223372036854775807"],
        ]
    )
    func impossibleSizes(lines: [String]) {
        #expect(throws: ButlerError.self) {
            try FITSHeaderReader.read(bytes: headerBlocks(["SIMPLE  = T"] + lines), name: "x")
        }
    }

    @Test("what is no FITS file is refused with its name")
    func notFITS() throws {
        let folder = try TemporaryFolder()
        for (bytes, word) in [([UInt8](), "empty"), (Array("hello, this is text".utf8), "not a FITS file")] {
            let path = try folder.write(bytes, "x.fits")
            let error = #expect(throws: ButlerError.self) { try FITSHeaderReader.read(path) }
            #expect(error?.code == .corruptFile)
            #expect(error?.message.contains(word) == true)
        }
        let missing = #expect(throws: ButlerError.self) { try FITSHeaderReader.read(folder.path("none.fits")) }
        #expect(missing?.code == .fileNotFound)
        #expect(throws: ButlerError.self) { try FITSHeaderReader.read(folder.url.path) }
    }

    @Test("random damage gives an error or headers, never a trap")
    func randomDamage() {
        var generator = Generator(state: 11)
        for _ in 0..<500 {
            var bytes = Array(Self.threeUnits.prefix(20_000))
            for _ in 0..<20 {
                bytes[Int.random(in: 0..<2880, using: &generator)] = .random(in: 32...126, using: &generator)
            }
            let units = try? FITSHeaderReader.read(bytes: bytes, name: "x")
            #expect(units?.isEmpty != true)
        }
    }

    @Test("files compressed with gzip are read, and truncated ones refused")
    func gzip() throws {
        let folder = try TemporaryFolder()
        let plain = try folder.write(Self.threeUnits, "x.fits")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/gzip")
        process.arguments = ["-k", plain]
        try process.run()
        process.waitUntilExit()
        let units = try FITSHeaderReader.read(plain + ".gz")
        #expect(units.map(\.dataOffset) == [2880, 17_280, 34_560])
        #expect(try FITSHeaderReader.read(plain + ".gz", first: 1).count == 1)
        let compressed = try [UInt8](Data(contentsOf: URL(fileURLWithPath: plain + ".gz")))
        let cut = try folder.write(Array(compressed.dropLast(40)), "cut.fits.gz")
        #expect(throws: ButlerError.self) { try FITSHeaderReader.read(cut) }
        #expect(try FITSFile(reading: plain + ".gz").unit(0).axes == [100, 50])
        let error = #expect(throws: ButlerError.self) { try FITSFile(reading: cut) }
        #expect(error?.code == .corruptFile)
        var damaged = compressed
        damaged[compressed.count / 2] ^= 0xFF
        let path = try folder.write(damaged, "damaged.fits.gz")
        #expect(throws: ButlerError.self) { try FITSFile(reading: path) }
    }

    @Test("many files are read at the same time")
    func parallel() async throws {
        let folder = try TemporaryFolder()
        let paths = try (0..<64).map { try folder.write(Self.empty + Self.table + dataBlocks(12_077), "\($0).fits") }
        let total = try await withThrowingTaskGroup(of: Int.self) { group in
            for path in paths {
                group.addTask { try FITSHeaderReader.read(path).count }
            }
            return try await group.reduce(0, +)
        }
        #expect(total == 128)
    }
}
