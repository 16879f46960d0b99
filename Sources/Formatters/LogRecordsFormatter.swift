public import Datastores
internal import StewardCore

/// Log records: a JSON list of objects, as ``JSONValue`` array.
public struct LogRecordsFormatter: FileFormatter {
    /// The reference's formatter of log records.
    public static let referenceNames = ["lsst.daf.butler.formatters.logs.ButlerLogRecordsFormatter"]

    /// Suffix of the files.
    public let fileExtension = ".json"
    /// A list in one file, or one record a line.
    public let supportedExtensions: Set<String> = [".json", ".log"]
    /// Types that can be written.
    public let writtenTypes = "JSONValue arrays"

    /// Creates the formatter.
    public init(_ options: FormatterOptions) {}

    /// Whether an object is a list of records.
    public func canWrite(_ object: any Sendable) -> Bool { (object as? JSONValue)?.array != nil }

    /// The records, whether they are a list or one a line.
    public func read(_ source: FileSource, _ request: ReadRequest) throws -> any Sendable {
        let bytes = try source.bytes()
        if bytes.first(where: { $0 > 0x20 }) == UInt8(ascii: "[") {
            return try JSONValue(parsing: bytes, source: source.name)
        }
        let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        var records: [JSONValue] = []
        for (index, line) in lines.enumerated() where line.contains(where: { $0 > 0x20 }) {
            do {
                records.append(try JSONValue(parsing: line, source: source.name))
            } catch let error as ButlerError {
                throw source.corrupt(error.message, line: index + 1)
            }
        }
        return JSONValue.array(records)
    }

    /// The list as JSON text.
    public func encode(_ object: any Sendable) throws -> [UInt8]? {
        guard canWrite(object), let value = object as? JSONValue else { throw unwritable(object) }
        return Array(value.text(.spaced).utf8)
    }
}
