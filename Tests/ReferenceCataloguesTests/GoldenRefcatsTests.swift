import FITS
import Foundation
import Resources
import SphericalGeometry
import Steward
import StewardCore
import Testing

@testable import ReferenceCatalogues

/// The golden catalogue, ingested once for all tests of the suite.
private struct Sample: Sendable {
    let folder: TestFolder
    let catalogue: ReferenceCatalogue
    let butler: Butler
    let outcome: CatalogueIngest.Outcome

    static let shared = Task { () throws -> Sample in
        let folder = try TestFolder()
        let butler = try await folder.repository()
        let configuration = try CatalogueConfiguration(readingFrom: GoldenCatalogue.config)
        var options = CatalogueIngest.Options(run: "refcats/DM-12345")
        options.hasReferenceStringWidth = true
        options.allowsAnyName = true
        let ingest = CatalogueIngest(configuration, options)
        let outcome = try await ingest.run([GoldenCatalogue.input], in: butler)
        let catalogue = try await ReferenceCatalogue.open(configuration.name, in: butler)
        return Sample(folder: folder, catalogue: catalogue, butler: butler, outcome: outcome)
    }
}

@Suite struct GoldenRefcatsTests {
    @Test("every source is in the shard that the registry's pixelization gives, in the order of the input")
    func sharding() async throws {
        let sample = try await Sample.shared.value
        let golden = try GoldenCatalogue.json("sharding.json")
        var expected: [UInt64: [Int64]] = [:]
        for row in try #require(golden["rows"]?.array) {
            let cells = try #require(row.array)
            expected[UInt64(try #require(cells[2].int)), default: []].append(try #require(cells[1].int))
        }
        var found: [UInt64: [Int64]] = [:]
        for shard in sample.catalogue.shards {
            found[shard.trixel] = try ShardFile.rows(shard.path).integers("id")
        }
        #expect(found == expected)
        let counts = try #require(golden["shards"]?.array).map { pair in
            [UInt64(try #require(pair.array?[0].int)), UInt64(try #require(pair.array?[1].int))]
        }
        #expect(sample.outcome.shards.map { [$0.trixel, UInt64($0.rowCount)] } == counts)
    }

    @Test("sources near an edge are in one of the trixels that contain them")
    func edges() async throws {
        let sample = try await Sample.shared.value
        let golden = try GoldenCatalogue.json("sharding.json")
        let rows = try #require(golden["rows_contained_by_more_than_one_trixel"]?.array)
        #expect(!rows.isEmpty)
        for row in rows {
            let id = try #require(row.array?[0].int)
            let trixels = try #require(row.array?[1].array).map { UInt64(try #require($0.int)) }
            let shard = try sample.catalogue.shards.first {
                try ShardFile.rows($0.path).integers("id")?.contains(id) == true
            }
            #expect(trixels.contains(try #require(shard).trixel))
        }
    }

    @Test("stored values are those of the reference's formulas")
    func values() async throws {
        let sample = try await Sample.shared.value
        let golden = Dictionary(grouping: try GoldenCatalogue.csv("stored.csv")) { $0["htm7"] ?? "" }
        var compared = 0
        for shard in sample.catalogue.shards {
            let rows = try ShardFile.rows(shard.path)
            let expected = try #require(golden[String(shard.trixel)])
            #expect(rows.rowCount == expected.count)
            for field in rows.schema.fields {
                for row in 0..<min(rows.rowCount, expected.count) {
                    let text = try #require(expected[row][field.name], "no column \(field.name)")
                    let cell = rows.bytes.withUnsafeBytes { bytes in
                        let index = rows.schema.index(field.name) ?? 0
                        return Self.agrees(CellReader(bytes, row * rows.schema.rowSize, rows.schema, index), text)
                    }
                    #expect(cell, "\(shard.trixel) row \(row) \(field.name): \(text)")
                    compared += 1
                }
            }
        }
        #expect(
            compared == golden.values.reduce(0) { $0 + $1.count } * (try #require(golden.values.first?.first).count - 1)
        )
    }

    private static func agrees(_ cell: CellReader, _ text: String) -> Bool {
        if let value = cell.integer { return value == Int64(text) }
        if let value = cell.text { return value == text }
        if let value = cell.float {
            guard let wanted = Float(text) else { return text.isEmpty && value.isNaN }
            return value == wanted || value == wanted.nextUp || value == wanted.nextDown
        }
        guard let value = cell.double else { return false }
        guard let wanted = Double(text) else { return text.isEmpty && value.isNaN }
        return (value - wanted).magnitude <= 1e-12 * max(wanted.magnitude, 1e-300)
    }

    @Test("shards of the reference's form read, and are written byte for byte from HDU 1 on")
    func bytes() async throws {
        let sample = try await Sample.shared.value
        let shards = try GoldenCatalogue.shards()
        #expect(!shards.isEmpty)
        for (trixel, path) in shards {
            let golden = try FileStore().read(ResourcePath(localPath: path))
            let rows = try ShardFile.rows(ResourcePath(localPath: path))
            #expect(ShardFile.bytes(of: rows).dropFirst(2880) == golden.dropFirst(2880), "\(trixel)")
            let ours = try #require(sample.catalogue.shards.first { $0.trixel == trixel })
            let written = try FileStore().read(ours.path)
            let start = golden.count - rows.bytes.count - ShardFile.padding(rows.bytes.count).count
            #expect(written.count == golden.count)
            #expect(written[2880..<start] == golden[2880..<start], "headers of \(trixel)")
            #expect(try ShardFile.rows(ours.path).schema.matches(rows.schema))
        }
    }

    @Test("the empty shard with the schema reads")
    func emptyShard() throws {
        let path = GoldenCatalogue.folder.appendingPathComponent("shards/master_schema.fits").path
        guard FileManager.default.fileExists(atPath: path) else { return }
        let rows = try ShardFile.rows(ResourcePath(localPath: path))
        #expect(rows.rowCount == 0)
        #expect(rows.schema.formatVersion == CatalogueSchema.currentVersion)
    }

    @Test("searches read the shards of the envelope and nothing else, and find the same sources")
    func searches() async throws {
        let catalogue = try await Sample.shared.value.catalogue
        let searches = try #require(GoldenCatalogue.json("searches.json")["searches"]?.array)
        #expect(!searches.isEmpty)
        for golden in searches {
            let name = golden["name"]?.string ?? ""
            let code = try #require(golden["region_hex"]?.string)
            let region = try Region(encoded: try #require(Hexadecimal.decode(code)))
            let envelope = try #require(golden["envelope"]?.array).map { pair in
                UInt64(try #require(pair.array?[0].int))..<UInt64(try #require(pair.array?[1].int))
            }
            #expect(catalogue.pixels.envelope(of: region, maxRanges: 0) == RangeSet(ranges: envelope), "\(name)")
            let search = try catalogue.search(region)
            let found = try await search.all()
            #expect(search.shards.map(\.trixel) == (try Self.numbers(golden["shards_read"])), "\(name)")
            let within = try PaddedRegion(region, padding: Angle(radians: 0))
            let inside = try search.shards.map(\.trixel).filter { try within.holds(catalogue.pixels.pixel($0)) }
            #expect(inside == (try Self.numbers(golden["shards_within"])), "\(name)")
            #expect(
                (found?.integers("id") ?? []).sorted().map { UInt64($0) } == (try Self.numbers(golden["ids"])),
                "\(name)"
            )
            let sizes = try search.shards.map { try FileStore().size($0.path) }
            let statistics = search.statistics
            #expect(statistics.shardCount == search.shards.count, "\(name)")
            #expect(statistics.byteCount == sizes.reduce(0, +), "\(name)")
            #expect(statistics.rowCount == (try #require(golden["rows_read"]?.int).asInt), "\(name)")
            #expect(statistics.foundCount == (try #require(golden["count"]?.int).asInt), "\(name)")
            if let epoch = golden["mjd_tai"]?.double {
                try await compareAtEpoch(catalogue, region, epoch, golden, name)
            }
        }
    }

    /// The sources inside at a date; those from beyond the shards that the golden search read may be more.
    private func compareAtEpoch(
        _ catalogue: ReferenceCatalogue,
        _ region: Region,
        _ epoch: Double,
        _ golden: JSONValue,
        _ name: String
    ) async throws {
        var options = CatalogueSearchOptions()
        options.epoch = epoch
        options.trimsAtEpoch = true
        let found = try await catalogue.search(region, options).all()?.integers("id") ?? []
        #expect(found.sorted().map { UInt64($0) } == (try Self.numbers(golden["ids_trimmed_at_epoch"])), "\(name)")
    }

    private static func numbers(_ value: JSONValue?) throws -> [UInt64] {
        try #require(value?.array).map { UInt64(try #require($0.int)) }
    }

    @Test("proper motion moves sources as the reference does")
    func motion() async throws {
        let catalogue = try await Sample.shared.value.catalogue
        let golden = try GoldenCatalogue.json("proper_motion.json")
        let date = try #require(golden["input_epoch_mjd_tai"]?.double)
        for item in try #require(golden["epochs"]?.array) {
            let epoch = try #require(item["mjd_tai"]?.double)
            #expect(((epoch - date) / 365.25 - (item["years"]?.double ?? 0)).magnitude < 1e-9)
            var options = CatalogueSearchOptions()
            options.epoch = epoch
            let all = try await catalogue.search(.circle(.full), options).all()
            let rows = try #require(all)
            let ids = try #require(rows.integers("id"))
            let place = Dictionary(uniqueKeysWithValues: zip(ids, ids.indices))
            let columns = ["coord_ra", "coord_dec", "coord_raErr", "coord_decErr"].map { rows.doubles($0) ?? [] }
            for row in try #require(item["rows"]?.array) {
                let cells = try #require(row.array)
                let id = try #require(cells[0].int)
                let index = try #require(place[id])
                let declination = try #require(cells[4].double)
                let scale = 1e-14 / max(1e-8, cos(declination))
                #expect((columns[0][index] - (try #require(cells[3].double))).magnitude <= scale, "\(id) at \(epoch)")
                // The reference's declinations are inverse sines, whose errors grow towards the poles.
                let noise = 1e-14 + 4e-16 / max(1e-8, cos(declination))
                #expect((columns[1][index] - declination).magnitude <= noise, "\(id) at \(epoch)")
                for error in 0..<2 {
                    let value = columns[2 + error][index]
                    guard let wanted = cells[5 + error].double else {
                        #expect(!value.isFinite, "\(id)")
                        continue
                    }
                    #expect((value - wanted).magnitude <= 1.2e-7 * wanted, "\(id)")
                }
            }
        }
    }

