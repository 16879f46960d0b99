internal import Databases
internal import Datastores
internal import Foundation
internal import Registry
internal import Resources
internal import StewardCore

extension Butler {
    /// Most times that a transaction is repeated because files were in its way.
    private static let clearings = 4

    /// Runs a transaction that also makes files; they go when it fails, at the latest when its end fails.
    ///
    /// Where files lie in its way of which no record tells, it waits until all who write have ended, removes those that no
    /// record tells of even then, and begins anew.
    ///
    /// - Parameters:
    ///   - isBrief: Whether the files are few and small, so that it may run on the calling thread.
    ///   - body: The transaction.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws; database and file errors.
    func storing<Result: Sendable>(
        briefly isBrief: Bool = false,
        _ body: @Sendable (any Connection, FileRollback) throws -> Result
    ) async throws -> Result {
        for _ in 0..<Self.clearings {
            do {
                return try await repeating { try await storeOnce(isBrief, body) }
            } catch let error as ButlerError {
                guard let occupied = error.cause as? OccupiedPaths else { throw error }
                try await clear(occupied.paths)
            }
        }
        return try await repeating { try await storeOnce(isBrief, body) }
    }

    private func storeOnce<Result: Sendable>(
        _ isBrief: Bool,
        _ body: @Sendable (any Connection, FileRollback) throws -> Result
    ) async throws -> Result {
        let rollback = FileRollback(journal: datastore.journal)
        do {
            let result = try await writeOnce(briefly: isBrief) { connection in
                do {
                    return try body(connection, rollback)
                } catch {
                    // As long as the transaction lasts nobody else takes the files' paths.
                    if (error as? ButlerError)?.code != .connection { rollback.rollback() }
                    throw error
                }
            }
            rollback.commit()
            return result
        } catch {
            throw await undo(rollback, after: error)
        }
    }

    /// Removes the files of a transaction that ended without its commit, unless it is not known whether it did.
    ///
    /// - Returns: The error to throw.
    private func undo(_ rollback: FileRollback, after error: any Error) async -> any Error {
        let files = rollback.abandon()
        guard !files.isEmpty else { return error }
        if let error = error as? ButlerError, error.cause is UnknownOutcome {
            datastore.journal.keep()
            return error.adding("files", "\(files.count) in \"\(datastore.root)\", of which check-repo knows")
        }
        // A cancelled task must tidy up, too.
        await Task { await self.undo(files) }.value
        return error
    }

    private func undo(_ files: [UnfinishedFile]) async {
        let paths = Dictionary(files.map { (relative($0), $0) }, uniquingKeysWith: { first, _ in first })
        let work: @Sendable (any Connection) throws -> Void = { connection in
            try self.records.awaitWriters(on: connection)
            for path in try self.unrecorded(Array(paths.keys), on: connection) {
                _ = try paths[path]?.undo(unlessChangedSince: .max)
            }
        }
        guard (try? await write(work)) == nil else { return }
        // A file whose last writes failed may tell anything when it can be read again.
        guard !database.dialect.hasOneWriter else { return datastore.journal.keep() }
        // The server has undone the transaction, so only who takes the paths in this very moment could be harmed.
        for file in files { _ = try? file.undo(unlessChangedSince: .max) }
    }

    /// Waits until all others have ended that may have made files at some paths, and removes those of which no record tells.
    private func clear(_ paths: [String]) async throws {
        try await write { connection in
            try self.records.awaitWriters(on: connection)
            try self.datastore.clear(try self.unrecorded(paths, on: connection))
        }
    }

    /// Keeps new files from the paths of datasets that are stored, and those who empty the trash from the new files; one
    /// statement for some thousands.
    func pathClaims(on connection: any Connection) -> PathClaims {
        PathClaims(replacesUnrecorded: connection.dialect.hasOneWriter) { paths in
            let owned = try self.records.owned(paths, in: self.datastore.name, on: connection)
            return PathOwners(stored: owned.stored, trashed: owned.trashed)
        }
    }

    /// The path of an unfinished file as records have it.
    func relative(_ file: UnfinishedFile) -> String {
        file.path.hasPrefix(datastore.root + "/") ? String(file.path.dropFirst(datastore.root.count + 1)) : file.path
    }
}
