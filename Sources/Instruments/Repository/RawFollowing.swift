internal import Resources
public import Steward
internal import StewardCore

/// Ingests raw files as they appear in folders, until the task is cancelled.
///
/// A file is taken once it has not changed for a period (``FileWatch``). What fails is listed while the rest goes on:
/// files that cannot be read are tried again when they change, and those that the repository did not take (an unknown
/// filter, a lock) with every tenth look. A file is never ingested twice: in one run by its path, in later ones because
/// its raw is in the repository.
public struct RawFollowing: Sendable {
    /// How folders are followed.
    public struct Options: Sendable {
        /// How raws are ingested; not a dry run.
        public var ingest = RawIngest.Options()
        /// Time between two looks at the folders.
        public var period = Duration.seconds(5)
        /// Whether visits of the exposures are defined, incrementally.
        public var definesVisits = false

        /// The defaults.
        public init() {}
    }

    /// Files that are ingested before others are waited for.
    private static let filesAtOnce = 1024
    /// Looks between two attempts at files that the repository did not take.
    private static let looksBetweenRetries = 10

    private let butler: Butler
    private let catalog: InstrumentCatalog
    private let options: Options

    /// Prepares the work.
    public init(_ butler: Butler, catalog: InstrumentCatalog = .standard(), options: Options = Options()) {
        self.butler = butler
        self.catalog = catalog
        self.options = options
    }

    /// Follows folders until the task is cancelled; files that are being ingested then are finished.
    ///
    /// - Parameters:
    ///   - folders: Folders, with those in them.
    ///   - progress: Called after some files with what was done, but for failures that were told before, and with how
    ///     many visits are new or changed.
    /// - Returns: What was done altogether, with the failures that remain.
    /// - Throws: ``ButlerError`` as an ingest, for failures that concern everything; for a failure when told to fail fast.
    public func run(
        _ folders: [String],
        progress: @escaping @Sendable (RawIngest.Report, Int) -> Void = { _, _ in }
    ) async throws -> RawIngest.Summary {
        let filter = try options.ingest.namePattern.map { try FileFilter.regularExpression($0) } ?? .fits
        var watch = try FileWatch(folders, filter)
        var account = FollowingAccount()
        var looks = 0
        while !Task.isCancelled {
            looks += 1
            let isRetry = looks % Self.looksBetweenRetries == 0
            let files = account.found { try watch.look(retriesPostponed: isRetry) }
            for start in stride(from: 0, to: files.count, by: Self.filesAtOnce) where !Task.isCancelled {
                let some = Array(files[start..<min(start + Self.filesAtOnce, files.count)])
                let report = try await ingest(some)
                let news = account.add(report, of: some)
                for failure in report.failures { watch.fail(failure.paths, isLasting: failure.stage.isLasting) }
                let visits = try await defineVisits(of: report.ingestedExposures, &account)
                if let news { progress(news, visits) }
            }
            if isRetry { _ = try await defineVisits(of: account.takeUnvisited(), &account) }
            try? await Task.sleep(for: options.period)
        }
        var summary = account.summary
        summary.incomplete = watch.growing
        return summary
    }

    /// Ingests files; an error of them all, such as a database that does not answer, is one of each.
    private func ingest(_ files: [String]) async throws -> RawIngest.Report {
        do {
            return try await finished { try await $0.run(files) }
        } catch let error as ButlerError
            where !options.ingest.failsFast && ![.diskFull, .readOnly].contains(error.code)
        {
            var report = RawIngest.Report()
            report.failures = [.init(subject: "\(files.count) files", stage: .ingest, error: error, files: files)]
            return report
        }
    }

    /// Does something that is finished even when this task is cancelled.
    private func finished<Result: Sendable>(
        _ body: @escaping @Sendable (RawIngest) async throws -> Result
    ) async throws -> Result {
        let ingest = RawIngest(butler, catalog: catalog, options: options.ingest)
        return try await Task { try await body(ingest) }.value
    }

    /// Defines visits of exposures, if that is wanted, and returns how many are new or changed.
    private func defineVisits(of exposures: [String: Set<Int64>], _ account: inout FollowingAccount) async throws -> Int
    {
        guard options.definesVisits, !exposures.isEmpty else { return 0 }
        let outcome = try await finished { try await $0.defineVisits(of: exposures) }
        account.add(outcome)
        return outcome.visits
    }
}

extension RawIngest.Stage {
    /// Whether nothing but a change of the file can help.
    fileprivate var isLasting: Bool {
        switch self {
        case .open, .header, .duplicate: true
        case .index, .instrument, .detector, .filter, .record, .ingest, .visit: false
        }
    }
}

/// What was done while folders were followed; holds no reference to what was ingested.
private struct FollowingAccount {
    private var total = RawIngest.Summary()
    private var exposures: Set<RawExposure.Key> = []
    /// Failures that remain, by file.
    private var failures: [String: RawIngest.Failure] = [:]
    private var folderFailure: RawIngest.Failure?
    private var visits = RawIngest.VisitOutcome()

    /// The sum, with the failures that remain; those of one exposure are one.
    var summary: RawIngest.Summary {
        var summary = total
        summary.exposures = exposures.count
        summary.visits += visits.visits
        var seen: Set<String> = []
        summary.failures = failures.sorted { $0.key < $1.key }.map(\.value).filter {
            seen.insert("\($0.stage.rawValue) \($0.subject)").inserted
        }
        summary.failures += [folderFailure].compactMap { $0 } + visits.failures
        return summary
    }

    /// The files of a look; none when the folders cannot be read at the moment.
    mutating func found(_ look: () throws -> [String]) -> [String] {
        do {
            let files = try look()
            folderFailure = nil
            return files
        } catch {
            let error = error as? ButlerError ?? ButlerError(.fileAccess, "A folder cannot be read.", cause: error)
            folderFailure = .init(subject: "folders", stage: .open, error: error)
            return []
        }
    }

    /// Adds what became of some files, and returns what of it is news.
    mutating func add(_ report: RawIngest.Report, of files: [String]) -> RawIngest.Report? {
        var news = report
        news.failures.removeAll { failure in
            failure.paths.allSatisfy { failures[$0]?.error.message == failure.error.message }
        }
        for file in files { failures[file] = nil }
        failures = failures.filter { $0.value.stage != .index }
        for failure in report.failures {
            for path in failure.paths { failures[path] = failure }
        }
        let new = report.summary
        total.ingested += new.ingested
        total.skipped += new.skipped
        total.updatedRecords += new.updatedRecords
        total.roundedRecords += new.roundedRecords
        total.unknownProperties.merge(new.unknownProperties) { $0 + $1 }
        total.detectorChanges.merge(new.detectorChanges) { $0 + $1 }
        exposures.formUnion((report.ingested + report.skipped).compactMap { RawExposure.Key($0) })
        return news.ingestedCount == 0 && news.skippedCount == 0 && news.failures.isEmpty ? nil : news
    }

    /// Notes what became of visits.
    mutating func add(_ outcome: RawIngest.VisitOutcome) { visits.add(outcome) }

    /// The exposures whose visits could not be defined, by instrument, for another attempt.
    mutating func takeUnvisited() -> [String: Set<Int64>] {
        total.visits += visits.visits
        defer { visits = RawIngest.VisitOutcome() }
        return visits.unvisited
    }
}
