internal import Datasets
public import Datastores
internal import Resources
internal import StewardCore

/// Objects as JSON text: numbers, mappings, and the models that the reference writes through pydantic.
///
/// Source: `daf_butler: formatters/json.py`.
public struct JSONFormatter: DatasetFormatter {
    /// `.json`.
    public let fileExtensions = [".json"]

    /// Creates the formatter.
    public init() {}

    /// The object as a `JSONValue` of the storage class's type.
    public func prepared(_ object: any Sendable, for target: WriteTarget) throws -> any Sendable {
        try JSONForm.json(object, target.storageClass)
    }

    /// UTF-8 text on one line.
    public func encode(_ object: any Sendable, for target: WriteTarget) throws -> [UInt8]? {
        var bytes: [UInt8] = []
        let value = try JSONForm.json(object, target.storageClass)
        value.write(into: &bytes, layout: JSONForm.isCompact(target.storageClass) ? .compact : .spaced)
        return bytes
    }

    /// A `JSONValue`, an `Int` or a `Timespan`, as the storage class asks for.
    public func read(_ source: ArtifactSource, _ request: ReadRequest) throws -> any Sendable {
        let file = source.location.description
        let value = try JSONValue(parsing: try source.bytes(), source: "\"\(file)\"")
        return try JSONForm.object(value, request.storageClass, file: file)
    }
}
