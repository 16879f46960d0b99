import Foundation
public import StewardCore

/// A JSON file beside a data file that says what its header would (`astro_metadata_translator: indexing.py`).
public enum Sidecar {
    /// Path of the sidecar of a data file: the extension, `.fits.fz` and its like as one, replaced by `.json`.
    public static func path(of dataFile: String) -> String {
        let text = dataFile.utf8
        let start = text.lastIndex(of: UInt8(ascii: "/")).map(text.index(after:)) ?? text.startIndex
        var end = text.endIndex
        func dropExtension() -> Substring? {
            guard let dot = text[start..<end].lastIndex(of: UInt8(ascii: ".")), dot > start else { return nil }
            defer { end = dot }
            return dataFile[dot..<end]
        }
        if let last = dropExtension(), [".fz", ".gz", ".bz2", ".xz", ".zst"].contains(last) { _ = dropExtension() }
        return dataFile[..<end] + ".json"
    }

    /// The record in the sidecar of a data file; nil when it has none.
    ///
    /// Without a mark the content is taken for translated properties when it has an instrument and an observation
    /// label, and they can be read; else for a header.
    ///
    /// - Parameter dataFile: Path of the data file, which need not exist.
    /// - Returns: The record.
    /// - Throws: `ButlerError` of code `corruptFile` or `header` when the sidecar is malformed.
    public static func read(besides dataFile: String) throws -> HeaderRecord? {
        let path = path(of: dataFile)
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        return try record(in: JSONFile.read(path), of: dataFile, sidecar: path)
    }

    /// The record in the content of a sidecar.
    ///
    /// - Parameters:
    ///   - json: The content.
    ///   - dataFile: Name of the data file.
    ///   - sidecar: Name of the sidecar for error messages.
    /// - Returns: The record.
    /// - Throws: `ButlerError` of code `corruptFile` or `header` when the sidecar is malformed.
    public static func record(in json: JSONValue, of dataFile: String, sidecar: String) throws -> HeaderRecord {
        guard let members = json.members else {
            throw ButlerError(.corruptFile, "The sidecar \"\(sidecar)\" is not an object.")
        }
        let body = JSONValue.object(members.filter { $0.key != HeaderRecord.contentKey })
        if let mark = json[HeaderRecord.contentKey] {
            return try HeaderRecord(json: body, content: JSONFile.content(mark, sidecar), source: dataFile)
        }
        if body["instrument"] != nil, body["observation_id"] != nil,
            let record = try? HeaderRecord(json: body, content: .translated, source: dataFile)
        {
            return record
        }
        return try HeaderRecord(json: body, content: .header, source: dataFile)
    }

    /// Writes the sidecar of a data file, replacing one that is there.
    ///
    /// - Parameters:
    ///   - record: The header, or the properties.
    ///   - dataFile: Path of the data file.
    /// - Returns: Path of the sidecar.
    /// - Throws: `ButlerError` of code `fileAccess` when it cannot be written.
    @discardableResult
    public static func write(_ record: HeaderRecord, besides dataFile: String) throws -> String {
        let path = path(of: dataFile)
        let mark = JSONValue.Member(HeaderRecord.contentKey, .string(record.content.rawValue))
        try JSONFile.write(.object((record.json.members ?? []) + [mark]), to: path)
        return path
    }
}

/// Reading and writing of the JSON files of this module.
enum JSONFile {
    static func read(_ path: String) throws -> JSONValue {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ButlerError(.fileAccess, "\"\(path)\" cannot be read.", context: [.init("file", path)])
        }
        return try JSONValue(parsing: data, source: path)
    }

    static func write(_ json: JSONValue, to path: String) throws {
        do {
            try Data(json.text(.spaced).utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw ButlerError(
                .fileAccess,
                "\"\(path)\" cannot be written.",
                context: [.init("file", path)],
                cause: error
            )
        }
    }

    /// The mark that says whether a file holds headers or properties.
    static func content(_ mark: JSONValue, _ path: String) throws -> HeaderRecord.Content {
        guard let content = mark.string.flatMap(HeaderRecord.Content.init) else {
            throw ButlerError(
                .corruptFile,
                "\"\(path)\" says that its content is \(mark.text()); it can be \"metadata\" or \"translated\".",
                context: [.init("file", path)]
            )
        }
        return content
    }
}