    @Test("the table for ingest-files has the reference's form")
    func listing() async throws {
        let folder = try TestFolder()
        let butler = try await folder.repository()
        var options = CatalogueIngest.Options(run: "refcats/one")
        options.output = folder.path + "/out"
        options.allowsAnyName = true
        let configuration = try CatalogueConfiguration(readingFrom: GoldenCatalogue.config)
        _ = try await CatalogueIngest(configuration, options).run([GoldenCatalogue.input], in: butler)
        let ours = try String(contentsOfFile: folder.path + "/out/filename_to_htm.ecsv", encoding: .utf8)
        let golden = try String(
            contentsOf: GoldenCatalogue.folder.appendingPathComponent("filename_to_htm.ecsv"),
            encoding: .utf8
        )
        let goldenHead = golden.split(separator: "\n").prefix { $0.hasPrefix("#") || $0.hasPrefix("filename") }
        let head = ours.split(separator: "\n").prefix { $0.hasPrefix("#") || $0.hasPrefix("filename") }
        #expect(Array(head) == Array(goldenHead))
        let catalogue = try await ReferenceCatalogue.open(configuration.name, in: butler)
        #expect(catalogue.shards.allSatisfy { $0.path.path.hasPrefix(folder.path + "/out/") })
    }
}

extension Int64 {
    fileprivate var asInt: Int { Int(self) }
}
