import FITS
import Foundation
import StewardCore

/// Headers written down as text: JSON or YAML with keywords and values.
public enum HeaderDocument {
    /// Whether a file is taken for a header in text form, by its name.
    public static func isText(_ path: String) -> Bool {
        [".json", ".yaml", ".yml"].contains { path.hasSuffix($0) }
    }

    /// Reads a header or translated properties from a text file.
    ///
    /// A JSON file is an object of keywords, a sidecar, or an object with a list `cards` of pairs; a YAML file is a
    /// mapping of keywords.
    ///
    /// - Parameter path: Path of the file.
    /// - Returns: What the file holds.
    /// - Throws: `ButlerError` of code `fileAccess`, `corruptFile`, `header` or `instrument` naming the file.
    public static func read(_ path: String) throws -> HeaderRecord {
        guard path.hasSuffix(".json") else { return .header(try header(yaml: path)) }
        let json = try JSONFile.read(path)
        guard let cards = json["cards"]?.array else { return try Sidecar.record(in: json, of: path, sidecar: path) }
        var header = FITSHeader(source: path)
        for card in cards {
            guard let pair = card.array, pair.count == 2, let keyword = pair[0].string else {
                throw ButlerError(
                    .header,
                    "\"\(path)\": every card must be a list of keyword and value.",
                    context: [.init("file", path)]
                )
            }
            header.merge(try FITSHeader(json: .object([.init(keyword, plain(pair[1]))]), source: path))
        }
        return .header(header)
    }

    /// Values that JSON lacks: `{"__float__": "nan"}` and `{"__datetime__": text}`.
    private static func plain(_ value: JSONValue) -> JSONValue {
        if let word = value["__float__"]?.string { return .double(Double(word) ?? .nan) }
        return value["__datetime__"] ?? value
    }

    private static func header(yaml path: String) throws -> FITSHeader {
        guard let data = FileManager.default.contents(atPath: path), let text = String(data: data, encoding: .utf8)
        else { throw ButlerError(.fileAccess, "\"\(path)\" cannot be read.", context: [.init("file", path)]) }
        var header = FITSHeader(source: path)
        for entry in try DefinitionNode(yaml: text, file: path).dictionary() {
            for value in entry.value.oneOrMore() {
                header.append(FITSCard(entry.key, try value.headerValue()))
            }
        }
        return header
    }
}

extension ObservationReader {
    /// The header of a file for a sidecar or index: the primary one, the first extension merged over it.
    ///
    /// - Parameters:
    ///   - path: Path of a local FITS file.
    ///   - content: Whether the header itself or what it translates to is wanted.
    /// - Returns: The record, and the properties that could not be had.
    /// - Throws: `ButlerError` of code `fileNotFound`, `fileAccess`, `corruptFile` or `header`, naming the file.
    public func record(
        ofFile path: String,
        content: HeaderRecord.Content
    ) throws -> (record: HeaderRecord, problems: [Translation.Problem]) {
        let header = try FITSHeaderReader.read(path, first: 2).map(\.header).merged()
        guard content == .translated else { return (.header(header), []) }
        let translation = try translate(.header(header), of: path)
        return (.translated(translation.info), translation.problems)
    }

    /// Translates a file: headers of FITS, or a text file with a header.
    ///
    /// - Parameter path: Path of a local file.
    /// - Returns: One translation for each detector, at least one.
    /// - Throws: `ButlerError` naming the file.
    public func translate(file path: String) throws -> [Translation] {
        guard HeaderDocument.isText(path) else { return try read(path) }
        return [try translate(HeaderDocument.read(path), of: path)]
    }
}
