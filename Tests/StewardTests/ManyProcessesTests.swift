import Databases
import Foundation
import Registry
import StewardCore
import StewardTesting
import Testing

@testable import Steward

/// Eight programs that do operations of all kinds on one repository at the same time: nothing is lost, nothing doubled.
///
/// `STEWARD_WRITER_OPERATIONS` sets how many operations each does, `STEWARD_QUERY_SEED` which ones.
@Suite(
    .serialized,
    .enabled(if: TestBackend.isFirstPass, "the first pass does both databases"),
    .timeLimit(.minutes(30))
) struct ManyProcessesTests {
    private static let writers = 8
    private static let environment = ProcessInfo.processInfo.environment
    private static let operations = environment["STEWARD_WRITER_OPERATIONS"].flatMap(Int.init) ?? 26
    private static let seed = environment["STEWARD_QUERY_SEED"].flatMap(UInt64.init) ?? 20_251_121

    /// The program lies beside the test bundle.
    private static let program: String = {
        var folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        for _ in 0..<4 {
            let path = folder.appendingPathComponent("StewardWriters").path
            if FileManager.default.isExecutableFile(atPath: path) { return path }
            folder.deleteLastPathComponent()
        }
        return TemporaryRepository.packageRoot + "/.build/debug/StewardWriters"
    }()

    @Test(
        "programs that register, ingest, put, get, certify, tag, chain, query and prune at the same time",
        arguments: TestBackend.available
    )
    func everything(backend: TestBackend) async throws {
        let repository = try await TemporaryRepository(backend)
        let butler = try await repository.filled()
        for (name, kind) in [("calib", CollectionKind.calibration), ("tag", .tagged), ("chain", .chained)] {
            try await butler.collections.register(name, kind)
        }
        let bias = try await butler.datasetType("bias")
        try await butler.put(JSONValue.int(-1), as: bias, butler.dataID(bias, detector: 0), run: "shared")
        let start = ContinuousClock.now
        let reports = try await Self.run(repository)
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        for (number, report) in reports.enumerated() {
            #expect(report.failures.isEmpty, "writer \(number)")
            #expect(report.milliseconds.count == Self.operations)
            #expect(Set(report.refusals.keys).isSubset(of: [ButlerError.Code.conflictingDefinition.rawValue]))
        }
        try await Self.expectDatasets(of: reports, in: butler)
        try await Self.expectMemberships(of: reports, in: butler)
        let found = Findings()
        let outcome = try await butler.check(RepositoryCheck(comparesChecksums: true)) { found.add($0) }
        #expect(outcome.isClean, "\(found.all)")
        Self.show(backend, reports, seconds)
    }

    /// Runs the programs and gives what they say.
    private static func run(_ repository: TemporaryRepository) async throws -> [WriterReport] {
        let processes = try (0..<writers).map { number in
            let process = Process()
            process.executableURL = URL(fileURLWithPath: program)
            process.arguments = [repository.root, "\(number)", "\(operations)", "\(seed)"]
            let output = repository.folder + "/writer\(number).json"
            try Data().write(to: URL(fileURLWithPath: output))
            process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: output))
            process.standardInput = FileHandle.nullDevice
            try process.run()
            return (process, output)
        }
        return try processes.map { process, output in
            process.waitUntilExit()
            try #require(process.terminationStatus == 0)
            return try JSONDecoder().decode(WriterReport.self, from: Data(contentsOf: URL(fileURLWithPath: output)))
        }
    }

    private static func expectDatasets(of reports: [WriterReport], in butler: Butler) async throws {
        for type in ["metric", "bias"] {
            let expected = Dictionary(
                uniqueKeysWithValues: reports.flatMap(\.datasets).filter { $0.type == type }.map {
                    ("\($0.run) \($0.detector)", $0.value)
                }
            )
            let refs = try await butler.queryDatasets(type, collections: ["all/*"])
            var found: [String: Int64] = [:]
            for ref in refs {
                guard case .int(let detector)? = ref.dataID["detector"] else { continue }
                let value = try await butler.get(ref) as? JSONValue
                guard case .int(let number)? = value else {
                    Issue.record("\(ref) holds \(String(describing: value))")
                    continue
                }
                #expect(found.updateValue(Int64(number), forKey: "\(ref.run) \(detector)") == nil, "doubled: \(ref)")
            }
            #expect(found == expected)
        }
        let registered = try await butler.records(of: "detector").count
        #expect(registered == 4 + Set(reports.flatMap(\.detectors)).count)
    }

    private static func expectMemberships(of reports: [WriterReport], in butler: Butler) async throws {
        let tagged = try await butler.queryDatasets("metric", collections: ["tag"])
        #expect(
            tagged.map { "\($0.run) \($0.dataID["detector"]?.description ?? "")" }.sorted()
                == reports.flatMap(\.tagged).map { "\($0.run) \($0.detector)" }.sorted()
        )
        let certified = try await butler.queryDatasets("bias", collections: ["calib"])
        let competed = certified.filter { $0.run == "shared" }
        let won = reports.flatMap(\.wonDays)
        #expect(Set(won).count == won.count, "a day was certified twice")
        #expect(competed.count == won.count || Set(competed.map(\.id)).count == min(1, won.count))
        #expect(
            certified.filter { $0.run != "shared" }.compactMap { $0.dataID["detector"]?.description }.sorted()
                == reports.flatMap(\.certified).map { "\($0)" }.sorted()
        )
        let rows = try await butler.read { connection in
            let tables = try connection.tableNames().filter { $0.hasPrefix("dataset_calibs_") }
            return try tables.map { try connection.integer("SELECT COUNT(*) FROM \(table: $0)") ?? 0 }.reduce(0, +)
        }
        #expect(Int(rows) == won.count + reports.flatMap(\.certified).count)
        let children = try await butler.collections.info("chain").children
        #expect(Set(children).count == children.count)
        #expect(children.sorted() == reports.flatMap(\.chained).sorted())
    }

    private static func show(_ backend: TestBackend, _ reports: [WriterReport], _ seconds: Double) {
        let times = reports.flatMap(\.milliseconds).sorted()
        func share(_ part: Double) -> Int { Int(times[min(times.count - 1, Int(Double(times.count) * part))]) }
        let waits = reports.map(\.waits).reduce(0, +)
        let refusals = reports.flatMap { $0.refusals.values }.reduce(0, +)
        print(
            """
            \(backend): \(writers) programs × \(operations) operations in \(Int(seconds * 10)) tenths of a second: \
            \(Int(Double(times.count) / seconds)) a second, median \(share(0.5)) ms, 95 % below \(share(0.95)) ms, \
            longest \(share(1)) ms; \(waits) waits for locks of 50 ms and more, \
            longest \(Int(reports.map(\.longestWait).max() ?? 0)) ms; \(refusals) conflicts refused
            """
        )
    }
}
