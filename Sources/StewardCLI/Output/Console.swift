internal import Foundation

/// The two streams of the process.
enum Console {
    /// Writes text to standard output as it is; ends the process with 1 when that takes no more.
    static func write(_ text: String) {
        write(Array(text.utf8))
    }

    /// Writes bytes to standard output as they are; ends the process with 1 when that takes no more.
    static func write(_ bytes: [UInt8]) {
        guard !bytes.withUnsafeBytes({ put($0, on: STDOUT_FILENO) }) else { return }
        error("Error: Standard output cannot be written: \(String(cString: strerror(errno))).")
        exit(1)
    }

    /// Writes all of some bytes to a descriptor, and tells whether that worked.
    private static func put(_ bytes: UnsafeRawBufferPointer, on descriptor: Int32) -> Bool {
        var rest = bytes
        while let start = rest.baseAddress, !rest.isEmpty {
            let count = Foundation.write(descriptor, start, rest.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return false }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
        return true
    }

    /// Writes one line to standard output.
    static func line(_ text: String) {
        write(text + "\n")
    }

    /// Writes one line to standard error.
    static func error(_ text: String) {
        _ = Array("\(text)\n".utf8).withUnsafeBytes { put($0, on: STDERR_FILENO) }
    }

    /// Whether standard error is a terminal, so that progress may be drawn there.
    static var errorIsTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    /// Whether standard output is a terminal.
    static var outputIsTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

    /// Asks a question and reads one line of the answer; nil at the end of input.
    static func ask(_ question: String) -> String? {
        write(question)
        return readLine()
    }
}
