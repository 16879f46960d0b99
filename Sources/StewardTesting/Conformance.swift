internal import StewardCore

/// A behaviour that differs from what every implementation of a protocol must do.
public struct ConformanceFailure: Error, CustomStringConvertible {
    /// What was found and what was expected.
    public let description: String
}

/// What all implementations of a protocol must do, as checks that need no test library.
public protocol Conformance {}

extension Conformance {
    typealias Failure = ConformanceFailure

    static func expect(_ condition: Bool, _ what: String) throws(Failure) {
        guard condition else { throw Failure(description: what) }
    }

    static func expectEqual<Value: Equatable>(_ found: Value, _ expected: Value, _ what: String = "") throws(Failure) {
        guard found == expected else { throw Failure(description: "\(what): found \(found), expected \(expected)") }
    }

    static func expectError(_ code: ButlerError.Code, _ body: () throws -> Void) throws {
        do {
            try body()
        } catch let error as ButlerError {
            return try expectEqual(error.code, code, "\(error)")
        }
        throw Failure(description: "no error, expected \(code)")
    }

    static func expectError(_ code: ButlerError.Code, _ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let error as ButlerError {
            return try expectEqual(error.code, code, "\(error)")
        }
        throw Failure(description: "no error, expected \(code)")
    }
}
