public import Datastores
internal import StewardCore

/// JSON text, as ``JSONValue``.
public struct JSONFormatter: FileFormatter {
    /// The reference's JSON formatters.
    public static let referenceNames = [
        "lsst.daf.butler.formatters.json.JsonFormatter",
        "lsst.daf.butler.formatters.jsonFormatter.JsonFormatter",
        "lsst.atmospec.formatters.SpectractorFitParametersFormatter",
    ]

    /// Suffix of the files.
    public let fileExtension = ".json"
    /// Types that can be written.
    public let writtenTypes = "JSONValue, String, Int, Int64, Double and Bool"

    /// Creates the formatter.
    public init(_ options: FormatterOptions) {}

    /// Whether an object has a JSON form.
    public func canWrite(_ object: any Sendable) -> Bool { JSONValue(scalarOrTree: object) != nil }

    /// The whole value.
    public func read(_ source: FileSource, _ request: ReadRequest) throws -> any Sendable {
        try JSONValue(parsing: source.bytes(), source: source.name)
    }

    /// The text in the style of Python's `json.dumps` with characters other than ASCII as they are.
    public func encode(_ object: any Sendable) throws -> [UInt8]? {
        guard let value = JSONValue(scalarOrTree: object) else { throw unwritable(object) }
        var bytes: [UInt8] = []
        value.write(into: &bytes, layout: .spaced)
        return bytes
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
