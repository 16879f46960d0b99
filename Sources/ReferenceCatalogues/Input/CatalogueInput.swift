internal import StewardCore

/// What is known of a column of an input file.
struct InputColumnInfo: Sendable {
    let name: String
    /// The type; nil where the file does not tell.
    var type: CatalogueConfiguration.ExtraType?
    /// Bytes of a text; nil where the file does not tell.
    var width: Int?
    /// The unit as written; nil without one.
    var unit: String?
}

/// A column that is asked for, and as what it is wanted.
struct ColumnRequest: Sendable, Hashable {
    enum Kind: Sendable { case real, integer, flag, text }

    let name: String
    let kind: Kind
}

/// The values of one column in some rows.
enum InputColumn: Sendable {
    case reals([Double])
    /// Whole numbers, and which of them are missing if any is.
    case integers([Int64], missing: [Bool]?)
    case flags([Bool])
    case texts(InputTexts)
}

/// Texts one after the other.
struct InputTexts: Sendable {
    private(set) var bytes: [UInt8] = []
    private(set) var ends: [Int] = []

    /// The bytes of a text.
    func range(_ index: Int) -> Range<Int> { (index == 0 ? 0 : ends[index - 1])..<ends[index] }

    /// A text.
    subscript(index: Int) -> String { String(decoding: bytes[range(index)], as: UTF8.self) }

    mutating func append(_ text: some Collection<UInt8>) {
        bytes.append(contentsOf: text)
        ends.append(bytes.count)
    }
}

/// Some rows of an input, not decoded yet.
protocol InputChunk: Sendable {
    /// The number of rows.
    var rowCount: Int { get }

    /// Decodes columns, each in the form asked for.
    func columns(_ requests: [ColumnRequest], missing: CatalogueConfiguration.MissingRule) throws -> [InputColumn]

    /// Where a row is, for messages: `line 12` or `row 5`.
    func place(_ row: Int) -> String
}

/// A file of rows, read once from the beginning to the end; one user at a time.
protocol CatalogueInput: AnyObject {
    /// The columns in the order of the file.
    var columns: [InputColumnInfo] { get }

    /// The next rows, in order; nil at the end.
    func next() throws -> (any InputChunk)?
}

enum InputFile {
    /// Bytes of input in a chunk.
    static let chunkSize = 4 << 20

    /// Opens an input file in the form that the configuration or else its suffix says.
    static func open(
        _ path: String,
        _ configuration: CatalogueConfiguration,
        label: String
    ) throws
        -> any CatalogueInput
    {
        switch try format(path, configuration) {
        case .fits: try FITSInput(path, hdu: configuration.hdu, label: label)
        case .csv: try TextInput(ByteStream(path), isECSV: false, label: label)
        case .ecsv: try TextInput(ByteStream(path), isECSV: true, label: label)
        }
    }

    static func format(
        _ path: String,
        _ configuration: CatalogueConfiguration
    ) throws -> CatalogueConfiguration.Format {
        if let format = configuration.format { return format }
        var stem = path.lowercased()
        if stem.hasSuffix(".gz") { stem.removeLast(3) }
        switch stem.split(separator: ".").last {
        case "csv": return .csv
        case "ecsv": return .ecsv
        case "fits", "fit", "fts": return .fits
        default:
            throw ButlerError(
                .invalidArgument,
                "The suffix of \"\(path)\" does not tell the form of the file.",
                remedy: "Add format: csv, ecsv or fits to the configuration."
            )
        }
    }
}
