import FITS
import Foundation
import Resources
import SphericalGeometry
import Steward
import StewardCore
import Testing

@testable import ReferenceCatalogues

/// The forms of input, and what must not depend on how the work is done.
@Suite struct CatalogueInputTests {
    private static let config = """
        catalogue: stars_20261121
        columns:
          id: source_id
          ra: ra
          dec: dec
        fluxes:
          nanojansky: [{column: flux, error: flux_err, unit: uJy, as: r}]
        flags: {variable: is_var}
        extra: [n_obs, note]

        """
    private static let rows: [(id: Int64, ra: Double, dec: Double, flux: Double, isVariable: Bool, note: String)] =
        (0..<300).map { index in
            let number = Double(index)
            return (
                Int64(index) * 1_000_000_007 + (1 << 60), (number * 7.77).truncatingRemainder(dividingBy: 360),
                (number * 3.1).truncatingRemainder(dividingBy: 178) - 89, number / 8, index % 3 == 0,
                index % 5 == 0 ? "two, \"words\"" : "n\(index)"
            )
        }

    private static func csv() -> String {
        "source_id,ra,dec,flux,flux_err,is_var,n_obs,note\n"
            + rows.map { row in
                let note = row.note.replacing("\"", with: "\"\"")
                return "\(row.id),\(row.ra),\(row.dec),\(row.flux),,\(row.isVariable),\(row.id % 100),\"\(note)\"\n"
            }.joined()
    }

    private static func ecsv() -> String {
        let names = ["source_id", "ra", "dec", "flux", "flux_err", "is_var", "n_obs", "note"]
        let types = ["int64", "float64", "float64", "float64", "float64", "bool", "int64", "string"]
        let units = ["", "deg", "deg", "uJy", "uJy", "", "", ""]
        let columns = zip(names, zip(types, units)).map { name, item in
            "# - {name: \(name), \(item.1.isEmpty ? "" : "unit: \(item.1), ")datatype: \(item.0)}\n"
        }
        return "# %ECSV 1.0\n# ---\n# datatype:\n" + columns.joined() + names.joined(separator: " ") + "\n"
            + rows.map { row in
                let note = row.note.replacing("\"", with: "\"\"")
                return "\(row.id) \(row.ra) \(row.dec) \(row.flux) \"\" \(row.isVariable ? "True" : "False") "
                    + "\(row.id % 100) \"\(note)\"\n"
            }.joined()
    }

    private static func fits(_ path: String) throws {
        let file = try FITSFile(creating: path)
        try file.appendHeader(FITSHeader())
        try file.append(table: [
            FITSColumnContent("source_id", .int64(rows.map(\.id))),
            FITSColumnContent("ra", .double(rows.map(\.ra)), unit: "deg"),
            FITSColumnContent("dec", .double(rows.map(\.dec)), unit: "deg"),
            FITSColumnContent("flux", .double(rows.map(\.flux)), unit: "uJy"),
            FITSColumnContent("flux_err", .double(rows.map { _ in .nan }), unit: "uJy"),
            FITSColumnContent("is_var", .logical(rows.map(\.isVariable))),
            FITSColumnContent("n_obs", .int64(rows.map { $0.id % 100 })),
            FITSColumnContent("note", .string(rows.map(\.note)), .fixed(12)),
        ])
        try file.close()
    }

    private func shards(
        _ files: [String],
        in folder: TestFolder,
        _ name: String,
        jobs: Int = 2,
        memory: Int = 384 << 20
    ) async throws -> [UInt64: [UInt8]] {
        try await Butler.create(folder.path + "/" + name)
        let butler = try await Butler.open(folder.path + "/" + name, writeable: true)
        var options = CatalogueIngest.Options(run: "refcats/one")
        options.jobs = jobs
        options.memory = memory
        let configuration = try CatalogueConfiguration(yaml: Self.config, file: "config.yaml")
        let outcome = try await CatalogueIngest(configuration, options).run(files, in: butler)
        #expect(outcome.rowCount == Self.rows.count)
        let catalogue = try await ReferenceCatalogue.open("stars_20261121", in: butler)
        var bytes: [UInt64: [UInt8]] = [:]
        for shard in catalogue.shards { bytes[shard.trixel] = try FileStore().read(shard.path) }
        #expect(bytes.count == outcome.shards.count)
        return bytes
    }

