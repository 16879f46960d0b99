import Foundation
import Resources
import SphericalGeometry
import Steward
import StewardCore
import StewardTesting
import Testing

@testable import ReferenceCatalogues

/// Searches with margins, records, checks, and ingests that ended too early.
@Suite struct CatalogueSearchTests {
    private let folder: TestFolder

    init() throws {
        folder = try TestFolder()
    }

    private func golden(
        _ folder: TestFolder,
        _ change: (inout CatalogueIngest.Options) -> Void = { _ in }
    ) async throws
        -> (Butler, ReferenceCatalogue)
    {
        let butler = try await folder.repository()
        var options = CatalogueIngest.Options(run: "refcats/one")
        options.allowsAnyName = true
        change(&options)
        let configuration = try CatalogueConfiguration(readingFrom: GoldenCatalogue.config)
        _ = try await CatalogueIngest(configuration, options).run([GoldenCatalogue.input], in: butler)
        let catalogue = try await ReferenceCatalogue.open(
            configuration.name,
            in: butler,
            collections: [options.chain ?? options.run]
        )
        return (butler, catalogue)
    }

    private func distance(_ a: UnitVector3D, _ b: UnitVector3D) -> Double { atan2(a.cross(b).norm, a.dot(b)) }

    @Test("a margin takes what lies near a polygon, a box or a circle, also from other trixels")
    func padding() async throws {
        let (_, catalogue) = try await golden(folder)
        let everything = try #require(try await catalogue.search(.circle(.full)).all())
        let (points, ids) = (everything.positions, try #require(everything.integers("id")))
        let corners = try [(52.9, -28.3), (53.3, -28.3), (53.3, -27.9), (52.9, -27.9)].map {
            UnitVector3D(try LonLat(degrees: $0.0, $0.1))
        }
        let polygon = try ConvexPolygon(hullOf: corners)
        // Points along the edges stand for the outline.
        let outline = corners.indices.flatMap { index -> [UnitVector3D] in
            let (a, b) = (corners[index], corners[(index + 1) % 4])
            return (0...2000).compactMap { step in
                let part = Double(step) / 2000
                return try? UnitVector3D(
                    direction: Vector3D(a.x, a.y, a.z) * (1 - part) + Vector3D(b.x, b.y, b.z) * part
                )
            }
        }
        for degrees in [0.01, 0.1, 0.6] {
            var options = CatalogueSearchOptions()
            options.padding = Angle(degrees: degrees)
            let search = try catalogue.search(.polygon(polygon), options)
            let found = Set(try await search.all()?.integers("id") ?? [])
            let near = points.indices.filter { index in
                polygon.contains(points[index])
                    || (outline.map { distance($0, points[index]) }.min() ?? 9) <= Angle(degrees: degrees).radians
            }
            #expect(found == Set(near.map { ids[$0] }), "\(degrees)")
            #expect(search.shards.count < catalogue.shards.count)
        }
        let center = UnitVector3D(try LonLat(degrees: 0, 0))
        var options = CatalogueSearchOptions()
        options.padding = Angle(degrees: 0.2)
        let wide = try await catalogue.search(.circle(Circle(center: center, openingAngle: Angle(degrees: 0.5)))).all()
        let padded = try await catalogue.search(
            .circle(Circle(center: center, openingAngle: Angle(degrees: 0.3))),
            options
        ).all()
        #expect(wide?.integers("id") == padded?.integers("id"))
        let box = try Box(degreesWest: 359.7, south: -0.3, east: 0.3, north: 0.3)
        let boxed = Set(try await catalogue.search(.box(box), options).all()?.integers("id") ?? [])
        let inside = Set(try await catalogue.search(.box(box)).all()?.integers("id") ?? [])
        #expect(inside.isStrictSubset(of: boxed))
    }

    @Test("opened for a region, a catalogue has the shards of its envelope only, in a fixed number of statements")
    func opening() async throws {
        let (_, whole) = try await golden(folder)
        let recorder = StatementRecorder()
        let butler = try await Butler.open(folder.path + "/repo", observer: recorder)
        let region = Region.circle(
            Circle(center: UnitVector3D(try LonLat(degrees: 150.1, 2.2)), openingAngle: Angle(degrees: 0.1))
        )
        let part = try await ReferenceCatalogue.open(whole.name, in: butler, within: region)
        let expected = try whole.shards(overlapping: region).map(\.trixel)
        #expect(try part.shards(overlapping: region).map(\.trixel) == expected)
        #expect(part.shards.count == expected.count)
        #expect(part.shards.count < whole.shards.count)
        let ids = try await part.search(region).all()?.integers("id")
        #expect(try await whole.search(region).all()?.integers("id") == ids)
    }

    @Test("columns can be chosen, and a wrong one is an error with candidates")
    func columns() async throws {
        let (_, catalogue) = try await golden(folder)
        var options = CatalogueSearchOptions()
        options.columns = ["coord_dec", "id", "variable", "photometric"]
        let found = try #require(try await catalogue.search(.circle(.full), options).all())
        let all = try #require(try await catalogue.search(.circle(.full)).all())
        #expect(found.schema.fields.map(\.name) == options.columns)
        for name in ["id", "coord_dec", "variable", "photometric"] { #expect(found.doubles(name) == all.doubles(name)) }
        #expect(found.integers("id") == all.integers("id"))
        options.columns = ["cord_dec"]
        let error = await #expect(throws: ButlerError.self) {
            _ = try await catalogue.search(.circle(.full), options).all()
        }
        #expect(error?.candidates.first == "coord_dec")
    }

    @Test("a check finds nothing in a good catalogue, and what is wrong in a bad one")
    func check() async throws {
        let (butler, catalogue) = try await golden(folder)
        let good = try await CatalogueCheck(examinesAllIdentifiers: true).run(catalogue, in: butler)
        #expect(good.findings.isEmpty, "\(good.findings)")
        #expect(good.rowCount == catalogue.record?.rowCount)
        let (first, second, third) = (catalogue.shards[0], catalogue.shards[1], catalogue.shards[2])
        // A shard of another trixel, a damaged one, one that is gone.
        try FileStore().write(FileStore().read(second.path), to: first.path, overwrite: true)
        var bytes = try FileStore().read(third.path)
        bytes.removeLast(3000)
        try FileStore().write(bytes, to: third.path, overwrite: true)
        try FileStore().remove(catalogue.shards[3].path)
        let bad = try await CatalogueCheck(examinesAllIdentifiers: true).run(catalogue, in: butler)
        let kinds = Set(bad.findings.map { "\($0.kind.rawValue) \($0.subject)" })
        #expect(kinds.contains("trixel trixel \(first.trixel)"), "\(kinds)")
        #expect(kinds.contains("file trixel \(first.trixel)") || kinds.contains("trixel trixel \(first.trixel)"))
        #expect(kinds.contains("unreadable trixel \(third.trixel)"), "\(kinds)")
        #expect(kinds.contains("unreadable trixel \(catalogue.shards[3].trixel)"), "\(kinds)")
        #expect(kinds.contains("identifier all shards"), "\(kinds)")
        #expect(kinds.contains("total \(catalogue.name)"), "\(kinds)")
        #expect(!bad.isClean)
    }

    @Test("an ingest that ended after its datasets goes on with --resume, and only with the same content")
    func resume() async throws {
        let butler = try await folder.repository()
        let configuration = try CatalogueConfiguration(
            yaml: "catalogue: s_20260101\nformat: csv\ncolumns: {id: id, ra: ra, dec: dec}\n",
            file: "c"
        )
        let input = try folder.write("id,ra,dec\n1,10,20\n2,200,-30\n3,300,45\n", to: "a.csv")
        let other = try folder.write("id,ra,dec\n1,10,20\n5,200,-30\n3,300,45\n", to: "b.csv")
        // What a crash before the last transaction leaves: datasets without a record, and a scratch folder.
        var options = CatalogueIngest.Options(run: "refcats/one")
        let scratch = try IngestFolder(options, "s_20260101", root: butler.root)
        let converted = try CatalogueConversion(configuration, options, scratch) { _, _, _ in }.run([input])
        let type = try DatasetType(
            name: "s_20260101",
            dimensions: butler.universe.group(["htm7"]),
            storageClass: "SimpleCatalog"
        )
        try await butler.register(type)
        let files = converted.shards.prefix(2).map { shard in
            let dataID = DataCoordinate(type.dimensions, values: [.int(Int64(shard.trixel))])
            let ref = DatasetRef(type, dataID, run: "refcats/one", mode: .dataIDTypeRun)
            return FileDataset(path: shard.path, refs: [ref])
        }
        try await butler.ingest(Array(files), IngestOptions(mode: .move))
        let plain = await #expect(throws: ButlerError.self) {
            _ = try await CatalogueIngest(configuration, options).run([input], in: butler)
        }
        #expect(plain?.remedy?.contains("--resume") == true)
        options.resumes = true
        let changed = await #expect(throws: ButlerError.self) {
            _ = try await CatalogueIngest(configuration, options).run([other], in: butler)
        }
        #expect(changed?.code == .conflictingDefinition)
        _ = try await CatalogueIngest(configuration, options).run([input], in: butler)
        let catalogue = try await ReferenceCatalogue.open("s_20260101", in: butler)
        #expect(catalogue.shards.count == 3)
        #expect(catalogue.record?.rowCount == 3)
        #expect(folder.leftovers == ["refcats"])
        #expect(try await CatalogueCheck().run(catalogue, in: butler).findings.isEmpty)
    }

    @Test("shards that are there are checked and ingested")
    func shards() async throws {
        let butler = try await folder.repository()
        let configuration = try CatalogueConfiguration(yaml: "catalogue: old_20200101\n", file: "c")
        let source = GoldenCatalogue.folder.appendingPathComponent("shards").path
        let outcome = try await CatalogueIngest(configuration, .init(run: "refcats/old")).run(
            shards: source,
            in: butler
        )
        let golden = try GoldenCatalogue.shards()
        #expect(outcome.shards.map(\.trixel) == golden.map(\.trixel))
        let catalogue = try await ReferenceCatalogue.open("old_20200101", in: butler)
        for (shard, original) in zip(catalogue.shards, golden) {
            #expect(try FileStore().read(shard.path) == FileStore().read(ResourcePath(localPath: original.path)))
        }
        #expect(catalogue.record?.rowCount == outcome.rowCount)
        // One file under a wrong name spoils all.
        let wrong = folder.path + "/wrong"
        try FileManager.default.createDirectory(atPath: wrong, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: golden[0].path, toPath: wrong + "/200000.fits")
        let second = try CatalogueConfiguration(yaml: "catalogue: bad_20200101\n", file: "c")
        let error = await #expect(throws: ButlerError.self) {
            _ = try await CatalogueIngest(second, .init(run: "refcats/bad")).run(shards: wrong, in: butler)
        }
        #expect(error?.code == .corruptFile)
        #expect(try await butler.datasetTypes(matching: ["bad_*"]).isEmpty)
    }
}
