internal import Resources
internal import StewardCore

/// Writes a zip file member by member, with the ZIP64 extensions where they are needed.
///
/// All members have the date of the format's beginning, so that the same content gives the same bytes. Source: PKWARE
/// APPNOTE 6.3.10, sections 4.3.7, 4.3.12, 4.3.14 to 4.3.16 and 4.5.3.
final class ZipWriter {
    /// What stands for a number that needs 64 bits.
    private static let large = 0xFFFF_FFFF

    private let sink: FileSink
    private var table: [UInt8] = []
    private var count = 0

    /// Creates the file.
    init(creating path: String, for target: String) throws {
        sink = try FileSink(creating: path, for: target, checksum: nil)
    }

    /// Adds a member.
    ///
    /// - Parameters:
    ///   - name: Its name.
    ///   - content: Its content.
    ///   - deflating: Whether it is compressed.
    /// - Throws: ``ButlerError`` with `.diskFull` or `.fileAccess`; `.invalidArgument` for a name of more than 65535 bytes.
    func add(_ name: String, _ content: [UInt8], deflating: Bool = false) throws {
        let label = Array(name.utf8)
        guard label.count <= 0xFFFF else {
            throw ButlerError(.invalidArgument, "The name \"\(name.prefix(80))…\" is too long for a zip file.")
        }
        let packed = deflating ? Deflate.deflated(content) : nil
        let body = packed ?? content
        let place = sink.size
        let wide = max(body.count, content.count) >= ZipWriter.large
        // Version, flag for UTF-8, method, time, date (1980-01-01), checksum.
        let common =
            bytes(wide || place >= ZipWriter.large ? 45 : 20, 2) + bytes(0x0800, 2) + bytes(packed == nil ? 0 : 8, 2)
            + bytes(0, 2) + bytes(0x21, 2) + bytes(Int(Deflate.checksum(content)), 4)
        let sizes = bytes(wide ? ZipWriter.large : body.count, 4) + bytes(wide ? ZipWriter.large : content.count, 4)
        let wideSizes = wide ? bytes(content.count, 8) + bytes(body.count, 8) : []
        let localExtra = extra(wideSizes)
        try write(
            bytes(0x0403_4B50, 4) + common + sizes + bytes(label.count, 2) + bytes(localExtra.count, 2) + label
                + localExtra
        )
        try write(body)
        let tableExtra = extra(wideSizes + (place >= ZipWriter.large ? bytes(place, 8) : []))
        // Made by UNIX; no comment, disk 0, attributes of a file that all may read.
        table += bytes(0x0201_4B50, 4) + bytes(0x0314 + (wide ? 25 : 0), 2) + common + sizes
        table += bytes(label.count, 2) + bytes(tableExtra.count, 2) + bytes(0, 6) + bytes(0o100644 << 16, 4)
        table += bytes(min(place, ZipWriter.large), 4) + label + tableExtra
        count += 1
    }

    /// Writes the table of contents and closes the file.
    func finish() throws {
        let place = sink.size
        try write(table)
        if count >= 0xFFFF || place >= ZipWriter.large || table.count >= ZipWriter.large {
            let end = sink.size
            try write(
                bytes(0x0606_4B50, 4) + bytes(44, 8) + bytes(45, 2) + bytes(45, 2) + bytes(0, 8) + bytes(count, 8)
                    + bytes(count, 8) + bytes(table.count, 8) + bytes(place, 8)
            )
            try write(bytes(0x0706_4B50, 4) + bytes(0, 4) + bytes(end, 8) + bytes(1, 4))
        }
        let number = bytes(min(count, 0xFFFF), 2)
        try write(
            bytes(0x0605_4B50, 4) + bytes(0, 4) + number + number + bytes(min(table.count, ZipWriter.large), 4)
                + bytes(min(place, ZipWriter.large), 4) + bytes(0, 2)
        )
        _ = try sink.finish()
    }

    private func write(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { try sink.write($0) }
    }

    /// The ZIP64 extra field of some numbers; nothing for none.
    private func extra(_ numbers: [UInt8]) -> [UInt8] {
        numbers.isEmpty ? [] : bytes(1, 2) + bytes(numbers.count, 2) + numbers
    }

    /// A number in little-endian order.
    private func bytes(_ number: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }
}
