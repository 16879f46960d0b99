internal import StewardCore

/// A file of `lsst.images`: a tree in JSON, and the images that it refers to.
///
/// Opening reads the tree only: of a FITS file the primary header and the table `JSON`, whose places the header tells.
/// Pixels are read when they are asked for. A value is for one user at a time.
public struct TreeFile {
    /// The tree.
    public let root: TreeNode
    /// Name of the file for error messages.
    public let name: String
    /// The tree's pointer targets: JSON texts by row of the table; the first is the tree itself.
    private let rows: [[UInt8]]
    private let pixels: PixelSource

    private final class PixelSource {
        let open: () throws -> FITSFile
        var file: FITSFile?

        init(_ open: @escaping () throws -> FITSFile) {
            self.open = open
        }
    }

    /// Opens a file: FITS, or JSON with inline arrays.
    ///
    /// - Parameter path: Path of a local file.
    /// - Throws: `ButlerError` of code `fileNotFound`, `fileAccess`, `corruptFile`, or `formatter` for layouts and schemas
    ///   that are newer than known.
    public init(reading path: String) throws {
        let file = try LocalFile(path)
        let start = try file.bytes(at: 0, count: 1)
        if start == [UInt8(ascii: "{")] {
            let bytes = try file.bytes(at: 0, count: Int(clamping: file.size ?? 0))
            try self.init(json: bytes, name: path)
        } else {
            try self.init(fits: file, name: path) { try FITSFile(reading: path) }
        }
    }

    /// Opens a file held in memory: FITS, or JSON with inline arrays.
    ///
    /// - Parameters:
    ///   - bytes: The whole file.
    ///   - name: Its name for error messages.
    /// - Throws: As ``init(reading:)``.
    public init(bytes: [UInt8], name: String) throws {
        if bytes.first == UInt8(ascii: "{") {
            try self.init(json: bytes, name: name)
        } else {
            try self.init(fits: MemoryFile(bytes: bytes), name: name) { try FITSFile(bytes: bytes, name: name) }
        }
    }

    private init(json: [UInt8], name: String) throws {
        self.name = name
        rows = [json]
        pixels = PixelSource {
            throw ButlerError(.corruptFile, "\"\(name)\" refers to pixels of a FITS file, but is none.")
        }
        root = try TreeParser.parse(json)
        try Self.checkVersion(root, name: name)
    }

    private init(fits source: some HeaderSource, name: String, open: @escaping () throws -> FITSFile) throws {
        self.name = name
        var source = source
        pixels = PixelSource(open)
        rows = try Self.rows(&source, name: name)
        guard let first = rows.first else {
            throw ButlerError(.corruptFile, "The tree of \"\(name)\" is empty.").adding("file", name)
        }
        root = try TreeParser.parse(first)
        try Self.checkVersion(root, name: name)
    }

    /// The greatest version of the container that is known.
    private static let knownFormat: Int64 = 1
    /// The greatest major version of schemas that is known.
    private static let knownSchema = 1

    /// The texts of the table `JSON`.
    private static func rows(_ source: inout some HeaderSource, name: String) throws -> [[UInt8]] {
        let start = try source.bytes(at: 0, count: 20 * FITSHeaderReader.blockSize)
        guard start.starts(with: "SIMPLE  =".utf8) else {
            throw ButlerError(.corruptFile, "\"\(name)\" is no FITS file.").adding("file", name)
        }
        let primary = FITSHeader(bytes: start, source: name)
        let format = try primary.integer("FMTVER")
        guard format <= knownFormat else {
            throw ButlerError(
                .formatter,
                "\"\(name)\" has layout version \(format), newer than \(knownFormat).",
                remedy: "Update Steward."
            ).adding("file", name)
        }
        let (address, size) = (try primary.integer("JSONADDR"), try primary.integer("JSONSIZE"))
        guard address > 0, size > 0, let length = Int(exactly: size), try source.reaches(address &+ size) else {
            throw primary.error("JSONADDR", "does not lead to a tree: the file is damaged")
        }
        let bytes = try source.bytes(at: address, count: length)
        var parser = CardParser()
        var end: Int?
        bytes.withUnsafeBytes { end = parser.add(blocksOf: $0) }
        guard let end else { throw primary.error("JSONADDR", "does not lead to a header") }
        let table = try FITSTable(FITSHeader(cards: parser.cards, source: name), rows: nil) { offset, count in
            let from = end + offset
            guard count >= 0, from <= bytes.count, count <= bytes.count - from else {
                throw primary.error("JSONSIZE", "is less than the tree's size")
            }
            return Array(bytes[from..<(from + count)])
        }
        return try table.bytes("JSON")
    }

    private static func checkVersion(_ tree: TreeNode, name: String) throws {
        guard tree["schema_version"] != nil else {
            throw ButlerError(.corruptFile, "The tree of \"\(name)\" has no schema version.").adding("file", name)
        }
        let needed = tree["min_read_version"]?.integerValue ?? 1
        guard needed <= knownSchema else {
            throw ButlerError(
                .formatter,
                "\"\(name)\" needs a reader of schema version \(needed); known is \(knownSchema).",
                remedy: "Update Steward."
            ).adding("file", name)
        }
    }

    /// Name of the schema without version, for instance `visit_image`.
    public var schema: String {
        let last = root["schema_url"]?.stringValue?.split(separator: "/").last ?? ""
        return String(last.prefix { $0 != "-" })
    }

    /// The JSON texts to which the tree points, from row 1 of the table on.
    var pointerTargets: [[UInt8]] { Array(rows.dropFirst()) }

    /// The node itself, or what it points to in the table `JSON`.
    func resolved(_ node: TreeNode) throws -> TreeNode {
        guard let row = node["row"]?.integerValue, node["column"] != nil else { return node }
        guard rows.indices.contains(row) else { throw failure("The tree points to row \(row), which is not there.") }
        return try TreeParser.parse(rows[row])
    }

    /// The FITS file with the pixels.
    func pixelFile() throws -> FITSFile {
        if let file = pixels.file { return file }
        let file = try pixels.open()
        pixels.file = file
        return file
    }

    func failure(_ message: String) -> ButlerError {
        ButlerError(.corruptFile, message).adding("file", name)
    }
}
