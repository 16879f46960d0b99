import Foundation
import Instruments
import SkyMapRegistration
import SkyMaps
import SphericalGeometry
import Steward
import StewardCore
import StewardTesting
import Testing

@Suite struct RegistrationTests {
    private static let coarse = SkyMapConfiguration(
        .rings(count: 5),
        tractOverlap: 1.0 / 60,
        pixelScale: 20,
        projection: "TAN",
        patches: .legacy(width: 3000, height: 3000, border: 100)
    )

    /// Runs a test on a new repository.
    private func withRepository(
        _ backend: TestBackend = .current,
        _ body: (Butler, _ root: String) async throws -> Void
    ) async throws {
        let folder = NSTemporaryDirectory() + "steward-skymaps-" + UUID().uuidString
        let root = folder + "/repo"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await Butler.create(root, RepositoryCreation(seedConfig: backend.seedConfig(for: root)))
        try await body(try await Butler.open(root, writeable: true), root)
    }

    @Test("the rows are the sky map's tracts and patches with their outlines", arguments: TestBackend.available)
    func rows(backend: TestBackend) async throws {
        try await withRepository(backend) { butler, _ in
            let map = try SkyMap(Self.coarse)
            let outcome = try await map.register(as: "coarse", in: butler)
            #expect((outcome.tracts, outcome.patches, outcome.isUnchanged) == (56, 224, false))
            let sky = try #require(try await butler.records(of: "skymap").first)
            #expect(sky["hash"] == .bytes(map.hash))
            #expect([sky["tract_max"], sky["patch_nx_max"], sky["patch_ny_max"]] == [.int(56), .int(2), .int(2)])
            let tracts = try await butler.queryDimensionRecords("tract", where: "skymap = 'coarse'")
            #expect(tracts.count == 56)
            for record in tracts {
                guard case .int(let id)? = record["tract"] else { continue }
                #expect(record.region == .polygon(try map.tract(Int(id)).outerPolygon()))
            }
            let patches = try await butler.queryDimensionRecords("patch", where: "skymap = 'coarse'")
            #expect(patches.count == 224)
            for record in patches {
                guard case .int(let tractID)? = record["tract"], case .int(let id)? = record["patch"] else { continue }
                let tract = try map.tract(Int(tractID))
                let patch = try tract.patch(Int(id))
                #expect(record.region == .polygon(try tract.polygon(of: patch.outerBox)))
                #expect([record["cell_x"], record["cell_y"]] == [.int(Int64(patch.x)), .int(Int64(patch.y))])
            }
        }
    }

    @Test("the reference reads rows, regions and dataset as they are", .enabled(if: Reference.isPresent))
    func peer() async throws {
        try await withRepository(.sqlite) { butler, root in
            let map = try SkyMap(Self.coarse)
            _ = try await map.register(as: "coarse", in: butler)
            let told = try JSONValue(parsing: Reference.peer("reference_skymap.py", ["rows", root, "coarse"]))
            #expect(told["skymap"] == .array([.string(Hexadecimal.encode(map.hash)), .int(56), .int(2), .int(2)]))
            var tracts: [JSONValue] = []
            var patches: [JSONValue] = []
            for id in 0..<map.count {
                let tract = try map.tract(id)
                let outline = Region.polygon(try tract.outerPolygon())
                tracts.append(.array([.int(Int64(id)), .string(outline.hexadecimal)]))
                for patch in tract.patches {
                    let numbers = [id, patch.id, patch.x, patch.y].map { JSONValue.int(Int64($0)) }
                    let region = Region.polygon(try tract.polygon(of: patch.outerBox))
                    patches.append(.array(numbers + [.string(region.hexadecimal)]))
                }
            }
            #expect(told["tracts"] == .array(tracts))
            #expect(told["patches"] == .array(patches))
            #expect(told["dataset"]?["class"]?.string == "RingsSkyMap")
            #expect(told["dataset"]?["config"]?["numRings"] == .int(5))
        }
    }

    @Test("the dataset is read as the sky map, and repeating changes nothing")
    func dataset() async throws {
        try await withRepository { butler, root in
            let map = try SkyMap(Self.coarse)
            let ref = try #require(try await map.register(as: "coarse", in: butler).dataset)
            #expect(ref.run == "skymaps" && ref.datasetType.storageClass == "SkyMap")
            #expect(FileManager.default.fileExists(atPath: root + "/skymaps/skyMap/skyMap_coarse_skymaps.pickle"))
            #expect(try await map.register(as: "coarse", in: butler).isUnchanged)
            let read = try await butler.skyMap("coarse")
            #expect(read.configuration == map.configuration && read.version == 1)
            let error = await #expect(throws: ButlerError.self) { try await butler.skyMap("course") }
            #expect(error?.candidates == ["coarse"])
        }
    }

