import Instruments
import Steward
import StewardCore
import Testing

/// Data IDs with names, row numbers and combinations of dimensions, many at a time.
@Suite struct BulkPackingTests {
    private let camera = Result { try InstrumentCatalog.standard(environment: [:]).definition("HSC") }

    private func refuses(_ code: ButlerError.Code, _ text: String, _ body: () throws -> some Any) {
        #expect { try body() } throws: { error in
            guard let error = error as? ButlerError else { return false }
            return error.code == code && error.message.contains(text)
        }
    }

    @Test("bands go in and come out as names")
    func bands() throws {
        let packer = try SkyMapPacker(tracts: 18_938, patches: 81, bands: 28)
        let table: [String: DataIDColumn] = [
            "tract": .numbers([9615, 9615]), "patch": .numbers([14, 14]), "band": .names(["r", "N921"]),
        ]
        #expect(try packer.pack(table: table) == [5_380_763, 34_526_345])
        #expect(try packer.table(of: [5_380_763, 34_526_345]) == table)
        refuses(.dimensionValue, "\"rr\"") {
            try packer.pack(table: ["tract": .numbers([1]), "patch": .numbers([1]), "band": .names(["rr"])])
        }
        refuses(.dimensionValue, "tract are numbers") { try packer.pack(table: ["tract": .names(["1"])]) }
        refuses(.dimensionValue, "No band has the number 0") { try packer.table(of: [778_829]) }
    }

    @Test("filters are packed like any dimension")
    func filters() throws {
        let packer = FilterPacker(try camera.get().filters)
        let names = ["HSC-G", "HSC-Y", "HSC-G"]
        let packed = try packer.pack(table: ["physical_filter": .names(names)])
        #expect(packed[0] == packed[2])
        #expect(try packer.table(of: packed) == ["physical_filter": .names(names)])
        refuses(.dimensionValue, "25") { try packer.pack(columns: [[25]]) }
        refuses(.dimensionValue, "-1") { try packer.unpack([-1]) }
    }

    @Test("any combination of dimensions with bounds is packed, of camera and sky map together")
    func combination() throws {
        var bounds = DataIDBounds(try camera.get())
        bounds.set("tract", below: 18_938)
        bounds.set("patch", below: 81)
        let packer = try bounds.packer(of: ["tract", "patch", "physical_filter", "detector"])
        #expect(packer.maxBits == 33)
        let table: [String: DataIDColumn] = [
            "tract": .numbers([0, 18_937]), "patch": .numbers([80, 0]), "detector": .numbers([199, 0]),
            "physical_filter": .names(["HSC-R2", "HSC-I2"]),
        ]
        let packed = try packer.pack(table: table)
        #expect(packed[0] < packed[1])
        #expect(try packer.table(of: packed) == table)
        refuses(.dimensionName, "\"day_obs\" has no bound") { try bounds.packer(of: ["day_obs", "detector"]) }
        refuses(.invalidArgument, "twice") { try bounds.packer(of: ["detector", "detector"]) }
        refuses(.invalidArgument, "63-bit") {
            try bounds.packer(of: ["visit", "exposure", "detector", "tract", "patch"])
        }
    }

    @Test("bounds come from the record of a sky map")
    func skymap() async throws {
        let night = try await RawNight()
        let butler = try await night.open()
        let element = try butler.universe.element("skymap")
        let record = try DimensionRecord(
            element,
            [
                "name": .string("m"), "hash": .bytes([1]), "tract_max": .int(10), "patch_nx_max": .int(3),
                "patch_ny_max": .int(4),
            ]
        )
        let bounds = try DataIDBounds(skymap: record)
        #expect(try bounds.packer(of: ["band", "tract", "patch"]).count == 28 * 120)
        let other = try #require(try await butler.records(of: "instrument").first)
        refuses(.dimensionValue, "not the record of a sky map") { try DataIDBounds(skymap: other) }
    }

    @Test("the packer that a camera names is used")
    func named() throws {
        #expect(try camera.get().packer(of: .visit).pack([903_334, 16]) == 180_666_816)
        let rubin = try InstrumentCatalog.standard(environment: [:]).definition("LSSTCam")
        #expect(try rubin.packer(of: .exposure).pack([2_025_060_900_578, 1]) == 47_295_119_873)
    }

    @Test("row numbers in bulk are those one by one, and come apart into columns")
    func rows() throws {
        let packer = try ObservationPacker(.visit, detectorMax: 200, observationMax: 21_474_800)
        let rows = try RowIDPacker(packer, release: 3, releases: 64, reservedBits: 2)
        #expect(rows.counterBits == 23)
        let dataIDs: [String: DataIDColumn] = ["visit": .numbers([903_334]), "detector": .numbers([16])]
        let counters = (1...1000).map { Int64($0) }
        let ids = try rows.rowIDs(dataIDs, counters: counters)
        let generator = try RowIDGenerator(
            packed: 180_666_816,
            packerBits: 32,
            release: 3,
            releases: 64,
            reservedBits: 2
        )
        #expect(try generator.rowIDs(1000) == ids)
        #expect(ids.allSatisfy { $0 >> 61 == 0 })
        #expect(try generator.parts(of: ids[7]).counter == 8)
        let table = try rows.table(of: ids)
        #expect(table["counter"] == .numbers(counters))
        #expect(table["release"] == .numbers([Int64](repeating: 3, count: 1000)))
        #expect(table["visit"] == .numbers([Int64](repeating: 903_334, count: 1000)))
        let several: [String: DataIDColumn] = ["visit": .numbers([1, 2]), "detector": .numbers([0, 199])]
        #expect(try rows.table(of: rows.rowIDs(several, counters: [5, 6]))["detector"] == .numbers([0, 199]))
        #expect(try rows.rowIDs(dataIDs, counters: []) == [])
    }

    @Test("row numbers out of range are refused")
    func badRows() throws {
        let packer = try ObservationPacker(.visit, detectorMax: 200, observationMax: 21_474_800)
        let rows = try RowIDPacker(packer, release: 3, releases: 64, reservedBits: 2)
        let dataID: [String: DataIDColumn] = ["visit": .numbers([1]), "detector": .numbers([1])]
        refuses(.invalidArgument, "counter 8388608") { try rows.rowIDs(dataID, counters: [1, 8_388_608]) }
        refuses(.invalidArgument, "counter -1") { try rows.rowIDs(dataID, counters: [-1, 1]) }
        refuses(.invalidArgument, "do not belong to 3 counters") {
            try rows.rowIDs(["visit": .numbers([1, 2]), "detector": .numbers([1, 1])], counters: [1, 2, 3])
        }
        refuses(.invalidArgument, "reserved") { try rows.table(of: [1 << 61]) }
        refuses(.invalidArgument, "negative") { try rows.table(of: [5, -5]) }
        refuses(.invalidArgument, "leave none") { try RowIDPacker(packer, releases: 64, reservedBits: 26) }
        refuses(.invalidArgument, "release 64") { try RowIDPacker(packer, release: 64, releases: 64) }
    }
}
