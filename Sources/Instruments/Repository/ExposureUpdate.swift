internal import Dimensions
internal import Resources
public import Steward
public import StewardCore

/// Reads raws of a repository anew and brings the records of their exposures up to date; nothing is ingested.
///
/// Of each exposure one raw is read, that of the lowest detector. Records that are in this form already are left, so
/// that repeating it writes nothing (`obs_base: script/updateExposures.py`).
public struct ExposureUpdate: Sendable {
    /// Files that are read before their exposures are compared.
    private static let filesAtOnce = 1024
    /// Exposures whose changes make one transaction.
    private static let exposuresAtOnce = 128

    private let butler: Butler
    private let definition: InstrumentDefinition
    private let catalog: InstrumentCatalog
    private let options: RawIngest.Options

    /// A record that is or would be changed.
    public struct Change: Sendable {
        /// Label of the exposure.
        public let exposure: String
        /// Element of the record: `exposure`, `day_obs` or `group`.
        public let element: String
        /// Fields that differ; nil for a record that is new.
        public let fields: [FieldDifference]?
    }

    /// What was done.
    public struct Report: Sendable {
        /// Exposures that were looked at.
        public var exposures = 0
        /// Files that were read.
        public var files = 0
        /// Records that were changed, or would be.
        public var changes: [Change] = []
        /// Records that differ by rounding only, which were left.
        public var roundedRecords = 0
        /// In how many files an optional property could not be had from the header.
        public var unknownProperties: [String: Int] = [:]
        /// What failed.
        public var failures: [RawIngest.Failure] = []
    }

    /// Prepares the update.
    ///
    /// - Parameters:
    ///   - butler: The repository.
    ///   - definition: The instrument.
    ///   - catalog: Definitions, for the translators.
    ///   - options: How raws are read and compared; what concerns files and runs means nothing here.
    public init(
        _ butler: Butler,
        _ definition: InstrumentDefinition,
        catalog: InstrumentCatalog = .standard(),
        options: RawIngest.Options = RawIngest.Options()
    ) {
        self.butler = butler
        self.definition = definition
        self.catalog = catalog
        self.options = options
    }

    /// Reads raws and updates the records.
    ///
    /// - Parameters:
    ///   - collections: Collections to search for raws; the instrument's own run if empty.
    ///   - condition: Which raws; an expression of the `where` language that may not be blank.
    ///   - progress: Called with the number of files done and their total.
    /// - Returns: What was changed and what failed.
    /// - Throws: ``ButlerError`` with `.invalidArgument` for a blank condition, `.readOnly`, as queries, and for a
    ///   failure when told to fail fast.
    public func run(
        collections: [String] = [],
        where condition: String,
        progress: (Int, Int) -> Void = { _, _ in }
    ) async throws -> Report {
        guard !condition.allSatisfy(\.isWhitespace) else {
            throw ButlerError(
                .invalidArgument,
                "All raws of \(definition.name) would be read.",
                remedy: "Say which with --where, for instance \"exposure.day_obs = 20240105\"."
            )
        }
        guard butler.isWriteable || options.isDryRun else {
            throw ButlerError(.readOnly, "The repository at \"\(butler.root)\" was opened for reading only.")
        }
        var report = Report()
        let raws = try await raws(collections, condition)
        report.exposures = raws.count
        let sources = try await sources(of: raws, &report)
        let wanted = Set(raws.compactMap { $0.dataID["exposure"]?.int })
        let reader = try RawReader(try await RegisteredCameras(butler, catalog), catalog, options)
        var seen: Set<Int64> = []
        for start in stride(from: 0, to: sources.count, by: Self.filesAtOnce) {
            let end = min(start + Self.filesAtOnce, sources.count)
            let window = try await reader.read(sources[start..<end])
            // Members of archives can be of an exposure that had its raw already.
            let files = try files(of: window, wanted, &report).filter { seen.insert($0.exposure.id).inserted }
            try await update(files, &report)
            progress(end, sources.count)
        }
        return report
    }

    // MARK: Raws

    /// One raw of each exposure, by exposure.
    private func raws(_ collections: [String], _ condition: String) async throws -> [DatasetRef] {
        let refs = try await butler.queryDatasets(
            definition.raw.datasetType,
            collections: collections.isEmpty ? [definition.collections.raw] : collections,
            where: "instrument = owner AND (\(condition))",
            binds: ["owner": .value(.string(definition.name))]
        )
        var chosen: [Int64: DatasetRef] = [:]
        for ref in refs {
            guard let exposure = ref.dataID["exposure"]?.int else { continue }
            if let other = chosen[exposure], other.dataID["detector"]?.int ?? 0 <= ref.dataID["detector"]?.int ?? 0 {
                continue
            }
            chosen[exposure] = ref
        }
        return chosen.sorted { $0.key < $1.key }.map(\.value)
    }

