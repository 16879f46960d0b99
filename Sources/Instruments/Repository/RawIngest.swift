internal import Foundation
internal import ObservationMetadata
internal import Resources
public import Steward
internal import StewardCore

/// Takes raw files of cameras into a repository.
///
/// Headers are read in parallel, without pixels; then exposures are written, some in one transaction: their days,
/// groups and exposure records, their datasets, their files. What fails is collected while the rest goes on
/// (instruments and ingest design document, section 2).
public struct RawIngest: Sendable {
    /// Tasks that read headers at the same time.
    private static let readers = 8
    /// Exposures whose records are compared with the repository's in one go.
    private static let comparisonSize = 128

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
    ///   - locations: Files, taken as they are, folders, searched, and header indexes, for all files in them.
    ///   - progress: Called with the number of files or exposures done and their total.
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
        var report = Report()
        let filter = try options.namePattern.map { try FileFilter.regularExpression($0) } ?? .fits
        let findings = try RawSource.find(locations, filter, searchesIndexes: options.searchesIndexes)
        for failure in findings.failures { try note(failure, in: &report) }
        let cameras = try await RegisteredCameras(butler, catalog)
        let files = try await read(findings.sources, cameras, into: &report, progress)
        let exposures = try RawExposure.grouped(files, cameras, options, butler.universe)
        for failure in exposures.failures { try note(failure, in: &report) }
        report.skipped += exposures.duplicates
        try await write(exposures.exposures, cameras, into: &report, progress)
        try await notePhysicalDetectors(files, into: &report)
        return report
    }

    func note(_ failure: Failure, in report: inout Report) throws {
        if options.failsFast {
            let isNamed = failure.error.context.contains { $0.value == failure.subject }
            throw isNamed ? failure.error : failure.error.adding(failure.stage.rawValue, failure.subject)
        }
        report.failures.append(failure)
    }

    // MARK: Headers

    /// Reads, translates and checks headers in a few tasks; files in their order.
    private func read(
        _ sources: [RawSource],
        _ cameras: RegisteredCameras,
        into report: inout Report,
        _ progress: @Sendable (Int, Int) -> Void
    ) async throws -> [RawFile] {
        let reader = ObservationReader(
            try catalog.translators(),
            corrections: CorrectionFolders([], environment: ProcessInfo.processInfo.environment),
            properties: ObservationProperty.requiredForIngest.union(ObservationProperty.optionalForIngest)
                .union([.detectorSerial]),
            required: ObservationProperty.requiredForIngest
        )
        var results = [Result<RawFile, RawFailure>?](repeating: nil, count: sources.count)
        var next = 0
        var done = 0
        try await withThrowingTaskGroup(of: (Int, Result<RawFile, RawFailure>).self) { group in
            func start() {
                guard next < sources.count else { return }
                let (index, source) = (next, sources[next])
                next += 1
                group.addTask { (index, Self.file(source, reader, cameras)) }
            }
            for _ in 0..<Self.readers { start() }
            for try await (index, result) in group {
                try Task.checkCancellation()
                results[index] = result
                done += 1
                progress(done, sources.count)
                if case .failure = result, options.failsFast { break }
                start()
            }
        }
        var files: [RawFile] = []
        for (source, result) in zip(sources, results) {
            switch result {
            case .success(let file):
                files.append(file)
                for property in file.unknown { report.unknownProperties[property, default: 0] += 1 }
            case .failure(let failure):
                try note(Failure(subject: source.path, stage: failure.stage, error: failure.error), in: &report)
            case nil: break
            }
        }
        return files
    }

    private static func file(
        _ source: RawSource,
        _ reader: ObservationReader,
        _ cameras: RegisteredCameras
    ) -> Result<RawFile, RawFailure> {
        do {
            return .success(try cameras.file(source.path, try source.translations(reader)))
        } catch let failure as RawFailure {
            return .failure(failure)
        } catch let error as ButlerError {
            let isOpening = [.fileNotFound, .fileAccess, .corruptFile].contains(error.code)
            return .failure(RawFailure(stage: isOpening ? .open : .header, error: error))
        } catch {
            let wrapped = ButlerError(.fileAccess, "The file \"\(source.path)\" could not be read.", cause: error)
            return .failure(RawFailure(stage: .open, error: wrapped))
        }
    }

    // MARK: Writing

    private func write(
        _ exposures: [RawExposure],
        _ cameras: RegisteredCameras,
        into report: inout Report,
        _ progress: @Sendable (Int, Int) -> Void
    ) async throws {
        if !options.isDryRun {
            for type in Set(exposures.flatMap(\.refs).map(\.datasetType)) { try await butler.register(type) }
        }
        var done = 0
        for start in stride(from: 0, to: exposures.count, by: Self.comparisonSize) {
            let chunk = Array(exposures[start..<min(start + Self.comparisonSize, exposures.count)])
            for batch in batches(try await compared(chunk, &report)) {
                try Task.checkCancellation()
                try await write(batch, into: &report)
                done += batch.count
                progress(done, exposures.count)
            }
        }
    }

    /// Exposures that make one transaction each; with `auto` those whose files lie inside the repository, outside, or
    /// both, stay apart, because the mode follows from it.
    private func batches(_ exposures: [RawExposure]) -> [[RawExposure]] {
        var batches: [[RawExposure]] = []
        var last: RawExposure.Place?
        for exposure in exposures {
            let place = exposure.place(butler.root)
            let joins = options.mode != .auto || (place == last && place != .both)
            if joins, let count = batches.last?.count, count < max(options.batchSize, 1) {
                batches[batches.count - 1].append(exposure)
            } else {
                batches.append([exposure])
            }
            last = place
        }
        return batches
    }
}
