internal import Datasets
internal import Datastores
internal import Registry
internal import StewardCore

extension Butler {
    /// Records that are compared with their files at a time; fewer when files are read.
    private static let recordPage = (sizes: 5000, checksums: 200)

    /// Compares recorded files with their records.
    func checkRecordedFiles(
        _ check: RepositoryCheck,
        _ sink: FindingSink,
        _ progress: @Sendable (Int, Int) -> Void
    ) async throws {
        let (table, datastore) = (records, datastore)
        let total = Int(try await read { try table.count(on: $0) })
        let limit = check.comparesChecksums ? Self.recordPage.checksums : Self.recordPage.sizes
        var place: DatastoreRecordTable.Place?
        var done = 0
        repeat {
            try Task.checkCancellation()
            progress(done, total)
            let start = place
            let page = try await read { try table.page(after: start, limit: limit, on: $0) }
            let files = page.records
            let conditions = try await BlockingPool.run {
                try datastore.conditions(of: files, comparingChecksums: check.comparesChecksums)
            }
            let wrong = zip(files, conditions).filter { $1 != .intact && $1 != .elsewhere }
            if !wrong.isEmpty { try await report(wrong, sink) }
            done += files.count
            place = page.end
        } while place != nil
    }

    /// Reports files that are not as recorded, unless their records have changed or gone meanwhile.
    private func report(_ wrong: [(StoredFile, FileCondition)], _ sink: FindingSink) async throws {
        let ids = Array(Set(wrong.map(\.0.dataset)))
        let (table, locations) = (records, registry.locations)
        let (now, held) = try await read {
            (try table.records(of: ids, on: $0), try locations.datastores(holding: ids, on: $0))
        }
        for (file, condition) in wrong where held[file.dataset] != nil {
            guard now[file.dataset]?.contains(file) == true,
                let finding = Self.finding(file, condition)
            else { continue }
            sink.add(finding)
        }
    }

    private static func finding(_ file: StoredFile, _ condition: FileCondition) -> RepositoryFinding? {
        let name = "dataset \(file.dataset.dashed)"
        let restore = "Put the right file in its place, or remove the dataset with \"steward prune-datasets\"."
        switch condition {
        case .intact, .elsewhere: return nil
        case .missing:
            return RepositoryFinding(.missingFile, file.path, "The file of \(name) is missing.", remedy: restore)
        case .size(let size):
            let recorded = file.byteCount.map(String.init) ?? "unknown"
            return RepositoryFinding(
                .size,
                file.path,
                "The file of \(name) has \(size) bytes; its record says \(recorded).",
                remedy: restore
            )
        case .checksum(let checksum):
            return RepositoryFinding(
                .checksum,
                file.path,
                "The content of the file of \(name) has changed: its checksum begins with \(checksum.prefix(16)), that "
                    + "of its record with \(file.checksum?.prefix(16) ?? "").",
                remedy: restore
            )
        case .unreadable(let reason):
            return RepositoryFinding(
                .unreadableFile,
                file.path,
                "The file of \(name) cannot be examined: \(reason)",
                remedy: restore
            )
        }
    }
}
