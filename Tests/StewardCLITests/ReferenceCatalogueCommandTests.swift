import Foundation
import Steward
import StewardCore
import Testing

/// The three commands of reference catalogues, as users run them.
@Suite struct ReferenceCatalogueCommandTests {
    private static let config = """
        catalogue: stars_20261121
        columns:
          id: id
          ra: {column: ra, unit: deg}
          dec: {column: dec, unit: deg}
          ra_error: {column: e, unit: mas}
          dec_error: {column: e, unit: mas}
          epoch: {value: 2016.0, format: jyear, scale: tcb}
          pm_ra: {column: pmra, unit: mas/yr}
          pm_dec: {column: pmdec, unit: mas/yr}
          pm_ra_error: {column: e, unit: mas/yr}
          pm_dec_error: {column: e, unit: mas/yr}
          parallax: {column: e, unit: mas}
          parallax_error: {column: e, unit: mas}
          correlations: zero
        fluxes:
          magnitudes: [{column: g, as: g}, {column: r, as: r}]
        extra: [name]
        description: Four stars.

        """
    private static let input = """
        id,ra,dec,e,pmra,pmdec,g,r,name
        9223372036854775807,10,20,0.1,0,0,15,14,"a, b"
        2,10.01,20,0.1,3600000,0,16,15,c
        3,10,20.02,0.1,,,17,,d
        4,250,-60,0.1,1,1,18,17,e

        """

    private struct Sample {
        let folder: TemporaryFolder
        let root: String
        let steward = StewardProgram()

        init() throws {
            folder = try TemporaryFolder()
            root = folder.path + "/repo"
            try steward.create(root)
            try Data(ReferenceCatalogueCommandTests.config.utf8).write(to: url("stars.yaml"))
            try Data(ReferenceCatalogueCommandTests.input.utf8).write(to: url("stars.csv"))
        }

        func url(_ name: String) -> URL { URL(fileURLWithPath: path(name)) }

        func path(_ name: String) -> String { folder.path + "/" + name }

        @discardableResult
        func ingest(_ further: [String] = ["--run", "refcats/DM-1"]) throws -> String {
            try steward.expect(
                ["ingest-reference-catalogue", root, path("stars.yaml"), path("stars.csv")] + further
            )
        }

        func query(_ words: String...) throws -> String {
            try steward.expect(["query-reference-catalogue", root, "stars_20261121"] + words)
        }
    }

