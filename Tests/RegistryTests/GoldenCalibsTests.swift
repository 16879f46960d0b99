import AstroTime
import Databases
import Datasets
import Dimensions
import Foundation
import Registry
import StewardCore
import StewardTesting
import Testing

/// Operations on calibration collections with the tables after each, and look-ups with their answers.
struct CalibrationScenario: Decodable {
    struct Dataset: Decodable {
        let detector: Int64
        let run: String
    }

    struct Row: Decodable, Hashable {
        let dataset: String
        let detector: Int64
        let begin_nsec: Int64
        let end_nsec: Int64
    }

    struct Step: Decodable {
        let op: String
        let collection: String
        let begin: String
        let end: String
        let empty: Bool
        let datasets: [String]?
        let dataIds: [Int64]?
        let error: String?
        let state: [Row]
    }

    struct Lookup: Decodable {
        let collections: String
        let detector: Int64
        let via: String
        let timespan: [String]?
        let instant: String?
        let exposure: Int64?
        let result: String?
        let error: String?
    }

    let times: [String: String]
    let instrument: String
    let datasets: [String: Dataset]
    let exposures: [String: [String]]
    let chains: [String: [String]]
    let calibrationCollections: [String]
    let steps: [Step]
    let lookups: [Lookup]

    /// Names of the files of `golden/calibs/collections`.
    static var files: [String] { Golden.names("calibs/collections") }

    init(file: String) throws {
        let folder = try #require(Golden.folder("calibs/collections"))
        self = try JSONDecoder().decode(Self.self, from: Data(contentsOf: folder.appendingPathComponent(file)))
    }

    func instant(_ name: String) throws -> TAI? {
        guard let text = times[name] else { return nil }
        return try TAI(literal: "\(text)/tai")
    }

    func timespan(_ begin: String, _ end: String) throws -> Timespan {
        let (first, last) = (try instant(begin), try instant(end))
        return first == nil && last == nil ? .all : try Timespan(begin: first, end: last)
    }
}

@Suite struct GoldenCalibsTests {
    @Test("there are scenarios")
    func scenarios() {
        #expect(!CalibrationScenario.files.isEmpty)
    }

    @Test(
        "certify and decertify leave the reference's rows, and look-ups give its answers",
        arguments: CalibrationScenario.files
    )
    func scenario(file: String) async throws {
        let scenario = try CalibrationScenario(file: file)
        try await TestRepository.with { repository in
            let refs = try await prepare(scenario, repository)
            for step in scenario.steps { try await run(step, scenario, refs, repository) }
            for lookup in scenario.lookups { try await check(lookup, scenario, refs, repository) }
        }
    }

    private func prepare(
        _ scenario: CalibrationScenario,
        _ repository: TestRepository
    ) async throws -> [String: DatasetRef] {
        let bias = try repository.type("bias", ["instrument", "detector"], isCalibration: true)
        var records = [try repository.record("instrument", ["name": .string(scenario.instrument)])]
        for detector in Set(scenario.datasets.values.map(\.detector)) {
            records.append(
                try repository.record(
                    "detector",
                    [
                        "instrument": .string(scenario.instrument), "id": .int(detector),
                        "full_name": .string("D\(detector)"),
                    ]
                )
            )
        }
        var refs: [String: DatasetRef] = [:]
        for (name, dataset) in scenario.datasets {
            let dataID = try DataCoordinate(
                ["instrument": .string(scenario.instrument), "detector": .int(dataset.detector)],
                for: bias.dimensions
            )
            refs[name] = DatasetRef(bias, dataID, run: dataset.run)
        }
        try await repository.write { [records, refs] tables, connection in
            try tables.dimensions.insert(records, on: connection)
            try tables.datasetTypes.register(bias, on: connection)
            for run in Set(refs.values.map(\.run)) {
                try tables.collections.register(run, kind: .run, on: connection)
            }
            for name in scenario.calibrationCollections {
                try tables.collections.register(name, kind: .calibration, on: connection)
            }
            for (chain, children) in scenario.chains {
                try tables.collections.register(chain, kind: .chained, on: connection)
                try tables.collections.change(.redefine, chain, children, on: connection)
            }
            try tables.datasets.insert(Array(refs.values), on: connection)
        }
        return refs
    }

