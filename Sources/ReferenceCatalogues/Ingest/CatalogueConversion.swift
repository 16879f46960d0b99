internal import Dispatch
internal import Foundation
internal import StewardCore
internal import Synchronization

/// Reads input files and writes the shards of their rows; knows no repository.
struct CatalogueConversion: Sendable {
    private let configuration: CatalogueConfiguration
    private let options: CatalogueIngest.Options
    private let folder: IngestFolder
    private let progress: CatalogueIngest.Progress

    /// What came of it.
    struct Result: Sendable {
        let outcome: CatalogueIngest.Outcome
        let shards: [WrittenShard]
        let extent: CatalogueExtent
        let configuration: CatalogueConfiguration?
    }

    /// Rows that came until now.
    private struct Tally {
        var rowCount = 0
        var badCount = 0
        var bad: [BadRow] = []
        var extent = CatalogueExtent()
        /// Rows of each trixel; kept where no shards are written.
        var counts: [UInt64: Int] = [:]

        static let longestList = 20

        mutating func add(bad rows: [BadRow]) {
            badCount += rows.count
            bad += rows.prefix(Self.longestList - min(bad.count, Self.longestList))
        }
    }

    init(
        _ configuration: CatalogueConfiguration,
        _ options: CatalogueIngest.Options,
        _ folder: IngestFolder,
        _ progress: @escaping CatalogueIngest.Progress
    ) {
        self.configuration = configuration
        self.options = options
        self.folder = folder
        self.progress = progress
    }

    /// Converts files; shards that are not complete are removed.
    func run(_ files: [String]) throws -> Result {
        do {
            return try convert(files)
        } catch {
            folder.discardShards()
            throw error
        }
    }

    private func convert(_ files: [String]) throws -> Result {
        guard !files.isEmpty else {
            throw ButlerError(
                .invalidArgument,
                "No input files were given.",
                remedy: "Name at least one, or - for standard input."
            )
        }
        guard !configuration.position.isEmpty else {
            throw ButlerError(
                .configuration,
                "The configuration has no columns, which input files need.",
                remedy: "Add columns with at least ra and dec, or ingest shards that are there with --shards."
            )
        }
        let inputs = try InputSet(files, configuration, spoolingTo: folder.scratch)
        let schema = try inputs.schema(hasReferenceStringWidth: options.hasReferenceStringWidth) {
            progress(.scan, $0, 0)
        }
        let store = BucketStore(folder: folder.scratch + "/buckets", rowSize: schema.rowSize, limit: options.memory / 4)
        var tally = Tally()
        for index in inputs.indices {
            let input = try inputs.open(index)
            let converter = try RowConverter(configuration, schema, input.columns, label: inputs.label(index))
            try read(input, converter, store, &tally)
        }
        try check(tally)
        guard !options.isDryRun else { return result(schema, tally, shards: []) }
        let assembly = ShardAssembly(
            schema: schema,
            header: try ShardHeader(schema),
            checksIdentifiers: configuration.identifier != nil,
            folder: folder.shards,
            jobs: options.jobs,
            pieceSize: max(1 << 20, options.memory / (4 * max(1, options.jobs)))
        )
        let assembled = try assembly.run(try store.finish()) { progress(.write, $0, $1) }
        tally.rowCount -= assembled.bad.count
        tally.add(bad: assembled.bad)
        try check(tally)
        return result(schema, tally, shards: assembled.shards)
    }

    /// Converts the chunks of an input, some at a time, and keeps their order.
    private func read(
        _ input: any CatalogueInput,
        _ converter: RowConverter,
        _ store: BucketStore,
        _ tally: inout Tally
    ) throws {
        var firstRow = tally.rowCount + tally.badCount
        while true {
            var chunks: [(chunk: any InputChunk, firstRow: Int)] = []
            while chunks.count < max(1, options.jobs), let chunk = try input.next() {
                chunks.append((chunk, firstRow))
                firstRow += chunk.rowCount
            }
            guard !chunks.isEmpty else { return }
            for rows in try Self.concurrently(chunks, { try converter.rows(of: $0.chunk, firstRow: $0.firstRow) }) {
                let bad = rows.bad.count
                tally.rowCount += rows.trixels.count - bad
                tally.add(bad: rows.bad)
                tally.extent.formUnion(rows.extent)
                if options.isDryRun {
                    for trixel in rows.trixels where trixel != 0 { tally.counts[UInt64(trixel), default: 0] += 1 }
                } else {
                    try store.append(rows)
                }
            }
            progress(.read, firstRow, 0)
            if options.onBad == .error, tally.badCount > 0, !options.isDryRun { return }
        }
    }

    private static func concurrently<Item: Sendable, Value: Sendable>(
        _ items: [Item],
        _ work: @Sendable (Item) throws -> Value
    ) throws -> [Value] {
        let results = Mutex<[Int: Swift.Result<Value, any Error>]>([:])
        DispatchQueue.concurrentPerform(iterations: items.count) { index in
            let result = Swift.Result { try work(items[index]) }
            results.withLock { $0[index] = result }
        }
        return try results.withLock { results in
            try results.sorted { $0.key < $1.key }.map { try $0.value.get() }
        }
    }

    private func check(_ tally: Tally) throws {
        guard options.onBad == .error, tally.badCount > 0, !options.isDryRun else { return }
        throw ButlerError(
            .corruptFile,
            "\(tally.badCount) rows cannot be taken; the first: \(tally.bad.first?.description ?? "").",
            remedy: "Mend the input, or leave such rows out with --on-bad skip.",
            context: tally.bad.prefix(10).map { .init("row", $0.description) }
        )
    }

    private func result(_ schema: CatalogueSchema, _ tally: Tally, shards: [WrittenShard]) -> Result {
        var warnings: [String] = []
        if tally.rowCount == 0 { warnings.append("No source was found in the input.") }
        let counts =
            options.isDryRun
            ? tally.counts.sorted { $0.key < $1.key }.map { (trixel: $0.key, rowCount: $0.value) }
            : shards.map { (trixel: $0.trixel, rowCount: $0.rowCount) }
        let outcome = CatalogueIngest.Outcome(
            schema: schema,
            rowCount: tally.rowCount,
            shards: counts,
            byteCount: shards.reduce(0) { $0 + $1.byteCount },
            badCount: tally.badCount,
            bad: tally.bad,
            warnings: warnings
        )
        return Result(outcome: outcome, shards: shards, extent: tally.extent, configuration: configuration)
    }
}

extension BadRow: CustomStringConvertible {
    /// Where it is and what is wrong with it.
    public var description: String {
        place.isEmpty ? "\(file): \(reason)" : "\"\(file)\", \(place): \(reason)"
    }
}
