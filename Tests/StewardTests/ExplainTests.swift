import Steward
import StewardCore
import Testing

/// The walk through a look-up that finds nothing.
@Suite struct ExplainTests {
    @Test("datasets that differ in one value are told, within the instrument")
    func neighbours() async throws {
        let repository = try await TemporaryRepository()
        let butler = try await repository.filled()
        let type = try await butler.datasetType("metric")
        for detector in 0..<2 as Range<Int64> {
            try await butler.put(JSONValue.int(1), as: type, butler.dataID(type, detector: detector), run: "u/r")
        }
        let steps = try await butler.explain("metric", ["instrument": "Cam1", "detector": 2], collections: ["u/r"])
        #expect(steps.last?.subject == "near neighbours" && steps.last?.isFine == true)
        #expect(steps.last?.finding == "With another detector there are: 0, 1.")
    }
}
