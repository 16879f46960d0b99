import FITS
import Foundation
import Instruments
import ObservationMetadata
import StewardCore
import StewardTesting
import Testing

/// One header of the golden folder with what the reference makes of it.
struct GoldenHeader: CustomTestStringConvertible, Sendable {
    let name: String
    let header: FITSHeader
    let expected: JSONValue
    let translator: HeaderTranslator

    var testDescription: String { name }

    static let registry = Result { try InstrumentCatalog.standard(environment: [:]).translators() }

    /// The names of all headers, with and without a camera that we know.
    static let names = Golden.names("headers").filter { !$0.hasSuffix(".header.json") }.map {
        String($0.dropLast(5))
    }

    /// All headers whose camera we know.
    static let known: [GoldenHeader] = {
        guard let registry = try? registry.get() else { return [] }
        return names.compactMap { stem in
            guard let cards = try? Golden.json("headers", "\(stem).header.json"),
                let expected = try? Golden.json("headers", "\(stem).json"),
                let header = try? header(cards, stem),
                let translator = try? registry.translator(for: header)
            else { return nil }
            return GoldenHeader(name: stem, header: header, expected: expected, translator: translator)
        }
    }()

    private static func header(_ json: JSONValue, _ name: String) throws -> FITSHeader {
        var header = FITSHeader(source: name)
        for card in try #require(json["cards"]?.array) {
            let pair = try #require(card.array)
            let keyword = try #require(pair[0].string)
            for value in pair[1].array ?? [pair[1]] {
                let isCommentary = keyword == "COMMENT" || keyword == "HISTORY"
                header.append(
                    isCommentary
                        ? FITSCard(keyword, nil, comment: value.string ?? "") : FITSCard(keyword, try cardValue(value))
                )
            }
        }
        return header
    }

    private static func cardValue(_ json: JSONValue) throws -> FITSValue {
        switch json {
        case .null: .undefined
        case .bool(let value): .logical(value)
        case .int(let value): .integer(value)
        case .double(let value): .real(value)
        case .string(let value): .string(value)
        case .object:
            if let word = json["__float__"]?.string {
                .real(try #require(Double(word)))
            } else {
                .string(try #require(json["__datetime__"]?.string))
            }
        case .array: throw ButlerError(.header, "a list within a list")
        }
    }

    /// A folder with the correction that belongs to the header, if there is one.
    func corrections() throws -> CorrectionFolders {
        guard let correction = expected["correction"]?.members, !correction.isEmpty else { return .none }
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("steward-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let file = expected["correction_file"]?.string.flatMap { $0.split(separator: "/").last }.map(String.init)
        let text = correction.map { "\($0.key): \($0.value.text())\n" }.joined()
        try Data(text.utf8).write(to: folder.appendingPathComponent(try #require(file)))
        return CorrectionFolders([folder.path])
    }
}
