public import StewardCore

/// One JSON file, usually `_index.json`, with the headers or properties of all data files of a folder.
///
/// What all files share is stored once (`astro_metadata_translator: indexing.py`). Entries are read on demand.
public struct HeaderIndex: Sendable {
    /// The usual name of the file.
    public static let fileName = "_index.json"
    static let commonKey = "__COMMON__"

    /// Whether the entries are headers or properties.
    public let content: HeaderRecord.Content
    /// Names of the data files, relative to the folder of the index, in the order of the index.
    public let files: [String]
    private let common: [JSONValue.Member]
    private let entries: [String: [JSONValue.Member]]

    /// Reads an index file.
    ///
    /// - Parameter path: Path of the index.
    /// - Throws: `ButlerError` of code `fileAccess`, or `corruptFile` when it is not an index.
    public init(contentsOf path: String) throws {
        try self.init(json: JSONFile.read(path), source: path)
    }

    /// Reads the content of an index.
    ///
    /// - Parameters:
    ///   - json: The content.
    ///   - source: Name of the index for error messages.
    /// - Throws: `ButlerError` of code `corruptFile` when it is not an index.
    public init(json: JSONValue, source: String) throws {
        guard let members = json.members, let shared = json[Self.commonKey]?.members else {
            throw ButlerError(
                .corruptFile,
                "\"\(source)\" is not a header index: it has no object \"\(Self.commonKey)\".",
                context: [.init("file", source)]
            )
        }
        content = try json[HeaderRecord.contentKey].map { try JSONFile.content($0, source) } ?? .header
        common = shared
        var files: [String] = []
        var entries: [String: [JSONValue.Member]] = [:]
        for member in members where ![Self.commonKey, HeaderRecord.contentKey].contains(member.key) {
            guard let own = member.value.members else {
                throw ButlerError(
                    .corruptFile,
                    "The entry \"\(member.key)\" of the header index \"\(source)\" is not an object.",
                    context: [.init("file", source)]
                )
            }
            if entries.updateValue(own, forKey: member.key) == nil { files.append(member.key) }
        }
        self.files = files
        self.entries = entries
    }

    /// The record of a data file; nil when the index has none.
    ///
    /// - Parameter file: Name as in ``files``.
    /// - Returns: The record, shared values over the file's own.
    /// - Throws: `ButlerError` of code `header` when the entry is malformed.
    public func record(of file: String) throws -> HeaderRecord? {
        guard let own = entries[file] else { return nil }
        let shared = Set(common.map(\.key))
        let members = own.filter { !shared.contains($0.key) } + common
        return try HeaderRecord(json: .object(members), content: content, source: file)
    }

    /// Writes an index, replacing one that is there.
    ///
    /// - Parameters:
    ///   - records: Names of data files relative to the folder of the index, with their records, all of one kind.
    ///   - path: Path of the index.
    /// - Throws: `ButlerError` of code `invalidArgument` when there are no records or two kinds of them, `fileAccess`
    ///   when the index cannot be written.
    public static func write(_ records: [(file: String, record: HeaderRecord)], to path: String) throws {
        guard let content = records.first?.record.content, records.allSatisfy({ $0.record.content == content }) else {
            throw ButlerError(
                .invalidArgument,
                "A header index needs records, all headers or all translated.",
                context: [.init("file", path)]
            )
        }
        let bodies = records.map { $0.record.json.members ?? [] }
        let common = shared(bodies)
        let keys = Set(common.map(\.key))
        var members = [
            JSONValue.Member(HeaderRecord.contentKey, .string(content.rawValue)),
            JSONValue.Member(commonKey, .object(common)),
        ]
        for (entry, body) in zip(records, bodies) {
            members.append(.init(entry.file, .object(body.filter { !keys.contains($0.key) })))
        }
        try JSONFile.write(.object(members), to: path)
    }

    /// The members that all bodies have with the same value, in the order of the first.
    private static func shared(_ bodies: [[JSONValue.Member]]) -> [JSONValue.Member] {
        guard let first = bodies.first else { return [] }
        var common = Set(first)
        for body in bodies.dropFirst() {
            common.formIntersection(body)
        }
        return first.filter(common.contains)
    }
}