    /// The files of raws.
    private func sources(of raws: [DatasetRef], _ report: inout Report) async throws -> [RawSource] {
        var locations: [String] = []
        var members: Set<String> = []
        for (ref, uris) in zip(raws, try await butler.uris(of: raws)) {
            let stored = uris.values.filter { !$0.isEmpty && !$0.hasSuffix("#predicted") }.min()
            guard let uri = stored else {
                let error = ButlerError(.fileNotFound, "The raw \(ref) is not stored.")
                try note(.init(subject: "\(ref)", stage: .open, error: error), &report)
                continue
            }
            // Members of archives are found by the archive.
            let file = String(uri.prefix { $0 != "#" })
            if file != uri { members.insert(uri) }
            locations.append(file)
        }
        var seen: Set<String> = []
        let findings = try await RawSource.find(
            locations.filter { seen.insert($0).inserted },
            .all,
            searchesIndexes: options.searchesIndexes,
            stores: butler.stores
        )
        for failure in findings.failures { try note(failure, &report) }
        return findings.sources.filter { !$0.path.contains("#zip-path=") || members.contains($0.path) }
    }

    /// The files that are of the exposures for which they stand.
    private func files(of window: RawReader.Window, _ wanted: Set<Int64>, _ report: inout Report) throws -> [RawFile] {
        report.files += window.files.count
        for (property, count) in window.unknownProperties {
            report.unknownProperties[property, default: 0] += count
        }
        for failure in window.failures { try note(failure, &report) }
        return try window.files.filter { file in
            if file.exposure.instrument == definition.name, wanted.contains(file.exposure.id) { return true }
            try note(stranger(file), &report)
            return false
        }
    }

    private func stranger(_ file: RawFile) -> RawIngest.Failure {
        let error = ButlerError(
            .header,
            "\"\(file.path)\" says that it is of exposure \(file.exposure.obsID) of \(file.exposure.instrument) "
                + "(\(file.exposure.id)), for which it does not stand in the repository.",
            remedy: "Ingest it anew if the number of its exposure has changed."
        )
        return RawIngest.Failure(subject: file.path, stage: .record, error: error)
    }

    private func note(_ failure: RawIngest.Failure, _ report: inout Report) throws {
        if options.failsFast { throw failure.error.adding(failure.stage.rawValue, failure.subject) }
        report.failures.append(failure)
    }

    // MARK: Records

    /// An exposure with its records that differ from the repository's.
    private struct Difference {
        let exposure: String
        var records: [DimensionRecord] = []
        var changes: [Change] = []
    }

    private func update(_ files: [RawFile], _ report: inout Report) async throws {
        var differences: [Difference] = []
        for difference in try await compared(files, &report) where !difference.records.isEmpty {
            differences.append(difference)
        }
        for start in stride(from: 0, to: differences.count, by: Self.exposuresAtOnce) {
            try Task.checkCancellation()
            try await write(differences[start..<min(start + Self.exposuresAtOnce, differences.count)], &report)
        }
    }

    /// What differs, with one query for each kind of record.
    private func compared(_ files: [RawFile], _ report: inout Report) async throws -> [Difference] {
        let sets = try files.map { try $0.exposure.records(day: $0.day, in: butler.universe) }
        var stored = try await butler.differences(sets.flatMap { $0 })[...]
        return zip(files, sets).map { file, records in
            var result = Difference(exposure: file.exposure.obsID)
            for record in records {
                let found = stored.popFirst() ?? nil
                let rounding = options.comparesStrictly ? [] : found?.filter(\.isRounding) ?? []
                let real = found?.filter { !rounding.contains($0) }
                if !rounding.isEmpty { report.roundedRecords += 1 }
                guard real?.isEmpty != true else { continue }
                result.records.append(record.keepingStored(rounding))
                result.changes.append(
                    Change(exposure: file.exposure.obsID, element: record.element.name, fields: real)
                )
            }
            return result
        }
    }

    /// Changes the records of exposures in one transaction, or one by one where that fails.
    private func write(_ differences: ArraySlice<Difference>, _ report: inout Report) async throws {
        do {
            var seen: Set<DimensionRecord> = []
            let records = differences.flatMap(\.records).filter { seen.insert($0).inserted }
            if !options.isDryRun { try await butler.sync(records, updating: true) }
            report.changes += differences.flatMap(\.changes)
        } catch let error as ButlerError where ![.diskFull, .readOnly].contains(error.code) {
            guard differences.count == 1, let only = differences.first else {
                for index in differences.indices { try await write(differences[index...index], &report) }
                return
            }
            try note(.init(subject: only.exposure, stage: .record, error: error), &report)
        }
    }
}

extension ExposureUpdate.Report {
    /// The error that tells of all failures, if there are any.
    public var error: ButlerError? {
        guard !failures.isEmpty else { return nil }
        return ButlerError(
            .partialFailure,
            "\(failures.count) files or exposures could not be used; \(changes.count) records were dealt with.",
            remedy: "Mend what is listed and repeat it; what is up to date is left.",
            context: failures.map { .init("\($0.stage.rawValue) \($0.subject)", $0.reason) }
        )
    }
}
