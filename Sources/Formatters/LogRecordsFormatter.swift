public import Datastores
internal import StewardCore

/// Log records, as ``JSONValue``: the list of records, or an object with the list as `records` and further facts.
///
/// Written as one JSON object, as the reference does now; lists and files with one record a line are read, too. Source:
/// `daf_butler: logging.py`.
public struct LogRecordsFormatter: FileFormatter {
    /// The reference's formatter of log records.
    public static let referenceNames = ["lsst.daf.butler.formatters.logs.ButlerLogRecordsFormatter"]

    /// Suffix of the files.
    public let fileExtension = ".json"
    /// Everything in one JSON value, or one record a line.
    public let supportedExtensions: Set<String> = [".json", ".log"]
    /// Types that can be written.
    public let writtenTypes = "JSONValue: a list of records, or an object with the list \"records\""

    /// Begins the line between the records and further facts, in files with one record a line.
    private static let delimiter = "###EXTRA###"

    /// Creates the formatter.
    public init(_ options: FormatterOptions) {}

    /// Whether an object is a list of records, or has one.
    public func canWrite(_ object: any Sendable) -> Bool {
        guard let value = object as? JSONValue else { return false }
        return (value.array ?? value["records"]?.array)?.allSatisfy { $0.members != nil } ?? false
    }

    /// The records, and the further facts if there are any.
    public func read(_ source: FileSource, _ request: ReadRequest) throws -> any Sendable {
        let bytes = try source.bytes()
        let start = bytes.firstIndex { $0 > 0x20 } ?? bytes.endIndex
        if bytes[start...].starts(with: "[".utf8) { return try JSONValue(parsing: bytes, source: source.name) }
        if bytes[start...].starts(with: "{\"extended\":".utf8) {
            let value = try JSONValue(parsing: bytes, source: source.name)
            let extra = (value.members ?? []).filter { !["extended", "version", "records"].contains($0.key) }
            return try log(value["records"]?.array ?? [], extra, source)
        }
        return try lines(bytes, source)
    }

    /// The log of a file with one record a line.
    private func lines(_ bytes: [UInt8], _ source: FileSource) throws -> JSONValue {
        var records: [JSONValue] = []
        let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() where line.contains(where: { $0 > 0x20 }) {
            if line.starts(with: Self.delimiter.utf8) {
                let rest = lines[(index + 1)...].joined(separator: [0x0A])
                guard rest.contains(where: { $0 > 0x20 }) else { break }
                return try log(records, parse(rest, source, line: index + 2).members ?? [], source)
            }
            records.append(try parse(line, source, line: index + 1))
        }
        return try log(records, [], source)
    }

    private func parse(_ bytes: some Sequence<UInt8>, _ source: FileSource, line: Int) throws -> JSONValue {
        do {
            return try JSONValue(parsing: bytes, source: source.name)
        } catch let error as ButlerError {
            throw source.corrupt(error.message, line: line)
        }
    }

    private func log(_ records: [JSONValue], _ extra: [JSONValue.Member], _ source: FileSource) throws -> JSONValue {
        if let index = records.firstIndex(where: { $0.members == nil }) {
            throw source.corrupt("record \(index + 1) of the log is no object")
        }
        return extra.isEmpty ? .array(records) : .object([.init("records", .array(records))] + extra)
    }

    /// One JSON object with the records and the further facts.
    public func encode(_ object: any Sendable) throws -> [UInt8]? {
        guard canWrite(object), let value = object as? JSONValue else { throw unwritable(object) }
        var members: [JSONValue.Member] = [.init("extended", true), .init("version", 2)]
        let records = value.array ?? value["records"]?.array ?? []
        if !records.isEmpty { members.append(.init("records", .array(records))) }
        members += (value.members ?? []).filter { $0.key != "records" }
        return Array(JSONValue.object(members).text().utf8)
    }
}
