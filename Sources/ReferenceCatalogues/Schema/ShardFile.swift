internal import FITS
public import Resources
internal import StewardCore

/// A file with the rows of one trixel: a primary unit without data and one binary table (HDU 1).
public enum ShardFile {
    /// Reads a whole file.
    ///
    /// - Parameters:
    ///   - path: The file, in any schema that has `id`, `coord_ra` and `coord_dec`.
    ///   - known: A schema with the bytes of its headers, which need not be read again where they are the same.
    /// - Returns: The rows, and the number of bytes read.
    /// - Throws: ``ButlerError`` with `.fileNotFound`, `.corruptFile` or `.header`.
    static func read(_ path: ResourcePath, known: HeaderMemory? = nil) throws -> (rows: CatalogueRows, byteCount: Int) {
        let bytes = try FileStore().read(path)
        if let known, let rows = known.rows(of: bytes) { return (rows, bytes.count) }
        let units = try FITSHeaderReader.read(bytes: bytes, name: path.path, first: 2)
        guard units.count == 2, units[1].header["XTENSION"]?.stringValue == "BINTABLE" else {
            throw ButlerError(
                .corruptFile,
                "\"\(path.path)\" has no table in HDU 1.",
                remedy: "Restore it from a copy."
            )
            .adding("file", path.path)
        }
        var header = units[1].header
        header.source = path.path
        let (schema, layout) = (try CatalogueSchema(header), try TableLayout(header))
        let start = Int(units[1].dataOffset)
        let end = start + layout.rowSize * layout.rowCount
        guard layout.rowSize > 0, end <= bytes.count else {
            throw ButlerError(
                .corruptFile,
                "\"\(path.path)\" is truncated: its table needs \(end) bytes, and there are \(bytes.count).",
                remedy: "Restore it from a copy."
            ).adding("file", path.path)
        }
        known?.remember(schema, bytes[..<start])
        return (CatalogueRows(schema, bytes: Array(bytes[start..<end])), bytes.count)
    }

    /// Reads a whole file.
    ///
    /// - Parameter path: The file, in any schema that has `id`, `coord_ra` and `coord_dec`.
    /// - Returns: The rows.
    /// - Throws: ``ButlerError`` with `.fileNotFound`, `.corruptFile` or `.header`.
    public static func rows(_ path: ResourcePath) throws -> CatalogueRows {
        try read(path).rows
    }

    /// The bytes of a file with some rows, in the form of format version 2.
    public static func bytes(of rows: CatalogueRows) -> [UInt8] {
        var bytes = rows.schema.header(rowCount: rows.rowCount)
        bytes += rows.bytes
        return bytes + padding(bytes.count)
    }

    /// The zeros that fill the last block.
    static func padding(_ count: Int) -> [UInt8] {
        let size = FITSHeaderReader.blockSize
        return [UInt8](repeating: 0, count: (size - count % size) % size)
    }
}
