internal import Foundation
internal import StewardCore

/// A file that is written from its beginning, and whose beginning may be written again.
final class ScratchFile {
    private let file: UnsafeMutablePointer<FILE>
    private let path: String
    private var isOpen = true

    /// Opens a file for writing at its end, made if it does not exist.
    init(appendingTo path: String) throws {
        self.path = path
        guard let file = fopen(path, "ab") else { throw Self.failure(path) }
        self.file = file
    }

    /// Creates a file that must not exist.
    init(creating path: String) throws {
        self.path = path
        guard let file = fopen(path, "wbx") else { throw Self.failure(path) }
        self.file = file
    }

    deinit {
        if isOpen { fclose(file) }
    }

    /// Writes bytes where the file ends, or behind those written at its beginning.
    func write(_ bytes: UnsafeRawBufferPointer) throws {
        guard !bytes.isEmpty else { return }
        guard fwrite(bytes.baseAddress, 1, bytes.count, file) == bytes.count else { throw Self.failure(path) }
    }

    /// Writes bytes over those at the beginning.
    func overwrite(_ bytes: [UInt8]) throws {
        guard fseek(file, 0, SEEK_SET) == 0 else { throw Self.failure(path) }
        try bytes.withUnsafeBytes { try write($0) }
    }

    /// Writes what is pending and closes the file.
    func close() throws {
        isOpen = false
        guard fclose(file) == 0 else { throw Self.failure(path) }
    }

    private static func failure(_ path: String) -> ButlerError {
        let number = errno
        let code: ButlerError.Code =
            switch number {
            case ENOSPC, EDQUOT, EFBIG: .diskFull
            case EROFS, EACCES, EPERM: .readOnly
            default: .fileAccess
            }
        return ButlerError(
            code,
            "\"\(path)\" cannot be written: \(String(cString: strerror(number))).",
            remedy: "Name another folder with --scratch."
        ).adding("file", path)
    }
}
