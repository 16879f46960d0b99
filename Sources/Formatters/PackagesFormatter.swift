internal import ButlerConfig
internal import Datasets
public import Datastores
internal import Resources
internal import StewardCore

/// Versions of software packages by name, as a `JSONValue` whose members are text.
///
/// YAML with a tag, or JSON by the write parameter `format`. Source: `daf_butler: formatters/packages.py`, `utils:
/// packages.py`.
public struct PackagesFormatter: DatasetFormatter {
    /// `.yaml` and `.json`.
    public let fileExtensions = [".yaml", ".json"]

    private static let tags = ["!<lsst.utils.packages.Packages>", "!<lsst.base.Packages>"]

    /// Creates the formatter.
    public init() {}

    /// The suffix of the configured format.
    public func fileExtension(for target: WriteTarget) throws -> String {
        let format = try target.parameters.string("format") ?? "yaml"
        guard fileExtensions.contains("." + format) else {
            throw ButlerError(
                .formatter,
                "Packages cannot be written as \"\(format)\".",
                remedy: "Set the write parameter \"format\" to yaml or json."
            )
        }
        return "." + format
    }

    /// The versions as a mapping from text to text.
    public func prepared(_ object: any Sendable, for target: WriteTarget) throws -> any Sendable {
        if let value = object as? [String: String] {
            return JSONValue.object(value.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) })
        }
        if let members = (object as? JSONValue)?.members, members.allSatisfy({ $0.value.string != nil }) {
            return object
        }
        throw ButlerError(
            .storageClass,
            "A \(type(of: object)) cannot be stored as \"\(target.storageClass.name)\".",
            remedy: "Put a mapping of package names to versions: [String: String] or a JSONValue."
        )
    }

    /// The text of the configured format.
    public func encode(_ object: any Sendable, for target: WriteTarget) throws -> [UInt8]? {
        guard let value = object as? JSONValue else { return nil }
        if try fileExtension(for: target) == ".json" { return Array(value.text(.spaced).utf8) }
        let separator = value.members?.isEmpty == true ? " " : "\n"
        return Array((Self.tags[0] + separator + YAMLText.write(value, sortsKeys: true)).utf8)
    }

    /// The versions.
    public func read(_ source: ArtifactSource, _ request: ReadRequest) throws -> any Sendable {
        let file = source.location.description
        var text = try UTF8Text.read(source)
        guard source.location.fileExtension != ".json" else {
            return try JSONValue(parsing: text, source: "\"\(file)\"")
        }
        for tag in Self.tags where text.hasPrefix(tag) { text.removeFirst(tag.count) }
        return try YAMLText.read(text, file: file)
    }
}
