internal import ButlerConfig
internal import Datasets
public import Datastores
internal import Resources
public import StewardCore

/// Tables as text in the form of ECSV 1.0, as `Table`.
///
/// Source: `daf_butler: formatters/astropyTable.py`; the format is astropy's APE 6.
public struct ECSVFormatter: DatasetFormatter {
    /// `.ecsv`.
    public let fileExtensions = [".ecsv"]

    /// Creates the formatter.
    public init() {}

    /// The suffix of the configured format, which must be `ecsv`.
    public func fileExtension(for target: WriteTarget) throws -> String {
        let format = try target.parameters.string("format") ?? "ecsv"
        guard format == "ecsv" else {
            throw ButlerError(
                .formatter,
                "Tables cannot be written as \"\(format)\".",
                remedy: "Leave the write parameter \"format\" out, or set it to ecsv."
            )
        }
        return ".ecsv"
    }

    /// The table.
    public func prepared(_ object: any Sendable, for target: WriteTarget) throws -> any Sendable {
        if object is Table { return object }
        throw ButlerError(
            .storageClass,
            "A \(type(of: object)) cannot be stored as \"\(target.storageClass.name)\", which is a table.",
            remedy: "Put a Table."
        )
    }

    /// The text of the table.
    public func encode(_ object: any Sendable, for target: WriteTarget) throws -> [UInt8]? {
        (object as? Table).map { ECSVWriter($0).bytes() }
    }

    /// The table of the file.
    public func read(_ source: ArtifactSource, _ request: ReadRequest) throws -> any Sendable {
        try ECSV.table(try source.bytes(), source: source.location.description)
    }
}

/// Reads and writes ECSV text.
public enum ECSV {
    /// The table of ECSV text.
    ///
    /// Empty cells are missing values, empty text too, as astropy reads them. Columns that astropy would make into times,
    /// coordinates and the like stay plain.
    ///
    /// - Parameters:
    ///   - bytes: UTF-8 text.
    ///   - source: Name of the text in errors.
    /// - Returns: The table.
    /// - Throws: ``ButlerError`` with `.corruptFile`, naming line and column where the text is malformed.
    public static func table(_ bytes: [UInt8], source: String) throws -> Table {
        try ECSVReader(bytes, source: source).table()
    }

    /// The ECSV text of a table.
    public static func bytes(_ table: Table) -> [UInt8] {
        ECSVWriter(table).bytes()
    }
}
