public import Datastores
internal import StewardCore

/// YAML text, as ``JSONValue``.
public struct YAMLFormatter: FileFormatter {
    /// The reference's YAML formatters.
    public static let referenceNames = [
        "lsst.daf.butler.formatters.yaml.YamlFormatter",
        "lsst.daf.butler.formatters.yamlFormatter.YamlFormatter",
        "lsst.obs.base.formatters.filter.FilterFormatter",
    ]

    /// Suffix of the files.
    public let fileExtension = ".yaml"
    /// Types that can be written.
    public let writtenTypes = "JSONValue, String, Int, Int64, Double and Bool"

    /// Creates the formatter; all parameters concern Python objects only.
    public init(_ options: FormatterOptions) {}

    /// Whether an object has a YAML form.
    public func canWrite(_ object: any Sendable) -> Bool { JSONValue(scalarOrTree: object) != nil }

    /// The whole value.
    ///
    /// The tags of property lists and sets are ignored: lists of name, type and value stay lists.
    public func read(_ source: FileSource, _ request: ReadRequest) throws -> any Sendable {
        try YAMLText.read(source, source.text()) {
            $0.hasPrefix("lsst.daf.base.") || $0 == "lsst.utils.packages.Packages"
        }
    }

    /// The text as PyYAML's safe dumper writes it, keys in their own order.
    public func encode(_ object: any Sendable) throws -> [UInt8]? {
        guard let value = JSONValue(scalarOrTree: object) else { throw unwritable(object) }
        return Array(YAMLText.write(value).utf8)
    }
}
