internal import Databases
internal import Datastores
internal import Foundation
internal import Registry
internal import Resources
internal import StewardCore

extension Butler {
    /// Finds the files that killed programs made and did not record, and undoes that; returns those that are left.
    func checkJournals(_ check: RepositoryCheck, _ sink: FindingSink) async throws -> Set<String> {
        let root = datastore.root
        guard FileManager.default.fileExists(atPath: root) else { return [] }
        var left: Set<String> = []
        let age = check.temporaryAge.components.seconds
        let moment = Int64((Date().timeIntervalSince1970 - Double(age)) * 1e9)
        for journal in try await BlockingPool.run({ try FileJournal.abandoned(in: root) }) {
            let isOld = journal.changed < moment
            let files = Dictionary(journal.files.map { (relative($0), $0) }, uniquingKeysWith: { first, _ in first })
            let paths = Array(files.keys)
            var undone: Set<String> = []
            let open: Set<String>
            if check.repairing, isOld {
                (undone, open) = try await undo(files, moment)
                if open.isEmpty { try? FileStore().remove(ResourcePath(localPath: journal.path)) }
            } else {
                open = try await read { try self.unrecorded(paths, on: $0) }
            }
            for path in undone.sorted() { sink.add(Self.finding(path, isOld: true).repaired("The file was removed.")) }
            for path in open.sorted() { sink.add(Self.finding(path, isOld: isOld)) }
            left.formUnion(open)
        }
        return left
    }

    /// Undoes the making of files that no record tells of, while no writer is at work.
    private func undo(
        _ files: [String: UnfinishedFile],
        _ moment: Int64
    ) async throws -> (undone: Set<String>, open: Set<String>) {
        try await write { connection in
            try self.records.awaitWriters(on: connection)
            let unrecorded = try self.unrecorded(Array(files.keys), on: connection)
            let undone = try unrecorded.filter { try files[$0]?.undo(unlessChangedSince: moment) ?? false }
            return (undone, unrecorded.subtracting(undone))
        }
    }

    private static func finding(_ path: String, isOld: Bool) -> RepositoryFinding {
        RepositoryFinding(
            .unfinishedFile,
            path,
            "The file was made by a program that was killed before it was recorded.",
            remedy: isOld
                ? "Run \"steward check-repo --repair\"."
                : "Check again later, or with a smaller --temporary-age.",
            severity: isOld ? .warning : .note,
            state: isOld ? .repairable : .open
        )
    }
}
