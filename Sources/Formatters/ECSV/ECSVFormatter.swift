public import Datastores
public import StewardCore

/// Tables as Enhanced Character-Separated Values (ECSV 1.0), as `Table`.
///
/// Source: Astropy Proposal for Enhancement 6; `astropy: io/ascii/ecsv.py`.
public struct ECSVFormatter: FileFormatter {
    /// The reference's formatters of tables as text.
    public static let referenceNames = [
        "lsst.daf.butler.formatters.astropyTable.AstropyTableFormatter",
        "lsst.ts.observatory.control.utils.extras.vignetting_storage.VignettingCorrectionFormatter",
    ]

    /// Suffix of the files.
    public let fileExtension = ".ecsv"
    /// That suffix only.
    public let supportedExtensions: Set<String> = [".ecsv"]
    /// Types that can be written.
    public let writtenTypes = "Table"

    /// Creates the formatter.
    public init(_ options: FormatterOptions) {}

    /// Whether an object is a table.
    public func canWrite(_ object: any Sendable) -> Bool { object is Table }

    /// The whole table.
    public func read(_ source: FileSource, _ request: ReadRequest) throws -> any Sendable {
        try ECSV.table(try source.bytes(), source: source.name)
    }

    /// The text of the table.
    public func encode(_ object: any Sendable) throws -> [UInt8]? {
        guard let table = object as? Table else { throw unwritable(object) }
        return ECSV.bytes(table)
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
