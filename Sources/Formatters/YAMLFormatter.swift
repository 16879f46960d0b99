internal import ButlerConfig
internal import Datasets
public import Datastores
internal import Resources
internal import StewardCore

/// Mappings, lists and plain values as YAML, in the form and dialect of PyYAML.
///
/// Keys keep their order. Dates read as text; keys that are not text read as the text that they were written as.
/// Source: `daf_butler: formatters/yaml.py`.
public struct YAMLFormatter: DatasetFormatter {
    /// `.yaml`.
    public let fileExtensions = [".yaml"]

    /// Creates the formatter.
    public init() {}

    /// The object as a `JSONValue` of the storage class's type.
    public func prepared(_ object: any Sendable, for target: WriteTarget) throws -> any Sendable {
        try JSONForm.json(object, target.storageClass)
    }

    /// Block style text, as `yaml.safe_dump(…, sort_keys=False)` writes it.
    public func encode(_ object: any Sendable, for target: WriteTarget) throws -> [UInt8]? {
        let value = try JSONForm.json(object, target.storageClass)
        return Array(YAMLText.write(value, sortsKeys: false).utf8)
    }

    /// A `JSONValue`, an `Int` or a `Timespan`, as the storage class asks for.
    public func read(_ source: ArtifactSource, _ request: ReadRequest) throws -> any Sendable {
        let file = source.location.description
        let value = try YAMLText.read(try UTF8Text.read(source), file: file)
        return try JSONForm.object(value, request.storageClass, file: file)
    }
}

/// YAML text and the values that it stands for.
enum YAMLText {
    /// The value of a document.
    ///
    /// - Throws: `ButlerError` with `.corruptFile`, naming line and column.
    static func read(_ text: String, file: String) throws -> JSONValue {
        do {
            return value(try ConfigTree(yaml: text, source: file))
        } catch let error as ButlerError where error.code == .configuration {
            throw ButlerError(
                .corruptFile,
                error.message,
                remedy: "Restore the file from a copy.",
                context: error.context
            )
        }
    }

    /// A document in block style.
    static func write(_ value: JSONValue, sortsKeys: Bool) -> String {
        tree(value).yaml(sortsKeys: sortsKeys)
    }

    private static func value(_ tree: ConfigTree) -> JSONValue {
        switch tree {
        case .null: .null
        case .bool(let value): .bool(value)
        case .int(let value): .int(Int64(value))
        case .double(let value): .double(value)
        case .string(let value): .string(value)
        case .list(let list): .array(list.map(value))
        case .map(let map): .object(map.map { .init($0.key, value($0.value)) })
        }
    }

    private static func tree(_ value: JSONValue) -> ConfigTree {
        switch value {
        case .null: return .null
        case .bool(let value): return .bool(value)
        case .int(let value): return .int(Int(value))
        case .double(let value): return .double(value)
        case .string(let value): return .string(value)
        case .array(let items): return .list(items.map(tree))
        case .object(let members):
            var map = ConfigMap()
            for member in members { map[member.key] = tree(member.value) }
            return .map(map)
        }
    }
}

/// Files of UTF-8 text.
enum UTF8Text {
    /// The text of a file.
    ///
    /// - Throws: `ButlerError` with `.corruptFile` if it is not UTF-8.
    static func read(_ source: ArtifactSource) throws -> String {
        let bytes = try source.bytes()
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        throw ButlerError(
            .corruptFile,
            "\"\(source.location)\" is not UTF-8 text.",
            remedy: "Restore the file from a copy."
        )
    }
}
