import Databases
import Foundation
import Instruments
import SQLiteFloor
import Steward
import StewardCore
import Synchronization

/// The ingest of raw files of `make_raws.py`; the twin is `reference_raws.py`.
enum RawIngestJob {
    /// Counts statements.
    private final class Counter: StatementObserver {
        private let number = Atomic(0)

        var count: Int { number.load(ordering: .relaxed) }

        func willRun(_ statement: ObservedStatement) {
            number.add(1, ordering: .relaxed)
        }
    }

    /// Seconds of processor time so far.
    private static func busySeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    /// Makes a repository, ingests the folders into it, and prints one JSON object.
    static func run(_ root: String, _ folders: [String]) async throws {
        try await Butler.create(root)
        let counter = Counter()
        let butler = try await Butler.open(root, writeable: true, observer: counter)
        _ = try await InstrumentCatalog.standard().definition("LSSTCam").register(in: butler)
        let before = counter.count
        var options = RawIngest.Options()
        options.mode = .hardlink
        options.listsRaws = false
        let (start, busy) = (ContinuousClock.now, busySeconds())
        let report = try await RawIngest(butler, options: options).run(folders)
        let duration = (ContinuousClock.now - start).components
        if let error = report.summary.error { throw error }
        print(
            JSONValue.object([
                .init("files", .int(Int64(report.ingestedCount))),
                .init("exposures", .int(Int64(report.exposures))),
                .init("seconds", .double(Double(duration.seconds) + Double(duration.attoseconds) * 1e-18)),
                .init("busy", .double(busySeconds() - busy)),
                .init("statements", .int(Int64(counter.count - before))),
                .init("memory", .double(floor_memory())),
            ]).text()
        )
    }
}
