internal import Databases
internal import Foundation
internal import StewardCore

extension SQLiteDatabase.Options {
    /// The settings with the wait that holds: the one set here, else the environment's, else that of the reference.
    func resolvedLocks(_ environment: [String: String]) throws(ButlerError) -> LockWaiting {
        var resolved = locks
        resolved.timeout = try LockTimeout.resolve(locks.timeout, environment)
        return resolved
    }
}

/// Checks and makes database files before SQLite opens them.
enum DatabaseFile {
    /// Checks that the file exists, or makes an empty one for creation.
    static func prepare(_ path: String, _ mode: SQLiteDatabase.Mode) throws(ButlerError) {
        guard mode == .create else {
            guard FileManager.default.fileExists(atPath: path) else {
                throw ButlerError(
                    .fileNotFound,
                    "There is no database file \"\(path)\".",
                    remedy: "Check the path of the repository and the \"registry.db\" entry of its butler.yaml."
                )
            }
            return
        }
        do {
            try Data().write(to: URL(fileURLWithPath: path), options: .withoutOverwriting)
        } catch {
            throw FileManager.default.fileExists(atPath: path)
                ? ButlerError(
                    .repositoryExists,
                    "The file \"\(path)\" exists already.",
                    remedy: "Choose another place, or remove the file if it is not needed."
                )
                : ButlerError(
                    .fileAccess,
                    "The database file \"\(path)\" cannot be created.",
                    remedy: "Check that its directory exists and may be written.",
                    cause: error
                )
        }
    }

    /// The error for a file that could be opened for reading only.
    static func unwriteable(_ path: String) -> ButlerError {
        ButlerError(
            .readOnly,
            "The database file \"\(path)\" cannot be written.",
            remedy: "Open the repository for reading, or change the permissions of the file."
        )
    }
}
