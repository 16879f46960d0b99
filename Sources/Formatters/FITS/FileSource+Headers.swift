internal import Datastores
internal import FITS
internal import Foundation
internal import Resources
internal import StewardCore

extension FileSource {
    /// Runs work that needs the headers of a FITS file, and no pixels, with the path of a local file.
    ///
    /// Of a file on a server, or within a zip file, only the headers are read; the file has holes in place of the rest.
    ///
    /// - Parameters:
    ///   - tables: Whether the work needs tables as well.
    ///   - body: Work on a path; the file may be gone afterwards.
    /// - Returns: What the body returned.
    /// - Throws: ``ButlerError`` if the headers cannot be read, or what the body threw.
    func withHeaders<Value>(tables: Bool = false, _ body: (String) throws -> Value) throws -> Value {
        guard isReadInParts, !fileExtension.hasSuffix(".gz") else { return try withFile(body) }
        let file = RangedFile(name) { try part(at: $0) }
        guard try file.bytes(at: 0, count: 2) != [0x1F, 0x8B], file.size != nil else { return try withFile(body) }
        let units = try FITSHeaderReader.read(name) { offsets in
            let start = Int(clamping: offsets.lowerBound)
            return (try file.bytes(at: start, count: offsets.count), file.size.map(Int64.init))
        }
        let path = FileSource.temporaryPath(fileExtension)
        defer { try? FileManager.default.removeItem(atPath: path) }
        do {
            try FileSource.write(units, of: file, to: path, tables)
            return try body(path)
        } catch let error as ButlerError {
            throw error.adding("source", name)
        }
    }

    private static func write(_ units: [FITSHDUHeader], of file: RangedFile, to path: String, _ tables: Bool) throws {
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let handle = FileHandle(forWritingAtPath: path)
        else {
            throw ButlerError(
                .fileAccess,
                "\"\(path)\" cannot be written.",
                remedy: "Name a folder for temporary files in LSST_RESOURCES_TMPDIR."
            )
        }
        defer { try? handle.close() }
        try handle.truncate(atOffset: UInt64(file.size ?? 0))
        for unit in units {
            let end = tables && unit.isTable ? unit.dataOffset + unit.dataSize : unit.dataOffset
            try handle.seek(toOffset: UInt64(unit.headerOffset))
            let count = Int(clamping: end - unit.headerOffset)
            try handle.write(contentsOf: file.bytes(at: Int(clamping: unit.headerOffset), count: count))
        }
    }
}

extension FITSHDUHeader {
    /// Whether this is a table, and not an image in tiles.
    fileprivate var isTable: Bool {
        ["BINTABLE", "TABLE"].contains(header["XTENSION"]?.stringValue ?? "") && header["ZIMAGE"]?.logicalValue != true
    }
}

extension ReadRequest {
    /// Whether only headers and tables of an exposure's file are wanted.
    var needsNoPixels: Bool { component.map { !["image", "mask", "variance", "maskedImage"].contains($0) } ?? false }
}