    @Test("sources are ingested, visible in refcats, and found by position")
    func roundTrip() throws {
        let sample = try Sample()
        #expect(
            try sample.ingest()
                == "Ingested 4 sources of stars_20261121 in 2 shards into refcats/DM-1, visible in refcats.\n"
        )
        #expect(try sample.steward.expect(["query-collections", sample.root]).contains("refcats/DM-1"))
        let csv = try sample.query("--circle", "10,20,0.015", "--format", "csv", "--columns", "id,coord_ra,g_flux,name")
        let lines = csv.split(separator: "\n").map(String.init)
        #expect(lines.first == "id,coord_ra,g_flux,name")
        #expect(lines.dropFirst().map { $0.split(separator: ",")[0] } == ["9223372036854775807", "2"])
        #expect(lines[1].hasSuffix("\"a, b\""))
        #expect(try sample.query("--circle", "10,20,80\"", "--count") == "3\n")
        #expect(try sample.query("--circle", "10,20,30\"", "--count") == "1\n")
        #expect(try sample.query("--circle", "10,20,30\"", "--padding", "30\"", "--count") == "2\n")
        #expect(try sample.query("--polygon", "9.9,19.9,10.1,19.9,10.1,20.01,9.9,20.01", "--count") == "2\n")
        #expect(try sample.query("--pos", "RANGE 240 260 -70 -50", "--count") == "1\n")
        #expect(try sample.query("--circle", "10,20,1", "--shards").contains("refcats/DM-1"))
    }

    @Test("an epoch moves sources, and the region can be for either position")
    func epoch() throws {
        let sample = try Sample()
        try sample.ingest()
        // Source 2 moves a degree a year to the east; source 3 has no motion and stays.
        let stored = try sample.query(
            "--circle",
            "10,20,0.05",
            "--epoch",
            "J2018.0",
            "--format",
            "json",
            "--columns",
            "id,coord_ra,coord_dec"
        )
        let rows = try #require(try JSONValue(parsing: stored).array)
        #expect(rows.compactMap { $0["id"]?.int } == [.max, 2, 3])
        #expect((try #require(rows[1]["coord_ra"]?.double) - 10.01) > 2)
        #expect((try #require(rows[2]["coord_dec"]?.double) - 20.02).magnitude < 1e-12)
        #expect(
            try sample.query("--circle", "10,20,0.05", "--epoch", "J2018.0", "--trim", "at-epoch", "--count") == "2\n"
        )
        #expect(
            try sample.query("--circle", "12.137,20,0.3", "--epoch", "J2018.0", "--trim", "at-epoch", "--count")
                == "1\n"
        )
        #expect(try sample.query("--circle", "12.137,20,0.3", "--epoch", "J2018.0", "--count") == "0\n")
    }

    @Test("filters choose fluxes, cut and sort")
    func filters() throws {
        let sample = try Sample()
        try sample.ingest()
        let all = ["--circle", "10,20,180", "--format", "csv", "--columns", "id", "--filter"]
        func ids(_ words: [String]) throws -> [String] {
            try sample.steward.expect(["query-reference-catalogue", sample.root, "stars_20261121"] + all + words)
                .split(separator: "\n").dropFirst().map(String.init)
        }
        #expect(try ids(["g", "--limit", "2"]) == ["9223372036854775807", "2"])
        #expect(Set(try ids(["g", "--brighter-than", "17.5"])) == ["9223372036854775807", "2", "3"])
        #expect(try ids(["r"]).count == 4)
        #expect(Set(try ids(["r", "--brighter-than", "30"])) == ["9223372036854775807", "2", "4"])
        try Data("HSC-G: g\n".utf8).write(to: sample.url("map.yaml"))
        #expect(try ids(["HSC-G", "--filter-map", sample.path("map.yaml"), "--limit", "1"]) == ["9223372036854775807"])
        let wrong = try sample.steward.run(
            ["query-reference-catalogue", sample.root, "stars_20261121", "--circle", "1,1,1", "--filter", "gg"]
        )
        #expect(wrong.status == 1)
        #expect(wrong.errors.contains("\"gg\""))
        let table = try sample.query("--circle", "10,20,1", "--filter", "g")
        #expect(table.contains("g_flux") && !table.contains("r_flux"))
    }

    @Test("FITS output is a shard like any other")
    func fits() throws {
        let sample = try Sample()
        try sample.ingest()
        _ = try sample.query("--circle", "250,-60,1", "--format", "fits", "--output", sample.path("out.fits"))
        let description = try sample.steward.expect(["translate-header", "--help"])
        #expect(!description.isEmpty)
        let data = try Data(contentsOf: sample.url("out.fits"))
        #expect(data.count.isMultiple(of: 2880))
        #expect(String(decoding: data.prefix(30_000), as: UTF8.self).contains("HIERARCH REFCAT_FORMAT_VERSION = 2"))
        // An empty result has the columns all the same.
        let empty = try sample.query("--circle", "100,60,0.1", "--format", "csv")
        #expect(empty.split(separator: "\n").count == 1)
        #expect(empty.hasPrefix("id,coord_ra,coord_dec,g_flux,r_flux,g_fluxErr"))
    }

    @Test("a dry run, a repetition, and missing words")
    func refusals() throws {
        let sample = try Sample()
        let dry = try sample.ingest(["--dry-run"])
        #expect(dry.hasPrefix("4 sources in 2 shards; nothing was written.\n"))
        #expect(dry.contains("coord_ra"))
        #expect(try sample.steward.expect(["query-collections", sample.root]).contains("refcats") == false)
        try sample.ingest()
        let again = try sample.steward.run(
            [
                "ingest-reference-catalogue", sample.root, sample.path("stars.yaml"), sample.path("stars.csv"), "--run",
                "refcats/DM-2",
            ]
        )
        #expect(again.status == 1)
        #expect(again.errors.contains("complete"))
        let noRun = try sample.steward.run(
            ["ingest-reference-catalogue", sample.root, sample.path("stars.yaml"), sample.path("stars.csv")]
        )
        #expect(noRun.status == 2)
        let noRegion = try sample.steward.run(["query-reference-catalogue", sample.root, "stars_20261121"])
        #expect(noRegion.status == 2)
        let unknown = try sample.steward.run(
            ["query-reference-catalogue", sample.root, "stars_20261122", "--circle", "1,1,1"]
        )
        #expect(unknown.status == 1)
        #expect(unknown.errors.contains("stars_20261121"))
    }

    @Test("standard input is taken, and shards are left where --output says")
    func standardInput() throws {
        let sample = try Sample()
        try Data((Self.config + "format: csv\n").utf8).write(to: sample.url("in.yaml"))
        let outcome = try sample.steward.run(
            [
                "ingest-reference-catalogue", sample.root, sample.path("in.yaml"), "-", "--run", "refcats/in",
                "--output",
                sample.path("out"),
            ],
            input: Self.input
        )
        #expect(outcome.status == 0, "\(outcome.errors)")
        let listing = try String(contentsOf: sample.url("out/filename_to_htm.ecsv"), encoding: .utf8)
        #expect(listing.split(separator: "\n").count { $0.hasPrefix("stars_20261121/") } == 2)
        #expect(try sample.query("--circle", "10,20,180", "--count") == "4\n")
        let folder = try sample.steward.expect(["check-reference-catalogue", sample.path("out/stars_20261121")])
        #expect(folder.contains("2 shards, 4 sources") && folder.contains("No problems were found."))
    }

    @Test("a check tells what is wrong with exit code 1; a description tells what is known")
    func check() throws {
        let sample = try Sample()
        try sample.ingest()
        let good = try sample.steward.expect(["check-reference-catalogue", sample.root, "stars_20261121", "--all-ids"])
        #expect(good.contains("No problems were found."))
        let description = try sample.query("--describe")
        #expect(description.contains("sources: 4") && description.contains("Four stars."))
        let shard = try sample.query("--circle", "250,-60,1", "--shards", "--format", "csv")
        let path = try #require(shard.split(separator: "\n").last?.split(separator: ",").last.map(String.init))
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        try data.dropLast(2880).write(to: URL(fileURLWithPath: path))
        let bad = try sample.steward.run(
            ["check-reference-catalogue", sample.root, "stars_20261121", "--format", "json"]
        )
        #expect(bad.status == 1)
        let findings = try #require(try JSONValue(parsing: bad.output).array)
        #expect(findings.contains { $0["kind"]?.string == "unreadable" })
    }

    @Test("example configurations are ones that the program reads", arguments: ["gaia", "ps1"])
    func examples(_ name: String) throws {
        let sample = try Sample()
        let text = try sample.steward.expect(["ingest-reference-catalogue", "--print-config", name])
        try Data(text.utf8).write(to: sample.url("example.yaml"))
        let outcome = try sample.steward.run(
            [
                "ingest-reference-catalogue", sample.root, sample.path("example.yaml"), sample.path("stars.csv"),
                "--dry-run",
            ]
        )
        // The configuration reads; the stars are not what it wants.
        #expect(outcome.status == 1)
        #expect(!outcome.errors.contains("example.yaml"), "\(outcome.errors)")
    }
}
