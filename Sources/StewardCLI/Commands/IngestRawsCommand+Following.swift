internal import ArgumentParser
internal import Foundation
internal import Instruments
internal import Steward
internal import StewardCore

extension IngestRawsCommand {
    /// Follows the folders until SIGINT or SIGTERM, and tells what was done as it is.
    func follow(_ butler: Butler, _ options: RawIngest.Options) async throws -> RawIngest.Summary {
        var choice = RawFollowing.Options()
        choice.ingest = options
        choice.period = .seconds(period)
        choice.definesVisits = defineVisits
        let following = RawFollowing(butler, options: choice)
        let (locations, output) = (locations, output)
        Console.error("Following \(locations.joined(separator: ", ")); SIGINT (Ctrl-C) or SIGTERM ends it.")
        let work = Task {
            try await following.run(locations) { report, visits in
                Self.tell(report, visits, output)
            }
        }
        let signals = TerminationSignals.first { work.cancel() }
        defer { signals.forEach { $0.cancel() } }
        return try await work.value
    }

    private static func tell(_ report: RawIngest.Report, _ visits: Int, _ output: OutputOptions) {
        let defined = visits > 0 ? "; \(visits) visits defined or extended" : ""
        Console.error(
            "Ingested \(report.ingestedCount) raws of \(report.exposures) exposures; "
                + "\(report.skippedCount) were there, \(report.failures.count) failures\(defined)."
        )
        for failure in report.failures {
            Console.error("failed: \(failure.stage.rawValue): \(failure.subject): \(failure.reason)")
        }
        guard output.format == .jsonl, let text = try? output.render(table(report)) else { return }
        Console.write(text)
    }
}

/// The signals that ask a process to end.
enum TerminationSignals {
    /// Calls something at the first SIGINT or SIGTERM; the next one ends the process as ever.
    ///
    /// - Parameter body: What is called.
    /// - Returns: What waits for the signals; to be cancelled when they mean nothing any more.
    static func first(_ body: @escaping @Sendable () -> Void) -> [any DispatchSourceSignal] {
        [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                signal(SIGINT, SIG_DFL)
                signal(SIGTERM, SIG_DFL)
                body()
            }
            source.resume()
            return source
        }
    }
}
