/// One header-data unit of an open file: its header and what follows from it.
public struct FITSHDU: Sendable {
    /// What the data are.
    public enum Kind: Sendable, Hashable {
        /// Pixels in plain form, or a header without data.
        case image
        /// Pixels in compressed tiles, held by a binary table.
        case compressedImage
        /// A binary table.
        case table
        /// A table of text, or an extension of a kind that has no name here.
        case other
    }

    /// Position in the file; 0 is the primary one.
    public let index: Int
    /// The cards as they are in the file.
    public let header: FITSHeader
    /// What the data are.
    public let kind: Kind
    /// Lengths of the image's axes, the fastest first; empty without image data.
    public let axes: [Int]
    /// Type of the image's pixels, or nil when there are none.
    public let pixelType: PixelType?

    /// The `EXTNAME`, or nil.
    public var name: String? { header["EXTNAME"]?.stringValue }

    /// The `EXTVER`; 1 when absent.
    public var version: Int { header["EXTVER"]?.integerValue.flatMap { Int(exactly: $0) } ?? 1 }

    /// Whether there are pixels.
    public var hasPixels: Bool { !axes.isEmpty && !axes.contains(0) }

    /// Whether pixels are stored as quantised integers.
    public var isQuantized: Bool {
        guard kind == .compressedImage, pixelType?.isFloatingPoint == true else { return false }
        if header.contains("ZSCALE") { return true }
        return header.cards.contains { $0.keyword.hasPrefix("TTYPE") && $0.value == .string("ZSCALE") }
    }

    init(index: Int, header: FITSHeader) throws {
        self.index = index
        self.header = header
        let extensionType = header["XTENSION"]?.stringValue
        let isTable = extensionType == "BINTABLE" || extensionType == "A3DTABLE"
        if isTable, header["ZIMAGE"] == .logical(true) {
            kind = .compressedImage
        } else if isTable {
            kind = .table
        } else {
            kind = extensionType == nil || extensionType == "IMAGE" || extensionType == "IUEIMAGE" ? .image : .other
        }
        switch kind {
        case .image, .compressedImage:
            let z = kind == .image ? "" : "Z"
            axes = try Self.axes(header, prefix: z)
            pixelType = try axes.isEmpty ? nil : PixelType(bits: header.integer(z + "BITPIX"), header: header)
            if kind == .compressedImage { try Self.checkTiles(header, axes: axes) }
        case .table, .other:
            axes = []
            pixelType = nil
        }
    }

    private static func axes(_ header: FITSHeader, prefix: String) throws -> [Int] {
        let count = try header.integer(prefix + "NAXIS")
        guard (0...9).contains(count) else {
            throw header.error(prefix + "NAXIS", "has the value \(count), which is not between 0 and 9")
        }
        var lengths: [Int] = []
        var pixels = 1
        for axis in 1..<(Int(count) + 1) {
            let keyword = "\(prefix)NAXIS\(axis)"
            let length = try header.integer(keyword)
            let (product, overflow) = pixels.multipliedReportingOverflow(by: Int(length))
            guard length >= 0, length <= Int32.max, !overflow, product <= longestImage else {
                throw header.error(keyword, "has the value \(length), which makes no image")
            }
            pixels = product
            lengths.append(Int(length))
        }
        return lengths
    }

    /// More pixels than any image has: 2³⁴.
    private static let longestImage = 1 << 34

    /// Checks what cfitsio takes on trust in the description of tiles.
    private static func checkTiles(_ header: FITSHeader, axes: [Int]) throws {
        var tiles = 1
        for (axis, length) in axes.enumerated() {
            let keyword = "ZTILE\(axis + 1)"
            let tile = try header.integerIfPresent(keyword) ?? (axis == 0 ? Int64(length) : 1)
            guard tile > 0 || length == 0, tile <= Int32.max else {
                throw header.error(keyword, "has the value \(tile), which is no size of a tile")
            }
            let (product, overflow) = tiles.multipliedReportingOverflow(
                by: (length + Int(tile) - 1) / max(1, Int(tile))
            )
            guard !overflow else { throw header.error(keyword, "makes too many tiles") }
            tiles = product
        }
        let rows = try header.integer("NAXIS2")
        guard rows >= tiles else {
            throw header.error("NAXIS2", "has the value \(rows), fewer than the \(tiles) tiles of the image")
        }
    }
}