    private func run(
        _ step: CalibrationScenario.Step,
        _ scenario: CalibrationScenario,
        _ refs: [String: DatasetRef],
        _ repository: TestRepository
    ) async throws {
        let range = step.empty ? Timespan.empty : try scenario.timespan(step.begin, step.end)
        let given = (step.datasets ?? []).compactMap { refs[$0] }
        let dataIDs = try step.dataIds?.map { detector in
            try repository.dataID(["instrument": .string(scenario.instrument), "detector": .int(detector)])
        }
        // The reference lets one call certify two datasets of a data ID, or an empty range; Steward does not.
        let isRefusedHere =
            step.op == "certify" && step.error == nil
            && (step.empty || Set(given.map(\.dataID)).count < given.count)
        let operation: @Sendable (RegistryTables, any Connection) throws -> Void = { tables, connection in
            if step.op == "certify" {
                try tables.datasets.certify(given, in: step.collection, validity: range, on: connection)
            } else {
                try tables.datasets.decertify(
                    "bias",
                    in: step.collection,
                    range: range,
                    dataIDs: dataIDs,
                    on: connection
                )
            }
        }
        if isRefusedHere {
            await #expect(throws: ButlerError(step.empty ? .invalidArgument : .conflictingDefinition, "")) {
                try await repository.write(operation)
            }
            try await force(step, given, range, repository)
        } else if let name = step.error {
            let expected = try code(name)
            await #expect(throws: expected, "\(step)") { try await repository.write(operation) }
        } else {
            try await repository.write(operation)
        }
        #expect(try await state(step.collection, refs, repository) == step.state.sorted(by: Self.precedes), "\(step)")
    }

    /// Stores what the reference stores and Steward refuses, so that look-ups can be compared.
    private func force(
        _ step: CalibrationScenario.Step,
        _ refs: [DatasetRef],
        _ range: Timespan,
        _ repository: TestRepository
    ) async throws {
        try await repository.write { tables, connection in
            let elsewhere = Timespan(beginNanoseconds: 1, endNanoseconds: 2)
            for ref in refs {
                try tables.datasets.certify([ref], in: step.collection, validity: elsewhere, on: connection)
                let (begin, end) = (range.beginNanoseconds, range.endNanoseconds)
                let (change, condition): (SQL, SQL) =
                    connection.dialect.timespanStorage == .columns
                    ? ("timespan_begin = \(begin), timespan_end = \(end)", "timespan_begin = 1 AND timespan_end = 2")
                    : ("timespan = int8range(\(begin), \(end))", "timespan = int8range(1, 2)")
                try connection.execute(
                    """
                    UPDATE dataset_calibs_00000001 SET \(change) WHERE dataset_id = \(ref.id) AND collection_id = \
                    (SELECT collection_id FROM collection WHERE name = \(step.collection)) AND \(condition)
                    """
                )
            }
        }
    }

    private func state(
        _ collection: String,
        _ refs: [String: DatasetRef],
        _ repository: TestRepository
    ) async throws -> [CalibrationScenario.Row] {
        let names = Dictionary(uniqueKeysWithValues: refs.map { ($1.id, $0) })
        let found = try await repository.read { tables, connection in
            let type = try tables.datasetTypes.record("bias", on: connection)
            let record = try tables.collections.record(collection, on: connection)
            guard record.kind == .calibration else { return [DatasetAssociation]() }
            return try tables.datasets.associations(of: type, in: [record], on: connection)
        }
        return try found.map { association in
            let validity = try #require(association.validity)
            return CalibrationScenario.Row(
                dataset: try #require(names[association.ref.id]),
                detector: try #require(association.ref.dataID["detector"]?.int),
                begin_nsec: validity.beginNanoseconds,
                end_nsec: validity.endNanoseconds
            )
        }
        .sorted(by: Self.precedes)
    }

    private static func precedes(_ left: CalibrationScenario.Row, _ right: CalibrationScenario.Row) -> Bool {
        (left.detector, left.begin_nsec, left.end_nsec, left.dataset)
            < (right.detector, right.begin_nsec, right.end_nsec, right.dataset)
    }

    private func check(
        _ lookup: CalibrationScenario.Lookup,
        _ scenario: CalibrationScenario,
        _ refs: [String: DatasetRef],
        _ repository: TestRepository
    ) async throws {
        var timespan: Timespan?
        if let names = lookup.timespan {
            timespan = try scenario.timespan(try #require(names.first), try #require(names.last))
        } else if let name = lookup.instant, let instant = try scenario.instant(name) {
            timespan = try Timespan(instant: instant)
        } else if let exposure = lookup.exposure, let names = scenario.exposures[String(exposure)] {
            timespan = try scenario.timespan(try #require(names.first), try #require(names.last))
        }
        let dataID = try repository.dataID([
            "instrument": .string(scenario.instrument), "detector": .int(lookup.detector),
        ])
        let search: () async throws -> DatasetID? = { [timespan] in
            try await repository.read { tables, connection in
                let type = try tables.datasetTypes.record("bias", on: connection)
                let collections = try tables.collections.flatten([lookup.collections], on: connection)
                return try tables.datasets.find(type, dataID, in: collections, timespan: timespan, on: connection)?
                    .ref.id
            }
        }
        // `get` says in its own way that there is none.
        if let name = lookup.error, name != "DatasetNotFoundError" {
            let expected = try code(name)
            await #expect(throws: expected, "\(lookup)") { _ = try await search() }
        } else {
            #expect(try await search() == lookup.result.flatMap { refs[$0]?.id }, "\(lookup)")
        }
    }

    private func code(_ name: String) throws -> ButlerError {
        let codes: [String: ButlerError.Code] = [
            "ConflictingDefinitionError": .conflictingDefinition, "CollectionTypeError": .collectionType,
            "CalibrationLookupError": .calibrationLookup, "MissingCollectionError": .missingCollection,
            "MissingDatasetTypeError": .missingDatasetType,
        ]
        return ButlerError(try #require(codes[name], "\(name)"), "")
    }
}
