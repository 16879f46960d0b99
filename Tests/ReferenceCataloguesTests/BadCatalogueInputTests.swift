import FITS
import Foundation
import Steward
import StewardCore
import Testing

@testable import ReferenceCatalogues

/// Input that cannot be taken: a typed error, and nothing of it stays.
@Suite struct BadCatalogueInputTests {
    private static let config = """
        catalogue: stars_20261121
        format: csv
        columns:
          id: id
          ra: {column: ra, unit: deg}
          dec: {column: dec, unit: deg}
        fluxes:
          magnitudes: [{column: g, as: g}]

        """

    /// One way to be bad.
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var config = BadCatalogueInputTests.config
        var input = "id,ra,dec,g\n1,10,20,15\n2,11,21,16\n"
        let code: ButlerError.Code
        let words: [String]
    }

    static let cases: [Case] = [
        Case(
            testDescription: "a missing column",
            input: "id,ra,decl,g\n1,10,20,15\n",
            code: .configuration,
            words: ["\"dec\"", "decl"]
        ),
        Case(
            testDescription: "a position that is not a number",
            input: "id,ra,dec,g\n1,10,20,15\n2,nan,21,16\n",
            code: .corruptFile,
            words: ["line 3", "no position"]
        ),
        Case(
            testDescription: "an empty position",
            input: "id,ra,dec,g\n1,10,,15\n",
            code: .corruptFile,
            words: ["line 2", "no position"]
        ),
        Case(
            testDescription: "a declination beyond the pole",
            input: "id,ra,dec,g\n1,10,90.001,15\n",
            code: .corruptFile,
            words: ["line 2", "beyond the poles"]
        ),
        Case(
            testDescription: "an identifier twice in a trixel",
            input: "id,ra,dec,g\n7,10,20,15\n7,10.001,20,16\n",
            code: .corruptFile,
            words: ["identifier 7"]
        ),
        Case(
            testDescription: "an identifier beyond 64 bits",
            input: "id,ra,dec,g\n9223372036854775808,10,20,15\n",
            code: .corruptFile,
            words: ["line 2", "whole number"]
        ),
        Case(
            testDescription: "no identifier",
            input: "id,ra,dec,g\n,10,20,15\n",
            code: .corruptFile,
            words: ["no identifier"]
        ),
        Case(
            testDescription: "text instead of a number",
            input: "id,ra,dec,g\n1,10,20,bright\n",
            code: .corruptFile,
            words: ["line 2", "bright", "\"g\""]
        ),
        Case(
            testDescription: "a line that ends too early",
            input: "id,ra,dec,g\n1,10,20,15\n2,11,2",
            code: .corruptFile,
            words: ["line 3", "3 values, not 4"]
        ),
        Case(
            testDescription: "too many values",
            input: "id,ra,dec,g\n1,10,20,15,16\n",
            code: .corruptFile,
            words: ["5 values, not 4"]
        ),
        Case(
            testDescription: "a quote that is not closed",
            input: "id,ra,dec,g\n1,10,20,\"15\n",
            code: .corruptFile,
            words: ["quote"]
        ),
        Case(testDescription: "an empty file", input: "", code: .corruptFile, words: ["empty"]),
        Case(
            testDescription: "a missing value that the configuration forbids",
            config: config + "missing: error\n",
            input: "id,ra,dec,g\n1,10,20,\n",
            code: .corruptFile,
            words: ["\"g\"", "no value"]
        ),
        Case(
            testDescription: "a unit that the configuration contradicts",
            config: config.replacing("format: csv", with: "format: ecsv"),
            input: """
                # %ECSV 1.0
                # ---
                # datatype:
                # - {name: id, datatype: int64}
                # - {name: ra, datatype: float64, unit: rad}
                # - {name: dec, datatype: float64, unit: deg}
                # - {name: g, datatype: float64}
                id ra dec g
                1 1 2 3

                """,
            code: .configuration,
            words: ["\"ra\"", "\"rad\"", "deg"]
        ),
        Case(
            testDescription: "an unknown key of the configuration",
            config: config.replacing("fluxes:", with: "fluxs:"),
            code: .configuration,
            words: ["fluxs", "line"]
        ),
        Case(
            testDescription: "an unknown unit",
            config: config.replacing("column: ra, unit: deg", with: "column: ra, unit: parsec"),
            code: .configuration,
            words: ["parsec"]
        ),
        Case(
            testDescription: "a name without a date",
            config: config.replacing("stars_20261121", with: "stars"),
            code: .datasetTypeExpression,
            words: ["\"stars\"", "date"]
        ),
        Case(
            testDescription: "two columns of one name",
            config: config + "extra: [{column: g, as: g_flux}]\n",
            code: .configuration,
            words: ["g_flux"]
        ),
        Case(
            testDescription: "half of the motion",
            config: config.replacing("fluxes:", with: "  pm_ra: pmra\nfluxes:"),
            code: .configuration,
            words: ["go together"]
        ),
    ]

    @Test("is refused with a typed error, and nothing is left", arguments: cases)
    func refused(_ item: Case) async throws {
        let folder = try TestFolder()
        let butler = try await folder.repository()
        let input = try folder.write(item.input, to: "input.csv")
        let error = await #expect(throws: ButlerError.self) {
            let configuration = try CatalogueConfiguration(yaml: item.config, file: "config.yaml")
            let ingest = CatalogueIngest(configuration, CatalogueIngest.Options(run: "refcats/bad"))
            _ = try await ingest.run([input], in: butler)
        }
        let found = try #require(error)
        #expect(found.code == item.code, "\(found.message)")
        let text = ([found.message, found.remedy ?? ""] + found.candidates).joined(separator: " ")
        for word in item.words { #expect(text.contains(word), "\(word) in \(text)") }
        #expect(folder.leftovers.isEmpty, "\(folder.leftovers)")
        #expect(try await butler.datasetTypes().isEmpty)
        #expect(try await butler.collections.query(["*"]).isEmpty)
        #expect(try await butler.referenceCatalogues().isEmpty)
    }

    @Test("bad rows are left out when that is asked for, and counted")
    func skipped() async throws {
        let folder = try TestFolder()
        let butler = try await folder.repository()
        let input = try folder.write(
            "id,ra,dec,g\n1,10,20,15\n2,,21,16\n1,10.001,20,17\n3,10,-91,18\n4,359.9999,-20,19\n",
            to: "input.csv"
        )
        var options = CatalogueIngest.Options(run: "refcats/some")
        options.onBad = .skip
        let configuration = try CatalogueConfiguration(yaml: Self.config, file: "config.yaml")
        let outcome = try await CatalogueIngest(configuration, options).run([input], in: butler)
        #expect(outcome.rowCount == 2)
        #expect(outcome.badCount == 3)
        let catalogue = try await ReferenceCatalogue.open("stars_20261121", in: butler)
        let all = try await catalogue.search(.circle(.full)).all()
        #expect(all?.integers("id")?.sorted() == [1, 4])
        #expect(catalogue.record?.rowCount == 2)
    }

    @Test("a truncated FITS table and a truncated gzip file are refused")
    func truncated() async throws {
        let folder = try TestFolder()
        let butler = try await folder.repository()
        let file = try FITSFile(creatingInMemory: "stars")
        let count = 5000
        try file.append(table: [
            FITSColumnContent("id", .int64((0..<count).map(Int64.init))),
            FITSColumnContent("ra", .double((0..<count).map { Double($0) / 20 })),
            FITSColumnContent("dec", .double((0..<count).map { Double($0 % 90) })),
            FITSColumnContent("g", .double((0..<count).map { _ in 15 })),
        ])
        let bytes = try file.bytes()
        try Data(bytes.dropLast(60_000)).write(to: URL(fileURLWithPath: folder.path + "/stars.fits"))
        let yaml = Self.config.replacing("format: csv\n", with: "")
        let configuration = try CatalogueConfiguration(yaml: yaml, file: "config.yaml")
        let ingest = CatalogueIngest(configuration, CatalogueIngest.Options(run: "refcats/bad"))
        let fits = await #expect(throws: ButlerError.self) {
            _ = try await ingest.run([folder.path + "/stars.fits"], in: butler)
        }
        #expect(fits?.code == .corruptFile)
        // An empty member of gzip without its last bytes.
        try Data([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0x4B]).write(
            to: URL(fileURLWithPath: folder.path + "/stars.csv.gz")
        )
        let gzip = await #expect(throws: ButlerError.self) {
            _ = try await ingest.run([folder.path + "/stars.csv.gz"], in: butler)
        }
        #expect(gzip?.code == .corruptFile)
        #expect(folder.leftovers.isEmpty)
        #expect(try await butler.datasetTypes().isEmpty)
    }

    @Test("a version that is complete is never changed, and two runs never share one")
    func versions() async throws {
        let folder = try TestFolder()
        let butler = try await folder.repository()
        let input = try folder.write("id,ra,dec,g\n1,10,20,15\n", to: "input.csv")
        let configuration = try CatalogueConfiguration(yaml: Self.config, file: "config.yaml")
        _ = try await CatalogueIngest(configuration, .init(run: "refcats/one")).run([input], in: butler)
        for run in ["refcats/one", "refcats/two"] {
            for resumes in [false, true] {
                var options = CatalogueIngest.Options(run: run)
                options.resumes = resumes
                let error = await #expect(throws: ButlerError.self) {
                    _ = try await CatalogueIngest(configuration, options).run([input], in: butler)
                }
                #expect(error?.code == .conflictingDefinition)
            }
        }
    }
}
