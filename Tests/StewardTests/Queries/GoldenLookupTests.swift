import Datasets
import Dimensions
import Foundation
import Queries
import StewardCore
import StewardTesting
import Testing

@testable import QueryExecution
@testable import Steward

/// The golden cases of look-ups, collections and dataset types, through the public operations.
@Suite(.enabled(if: Reference.isPresent, "STEWARD_REFERENCE names no virtualenv with the reference"))
struct GoldenLookupTests {
    static let calls: Set<String> = ["find_dataset", "get_ref", "collections", "dataset_types", "default_data_id"]

    static func cases() throws -> [GoldenCase] {
        try Golden.queries { $0 != "expressions" }.flatMap { group in
            (group["cases"]?.array ?? []).map { GoldenCase(group: group["group"]?.string ?? "", json: $0) }
        }.filter { calls.contains($0.call) && $0.args["storage_class"] == nil }
    }

    private static func strings(_ json: JSONValue?) -> [String] {
        json?.string.map { [$0] } ?? (json?.array ?? []).compactMap(\.string)
    }

    private static func open(_ golden: GoldenCase) async throws -> Butler {
        let group = try #require(try Golden.queries { $0 == golden.group }.first)
        let root = try await GoldenRepositories.shared.root(of: group)
        var defaults = Butler.Defaults(collections: strings(golden.json["defaults"]?["collections"]))
        for name in ["instrument", "skymap"] {
            if let value = golden.json["defaults"]?[name]?.string { defaults.dataID[name] = .string(value) }
        }
        return try await Butler.open(root, defaults: defaults)
    }

    @Test("look-ups find what the reference finds", arguments: try cases())
    func lookups(_ golden: GoldenCase) async throws {
        try await Self.check(golden)
    }

    private static func check(_ golden: GoldenCase) async throws {
        let butler = try await open(golden)
        let expected = golden.json["expect"] ?? .null
        do {
            let problem = try await answer(golden, butler, expected)
            if let problem { Issue.record("\(golden.testDescription): \(problem)") }
        } catch let error as ButlerError {
            let wanted = expected["error"]?["class"]?.string ?? "no error"
            let isExpected = codes[wanted]?.contains(error.code) ?? false
            if !isExpected { Issue.record("\(golden.testDescription): \(error.code) instead of \(wanted): \(error)") }
        }
    }

    private static let codes: [String: Set<ButlerError.Code>] = [
        "CalibrationLookupError": [.calibrationLookup], "DatasetNotFoundError": [.datasetNotFound],
        "DimensionNameError": [.dimensionName, .dimensionValue], "DimensionValueError": [.dimensionValue],
        "DataIdValueError": [.dataIDValue], "MissingDatasetTypeError": [.missingDatasetType],
        "MissingCollectionError": [.missingCollection], "NoDefaultCollectionError": [.missingCollection],
        "UnknownComponentError": [.unknownComponent], "InvalidQueryError": [.invalidQuery, .dimensionValue],
    ]

    private static func answer(_ golden: GoldenCase, _ butler: Butler, _ expected: JSONValue) async throws -> String? {
        let args = golden.args
        switch golden.call {
        case "collections":
            let words = strings(args["expression"])
            let kinds = strings(args["collection_types"]).compactMap(CollectionKind.init(word:))
            let found = try await butler.collections.query(
                words,
                kinds: kinds.isEmpty ? Set(CollectionKind.allCases) : Set(kinds),
                flattening: args["flatten_chains"]?.bool ?? false,
                includingChains: args["include_chains"]?.bool
            ).map(\.name)
            let wanted = strings(expected["rows"])
            let isOrdered = expected["ordered"]?.bool ?? false
            return (isOrdered ? found == wanted : found.sorted() == wanted.sorted()) ? nil : "\(found)"
        case "dataset_types":
            let words = strings(args["expression"]).map { $0 == "..." ? "*" : $0 }
            let found = try await butler.datasetTypes(matching: words).map(\.name)
            return found == strings(expected["value"]?["names"]) ? nil : "\(found)"
        case "default_data_id":
            guard golden.json["defaults"]?["infer"]?.bool != false else { return nil }
            let names = butler.defaults.collections
            let found = try await butler.read { try butler.engine.inferredDefaults(from: names, on: $0) }
            let json = JSONValue.object(found.map { .init($0.key, $0.value.json) })
            return GoldenValues.sorted(json) == GoldenValues.sorted(expected["value"] ?? .null) ? nil : "\(found)"
        default: return try await lookUp(golden, butler, expected)
        }
    }

    private static func lookUp(_ golden: GoldenCase, _ butler: Butler, _ expected: JSONValue) async throws -> String? {
        let args = golden.args
        let name = args["dataset_type"]?.string ?? ""
        var values = try GoldenValues.dataID(args["data_id"])
        values.merge(try GoldenValues.dataID(args["kwargs"])) { $1 }
        let dataID = values.compactMapValues { value -> DimensionValue? in
            if case .real(let number) = value { return Int64(exactly: number).map { .int($0) } }
            return value.dimensionValue
        }
        let timespan = try args["timespan"]?["$timespan"].map(GoldenValues.timespan)
        let collections = strings(args["collections"])
        let ref: DatasetRef?
        if golden.call == "get_ref" {
            ref = try await butler.resolve(name, dataID, collections: collections, timespan: timespan)
        } else {
            ref = try await butler.find(name, dataID, collections: collections, timespan: timespan)
        }
        guard expected["error"] == nil else { return "found \(String(describing: ref)) instead of \(expected.text())" }
        let wanted = expected["value"] ?? .null
        guard let ref else { return wanted.isNull ? nil : "found nothing instead of \(wanted.text())" }
        let found = GoldenValues.json(ref)
        for key in ["type", "run", "id"] where found[key] != wanted[key] {
            return "\(key) \(String(describing: found[key])) instead of \(wanted.text())"
        }
        for (dimension, value) in ref.dataID.items where wanted["data_id"]?[dimension.name] != value.json {
            return "\(dimension.name) \(value) instead of \(wanted.text())"
        }
        return nil
    }
}
