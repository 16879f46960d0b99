import Dimensions
import Foundation
import StewardCore
import StewardTesting
import Testing

@testable import Queries

/// The JSON form of queries, against what the reference's client sends.
@Suite struct QueryJSONTests {
    /// All query inputs and result specifications in the golden conversations with a server.
    static func inputs() throws -> [(tree: JSONValue, spec: JSONValue?)] {
        guard let folder = Golden.folder("server") else { return [] }
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        return try files.filter { $0.pathExtension == "json" }.sorted { $0.path < $1.path }.flatMap { file in
            let text = try String(contentsOf: file, encoding: .utf8)
            let exchanges = try JSONValue(parsing: text, source: file.lastPathComponent)["exchanges"]?.array ?? []
            return exchanges.compactMap { exchange -> (JSONValue, JSONValue?)? in
                let body = exchange["request"]?["body"]
                return body?["query"]?["tree"].map { ($0, body?["result_spec"]) }
            }
        }
    }

    private static func sorted(_ json: JSONValue) -> JSONValue {
        switch json {
        case .array(let items):
            items.allSatisfy { $0.string != nil }
                ? .array(items.compactMap(\.string).sorted().map { .string($0) }) : .array(items.map(sorted))
        case .object(let members): .object(members.map { .init($0.key, sorted($0.value)) }.sorted { $0.key < $1.key })
        default: json
        }
    }

    @Test("what the reference's client sends is read and written alike")
    func golden() throws {
        let universe = try DimensionUniverse(definition: DimensionUniverse.defaultDefinition)
        let inputs = try Self.inputs()
        #expect(inputs.count > 20)
        for (tree, spec) in inputs {
            var tables: [String: DataIDTable] = [:]
            var identifiers: [String] = []
            for key in ["data_coordinate_uploads", "materializations"] {
                for member in tree[key]?.members ?? [] {
                    let group = try universe.group((member.value.array ?? []).compactMap(\.string))
                    let isMade = key == "materializations"
                    tables[member.key] = try DataIDTable([DataCoordinate](), dimensions: group, keepsImplied: isMade)
                    identifiers.append(member.key)
                }
            }
            let read = try QueryTree(json: tree, tables: tables, in: universe)
            #expect(Self.sorted(read.json(identifiers: identifiers)) == Self.sorted(tree))
            guard let spec else { continue }
            #expect(Self.sorted(try ResultSpec(json: spec, in: universe).json(in: universe)) == Self.sorted(spec))
        }
    }

    @Test(
        "every form of condition survives a round trip",
        arguments: [
            "visit = 1", "NOT (visit = 1 AND detector = 2) OR band != 'r'", "visit IN (1..10:3, 5, :list)",
            "exposure.can_see_sky AND NOT exposure.has_simulated", "visit.seq_num = NULL",
            "visit.timespan OVERLAPS (T'2020-01-01', NULL) AND visit.timespan.begin > T'58849.5'",
            "visit.region OVERLAPS CIRCLE(1, 2, 3)", "GLOB(detector.full_name, 'R*')", "-visit + 2 * detector % 3 = 7",
            "raw.dataset_id = UUID('e15ab039-bc8b-4135-87c5-90902a7c0b22')", "visit / 2 = 1.5",
        ]
    )
    func roundTrip(_ text: String) throws {
        let universe = try DimensionUniverse(definition: DimensionUniverse.defaultDefinition)
        let context = IdentifierContext(
            dimensions: try universe.group(["visit", "detector", "exposure"]),
            datasetTypes: ["raw"],
            binds: ["list": [7, 8]]
        )
        let predicate = try QueryPredicate(parsing: text, in: context)
        let read = try QueryJSONReader(universe: universe).predicate(predicate.json)
        #expect(ReferenceNormalForm(read).groups == ReferenceNormalForm(predicate).groups)
        #expect(read.json == predicate.json)
    }

    @Test("an OR that cannot be multiplied out is nested")
    func nested() throws {
        let universe = try DimensionUniverse(definition: DimensionUniverse.defaultDefinition)
        let context = IdentifierContext(dimensions: try universe.group(["visit", "detector"]))
        let text = (0..<300).map { "(visit = \($0) AND detector = \($0))" }.joined(separator: " OR ")
        let predicate = try QueryPredicate(parsing: text, in: context)
        #expect(predicate.json.text().utf8.count < 200_000)
        #expect(try QueryJSONReader(universe: universe).predicate(predicate.json) == predicate)
    }

    @Test(
        "malformed JSON is an error that shows the place",
        arguments: [
            #"{"operands": [[{"predicate_type": "comparison"}]]}"#, #"{"operands": 5}"#, #"{}"#,
            #"{"operands": [[{"predicate_type": "is_null", "operand": {"expression_type": "nothing"}}]]}"#,
        ]
    )
    func malformed(_ text: String) throws {
        let universe = try DimensionUniverse(definition: DimensionUniverse.defaultDefinition)
        let json = try JSONValue(parsing: text, source: "test")
        #expect(throws: ButlerError(.invalidQuery, "")) { try QueryJSONReader(universe: universe).predicate(json) }
    }
}
