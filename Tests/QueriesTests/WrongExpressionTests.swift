import Dimensions
import Foundation
import StewardCore
import Testing

@testable import Queries

/// The texts of errors in expressions; `STEWARD_RECORD=1` writes them anew.
@Suite struct WrongExpressionTests {
    static let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures/queries/wrong-expressions.json")

    static func text(of json: JSONValue) throws -> String {
        let universe = try DimensionUniverse(definition: DimensionUniverse.defaultDefinition)
        let context = IdentifierContext(
            dimensions: try universe.group((json["dimensions"]?.array ?? []).compactMap(\.string)),
            datasetTypes: (json["datasets"]?.array ?? []).compactMap(\.string),
            binds: try GoldenBinds.binds(json["bind"])
        )
        do {
            if let order = json["order"]?.string {
                return "no error: \(try OrderTerm(parsing: order, in: context))"
            }
            return "no error: \(try QueryPredicate(parsing: json["where"]?.string ?? "", in: context))"
        } catch let error as ButlerError {
            return error.code == .invalidQuery ? "\(error)" : "\(error.code): \(error)"
        }
    }

    @Test("each wrong expression has its text")
    func texts() throws {
        let source = try String(contentsOf: Self.file, encoding: .utf8)
        let cases = try #require(try JSONValue(parsing: source, source: "wrong-expressions.json").array)
        let isRecording = ProcessInfo.processInfo.environment["STEWARD_RECORD"] != nil
        var recorded: [JSONValue] = []
        for json in cases {
            let text = try Self.text(of: json)
            if !isRecording { #expect(text == json["error"]?.string, "\(json["name"]?.string ?? "")") }
            let members = (json.members ?? []).map { $0.key == "error" ? .init("error", .string(text)) : $0 }
            recorded.append(.object(members))
        }
        #expect(recorded.count >= 100)
        guard isRecording else { return }
        try JSONValue.array(recorded).text(.indented).write(to: Self.file, atomically: true, encoding: .utf8)
    }
}
