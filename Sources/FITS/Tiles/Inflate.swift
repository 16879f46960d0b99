internal import CZlib

/// Inflates a gzip or zlib stream into exactly the number of bytes expected.
///
/// - Parameters:
///   - bytes: The stream.
///   - size: Size of its content.
/// - Returns: The content, or nil if the stream is damaged or has another size.
func inflated(_ bytes: UnsafeRawBufferPointer, size: Int) -> [UInt8]? {
    guard let input = UInt32(exactly: bytes.count), let room = UInt32(exactly: size), input > 0, room > 0 else {
        return nil
    }
    var stream = z_stream()
    // 32 above the window size: take either kind of stream.
    guard inflateInit2_(&stream, 15 + 32, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else { return nil }
    defer { inflateEnd(&stream) }
    var status = Z_OK
    let output = [UInt8](unsafeUninitializedCapacity: size) { buffer, filled in
        stream.next_in = UnsafeMutablePointer(mutating: bytes.assumingMemoryBound(to: UInt8.self).baseAddress)
        stream.avail_in = input
        stream.next_out = buffer.baseAddress
        stream.avail_out = room
        status = inflate(&stream, Z_FINISH)
        filled = size - Int(stream.avail_out)
    }
    guard status == Z_STREAM_END, output.count == size else { return nil }
    return output
}
