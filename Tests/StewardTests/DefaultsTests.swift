import Foundation
import Steward
import StewardCore
import Testing

@Suite struct DefaultsTests {
    @Test("default collections give governors their only value, and a default run is searched")
    func inference() async throws {
        let repository = try await TemporaryRepository()
        let butler = try await repository.filled()
        let type = try await butler.datasetType("metric")
        let ref = try await butler.put(
            JSONValue.int(7),
            as: type,
            butler.dataID(type, detector: 2),
            run: "u/r"
        )
        let searching = try await Butler.open(repository.root, defaults: .init(collections: ["u/r"]))
        #expect(searching.defaults.dataID == ["instrument": "Cam1"])
        #expect(try await searching.find("metric", ["detector": 2])?.id == ref.id)
        #expect(try await searching.queryDatasets("metric", where: "detector = 2").map(\.id) == [ref.id])
        let running = try await Butler.open(repository.root, defaults: .init(run: "u/r"))
        #expect(try await running.get("metric", ["detector": 2]) as? JSONValue == .int(7))
    }

    @Test("given values stand before inferred ones, and a pattern is no default")
    func given() async throws {
        let repository = try await TemporaryRepository()
        let butler = try await repository.filled()
        let type = try await butler.datasetType("metric")
        _ = try await butler.put(JSONValue.int(7), as: type, butler.dataID(type, detector: 2), run: "u/r")
        let other = try DimensionRecord(
            butler.universe.element("instrument"),
            ["name": .string("Other"), "class_name": .string("x.Other")]
        )
        try await butler.insert([other])
        let defaults = Butler.Defaults(collections: ["u/r", "none/such"], dataID: ["instrument": "Other"])
        #expect(try await Butler.open(repository.root, defaults: defaults).defaults.dataID == ["instrument": "Other"])
        await #expect(throws: ButlerError(.invalidArgument, "")) {
            try await Butler.open(repository.root, defaults: .init(collections: ["u/*"]))
        }
        await #expect(throws: ButlerError(.dimensionValue, "")) { try await butler.find("metric", ["detector": 2]) }
        for (dataID, code) in [
            (["instrument": "Othre"], ButlerError.Code.dataIDValue), (["instrment": "Other"], .dimensionName),
        ] as [([String: DimensionValue], ButlerError.Code)] {
            await #expect(throws: ButlerError(code, "")) {
                try await Butler.open(repository.root, defaults: .init(dataID: dataID))
            }
        }
    }

    @Test("an instrument's own names of dimensions are understood, fields come first")
    func aliases() async throws {
        let repository = try await TemporaryRepository()
        let butler = try await repository.filled()
        let type = try await butler.datasetType("metric")
        let ref = try await butler.put(JSONValue.int(7), as: type, butler.dataID(type, detector: 2), run: "u/r")
        var defaults = Butler.Defaults(collections: ["u/r"])
        defaults.alias = { name, instrument in
            ["ccdnum": "detector", "raft": "exposure"][name].flatMap { instrument == "Cam1" ? $0 : nil }
        }
        let aliased = try await Butler.open(repository.root, defaults: defaults)
        #expect(try await aliased.find("metric", ["ccdnum": 2])?.id == ref.id)
        #expect(try await aliased.find("metric", ["instrument": "Cam1", "ccdnum": "R0_S2"])?.id == ref.id)
        await #expect(throws: ButlerError(.dimensionValue, "")) { try await aliased.find("metric", ["raft": "none"]) }
        await #expect(throws: ButlerError(.dimensionValue, "")) { try await aliased.find("metric", ["ccdnumber": 2]) }
    }
}
