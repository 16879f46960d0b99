internal import ObservationMetadata
internal import Resources
public import Steward
internal import StewardCore

/// Takes raw files of cameras into a repository.
///
/// Files go through in windows: while the exposures of one are written, some in one transaction, the headers of the
/// next are read in parallel, without pixels. What fails is collected while the rest goes on. Memory does not grow with
/// the number of files but for their names and identifiers (instruments and ingest design document, section 2).
public struct RawIngest: Sendable {
    /// Exposures whose records are compared with the repository's in one go.
    private static let comparisonSize = 1024
    /// Files that make one transaction unless the number of exposures is given.
    private static let filesPerTransaction = 2048

    let butler: Butler
    let catalog: InstrumentCatalog
    let options: Options

    /// Prepares an ingest.
    public init(_ butler: Butler, catalog: InstrumentCatalog = .standard(), options: Options = Options()) {
        self.butler = butler
        self.catalog = catalog
        self.options = options
    }

    /// Ingests files and folders of files.
    ///
    /// - Parameters:
    ///   - locations: Files, taken as they are, folders, searched, header indexes and zip files, for all files in them;
    ///     paths or URIs.
    ///   - progress: Called with the number of files done and their total.
    /// - Returns: What was done and what failed.
    /// - Throws: ``ButlerError`` for locations that cannot be read, `.readOnly`, for a failure when told to fail fast,
    ///   and for failures that concern everything, such as a full disk.
    public func run(
        _ locations: [String],
        progress: @escaping @Sendable (Int, Int) -> Void = { _, _ in }
    ) async throws -> Report {
        guard butler.isWriteable || options.isDryRun else {
            throw ButlerError(.readOnly, "The repository at \"\(butler.root)\" was opened for reading only.")
        }
        let filter = try options.namePattern.map { try FileFilter.regularExpression($0) } ?? .fits
        let findings = try await RawSource.find(
            locations,
            filter,
            searchesIndexes: options.searchesIndexes,
            stores: butler.stores
        )
        var work = Work(total: findings.sources.count)
        for failure in findings.failures { try note(failure, in: &work.report) }
        let cameras = try await RegisteredCameras(butler, catalog)
        let reader = try RawReader(cameras, catalog, options)
        let windows = stride(from: 0, to: findings.sources.count, by: options.windowSize).map {
            findings.sources[$0..<min($0 + options.windowSize, findings.sources.count)]
        }
        try await withThrowingTaskGroup(of: RawReader.Window.self) { group in
            if let first = windows.first { group.addTask { try await reader.read(first) } }
            for number in windows.indices {
                guard let window = try await group.next() else { break }
                let isLast = number == windows.endIndex - 1
                if !isLast { group.addTask { try await reader.read(windows[number + 1]) } }
                for failure in window.failures { try note(failure, in: &work.report) }
                let files = work.next(window, isLast: isLast)
                try await ingest(files, cameras, into: &work, progress)
                try await notePhysicalDetectors(files, into: &work.report)
            }
        }
        return work.report
    }

    func note(_ failure: Failure, in report: inout Report) throws {
        if options.failsFast {
            let isNamed = failure.error.context.contains { $0.value == failure.subject }
            throw isNamed ? failure.error : failure.error.adding(failure.stage.rawValue, failure.subject)
        }
        report.failures.append(failure)
    }

    // MARK: One window

    /// What an ingest has done so far.
    struct Work {
        let total: Int
        var report = Report()
        /// Files done.
        var done = 0
        /// Exposures that this ingest has written; their first files say what they are.
        var written: Set<RawExposure.Key> = []
        /// Files of the last exposure of a window, which may go on in the next one.
        private var held: [RawFile] = []

        init(total: Int) {
            self.total = total
        }

        /// The files to write next: those of a window but for its last exposure, which waits for the next window.
        mutating func next(_ window: RawReader.Window, isLast: Bool) -> [RawFile] {
            let files = held + window.files
            done += window.failures.count
            for (property, count) in window.unknownProperties {
                report.unknownProperties[property, default: 0] += count
            }
            guard !isLast, let key = files.last?.key else {
                held = []
                return files
            }
            held = files.filter { $0.key == key }
            return files.filter { $0.key != key }
        }
    }

    private func ingest(
        _ files: [RawFile],
        _ cameras: RegisteredCameras,
        into work: inout Work,
        _ progress: @Sendable (Int, Int) -> Void
    ) async throws {
        let grouping = try RawExposure.grouped(files, cameras, options, butler.universe)
        for failure in grouping.failures { try note(failure, in: &work.report) }
        for raw in grouping.duplicates { work.report.add(skipped: raw, listing: options.listsRaws) }
        let exposures = grouping.exposures
        if !options.isDryRun {
            for type in Set(exposures.flatMap(\.refs).map(\.datasetType)) { try await butler.register(type) }
        }
        for start in stride(from: 0, to: exposures.count, by: Self.comparisonSize) {
            let chunk = Array(exposures[start..<min(start + Self.comparisonSize, exposures.count)])
            for batch in batches(try await compared(chunk, &work)) {
                try Task.checkCancellation()
                try await write(batch, into: &work)
                work.done += batch.reduce(0) { $0 + $1.datasets.count }
                progress(work.done, work.total)
            }
        }
    }

    /// Exposures that make one transaction each; with `auto` those whose files lie inside the repository, outside, or
    /// both, stay apart, because the mode follows from it.
    private func batches(_ exposures: [RawExposure]) -> [[RawExposure]] {
        var batches: [[RawExposure]] = []
        var last: RawExposure.Place?
        var files = 0
        for exposure in exposures {
            let place = exposure.place(butler.root)
            let fits =
                options.batchSize.map { (batches.last?.count ?? 0) < max($0, 1) }
                ?? (files + exposure.datasets.count <= Self.filesPerTransaction)
            if !batches.isEmpty, fits, options.mode != .auto || (place == last && place != .both) {
                batches[batches.count - 1].append(exposure)
                files += exposure.datasets.count
            } else {
                batches.append([exposure])
                files = exposure.datasets.count
            }
            last = place
        }
        return batches
    }
}
