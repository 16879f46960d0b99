import StewardCore
import Testing

@testable import Instruments

@Suite struct PackerTests {
    /// A small generator with a fixed seed (SplitMix64).
    private struct Random: RandomNumberGenerator {
        var state: UInt64 = 20_260_301

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }

    private func refuses(_ text: String, _ body: () throws -> some Any) {
        #expect { try body() } throws: { error in
            guard let error = error as? ButlerError else { return false }
            return error.code == .dimensionValue && error.message.contains(text)
        }
    }

    @Test("numbers out of range are refused, negative ones too")
    func observationBounds() throws {
        let packer = try ObservationPacker(.visit, detectorMax: 200, observationMax: 21_474_800)
        refuses("visit number 21474800") { try packer.pack(observation: 21_474_800, detector: 0) }
        refuses("detector number 200") { try packer.pack(observation: 0, detector: 200) }
        refuses("visit number -1") { try packer.pack(observation: -1, detector: 5) }
        refuses("packed number") { try packer.unpack(4_294_960_000) }
        refuses("detector number 200") { try packer.pack(columns: [[1, 2], [0, 200]]) }
        refuses("packed number -1") { try packer.unpack([0, -1]) }
    }

    @Test("bounds that do not fit are refused")
    func badBounds() {
        #expect(throws: ButlerError(.invalidArgument, "")) {
            try ObservationPacker(.visit, detectorMax: 1 << 40, observationMax: 1 << 40)
        }
        #expect(throws: ButlerError(.invalidArgument, "")) {
            try ObservationPacker(.visit, detectorMax: 0, observationMax: 1)
        }
    }

    @Test("unpack undoes pack over the whole box, in order of each digit")
    func composite() throws {
        let packer = try CompositePacker([.init("a", radix: 7), .init("b", radix: 1000), .init("c", radix: 33)])
        #expect(packer.maxBits == 18)
        var random = Random()
        var columns: [[Int64]] = [[], [], []]
        for _ in 0..<1000 {
            let values = packer.digits.map { Int64.random(in: 0..<$0.radix, using: &random) }
            for (index, value) in values.enumerated() { columns[index].append(value) }
            let packed = try packer.pack(values)
            #expect(packed < packer.count)
            #expect(try packer.unpack(packed) == values)
            if values[1] < 999 {
                #expect(try packer.pack([values[0], values[1] + 1, values[2]]) > packed)
            }
        }
        let packed = try packer.pack(columns: columns)
        #expect(try packer.unpack(packed) == columns)
        #expect(try packer.pack(["a": columns[0], "b": columns[1], "c": columns[2]]) == packed)
        #expect(try packer.columns(of: packed) == ["a": columns[0], "b": columns[1], "c": columns[2]])
    }

    @Test("columns must fit together")
    func columns() throws {
        let packer = try ObservationPacker(.exposure, detectorMax: 10, observationMax: 10)
        #expect(packer.dimensions == ["exposure", "detector"])
        #expect(throws: ButlerError(.invalidArgument, "")) { try packer.pack(columns: [[1, 2], [1]]) }
        #expect(throws: ButlerError(.invalidArgument, "")) { try packer.pack([1]) }
        #expect(throws: ButlerError(.dimensionName, "")) { try packer.pack(["exposure": [1]]) }
        #expect(try packer.pack(columns: [[], []]).isEmpty)
    }

    @Test("Rubin's packing refuses what it cannot hold")
    func rubinBounds() throws {
        let packer = try RubinPacker(.exposure)
        refuses("the controller \"C\"") { try packer.pack(observation: 3_019_032_200_002, detector: 0) }
        refuses("the counter 32768") { try packer.pack(observation: 2_025_060_932_768, detector: 0) }
        refuses("its date is not") { try packer.pack(observation: 2_054_111_000_000, detector: 0) }
        refuses("its date is not") { try packer.pack(observation: 2_025_023_000_001, detector: 0) }
        refuses("its date is not") { try packer.pack(observation: 2_009_123_100_001, detector: 0) }
        refuses("it has no date") { try packer.pack(observation: 5, detector: 0) }
        refuses("it has no date") { try packer.pack(observation: -2_025_060_900_001, detector: 0) }
        refuses("detector number 256") { try packer.pack(observation: 2_025_060_900_001, detector: 256) }
        refuses("packed") { try packer.unpack(174_994_840_576) }
        #expect(try packer.pack(observation: 2_054_110_900_000, detector: 0) == 137_430_564_864 + 8_388_608 - 8_388_608)
    }

    @Test("Rubin's packing is undone for every day")
    func rubinDays() throws {
        let packer = try RubinPacker(.visit)
        let dates = RubinCalendar.table.dates
        #expect(dates.count == 16_384)
        #expect(dates.last == 20_541_109)
        #expect(dates.allSatisfy { RubinCalendar.table.number(of: $0) != nil })
        let visits = dates.map { $0 * 100_000 + 32_767 } + dates.map { 90_000_000_000_000 + $0 * 100_000 + 1 }
        let detectors = visits.indices.map { Int64($0 % 256) }
        let packed = try packer.pack(columns: [visits, detectors])
        #expect(try packer.unpack(packed) == [visits, detectors])
        #expect(Set(packed).count == packed.count)
        #expect(packed.allSatisfy { $0 >> packer.maxBits == 0 })
    }

    @Test("a band table of one's own is inverted by value")
    func ownBands() throws {
        let packer = try SkyMapPacker(tracts: 10, patches: 10, bands: 4, numbers: ["g": 3, "r": 0])
        #expect(try packer.pack(tract: 2, patch: 5, band: "g") == 325)
        #expect(packer.band(try packer.unpack(325)[2]) == "g")
        #expect(packer.dimensions == ["tract", "patch", "band"])
        refuses("\"i\"") { try packer.pack(tract: 0, patch: 0, band: "i") }
        refuses("without bands") { try SkyMapPacker(tracts: 1, patches: 1).pack(tract: 0, patch: 0, band: "g") }
        #expect(throws: ButlerError(.invalidArgument, "")) {
            try SkyMapPacker(tracts: 1, patches: 1, bands: 2, numbers: ["g": 1, "r": 1])
        }
    }

    @Test("filters are numbered by their order")
    func filters() throws {
        let packer = FilterPacker(try InstrumentCatalog.standard(environment: [:]).definition("HSC").filters)
        #expect(packer.maxBits == 5)
        #expect(try packer.filter(packer.number(of: "HSC-R2")) == "HSC-R2")
        refuses("\"HSC-R3\"") { try packer.number(of: "HSC-R3") }
        refuses("25") { try packer.filter(25) }
    }

    @Test("row counters must fit the bits that are left")
    func rowIDs() throws {
        let generator = try RowIDGenerator(packed: 5, packerBits: 40, release: 1, releases: 2)
        #expect(generator.counterBits == 22)
        #expect(try generator.rowID((1 << 22) - 1) > 0)
        #expect(throws: ButlerError(.invalidArgument, "")) { try generator.rowID(1 << 22) }
        #expect(throws: ButlerError(.invalidArgument, "")) { try generator.rowIDs(1 << 22) }
        #expect(throws: ButlerError(.invalidArgument, "")) { try RowIDGenerator(packed: 8, packerBits: 3) }
        #expect(throws: ButlerError(.invalidArgument, "")) { try RowIDGenerator(packed: 0, packerBits: 63) }
        #expect(throws: ButlerError(.invalidArgument, "")) {
            try RowIDGenerator(packed: 0, packerBits: 3, release: 2, releases: 2)
        }
    }
}
