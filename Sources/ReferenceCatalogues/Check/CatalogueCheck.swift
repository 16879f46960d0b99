internal import Datastores
internal import Dispatch
internal import Foundation
internal import Resources
internal import SphericalGeometry
public import Steward
internal import StewardCore
internal import Synchronization

/// Checks all shards of a reference catalogue.
public struct CatalogueCheck: Sendable {
    /// What was found.
    public struct Outcome: Sendable {
        /// What is wrong, in the order of the trixels.
        public internal(set) var findings: [CatalogueFinding] = []
        /// Number of shards.
        public internal(set) var shardCount = 0
        /// Number of sources.
        public internal(set) var rowCount = 0
        /// Bytes of all files.
        public internal(set) var byteCount = 0
        /// The fields of the first shard; nil without shards.
        public internal(set) var schema: CatalogueSchema?
        var extent = CatalogueExtent()
        var shards: [WrittenShard] = []

        /// Whether nothing but warnings was found.
        public var isClean: Bool { findings.allSatisfy(\.isWarning) }
    }

    /// One file and what is recorded of it.
    struct Item: Sendable {
        let trixel: UInt64
        let path: ResourcePath
        var size: Int64?
        var checksum: String?
    }

    private let jobs: Int
    private let examinesAllIdentifiers: Bool
    private let progress: @Sendable (Int, Int) -> Void

    /// Prepares a check.
    ///
    /// - Parameters:
    ///   - jobs: Shards that are read at once.
    ///   - examinesAllIdentifiers: Whether identifiers must be unique in the whole catalogue, and not just in each shard.
    ///   - progress: Called with the number of shards done and of all, from any thread.
    public init(
        jobs: Int = 2,
        examinesAllIdentifiers: Bool = false,
        progress: @escaping @Sendable (Int, Int) -> Void = { _, _ in }
    ) {
        self.jobs = max(1, jobs)
        self.examinesAllIdentifiers = examinesAllIdentifiers
        self.progress = progress
    }

    /// Checks a catalogue of a repository: files, records, and totals.
    ///
    /// - Parameters:
    ///   - catalogue: The catalogue with all its shards.
    ///   - butler: The repository.
    /// - Returns: What was found.
    /// - Throws: ``ButlerError`` for the database only; what is wrong with files is in the findings.
    public func run(_ catalogue: ReferenceCatalogue, in butler: Butler) async throws -> Outcome {
        let files = try await butler.files(of: catalogue.shards.map(\.dataset))
        let items = catalogue.shards.map { shard in
            let file = files[shard.dataset.id]?.first
            return Item(trixel: shard.trixel, path: shard.path, size: file?.byteCount, checksum: file?.checksum)
        }
        let pixels = catalogue.pixels
        var outcome = try await Blocking.run { try run(items, pixels) }
        if let record = catalogue.record {
            if record.rowCount != outcome.rowCount {
                outcome.findings.append(
                    .init(
                        .total,
                        catalogue.name,
                        "\(outcome.rowCount) sources are there, recorded are \(record.rowCount)."
                    )
                )
            }
            if record.shardCount != outcome.shardCount {
                outcome.findings.append(
                    .init(
                        .total,
                        catalogue.name,
                        "\(outcome.shardCount) shards are there, recorded are \(record.shardCount)."
                    )
                )
            }
        }
        let runs = Set(catalogue.shards.map(\.dataset.run)).sorted()
        if runs.count > 1 {
            outcome.findings.append(
                .init(.total, catalogue.name, "Shards come from several runs: \(runs.joined(separator: ", ")).")
            )
        }
        return outcome
    }

    /// Checks the shards of a folder, `NUMBER.fits` each; files of other names do not matter.
    ///
    /// - Parameter folder: The folder.
    /// - Returns: What was found.
    /// - Throws: ``ButlerError`` with `.fileNotFound` if there is no such folder.
    public func run(folder: String) async throws -> Outcome {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
            throw ButlerError(.fileNotFound, "The folder \"\(folder)\" cannot be read.", remedy: "Check the path.")
        }
        let pixels = try HTMPixelization(level: ReferenceCatalogue.level)
        var items: [Item] = []
        for name in names where name.hasSuffix(".fits") {
            guard let trixel = UInt64(name.dropLast(".fits".count)) else { continue }
            guard pixels.universe.contains(trixel) else {
                throw ButlerError(
                    .corruptFile,
                    "\"\(name)\" is not named by a trixel of level \(pixels.level).",
                    remedy: "Catalogues of other levels must be converted again."
                ).adding("file", folder + "/" + name)
            }
            items.append(Item(trixel: trixel, path: ResourcePath(localPath: folder + "/" + name)))
        }
        items.sort { $0.trixel < $1.trixel }
        let sorted = items
        return try await Blocking.run { try run(sorted, pixels) }
    }

    private func run(_ items: [Item], _ pixels: HTMPixelization) throws -> Outcome {
        let headers = HeaderMemory()
        let identifiers = examinesAllIdentifiers ? try IdentifierFile() : nil
        let state = Mutex<(next: Int, done: Int, checks: [UInt64: ShardCheck], failure: (any Error)?)>((0, 0, [:], nil))
        DispatchQueue.concurrentPerform(iterations: max(1, min(jobs, items.count))) { _ in
            while true {
                let index = state.withLock { state -> Int? in
                    guard state.next < items.count, state.failure == nil else { return nil }
                    state.next += 1
                    return state.next - 1
                }
                guard let index else { return }
                let item = items[index]
                var check = ShardCheck(item.trixel, item.path, pixels, known: headers)
                check.compare(size: item.size, checksum: item.checksum)
                do {
                    try identifiers?.add(check.identifiers)
                } catch {
                    state.withLock { $0.failure = $0.failure ?? error }
                }
                check.forgetIdentifiers()
                let result = check
                let done = state.withLock { state in
                    state.checks[item.trixel] = result
                    state.done += 1
                    return state.done
                }
                progress(done, items.count)
            }
        }
        let (checks, failure) = state.withLock { ($0.checks, $0.failure) }
        if let failure { throw failure }
        return outcome(items, checks, identifiers)
    }

    private func outcome(
        _ items: [Item],
        _ checks: [UInt64: ShardCheck],
        _ identifiers: IdentifierFile?
    ) -> Outcome {
        var outcome = Outcome()
        for item in items {
            guard var check = checks[item.trixel] else { continue }
            if outcome.schema == nil { outcome.schema = check.schema }
            check.compare(to: outcome.schema)
            outcome.findings += check.findings
            outcome.shardCount += 1
            outcome.rowCount += check.rowCount
            outcome.byteCount += check.byteCount
            outcome.extent.formUnion(check.extent)
            outcome.shards.append(
                WrittenShard(
                    trixel: item.trixel,
                    path: item.path.path,
                    rowCount: check.rowCount,
                    byteCount: check.byteCount
                )
            )
        }
        if let repeated = identifiers?.repeated(), let first = repeated.first {
            outcome.findings.append(
                .init(.identifier, "all shards", "\(repeated.count) identifiers occur again; the first is \(first).")
            )
        }
        return outcome
    }
}
