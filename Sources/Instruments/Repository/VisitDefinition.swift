internal import Dimensions
public import Steward
internal import StewardCore

/// Makes visits of the exposures of a repository.
///
/// One transaction for some visits, or one for each where that meets a conflict; repeating it changes nothing, and
/// several processes may do it at the same time (instruments and ingest design document, section 3).
public struct VisitDefinition: Sendable {
    /// Visits that make one transaction.
    private static let batchSize = 16

    let butler: Butler
    let definition: InstrumentDefinition
    let options: Options

    /// Prepares the definition of visits.
    public init(_ butler: Butler, _ definition: InstrumentDefinition, options: Options = Options()) {
        self.butler = butler
        self.definition = definition
        self.options = options
    }

    /// Makes the visits.
    ///
    /// - Parameter progress: Called with the number of visits done and their total.
    /// - Returns: What was done.
    /// - Throws: ``ButlerError`` with `.conflictingDefinition` naming visit and fields, `.invalidQuery`, `.readOnly`,
    ///   `.invalidArgument` for options that exclude each other and for exposures that make no visit where that is
    ///   refused, `.instrument` when it is not registered; database errors.
    public func run(progress: (Int, Int) -> Void = { _, _ in }) async throws -> Report {
        guard !options.skipsVisited || !(options.updatesRecords || options.isIncremental) else {
            throw ButlerError(
                .invalidArgument,
                "Exposures that have visits cannot be left out when visits are to be changed.",
                remedy: "Drop --prefilter, or drop --update-records and --incremental."
            )
        }
        guard butler.isWriteable else {
            throw ButlerError(.readOnly, "The repository at \"\(butler.root)\" was opened for reading only.")
        }
        try await requireInstrument()
        let grouping = try await chosenGrouping()
        var report = Report(grouping: grouping)
        let exposures = try await exposures(grouping, &report)
        let plan = try grouping.visits(of: exposures, numbering: definition.groupNumbering)
        report.remarks += plan.remarks
        try await registerSystems(grouping)
        let footprints = footprints()
        let writer = VisitWriter(
            butler: butler,
            definition: definition,
            options: options,
            grouping: grouping,
            footprints: footprints,
            unreliable: try await unreliableExposures()
        )
        for start in stride(from: 0, to: plan.visits.count, by: Self.batchSize) {
            try Task.checkCancellation()
            let end = min(start + Self.batchSize, plan.visits.count)
            var rows: [VisitRows] = []
            for visit in plan.visits[start..<end] { rows.append(try await writer.rows(of: visit)) }
            report.withoutRegion += rows.filter { $0.detectors.isEmpty }.map(\.name)
            for outcome in try await writer.write(rows) { report.count(outcome) }
            progress(end, plan.visits.count)
        }
        let unversioned = await footprints.unversioned.count
        if !options.cameraCollections.isEmpty, unversioned > 0 {
            report.remarks.append(
                "\(unversioned) visits: no version of the camera is valid at their time; its definition counts"
            )
        }
        return report
    }

    private func footprints() -> ExposureFootprints {
        ExposureFootprints(
            definition.camera,
            CameraVersions(butler, definition, collections: options.cameraCollections),
            padding: options.padding,
            isVersionRequired: options.requiresCameraVersion
        )
    }

    private func requireInstrument() async throws {
        let names = try await butler.records(of: "instrument").compactMap { $0["instrument"]?.dimensionValue?.string }
        guard !names.contains(definition.name) else { return }
        throw ButlerError(
            .instrument,
            "Instrument \"\(definition.name)\" is not registered in this repository.",
            remedy: "Register it with \"steward register-instrument REPO \(definition.name)\".",
            candidates: Candidates.nearest(to: definition.name, in: names)
        )
    }

    private func chosenGrouping() async throws -> VisitGrouping {
        let grouping = try await wantedGrouping()
        // Universes without the counters of sequences know visits of single exposures or of groups.
        let hasCounters = try butler.universe.element("exposure").fieldIndex("seq_end") != nil
        return grouping == .oneToOneAndByCounter && !hasCounters ? .oneToOne : grouping
    }

    private func wantedGrouping() async throws -> VisitGrouping {
        if let grouping = options.grouping { return grouping }
        let known = try await butler.records(of: "visit_system").filter {
            $0["instrument"]?.dimensionValue?.string == definition.name
        }
        let systems = known.compactMap { $0["visit_system"]?.dimensionValue?.int }.compactMap {
            VisitSystem(rawValue: $0)
        }
        return VisitGrouping(existing: Set(systems)) ?? definition.visits.grouping
    }

    private func registerSystems(_ grouping: VisitGrouping) async throws {
        let records = try grouping.systems.map { system in
            try InstrumentDefinition.record(
                "visit_system",
                ["instrument": .string(definition.name), "id": .int(system.rawValue), "name": .string(system.name)],
                butler.universe
            )
        }
        try await butler.sync(records)
    }
}
