internal import AstroTime
public import Datasets
internal import Dimensions
internal import FITS
internal import Foundation
internal import ObservationMetadata
public import Resources
public import Steward
public import StewardCore

/// Takes raw files of cameras into a repository.
///
/// Headers are read in parallel, without pixels; then each exposure is one transaction: its day, group and exposure
/// records, its datasets, its files. What fails is collected while the rest goes on
/// (instruments and ingest design document, section 2).
public struct RawIngest: Sendable {
    /// How raws are ingested.
    public struct Options: Sendable {
        /// Run that the raws go into; that of the instrument (`HSC/raw/all`) if nil.
        public var run: String?
        /// What happens with the files.
        public var mode = TransferMode.auto
        /// Regular names of files in folders; nil for those that end like FITS files.
        public var namePattern: String?
        /// Whether raws that exist are left out; otherwise they are failures.
        public var skipsExisting = true
        /// Whether exposure records that differ are changed.
        public var updatesRecords = false
        /// Whether the first failure ends the work.
        public var failsFast = false
        /// Whether nothing is written.
        public var isDryRun = false
        /// Whether sizes and checksums are recorded.
        public var recordsFileAttributes = true
        /// Whether sidecar and index files are looked at.
        public var readsSidecars = true

        /// The reference's defaults.
        public init() {}
    }

    /// A file or exposure that could not be ingested.
    public struct Failure: Sendable {
        /// Path of the file, or name of the exposure.
        public let subject: String
        /// What was being done: `header` or `exposure`.
        public let stage: String
        /// Why.
        public let error: ButlerError
    }

    /// What an ingest did.
    public struct Report: Sendable {
        /// Exposures that are in the repository now.
        public var exposures = 0
        /// Raws that are new.
        public var ingested: [DatasetRef] = []
        /// Raws that were there.
        public var skipped: [DatasetRef] = []
        /// What failed.
        public var failures: [Failure] = []
    }

    private let butler: Butler
    private let catalog: InstrumentCatalog
    private let options: Options

    /// Prepares an ingest.
    public init(_ butler: Butler, catalog: InstrumentCatalog = .standard(), options: Options = Options()) {
        self.butler = butler
        self.catalog = catalog
        self.options = options
    }

    /// One file with what its headers say.
    private struct RawFile: Sendable {
        let path: String
        let datasets: [Translation]
    }

    /// Ingests files and folders of files.
    ///
    /// - Parameters:
    ///   - locations: Files, taken as they are, and folders, searched.
    ///   - progress: Called with the number of files or exposures done and their total.
    /// - Returns: What was done and what failed.
    /// - Throws: ``ButlerError`` for locations that cannot be read, for a failure when told to fail fast, and for
    ///   failures that concern everything, such as a full disk.
    public func run(
        _ locations: [String],
        progress: @escaping @Sendable (Int, Int) -> Void = { _, _ in }
    ) async throws -> Report {
        let filter = options.namePattern.map { FileFilter.pattern($0) } ?? .fits
        let paths = try FileSearch(filter).find(locations).flatMap(\.files).compactMap(\.localPath)
        var report = Report()
        let files = try await translated(paths, into: &report, progress)
        var groups: [[RawFile]] = []
        var places: [String: Int] = [:]
        for file in files {
            guard let info = file.datasets.first?.info else { continue }
            let key = "\(info.instrument ?? "") \(info.exposureID ?? 0)"
            if let place = places[key] {
                groups[place].append(file)
            } else {
                places[key] = groups.count
                groups.append([file])
            }
        }
        for (index, group) in groups.enumerated() {
            try Task.checkCancellation()
            try await ingest(group, into: &report)
            progress(index + 1, groups.count)
        }
        return report
    }

    /// Reads and translates headers on a few threads; files in their order.
    private func translated(
        _ paths: [String],
        into report: inout Report,
        _ progress: @Sendable (Int, Int) -> Void
    ) async throws -> [RawFile] {
        let reader = ObservationReader(
            try catalog.translators(),
            corrections: CorrectionFolders([], environment: ProcessInfo.processInfo.environment),
            properties: ObservationProperty.requiredForIngest.union(ObservationProperty.optionalForIngest),
            required: ObservationProperty.requiredForIngest
        )
        let usesSidecars = options.readsSidecars
        var results = [Result<RawFile, ButlerError>?](repeating: nil, count: paths.count)
        var next = 0
        var done = 0
        try await withThrowingTaskGroup(of: (Int, Result<RawFile, ButlerError>).self) { group in
            func start() {
                guard next < paths.count else { return }
                let (index, path) = (next, paths[next])
                next += 1
                group.addTask { (index, Self.read(path, reader, usesSidecars: usesSidecars)) }
            }
            for _ in 0..<8 { start() }
            for try await (index, result) in group {
                results[index] = result
                done += 1
                progress(done, paths.count)
                start()
            }
        }
        var files: [RawFile] = []
        for (path, result) in zip(paths, results) {
            switch result {
            case .success(let file): files.append(file)
            case .failure(let error): try note(Failure(subject: path, stage: "header", error: error), in: &report)
            case nil: break
            }
        }
        return files
    }

