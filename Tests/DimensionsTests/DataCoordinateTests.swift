import Dimensions
import StewardCore
import Testing

@Suite struct DataCoordinateTests {
    let universe: DimensionUniverse

    init() throws {
        universe = try DimensionUniverse(definition: DimensionUniverse.defaultDefinition)
    }

    @Test("values are converted to the dimension's type and put in order")
    func standardize() throws {
        let group = try universe.group(["visit", "detector"])
        let dataID = try DataCoordinate(["detector": "4", "visit": 12, "instrument": "HSC", "tract": 1], for: group)
        #expect(dataID.description == "{instrument: 'HSC', detector: 4, visit: 12}")
        #expect(!dataID.isFull)
        let full = try DataCoordinate(
            [
                "detector": 4, "visit": 12, "instrument": "HSC", "band": "r", "physical_filter": "HSC-R",
                "day_obs": 20_200_101,
            ],
            for: group
        )
        #expect(full.isFull)
        #expect(full == dataID)
        #expect(full["band"] == "r")
        #expect(try full.subset(universe.group(["physical_filter"])).isFull)
    }

    @Test("missing, unknown and mistyped values are told apart")
    func bad() throws {
        let group = try universe.group(["detector"])
        #expect(throws: ButlerError(.dimensionValue, "")) { try DataCoordinate(["detector": 4], for: group) }
        #expect(throws: ButlerError(.dimensionName, "")) { try DataCoordinate(["instrment": "HSC"], for: group) }
        #expect(throws: ButlerError(.dataIDValue, "")) {
            try DataCoordinate(["detector": "x", "instrument": "HSC"], for: group)
        }
    }

    @Test("expansion takes implied values from records")
    func expansion() throws {
        let filter = try DimensionRecord(
            universe.element("physical_filter"),
            ["instrument": .string("HSC"), "physical_filter": .string("HSC-R"), "band": .string("r")]
        )
        let group = try universe.group(["physical_filter"])
        let dataID = try DataCoordinate(["physical_filter": "HSC-R", "instrument": "HSC"], for: group)
        let expanded = dataID.expanded(.init([filter]))
        #expect(expanded.isFull)
        #expect(expanded["band"] == "r")
        #expect(filter.dataID(in: universe) == dataID)
    }

    @Test("records refuse unknown fields, wrong types, empty and over-long text")
    func records() throws {
        let detector = try universe.element("detector")
        func record(_ field: String, _ value: DimensionRecord.FieldValue) throws {
            _ = try DimensionRecord(detector, ["instrument": .string("HSC"), "id": .int(1), field: value])
        }
        try record("full_name", .string("1_53"))
        #expect(throws: ButlerError(.dimensionName, "")) { try record("fullname", .string("x")) }
        #expect(throws: ButlerError(.dimensionValue, "")) { try record("raft", .int(1)) }
        #expect(throws: ButlerError(.dimensionValue, "")) { try record("raft", .string("")) }
        #expect(throws: ButlerError(.dimensionValue, "")) {
            try record("raft", .string(String(repeating: "x", count: 33)))
        }
        #expect(throws: ButlerError(.dimensionValue, "")) {
            try DimensionRecord(detector, ["instrument": .string("HSC")])
        }
    }
}
