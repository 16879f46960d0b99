public import Datastores
internal import StewardCore

/// Tables as Enhanced Character-Separated Values (ECSV 1.0), as ``Table``.
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
    public let writtenTypes = "Table with columns of equal length and different names"

    /// Creates the formatter.
    public init(_ options: FormatterOptions) {}

    /// Whether an object is a consistent table.
    public func canWrite(_ object: any Sendable) -> Bool {
        guard let table = object as? Table else { return false }
        let count = table.rowCount
        return Set(table.columns.map(\.name)).count == table.columns.count
            && table.columns.allSatisfy { $0.values.count == count && ($0.mask?.count ?? count) == count }
    }

    /// The whole table.
    public func read(_ source: FileSource, _ request: ReadRequest) throws -> any Sendable {
        var reader = try ECSVReader(source)
        return try reader.table()
    }

    /// The text of the table.
    public func encode(_ object: any Sendable) throws -> [UInt8]? {
        guard canWrite(object), let table = object as? Table else { throw unwritable(object) }
        return ECSVWriter.bytes(of: table)
    }
}
