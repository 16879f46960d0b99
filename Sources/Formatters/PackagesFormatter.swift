internal import ButlerConfig
public import Datastores
internal import Datasets
internal import StewardCore

/// Versions of software by package name, as ``JSONValue`` object; in YAML or JSON.
public struct PackagesFormatter: FileFormatter {
    /// The reference's formatters of package versions.
    public static let referenceNames = [
        "lsst.daf.butler.formatters.packages.PackagesFormatter",
        "lsst.obs.base.formatters.packages.PackagesFormatter",
    ]
    private static let tag = "lsst.utils.packages.Packages"

    /// Suffix of the files, as the write parameter `format` asks.
    public let fileExtension: String
    /// YAML, JSON; pickles can be stored, but not read.
    public let supportedExtensions: Set<String> = [".yaml", ".json", ".pickle", ".pkl"]
    /// Types that can be written.
    public let writtenTypes = "JSONValue objects whose members are text"

    /// Creates the formatter.
    ///
    /// - Parameter options: `format` is `yaml` or `json`.
    /// - Throws: ``ButlerError`` with `.formatter` for another format.
    public init(_ options: FormatterOptions) throws {
        let format = options.parameters["format"]?.string ?? "yaml"
        guard ["yaml", "json"].contains(format) else {
            throw ButlerError(
                .formatter,
                "Package versions cannot be written in the format \"\(format)\".",
                remedy: "Set \"format\" to \"yaml\" or \"json\" under \"datastore.formatters\"."
            )
        }
        fileExtension = "." + format
    }

    /// Whether an object maps names to versions.
    public func canWrite(_ object: any Sendable) -> Bool {
        guard let members = (object as? JSONValue)?.members else { return false }
        return members.allSatisfy { $0.value.string != nil }
    }

    /// The versions.
    public func read(_ source: FileSource, _ request: ReadRequest) throws -> any Sendable {
        if source.name.hasSuffix(".json") {
            return try JSONFormatter(FormatterOptions(className: "")).read(source, request)
        }
        guard !source.name.hasSuffix(".pickle"), !source.name.hasSuffix(".pkl") else {
            throw ButlerError(
                .formatter,
                "\"\(source.name)\" is a Python pickle, which cannot be read.",
                remedy: "Write package versions as YAML or JSON."
            )
        }
        return try YAMLText.read(source, source.text()) { $0 == PackagesFormatter.tag }
    }

    /// The text as the reference writes it: in YAML with its tag and sorted keys.
    public func encode(_ object: any Sendable) throws -> [UInt8]? {
        guard canWrite(object), let value = object as? JSONValue else { throw unwritable(object) }
        guard fileExtension == ".yaml" else { return Array(value.text(.spaced).utf8) }
        let body = YAMLText.write(value, sortsKeys: true)
        return Array("!<\(PackagesFormatter.tag)>\(value.members?.isEmpty == true ? " " : "\n")\(body)".utf8)
    }
}
