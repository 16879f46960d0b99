internal import Databases
internal import Datastores
internal import Foundation
internal import Registry
internal import Resources
internal import SQLiteDriver
internal import StewardCore

extension Butler {
    /// Files that are looked up at a time.
    private static let walkPage = 5000

    /// Looks for files that belong to no dataset, but for ones that are known, and removes temporary ones that nobody
    /// writes any more.
    func checkFolder(
        _ check: RepositoryCheck,
        except known: Set<String>,
        _ sink: FindingSink,
        _ progress: @Sendable (Int, Int) -> Void
    ) async throws {
        let table = records
        let (total, archives) = try await read { (Int(try table.count(on: $0)), try table.archives(on: $0)) }
        var walk = datastore.walk
        var done = 0
        while true {
            try Task.checkCancellation()
            progress(done, max(done, total))
            let start = walk
            let (next, batch) = try await BlockingPool.run {
                var walk = start
                let files = walk.next(Self.walkPage)
                return (walk, files)
            }
            walk = next
            guard let files = batch else { break }
            done += files.count
            let candidates = files.filter {
                !isOwn($0.path) && !archives.contains($0.path) && !known.contains($0.path)
            }
            let unreferenced = try await unrecorded(candidates)
            try await report(unreferenced, walk, check, sink)
        }
        for failure in walk.failures {
            sink.add(
                RepositoryFinding(
                    .unreadableFile,
                    datastore.root,
                    failure.message,
                    remedy: failure.remedy ?? "Check who may read it."
                )
            )
        }
    }

    /// Whether a path below the datastore's root is the database's, or of the configuration beside it.
    private func isOwn(_ path: String) -> Bool {
        let place = datastore.root + "/" + path
        if database.files.contains(place) || FileJournal.isJournal(path) { return true }
        guard ResourcePath(localPath: place).parent.path == root else { return false }
        return path.hasSuffix(".yaml") || path.hasSuffix(".json")
    }

    /// Those files of which no record tells, neither by their path nor by their URI.
    private func unrecorded(_ files: [WalkedFile]) async throws -> [WalkedFile] {
        let rest = try await read { try self.unrecorded(files.map(\.path), on: $0) }
        return files.filter { rest.contains($0.path) }
    }

    /// Those paths below the datastore's root of which no record tells.
    func unrecorded(_ paths: [String], on connection: any Connection) throws -> Set<String> {
        let rest = Set(paths).subtracting(try records.recorded(paths, on: connection))
        let uris = try records.recorded(rest.map { datastore.uri(ofPath: $0) }, on: connection)
        return uris.isEmpty ? rest : rest.filter { !uris.contains(datastore.uri(ofPath: $0)) }
    }

    private func report(
        _ files: [WalkedFile],
        _ walk: FileWalk,
        _ check: RepositoryCheck,
        _ sink: FindingSink
    ) async throws {
        let age = check.temporaryAge.components.seconds
        let moment = Int64((Date().timeIntervalSince1970 - Double(age)) * 1e9)
        let old = files.filter { $0.isTemporary && $0.changed < moment }
        let removed = check.repairing && !old.isEmpty ? try await remove(old.map(\.path), walk, moment) : []
        for file in files {
            let finding = Self.finding(file, isOld: file.changed < moment, age)
            sink.add(removed.contains(file.path) ? finding.repaired("The file was removed.") : finding)
        }
    }

    /// Removes temporary files; holds the database's write lock, so that no writer is at work on a local one.
    private func remove(_ paths: [String], _ walk: FileWalk, _ moment: Int64) async throws -> Set<String> {
        let table = records
        return try await write { connection in
            let recorded = try table.recorded(paths, on: connection)
            var removed: Set<String> = []
            for path in paths where !recorded.contains(path) {
                if try walk.remove(path, unlessChangedSince: moment) { removed.insert(path) }
            }
            return removed
        }
    }

    private static func finding(_ file: WalkedFile, isOld: Bool, _ age: Int64) -> RepositoryFinding {
        guard file.isTemporary else {
            return RepositoryFinding(
                .unreferencedFile,
                file.path,
                "The file belongs to no dataset" + (isOld ? "." : "; a writer may be about to record it."),
                remedy: "Ingest it with \"steward ingest-files\", or remove it.",
                severity: .warning
            )
        }
        guard isOld else {
            return RepositoryFinding(
                .temporaryFile,
                file.path,
                "The temporary file was changed within the last \(age) s; a writer may be at work on it.",
                remedy: "Check again later.",
                severity: .note
            )
        }
        return RepositoryFinding(
            .temporaryFile,
            file.path,
            "The temporary file was left by a writer that ended before its time.",
            remedy: "Run \"steward check-repo --repair\".",
            severity: .warning,
            state: .repairable
        )
    }
}
