import FITS
import Foundation
import Instruments
import Steward
import StewardCore
import StewardTesting
import Testing

/// Records of exposures from raws that are in the repository.
@Suite struct ExposureUpdateTests {
    private static let condition = "exposure.day_obs = 20260310"

    private func ingested(_ night: RawNight, observer: StatementRecorder? = nil) async throws -> Butler {
        try night.write(1...3, detectors: 2)
        let butler = try await night.open()
        _ = try await night.ingest(butler) { $0.mode = .direct }
        return try await Butler.open(night.root, writeable: true, observer: observer)
    }

    private func update(
        _ butler: Butler,
        collections: [String] = [],
        where condition: String = condition,
        _ change: (inout RawIngest.Options) -> Void = { _ in }
    ) async throws -> ExposureUpdate.Report {
        var options = RawIngest.Options()
        change(&options)
        return try await ExposureUpdate(butler, RawNight.camera(), catalog: RawNight.catalog, options: options)
            .run(collections: collections, where: condition)
    }

    /// Writes a file anew.
    private func rewrite(
        _ night: RawNight,
        _ number: Int64,
        _ detector: Int,
        as name: String? = nil,
        changes: [String: FITSValue?] = [:]
    ) throws {
        let name = name ?? "SC_\(number)_\(detector).fits"
        try FileManager.default.removeItem(atPath: "\(night.raws)/\(name)")
        try night.write(number, detector, name: name, changes: changes)
    }

    @Test("one raw of each exposure is read, and nothing is written when nothing differs")
    func unchanged() async throws {
        let night = try await RawNight()
        let recorder = StatementRecorder()
        let butler = try await ingested(night, observer: recorder)
        recorder.reset()
        let report = try await update(butler)
        #expect(report.exposures == 3 && report.files == 3)
        #expect(report.changes.isEmpty && report.failures.isEmpty)
        let writing = recorder.texts.filter { text in
            ["INSERT", "UPDATE", "DELETE", "BEGIN IMMEDIATE", "SAVEPOINT"].contains { text.hasPrefix($0) }
        }
        #expect(writing == [])
    }

    @Test("headers that have changed change the records; a dry run only says so")
    func changed() async throws {
        let night = try await RawNight()
        let butler = try await ingested(night)
        try rewrite(night, 2, 0, changes: ["OBJECT": "field 2", "AZSTART": 99.5])
        try rewrite(night, 3, 0, changes: ["DAYOBS": 20_260_309, "OBJECT": "other"])
        // Only the lowest detector of an exposure is read.
        try rewrite(night, 1, 1, changes: ["OBJECT": "not read"])
        let before = try await butler.column("target_name", of: "exposure")
        let rehearsal = try await update(butler, where: "exposure.seq_num = 2") { $0.isDryRun = true }
        #expect(rehearsal.exposures == 1)
        #expect(rehearsal.changes.map(\.element) == ["exposure"])
        #expect(rehearsal.changes.first?.fields?.map(\.field) == ["target_name", "azimuth"])
        #expect(rehearsal.changes.first?.fields?.first?.given == .string("field 2"))
        #expect(try await butler.column("target_name", of: "exposure") == before)

        let report = try await update(butler, where: "exposure.seq_num = 2")
        #expect(report.changes.count == 1 && report.failures.isEmpty)
        let targets = try await butler.queryDimensionRecords("exposure", orderBy: ["exposure"]).map {
            $0["target_name"]
        }
        #expect(targets == [.string("field 1"), .string("field 2"), .string("field 1")])
        let again = try await update(butler, where: "exposure.seq_num = 2")
        #expect(again.changes.isEmpty)
    }

    @Test("a number that is another one now is a failure, and the others go on")
    func strangers() async throws {
        let night = try await RawNight()
        let butler = try await ingested(night)
        try rewrite(night, 7, 0, as: "SC_1_0.fits")
        try rewrite(night, 2, 0, changes: ["OBJECT": "field 2"])
        try Data("no FITS".utf8).write(to: URL(fileURLWithPath: night.raws + "/SC_3_0.fits"))
        let report = try await update(butler)
        #expect(report.failures.map(\.stage) == [.open, .record])
        #expect(report.failures.last?.error.message.contains("SC_O_20260310_000007") == true)
        #expect(report.changes.map(\.exposure) == ["SC_O_20260310_000002"])
        #expect(report.error?.code == .partialFailure)
        #expect(try await butler.column("obs_id", of: "exposure").count == 3)
        let error = await failure { _ = try await update(butler) { $0.failsFast = true } }
        #expect(error != nil)
    }

    @Test("a blank condition, collections without raws and readers are refused or find nothing")
    func limits() async throws {
        let night = try await RawNight()
        let butler = try await ingested(night)
        #expect(await failure { _ = try await update(butler, where: " \n") }?.code == .invalidArgument)
        #expect(await failure { _ = try await update(butler, collections: ["nowhere"]) }?.code == .missingCollection)
        try await butler.collections.register("u/empty")
        #expect(try await update(butler, collections: ["u/empty"]).exposures == 0)
        let reader = try await Butler.open(night.root)
        #expect(await failure { _ = try await update(reader) }?.code == .readOnly)
        #expect(try await update(reader) { $0.isDryRun = true }.exposures == 3)
    }
}
