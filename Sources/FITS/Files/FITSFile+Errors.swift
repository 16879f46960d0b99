internal import CFITSIO
internal import StewardCore

extension FITSFile {
    /// The error for a cfitsio status, with cfitsio's messages as its cause.
    static func failure(_ status: Int32, _ action: String, _ name: String) -> ButlerError {
        let text = statusText(status)
        let messages = pendingMessages()
        return ButlerError(
            code(status),
            "Cannot \(action) \"\(name)\": \(text) (cfitsio status \(status)).",
            cause: messages.isEmpty ? nil : Messages(lines: messages)
        ).adding("file", name)
    }

    /// The error for a file that cannot be opened or created.
    static func openFailure(_ status: Int32, _ name: String) -> ButlerError {
        guard status == 252 else { return failure(status, "open", name) }
        _ = pendingMessages()
        return ButlerError(.corruptFile, "\"\(name)\" is not a FITS file.").adding("file", name)
    }

    /// What cfitsio reported on the way to a failure.
    private struct Messages: Error, CustomStringConvertible {
        let lines: [String]
        var description: String { lines.joined(separator: "\n") }
    }

    private static func code(_ status: Int32) -> ButlerError.Code {
        switch status {
        case 104...106, 110, 112...115: .fileAccess
        case 411, 412: .storageClass
        default: .corruptFile
        }
    }

    private static func statusText(_ status: Int32) -> String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 31) { buffer in
            buffer.initialize(repeating: 0)
            guard let start = buffer.baseAddress else { return "" }
            cfits_status_text(status, start)
            return String(cString: start)
        }
    }

    private static func pendingMessages() -> [String] {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 81) { buffer in
            var lines: [String] = []
            buffer.initialize(repeating: 0)
            guard let start = buffer.baseAddress else { return lines }
            while lines.count < 20, cfits_next_message(start) != 0 {
                lines.append(String(cString: start))
            }
            return lines
        }
    }
}