    private static func read(
        _ path: String,
        _ reader: ObservationReader,
        usesSidecars: Bool
    ) -> Result<RawFile, ButlerError> {
        do {
            if usesSidecars, let record = (try? Sidecar.read(besides: path)) ?? nil {
                return .success(RawFile(path: path, datasets: [try reader.translate(record, of: path)]))
            }
            return .success(RawFile(path: path, datasets: try reader.read(path)))
        } catch let error as ButlerError {
            return .failure(error)
        } catch {
            return .failure(ButlerError(.fileAccess, "The file \"\(path)\" could not be read.", cause: error))
        }
    }

    private func note(_ failure: Failure, in report: inout Report) throws {
        if options.failsFast { throw failure.error.adding("file", failure.subject) }
        report.failures.append(failure)
    }

    private func ingest(_ files: [RawFile], into report: inout Report) async throws {
        let name = files.first.flatMap { $0.datasets.first?.info.observationID } ?? "exposure"
        do {
            let outcome = try await ingestExposure(files)
            report.exposures += 1
            report.ingested += outcome.ingested
            report.skipped += outcome.skipped
        } catch let error as ButlerError where error.code != .diskFull && error.code != .readOnly {
            try note(Failure(subject: name, stage: "exposure", error: error), in: &report)
        }
    }

    private func ingestExposure(_ files: [RawFile]) async throws -> IngestOutcome {
        guard let info = files.first?.datasets.first?.info else { throw ButlerError(.header, "No headers.") }
        let exposure = try ExposureSummary(info)
        let definition = try catalog.definition(exposure.instrument)
        try await checkRegistered(exposure, files, definition)
        let type = try await rawType(definition)
        let run = options.run ?? definition.collections.raw
        let datasets = try files.map { file in
            let refs = try file.datasets.map { dataset in
                let values: [String: DimensionValue] = [
                    "instrument": .string(exposure.instrument), "exposure": .int(exposure.id),
                    "detector": .int(dataset.info.detectorNum ?? -1),
                ]
                return DatasetRef(
                    type,
                    try DataCoordinate(values, for: type.dimensions),
                    run: run,
                    mode: .dataIDTypeRun
                )
            }
            let formatter = definition.rawFormatter(detector: info.detectorNum, begin: exposure.begin)
            return FileDataset(path: file.path, refs: refs, formatter: formatter)
        }
        let records = try exposure.records(day: ExposureSummary.dayTimespan(info), in: butler.universe)
        if options.isDryRun { return IngestOutcome(ingested: datasets.flatMap(\.refs), skipped: [], records: []) }
        return try await butler.ingest(
            datasets,
            IngestOptions(
                mode: options.mode,
                skippingExisting: options.skipsExisting,
                recordsFileAttributes: options.recordsFileAttributes,
                records: records,
                updatesRecords: options.updatesRecords
            )
        )
    }

    private func rawType(_ definition: InstrumentDefinition) async throws -> DatasetType {
        let type = try DatasetType(
            name: definition.raw.datasetType,
            dimensions: butler.universe.group(definition.raw.dimensions),
            storageClass: definition.raw.storageClass
        )
        if !options.isDryRun { try await butler.register(type) }
        return type
    }

    /// Refuses what the repository does not know, naming it and the remedy.
    private func checkRegistered(
        _ exposure: ExposureSummary,
        _ files: [RawFile],
        _ definition: InstrumentDefinition
    ) async throws {
        let remedy = "Register it with \"steward register-instrument REPO \(definition.name) --update\"."
        let owner = DimensionRecord.FieldValue.string(exposure.instrument)
        func known(_ element: String) async throws -> [DimensionRecord] {
            try await butler.records(of: element).filter { $0.values.first == owner }
        }
        guard try await !known("instrument").isEmpty else {
            throw ButlerError(
                .instrument,
                "Instrument \"\(exposure.instrument)\" is not registered in this repository.",
                remedy: remedy
            )
        }
        let filters = try await known("physical_filter").compactMap { $0["physical_filter"]?.dimensionValue?.string }
        guard filters.contains(exposure.physicalFilter) else {
            throw ButlerError(
                .dataIDValue,
                "Filter \"\(exposure.physicalFilter)\" of \(exposure.obsID) is not registered for \(exposure.instrument).",
                remedy: remedy,
                candidates: Candidates.nearest(to: exposure.physicalFilter, in: filters)
            )
        }
        let detectors = Set(try await known("detector").compactMap { $0["detector"]?.dimensionValue?.int })
        for number in files.flatMap(\.datasets).compactMap(\.info.detectorNum) where !detectors.contains(number) {
            throw ButlerError(
                .dataIDValue,
                "Detector \(number) of \(exposure.obsID) is not registered for \(exposure.instrument).",
                remedy: remedy
            )
        }
    }
}

extension RawIngest.Report {
    /// The error that tells of all failures, if there are any.
    public var error: ButlerError? {
        guard !failures.isEmpty else { return nil }
        return ButlerError(
            .partialFailure,
            "\(failures.count) files or exposures could not be ingested; \(ingested.count) raws were.",
            remedy: "Mend what is listed and ingest again; what is there already is left out.",
            context: failures.map { .init("\($0.stage) \($0.subject)", $0.error.description) }
        )
    }
}
