import StewardCore

/// Errors of file operations.
enum FileProblem {
    /// The error of a failed system call.
    static func error(_ system: SystemError, _ action: String, _ path: String) -> ButlerError {
        let text = "\"\(path)\" could not be \(action): \(system.text)."
        return switch system.kind {
        case .diskFull: ButlerError(.diskFull, text, remedy: "Free space, or raise the quota or file size limit.")
        case .readOnly where action == "read":
            ButlerError(.fileAccess, text, remedy: "Ask its owner for permission to read it.")
        case .readOnly:
            ButlerError(.readOnly, text, remedy: "Check who owns the directory and whether you may write it.")
        case .fileNotFound: ButlerError(.fileNotFound, text, remedy: "Check the path; the file may have been removed.")
        case let code: ButlerError(code, text)
        }
    }

    /// The error of a target that is there already.
    static func exists(_ path: String) -> ButlerError {
        ButlerError(
            .fileAccess,
            "\"\(path)\" exists already.",
            remedy: "Remove it, or allow overwriting."
        )
    }

    /// Runs calls and turns their failure into the error of an action on a path.
    static func naming<Value: ~Copyable>(
        _ action: String,
        _ path: String,
        _ body: () throws(SystemError) -> Value
    ) throws -> Value {
        do {
            return try body()
        } catch {
            throw FileProblem.error(error, action, path)
        }
    }
}
