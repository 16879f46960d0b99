import FITS
import Foundation
import ObservationMetadata
import StewardCore
import StewardTesting
import Testing

/// Golden headers with cards removed and changed at random, against what the reference makes of them.
///
/// The fixture holds, for each mutation, what differs from the golden header and from its properties.
@Suite(.enabled(if: !GoldenHeader.known.isEmpty, "the golden headers are not here"))
struct MutatedHeadersTests {
    struct Mutation: Sendable, CustomTestStringConvertible {
        let json: JSONValue

        var testDescription: String {
            "\(json["header"]?.string ?? "") \(json["set"]?.text() ?? "") without \(json["remove"]?.text() ?? "")"
        }

        /// The header with the changes, and the properties that the reference finds.
        func applied() throws -> (header: FITSHeader, expected: [String: JSONValue]) {
            let golden = try #require(GoldenHeader.known.first { $0.name == json["header"]?.string })
            var header = golden.header
            for keyword in try #require(json["remove"]?.array).compactMap(\.string) { header.remove(keyword) }
            for change in try #require(json["set"]?.array).compactMap(\.array) {
                header[try #require(change[0].string)] = try value(change[1])
            }
            let base = try #require(golden.expected["properties"]?.members)
            var expected = Dictionary(base.map { ($0.key, $0.value) }) { first, _ in first }
            for key in ["none", "failed"] {
                for name in json[key]?.array?.compactMap(\.string) ?? [] { expected[name] = nil }
            }
            for member in json["properties"]?.members ?? [] { expected[member.key] = member.value }
            return (header, expected)
        }

        private func value(_ json: JSONValue) throws -> FITSValue {
            switch json {
            case .null: .undefined
            case .bool(let value): .logical(value)
            case .int(let value): .integer(value)
            case .double(let value): .real(value)
            case .string(let value): .string(value)
            case .array, .object: throw ButlerError(.header, "a card cannot hold \(json.text())")
            }
        }
    }

    static let mutations: [Mutation] = {
        let file = Golden.package.appendingPathComponent("Tests/Fixtures/mutated-headers/seed-5.json")
        let json = (try? Data(contentsOf: file)).flatMap { try? JSONValue(parsing: $0, source: "seed-5.json") }
        return (json?.array ?? []).map(Mutation.init).filter { mutation in
            GoldenHeader.known.contains { $0.name == mutation.json["header"]?.string }
        }
    }()

    @Test("properties are the reference's, and the same ones fail", arguments: mutations)
    func mutated(_ mutation: Mutation) throws {
        let (header, expected) = try mutation.applied()
        let translator = try GoldenHeader.registry.get().translator(for: header)
        #expect(translator.name == mutation.json["translator"]?.string)
        let result = try translator.translate(header)
        #expect(result.repairs.isModified == mutation.json["fixed"]?.bool)
        let failed = Set(mutation.json["failed"]?.array?.compactMap(\.string) ?? [])
        #expect(Set(result.problems.map(\.property.rawValue)) == failed)
        let actual = Dictionary((result.info.json.members ?? []).map { ($0.key, $0.value) }) { first, _ in first }
        #expect(Set(actual.keys).subtracting(["_translator"]) == Set(expected.keys))
        for (name, value) in expected {
            let property = try #require(ObservationProperty(rawValue: name))
            let found = try #require(actual[name], "\(name)")
            #expect(found.agrees(with: value, as: property), "\(name): \(found.text()) != \(value.text())")
        }
    }
}