    @Test("CSV, ECSV and FITS, whole or with gzip, give the same shards")
    func forms() async throws {
        let folder = try TestFolder()
        let csv = try folder.write(Self.csv(), to: "stars.csv")
        let ecsv = try folder.write(Self.ecsv(), to: "stars.ecsv")
        try Self.fits(folder.path + "/stars.fits")
        let expected = try await shards([csv], in: folder, "csv")
        #expect(try await shards([ecsv], in: folder, "ecsv") == expected)
        #expect(try await shards([folder.path + "/stars.fits"], in: folder, "fits") == expected)
        for name in ["stars.csv", "stars.fits"] {
            let gzip = Process()
            gzip.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            gzip.arguments = ["gzip", "-k", folder.path + "/" + name]
            try gzip.run()
            gzip.waitUntilExit()
            #expect(try await shards([folder.path + "/\(name).gz"], in: folder, name + "-gz") == expected)
        }
    }

    @Test("neither threads nor memory change a byte")
    func repeatable() async throws {
        let folder = try TestFolder()
        let text = Self.csv()
        let lines = text.split(separator: "\n")
        let head = lines[0] + "\n"
        let first = try folder.write(head + lines[1...150].joined(separator: "\n") + "\n", to: "a.csv")
        let second = try folder.write(head + lines[151...].joined(separator: "\n"), to: "b.csv")
        let expected = try await shards([try folder.write(text, to: "all.csv")], in: folder, "all")
        for (jobs, memory) in [(1, 30_000), (3, 3_000), (2, 100)] {
            #expect(
                try await shards([first, second], in: folder, "r\(memory)", jobs: jobs, memory: memory) == expected
            )
        }
    }

    @Test("stored values follow from units and types")
    func values() async throws {
        let folder = try TestFolder()
        let csv = try folder.write(Self.csv(), to: "stars.csv")
        _ = try await shards([csv], in: folder, "repo")
        let butler = try await Butler.open(folder.path + "/repo")
        let catalogue = try await ReferenceCatalogue.open("stars_20261121", in: butler)
        let found = try #require(try await catalogue.search(.circle(.full)).all())
        let (ids, fluxes) = (try #require(found.integers("id")), try #require(found.doubles("r_flux")))
        let (flags, notes) = (try #require(found.flags("variable")), try #require(found.texts("note")))
        let errors = try #require(found.doubles("r_fluxErr"))
        let byID = Dictionary(uniqueKeysWithValues: Self.rows.map { ($0.id, $0) })
        #expect(ids.count == Self.rows.count)
        for index in ids.indices {
            let row = try #require(byID[ids[index]])
            #expect(fluxes[index] == row.flux * 1000)
            #expect(errors[index].isNaN)
            #expect(flags[index] == row.isVariable)
            #expect(notes[index] == row.note)
        }
        #expect(found.schema["n_obs"]?.kind == .int64)
        #expect(found.schema["note"]?.kind == .string(12))
    }

    @Test(
        "numbers are read as the library reads them",
        arguments: [
            "0", "-0", "1", "-1.5", "+3", "1e3", "1.25E-7", "0.1", "123456789012345678", "9007199254740993", "1e22",
            "1e23",
            "3.141592653589793238462643", "4.9e-324", "1.7976931348623157e308", "-1e-310", ".5", "5.", "nan", "inf",
            "-inf",
        ]
    )
    func numbers(_ text: String) throws {
        let found = Array(text.utf8).withUnsafeBufferPointer { NumberParser.double($0) }
        let wanted = try #require(Double(text))
        #expect(found?.bitPattern == wanted.bitPattern || found?.isNaN == true && wanted.isNaN)
    }

    @Test(
        "what is no number is none",
        arguments: ["", "-", ".", "e5", "1e", "1e+", "1x", "0x10", "1 2", "1,5", "--1", "nan(1)"]
    )
    func noNumbers(_ text: String) {
        #expect(Array(text.utf8).withUnsafeBufferPointer { NumberParser.double($0) } == nil)
    }
}
