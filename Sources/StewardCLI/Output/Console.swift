internal import Foundation

/// The two streams of the process.
enum Console {
    /// Writes text to standard output as it is.
    static func write(_ text: String) {
        FileHandle.standardOutput.write(Data(text.utf8))
    }

    /// Writes one line to standard output.
    static func line(_ text: String) {
        write(text + "\n")
    }

    /// Writes one line to standard error.
    static func error(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }

    /// Whether standard error is a terminal, so that progress may be drawn there.
    static var errorIsTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    /// Asks a question and reads one line of the answer; nil at the end of input.
    static func ask(_ question: String) -> String? {
        write(question)
        return readLine()
    }
}
