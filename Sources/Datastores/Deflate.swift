internal import CZlib

/// The compression of zip members (RFC 1951) and their checksum.
enum Deflate {
    /// The content of a raw deflate stream; nil if it is damaged or has another size.
    static func inflated(_ bytes: [UInt8], size: Int) -> [UInt8]? {
        // No stream of deflate grows more than by 1032; a greater size is damage, and would only cost memory.
        guard size / 1032 <= bytes.count + 1 else { return nil }
        var stream = z_stream()
        guard inflateInit2_(&stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else { return nil }
        defer { inflateEnd(&stream) }
        var isWhole = false
        let output = bytes.withUnsafeBufferPointer { input in
            [UInt8](unsafeUninitializedCapacity: size) { buffer, filled in
                isWhole = inflate(&stream, input, into: buffer, &filled)
            }
        }
        return isWhole && output.count == size ? output : nil
    }

    /// Feeds zlib in pieces, whose counts have 32 bits; whether the stream ended within the room.
    private static func inflate(
        _ stream: inout z_stream,
        _ input: UnsafeBufferPointer<UInt8>,
        into output: UnsafeMutableBufferPointer<UInt8>,
        _ filled: inout Int
    ) -> Bool {
        var taken = 0
        while true {
            let feed = min(input.count - taken, 1 << 30)
            let room = min(output.count - filled, 1 << 30)
            // One byte of room shows whether there is more than there should be.
            var spare: UInt8 = 0
            stream.next_in = input.baseAddress.map { UnsafeMutablePointer(mutating: $0 + taken) }
            stream.avail_in = UInt32(feed)
            let status = withUnsafeMutablePointer(to: &spare) { spare in
                stream.next_out = room > 0 ? output.baseAddress.map { $0 + filled } : spare
                stream.avail_out = UInt32(max(room, 1))
                return CZlib.inflate(&stream, Z_NO_FLUSH)
            }
            let made = max(room, 1) - Int(stream.avail_out)
            taken += feed - Int(stream.avail_in)
            guard room > 0 || made == 0 else { return false }
            filled += room > 0 ? made : 0
            if status == Z_STREAM_END { return true }
            guard status == Z_OK, made > 0 || feed > Int(stream.avail_in) else { return false }
        }
    }

    /// A raw deflate stream of some bytes; nil if it would not be smaller.
    static func deflated(_ bytes: [UInt8]) -> [UInt8]? {
        guard bytes.count > 1, let count = UInt32(exactly: bytes.count) else { return nil }
        var stream = z_stream()
        let size = Int32(MemoryLayout<z_stream>.size)
        guard deflateInit2_(&stream, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size) == Z_OK else {
            return nil
        }
        defer { deflateEnd(&stream) }
        var isWhole = false
        let output = bytes.withUnsafeBufferPointer { input in
            [UInt8](unsafeUninitializedCapacity: bytes.count - 1) { buffer, filled in
                stream.next_in = input.baseAddress.map { UnsafeMutablePointer(mutating: $0) }
                stream.avail_in = count
                stream.next_out = buffer.baseAddress
                stream.avail_out = count - 1
                isWhole = deflate(&stream, Z_FINISH) == Z_STREAM_END
                filled = buffer.count - Int(stream.avail_out)
            }
        }
        return isWhole ? output : nil
    }

    /// CRC-32 as zip files have it.
    static func checksum(_ bytes: [UInt8]) -> UInt32 {
        bytes.withUnsafeBufferPointer { UInt32(truncatingIfNeeded: crc32_z(0, $0.baseAddress, $0.count)) }
    }
}
