import FITS
import Foundation
import Instruments
import ObservationMetadata
import StewardCore
import StewardTesting
import Testing

/// A translation that recalls the one before gives what a translation by itself gives.
@Suite(.enabled(if: !Golden.names("headers").isEmpty, "the golden headers are not here"))
struct TranslationMemoryTests {
    /// Values that change what rules find: numbers and texts of other kinds, dates, nothing.
    private static let values: [FITSValue?] = [
        nil, .undefined, .integer(0), .integer(7), .integer(20_250_101), .real(-1), .real(60_000.25), .logical(true),
        .string(""), .string("BIAS"), .string("2025-01-01T01:02:03.5"), .string("12:30:00"),
        .string("MC_O_20250101_000002"),
    ]

    private struct Outcome: Equatable {
        /// As text, in which NaN equals NaN.
        let info: String
        let problems: [String]
        let repairs: HeaderRepairs?

        init(_ body: () throws -> Translation) {
            do {
                let result = try body()
                (info, repairs) = (result.info.json.text(), result.repairs)
                problems = result.problems.map { "\($0.property): \($0.error)" }
            } catch {
                (info, repairs, problems) = ("", nil, ["\(error)"])
            }
        }
    }

    @Test("with and without memory, of headers that differ in some cards", arguments: GoldenHeader.known)
    func sameResults(_ golden: GoldenHeader) throws {
        var generator = SeededGenerator(seed: UInt64(golden.header.cards.count))
        let memory = TranslationMemory()
        let corrections = try golden.corrections()
        var header = golden.header
        for round in 0..<24 {
            for _ in 0..<round % 4 {
                guard let card = header.cards.randomElement(using: &generator), !card.isCommentary else { continue }
                header[card.keyword] = Self.values.randomElement(using: &generator) ?? nil
            }
            let alone = Outcome { try golden.translator.translate(header, corrections: corrections) }
            let recalling = Outcome {
                try golden.translator.translate(header, corrections: corrections, recalling: memory)
            }
            #expect(recalling == alone, "round \(round)")
            if round % 6 == 5 { header = golden.header }
        }
    }
}
