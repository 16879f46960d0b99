internal import Datasets
public import Datastores
internal import Resources
internal import StewardCore

/// Logs of tasks, as `LogRecords`.
///
/// Writes one JSON object; reads that, the older list of records, and files with one record a line. Source:
/// `daf_butler: formatters/logs.py`, `logging.py`.
public struct LogRecordsFormatter: DatasetFormatter {
    /// `.json`, and `.log` for files that are ingested.
    public let fileExtensions = [".json", ".log"]

    /// What separates the records of a file with one a line from further facts.
    private static let delimiter = "###EXTRA###"

    /// Creates the formatter.
    public init() {}

    /// The log.
    public func prepared(_ object: any Sendable, for target: WriteTarget) throws -> any Sendable {
        if object is LogRecords { return object }
        throw ButlerError(
            .storageClass,
            "A \(type(of: object)) cannot be stored as \"\(target.storageClass.name)\", which is a log.",
            remedy: "Put LogRecords."
        )
    }

    /// One JSON object.
    public func encode(_ object: any Sendable, for target: WriteTarget) throws -> [UInt8]? {
        guard let log = object as? LogRecords else { return nil }
        var members: [JSONValue.Member] = [.init("extended", true), .init("version", 2)]
        if !log.records.isEmpty { members.append(.init("records", .array(log.records.map(\.json)))) }
        members += log.extra.members ?? []
        return Array(JSONValue.object(members).text().utf8)
    }

    /// The log of the file.
    public func read(_ source: ArtifactSource, _ request: ReadRequest) throws -> any Sendable {
        let file = source.location.description
        let text = try UTF8Text.read(source)
        if text.hasPrefix("[") || text.hasPrefix("{\"extended\":true") {
            let value = try JSONValue(parsing: text, source: "\"\(file)\"")
            var log = LogRecords(try Self.records(value.array ?? value["records"]?.array ?? [], file))
            let known: Set<String> = ["extended", "version", "records"]
            log.extra = .object((value.members ?? []).filter { !known.contains($0.key) })
            return log
        }
        return try Self.lines(text, file)
    }

    /// The log of a file with one record a line.
    private static func lines(_ text: String, _ file: String) throws -> LogRecords {
        var values: [JSONValue] = []
        var rest: Substring?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix(delimiter) {
                rest = text[line.endIndex...]
                break
            }
            guard !line.allSatisfy(\.isWhitespace) else { continue }
            values.append(try JSONValue(parsing: String(line), source: "\"\(file)\", record \(values.count + 1)"))
        }
        var log = LogRecords(try records(values, file))
        if let rest, !rest.allSatisfy(\.isWhitespace) {
            log.extra = try JSONValue(parsing: String(rest), source: "\"\(file)\", after the records")
        }
        return log
    }

    private static func records(_ values: [JSONValue], _ file: String) throws -> [LogRecords.Record] {
        try values.enumerated().map { index, value in
            if let record = LogRecords.Record(value) { return record }
            throw ButlerError(
                .corruptFile,
                "\"\(file)\": record \(index + 1) of the log lacks a field or has one of the wrong type.",
                remedy: "Restore the file from a copy."
            )
        }
    }
}