    @Test("conflicts of name and of hash are different errors and leave nothing behind")
    func conflicts() async throws {
        try await withRepository { butler, _ in
            _ = try await SkyMap(Self.coarse).register(as: "coarse", in: butler)
            var other = Self.coarse
            other.pixelScale = 21
            let changed = try SkyMap(other)
            let name = await #expect(throws: ButlerError.self) { try await changed.register(as: "coarse", in: butler) }
            #expect(name?.code == .conflictingDefinition)
            #expect(name?.message.contains("another sky map") == true)
            let hash = await #expect(throws: ButlerError.self) {
                try await SkyMap(Self.coarse).register(as: "fine", in: butler)
            }
            #expect(hash?.message.contains("under the name \"coarse\"") == true)
            await #expect(throws: ButlerError.self) { try await changed.register(as: "", in: butler) }
            await #expect(throws: ButlerError.self) {
                try await changed.register(as: String(repeating: "x", count: 65), in: butler)
            }
            await #expect(throws: ButlerError.self) {
                try await SkyMap(SkyMapConfiguration(.discrete([]))).register(as: "none", in: butler)
            }
            #expect(try await butler.records(of: "skymap").count == 1)
        }
    }

    @Test("a tract that cannot be made takes everything back")
    func rollback() async throws {
        try await withRepository { butler, _ in
            let bad = SkyMapConfiguration(
                .discrete([.init(ra: 0, dec: 0, radius: 1), .init(ra: 0, dec: 0, radius: 89.99)]),
                pixelScale: 20,
                projection: "TAN"
            )
            await #expect(throws: ButlerError.self) { try await SkyMap(bad).register(as: "bad", in: butler) }
            let left = try await butler.records(of: "skymap")
            #expect(left.isEmpty)
        }
    }

    @Test("the numbers of patches follow the rows of the repository")
    func numbering() async throws {
        try await withRepository { butler, _ in
            let tracts = [DiscreteTract(ra: 10, dec: 0, radius: 0.5), DiscreteTract(ra: 30, dec: 0, radius: 1.5)]
            let map = try SkyMap(.init(.discrete(tracts), tractOverlap: 0, pixelScale: 0.2, projection: "TAN"))
            _ = try await map.numbered(.byLastTract).register(as: "shared", in: butler)
            #expect(try await butler.skyMap("shared").find(ra: 10, dec: 0).patch == 30)
        }
        try await withRepository { butler, _ in
            let tracts = [DiscreteTract(ra: 10, dec: 0, radius: 0.5), DiscreteTract(ra: 30, dec: 0, radius: 1.5)]
            let map = try SkyMap(.init(.discrete(tracts), tractOverlap: 0, pixelScale: 0.2, projection: "TAN"))
            _ = try await map.register(as: "own", in: butler)
            #expect(try await butler.skyMap("own").find(ra: 10, dec: 0).patch == 12)
        }
    }

    @Test("points in a query find the tracts and patches that the sky map finds")
    func queries() async throws {
        try await withRepository { butler, _ in
            let map = try SkyMap(Self.coarse)
            _ = try await map.register(as: "coarse", in: butler)
            for (ra, dec) in [(10.0, 3.0), (0.0, -90.0), (200.0, 45.0)] {
                let found = try map.find(ra: ra, dec: dec)
                let rows = try await butler.queryDataIDs(
                    ["tract", "patch"],
                    where: "skymap = 'coarse' AND patch.region OVERLAPS POINT(\(ra), \(dec))"
                )
                #expect(
                    rows.contains {
                        $0["tract"] == .int(Int64(found.tract)) && $0["patch"] == .int(Int64(found.patch ?? -1))
                    }
                )
            }
        }
    }

    @Test("the packer of a registered sky map has the documented values, bulk both ways")
    func packer() async throws {
        try await withRepository { butler, _ in
            let record = try DimensionRecord(
                butler.universe.element("skymap"),
                [
                    "name": .string("hsc_rings_v1"), "hash": .bytes([1]), "tract_max": .int(18938),
                    "patch_nx_max": .int(9), "patch_ny_max": .int(9),
                ]
            )
            let plain = try SkyMapPacker(skymap: record)
            #expect(try plain.pack(columns: [[9615, 9813], [14, 72]]) == [778829, 794925])
            #expect(try plain.unpack([778829, 794925]) == [[9615, 9813], [14, 72]])
            #expect(plain.maxBits == 21)
            let banded = try SkyMapPacker(skymap: record, bands: 28)
            #expect(try banded.pack(tract: 9615, patch: 14, band: "N921") == 34526345)
            let tract = try DimensionRecord(
                butler.universe.element("tract"),
                ["skymap": .string("x"), "tract": .int(1)]
            )
            #expect(throws: ButlerError.self) { try SkyMapPacker(skymap: tract) }
        }
    }

    @Test("a discrete map holds all points it was made around, and appends tracts")
    func discrete() throws {
        let points = [(10.0, 0.0), (10.5, 0.0), (10.5, 0.4), (10.0, 0.4)].map {
            UnitVector3D(longitude: Angle(degrees: $0.0), latitude: Angle(degrees: $0.1))
        }
        let settings = "config.skyMap.projection='TAN'\nconfig.skyMap.pixelScale=0.2\n"
        let first = try DiscreteMapMaker(DiscreteMapConfiguration([(settings, "a")])).map(around: points)
        #expect(first.count == 1)
        for point in points { #expect(try first.tract(0).contains(point)) }
        let appending = try DiscreteMapConfiguration([(settings + "config.doAppend=True", "b")])
        let second = try DiscreteMapMaker(appending).map(around: Array(points.dropLast()), appendingTo: first)
        #expect(second.count == 2)
        #expect(try second.tract(0) == first.tract(0))
        #expect(throws: ButlerError.self) { try DiscreteMapMaker(appending).map(around: points) }
        #expect(throws: ButlerError.self) {
            try DiscreteMapMaker(appending).map(around: points, appendingTo: SkyMap(Self.coarse))
        }
        #expect(throws: ButlerError.self) { try DiscreteMapMaker(appending).map(around: [], appendingTo: first) }
        let other = try DiscreteMapConfiguration([("config.doAppend=True", "c")])
        #expect(throws: ButlerError.self) { try DiscreteMapMaker(other).map(around: points, appendingTo: first) }
    }
}
