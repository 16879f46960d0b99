import Instruments
import StewardCore
import StewardTesting
import Testing

/// Packed integers against the reference's, both ways, one at a time and in bulk.
@Suite struct GoldenPackersTests {
    private struct Case {
        let packer: any DataIDPacker
        let values: [Int64]
        let packed: Int64
        let maxBits: Int
    }

    private static let files = Golden.names("packers")

    private func rows(_ section: String) throws -> [JSONValue] {
        try Self.files.flatMap { try Golden.json("packers", $0)[section]?.array ?? [] }
    }

    private func check(_ cases: [Case]) throws {
        #expect(!cases.isEmpty)
        for item in cases {
            #expect(try item.packer.pack(item.values) == item.packed)
            #expect(try item.packer.unpack(item.packed) == item.values)
            #expect(item.packer.maxBits == item.maxBits)
            let columns = item.values.map { [$0, $0] }
            #expect(try item.packer.pack(columns: columns) == [item.packed, item.packed])
            #expect(try item.packer.unpack([item.packed, item.packed]) == columns)
        }
    }

    @Test("observation packer")
    func observation() throws {
        try check(
            rows("observation").map { row in
                let observation = try #require(ObservationPacker.Observation(rawValue: row.at("kind").string ?? ""))
                return Case(
                    packer: try ObservationPacker(
                        observation,
                        detectorMax: #require(row["detectorMax"]?.int),
                        observationMax: #require(row["observationMax"]?.int)
                    ),
                    values: [try #require(row["id"]?.int), try #require(row["detector"]?.int)],
                    packed: try #require(row["packed"]?.int),
                    maxBits: Int(try #require(row["maxBits"]?.int))
                )
            }
        )
    }

    @Test("Rubin packer, with the observatory's and with all controllers")
    func rubin() throws {
        try check(
            rows("rubin").map { row in
                let kind = try #require(row["kind"]?.string)
                let packer = try RubinPacker(
                    kind == "visit" ? .visit : .exposure,
                    controllers: kind.contains("use_controllers") ? .all : .observatory
                )
                return Case(
                    packer: packer,
                    values: [try #require(row["id"]?.int), try #require(row["detector"]?.int)],
                    packed: try #require(row["packed"]?.int),
                    maxBits: Int(try #require(row["maxBits"]?.int))
                )
            }
        )
    }

    @Test("sky map packer")
    func skyMap() throws {
        try check(
            rows("skymap").map { row in
                let (tracts, patches) = (try #require(row["nTracts"]?.int), try #require(row["nPatches"]?.int))
                let (tract, patch) = (try #require(row["tract"]?.int), try #require(row["patch"]?.int))
                let bands = try #require(row["nBands"]?.int)
                let packed = try #require(row["packed"]?.int)
                let packer =
                    bands == 0
                    ? try SkyMapPacker(tracts: tracts, patches: patches)
                    : try SkyMapPacker(tracts: tracts, patches: patches, bands: bands)
                let band = row["band"]?.string
                #expect(try packer.pack(tract: tract, patch: patch, band: band) == packed)
                let number = band.flatMap { packer.number(ofBand: $0) }
                #expect(number.flatMap { packer.band($0) } == band)
                return Case(
                    packer: packer,
                    values: [tract, patch] + [number].compactMap { $0 },
                    packed: packed,
                    maxBits: Int(try #require(row["maxBits"]?.int))
                )
            }
        )
    }

    @Test("numbers of catalogue rows")
    func rowIDs() throws {
        let cases = try rows("ids")
        #expect(!cases.isEmpty)
        for row in cases {
            let packed = try #require(row["packedDataId"]?.int)
            let generator = try RowIDGenerator(
                packed: packed,
                packerBits: Int(#require(row["packerBits"]?.int)),
                release: #require(row["releaseId"]?.int),
                releases: #require(row["nReleases"]?.int)
            )
            #expect(generator.counterBits == row["counterBits"]?.int.map { Int($0) })
            #expect(generator.catalogID == row["catalogId"]?.int)
            let ids = try #require(row["ids"]?.array).compactMap(\.int)
            #expect(try generator.rowIDs(ids.count) == ids)
            for (index, id) in ids.enumerated() {
                let parts = try generator.parts(of: id)
                #expect(parts.packed == packed)
                #expect(parts.release == row["releaseId"]?.int)
                #expect(parts.counter == Int64(index + 1))
            }
        }
    }
}
