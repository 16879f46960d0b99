import Dimensions
import StewardCore
import Testing

@testable import Queries

/// Expressions of a size that programs make.
@Suite struct LargeExpressionTests {
    private func context() throws -> IdentifierContext {
        let universe = try DimensionUniverse(definition: DimensionUniverse.defaultDefinition)
        return IdentifierContext(dimensions: try universe.group(["visit", "detector"]))
    }

    @Test("an OR of 300 alternatives of two conditions stays as small as it was written")
    func alternatives() throws {
        let text = (0..<300).map { "(visit = \($0) AND detector = \($0 % 7))" }.joined(separator: " OR ")
        let predicate = try QueryPredicate(parsing: "instrument = 'A' AND (\(text))", in: context())
        #expect(predicate.leaves.count == 601)
        #expect(predicate.isolatedConditions.map(\.leaf.description) == ["instrument == 'A'"])
    }

    @Test("a list of 10,000 numbers is read in well under a second")
    func longList() throws {
        let text = "visit NOT IN (" + (0..<10_000).map(String.init).joined(separator: ", ") + ")"
        let clock = ContinuousClock()
        var leaves = 0
        let time = try clock.measure {
            leaves = try QueryPredicate(parsing: text, in: context()).leaves.count
        }
        #expect(leaves == 10_000)
        #expect(time < .seconds(2))
    }

    @Test("nesting is accepted up to the limit and refused beyond")
    func nesting() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "(", count: depth) + "visit = 1" + String(repeating: ")", count: depth)
        }
        let allowed = try QueryPredicate(parsing: nested(WhereParser.nestingLimit), in: context())
        #expect(allowed.leaves.count == 1)
        #expect(throws: ButlerError.self) {
            try QueryPredicate(parsing: nested(WhereParser.nestingLimit + 1), in: context())
        }
    }
}
