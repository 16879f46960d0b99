internal import Datasets
internal import Steward
internal import StewardCore

extension RawIngest {
    // MARK: Comparison of records

    /// Exposures whose records have the stored values where they differ by rounding only, or where an earlier file of
    /// this ingest said what they are; one query for each kind of record.
    func compared(_ exposures: [RawExposure], _ work: inout Work) async throws -> [RawExposure] {
        guard !options.comparesStrictly || exposures.contains(where: { work.written.contains($0.key) }) else {
            return exposures
        }
        var differences = try await butler.differences(exposures.flatMap(\.records))[...]
        return exposures.map { exposure in
            let isWritten = work.written.contains(exposure.key)
            var exposure = exposure
            exposure.records = exposure.records.map { record in
                guard let found = differences.popFirst() ?? nil, !found.isEmpty else { return record }
                if isWritten { return record.keepingStored(found) }
                let rounding = options.comparesStrictly ? [] : found.filter(\.isRounding)
                guard !rounding.isEmpty else { return record }
                work.report.roundedRecords += 1
                return record.keepingStored(rounding)
            }
            return exposure
        }
    }

    // MARK: Transactions

    /// Writes exposures in one transaction, or one by one when that fails.
    func write(_ exposures: [RawExposure], into work: inout Work) async throws {
        do {
            let outcome = try await ingest(exposures)
            let new = Set(outcome.ingested.map(\.id))
            // Those of the outcome hold the records of all their dimensions.
            for ref in exposures.flatMap(\.refs) {
                if new.contains(ref.id) {
                    work.report.add(ingested: ref, listing: options.listsRaws)
                } else {
                    work.report.add(skipped: ref, listing: options.listsRaws)
                }
            }
            work.report.exposures += exposures.count { work.written.insert($0.key).inserted }
            work.report.updatedRecords += outcome.records.count { if case .updated = $0 { true } else { false } }
        } catch let error as ButlerError where ![.diskFull, .readOnly].contains(error.code) {
            guard exposures.count == 1, let exposure = exposures.first else {
                for exposure in exposures { try await write([exposure], into: &work) }
                return
            }
            try note(try await failure(of: exposure, error), in: &work.report)
        }
    }

    /// What failed: the records, or the files, without which the records are kept, as the reference does.
    private func failure(of exposure: RawExposure, _ error: ButlerError) async throws -> Failure {
        func failure(_ stage: Stage, _ error: ButlerError) -> Failure {
            Failure(subject: exposure.name, stage: stage, error: error, files: exposure.datasets.map(\.path))
        }
        guard !options.isDryRun else { return failure(.ingest, error) }
        do {
            try await butler.sync(exposure.records, updating: options.updatesRecords)
            return failure(.ingest, error)
        } catch let error as ButlerError where ![.diskFull, .readOnly].contains(error.code) {
            return failure(.record, error)
        }
    }

    private func ingest(_ exposures: [RawExposure]) async throws -> IngestOutcome {
        var seen: Set<DimensionRecord> = []
        let records = exposures.flatMap(\.records).filter { seen.insert($0).inserted }
        let datasets = exposures.flatMap(\.datasets)
        guard !options.isDryRun else { return try await rehearsed(records, datasets.flatMap(\.refs)) }
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

    /// What an ingest would do, with the conflicts that it would meet.
    private func rehearsed(_ records: [DimensionRecord], _ refs: [DatasetRef]) async throws -> IngestOutcome {
        let differences = try await butler.differences(records)
        for (record, fields) in zip(records, differences) {
            guard let fields, !fields.isEmpty, !options.updatesRecords else { continue }
            throw ButlerError(
                .conflictingDefinition,
                "The record of \(record.dataID(in: butler.universe)) is in the repository with other values.",
                remedy: "Change it with --update-records.",
                context: fields.map { .init(record.element.name, $0.description) }
            )
        }
        let stored = try await butler.stored(refs)
        let old = zip(refs, stored).filter(\.1).map(\.0)
        guard options.skipsExisting || old.isEmpty else {
            throw ButlerError(
                .conflictingDefinition,
                "\(old.count) of the \(refs.count) datasets are in the repository already.",
                remedy: "Leave them out with --skip-existing.",
                context: old.prefix(10).map { .init("dataset", $0.description) }
            )
        }
        return IngestOutcome(ingested: zip(refs, stored).filter { !$0.1 }.map(\.0), skipped: old, records: [])
    }
}
