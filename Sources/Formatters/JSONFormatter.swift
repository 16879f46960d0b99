internal import ButlerConfig
public import Datastores
internal import Datasets
internal import StewardCore

/// JSON text, as ``JSONValue``.
public struct JSONFormatter: Formatter {
    /// The reference's JSON formatters.
    public static let referenceNames = [
        "lsst.daf.butler.formatters.json.JsonFormatter",
        "lsst.daf.butler.formatters.jsonFormatter.JsonFormatter",
        "lsst.daf.butler.formatters.logs.ButlerLogRecordsFormatter",
        "lsst.atmospec.formatters.SpectractorFitParametersFormatter",
    ]

    /// Suffix of the files.
    public let fileExtension = ".json"
    /// JSON; log records also come as `.log`.
    public let supportedExtensions: Set<String>
    /// Types that can be written.
    public let writtenTypes = "JSONValue, String, Int, Int64, Double and Bool"

    /// Creates the formatter.
    public init(_ options: FormatterOptions) {
        let isLog = options.className.hasSuffix("LogRecordsFormatter")
        supportedExtensions = isLog ? [".json", ".log"] : [".json"]
    }

    /// Whether an object has a JSON form.
    public func canWrite(_ object: any Sendable) -> Bool { JSONValue(scalarOrTree: object) != nil }

    /// The whole value.
    public func read(_ source: FileSource, _ request: ReadRequest) throws -> any Sendable {
        let bytes = try source.bytes()
        do {
            return try JSONValue(parsing: bytes, source: source.name)
        } catch let error as ButlerError {
            throw source.corrupt(error.message, line: JSONFormatter.line(error))
        }
    }

    /// The text in the style of Python's `json.dumps` with characters other than ASCII as they are.
    public func encode(_ object: any Sendable) throws -> [UInt8]? {
        guard let value = JSONValue(scalarOrTree: object) else { throw unwritable(object) }
        var bytes: [UInt8] = []
        value.write(into: &bytes, layout: .spaced)
        return bytes
    }

    private static func line(_ error: ButlerError) -> Int? {
        error.context.first { $0.label == "line" }.flatMap { Int($0.value) }
    }
}

extension JSONValue {
    /// The form of a value tree, text, number or truth value; nil for other types.
    init?(scalarOrTree object: any Sendable) {
        switch object {
        case let value as JSONValue: self = value
        case let value as String: self = .string(value)
        case let value as Bool: self = .bool(value)
        case let value as Int: self = .int(Int64(value))
        case let value as Int64: self = .int(value)
        case let value as Double: self = .double(value)
        default: return nil
        }
    }
}
