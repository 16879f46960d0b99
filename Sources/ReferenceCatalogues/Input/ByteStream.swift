internal import CZlib
internal import Foundation
internal import StewardCore

/// The bytes of a file, or of standard input, from the beginning to the end; gzip is inflated on the way.
///
/// One user at a time; calls block.
final class ByteStream {
    /// The name for messages.
    let name: String
    private let stream: gzFile

    /// The name that stands for standard input.
    static let standardInput = "-"

    /// Opens a file, or standard input for `-`.
    init(_ path: String) throws {
        name = path == Self.standardInput ? "standard input" : path
        let stream = path == Self.standardInput ? gzdopen(0, "rb") : gzopen(path, "rb")
        guard let stream else {
            throw ButlerError(.fileNotFound, "\"\(path)\" cannot be read.", remedy: "Check the path.")
                .adding("file", path)
        }
        gzbuffer(stream, 1 << 18)
        self.stream = stream
    }

    deinit {
        gzclose(stream)
    }

    /// Reads up to so many bytes behind those that an array has; false at the end.
    func append(_ count: Int, to bytes: inout [UInt8]) throws -> Bool {
        var read: Int32 = 0
        let piece = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            read = gzread(stream, buffer.baseAddress, UInt32(clamping: count))
            filled = max(0, Int(read))
        }
        bytes += piece
        var status: Int32 = 0
        let text = gzerror(stream, &status).map { String(cString: $0) } ?? ""
        guard read >= 0, status == Z_OK || status == Z_STREAM_END else {
            throw ButlerError(
                .corruptFile,
                "\"\(name)\" cannot be read to its end: \(text).",
                remedy: "Copy or transfer the file again."
            ).adding("file", name)
        }
        return read > 0
    }

    /// Copies the rest to a new file.
    func copy(to path: String) throws {
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let file = fopen(path, "wb")
        else { throw ButlerError(.fileAccess, "\"\(path)\" cannot be written.").adding("file", path) }
        var isComplete = true
        var bytes: [UInt8] = []
        while isComplete, try append(1 << 20, to: &bytes) {
            isComplete = fwrite(bytes, 1, bytes.count, file) == bytes.count
            bytes.removeAll(keepingCapacity: true)
        }
        guard fclose(file) == 0, isComplete else {
            throw ButlerError(.diskFull, "\"\(path)\" cannot be written.").adding("file", path)
        }
    }
}
