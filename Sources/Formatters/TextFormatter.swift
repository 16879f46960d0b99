public import Datastores

/// Text, unchanged, as `String`.
public struct TextFormatter: FileFormatter {
    /// Python source with overrides of a configuration, and DS9 regions.
    public static let referenceNames = [
        "lsst.pipe.base.formatters.pexConfig.PexConfigFormatter",
        "lsst.obs.base.formatters.pexConfig.PexConfigFormatter",
        "lsst.daf.butler.formatters.pexConfig.PexConfigFormatter",
        "lsst.daf.butler.formatters.pexConfigFormatter.PexConfigFormatter",
        "lsst.pipe.tasks.objectMasks.RegionFileFormatter",
    ]

    /// Suffix of the files: `.reg` for regions, `.py` for configurations.
    public let fileExtension: String
    /// The suffix that it writes.
    public let supportedExtensions: Set<String>
    /// Types that can be written.
    public let writtenTypes = "String"

    /// Creates the formatter.
    public init(_ options: FormatterOptions) {
        fileExtension = options.className.hasSuffix(".RegionFileFormatter") ? ".reg" : ".py"
        supportedExtensions = [fileExtension]
    }

    /// Whether an object is text.
    public func canWrite(_ object: any Sendable) -> Bool { object is String }

    /// The whole text.
    public func read(_ source: FileSource, _ request: ReadRequest) throws -> any Sendable { try source.text() }

    /// The bytes of the text in UTF-8.
    public func encode(_ object: any Sendable) throws -> [UInt8]? {
        guard let text = object as? String else { throw unwritable(object) }
        return Array(text.utf8)
    }
}
