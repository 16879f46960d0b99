import FITS
import Foundation
import Steward
import StewardCore
import StewardTesting
import Synchronization
import Testing

@testable import Instruments

/// Several programs that define visits of one repository at the same time, each with its own connections.
@Suite(.serialized, .timeLimit(.minutes(20))) struct ManyVisitWritersTests {
    private static let writers = 3

    /// Runs the definition of visits in several butlers at the same time.
    private func together(
        _ night: RawNight,
        _ change: @escaping @Sendable (inout VisitDefinition.Options) -> Void = { _ in }
    ) async throws -> [VisitDefinition.Report] {
        try await withThrowingTaskGroup(of: VisitDefinition.Report.self) { group in
            for _ in 0..<Self.writers {
                group.addTask {
                    let butler = try await Butler.open(night.root, writeable: true)
                    return try await night.defineVisits(butler, change)
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    private func findings(_ butler: Butler) async throws -> [String] {
        let found = Mutex<[String]>([])
        _ = try await butler.check { finding in found.withLock { $0.append("\(finding)") } }
        return found.withLock { $0 }
    }

    @Test("each visit is made once, with all its rows", arguments: TestBackend.available)
    func once(_ backend: TestBackend) async throws {
        let night = try await RawNight(backend)
        try night.write(1...40, detectors: 1)
        let butler = try await night.open()
        _ = try await night.ingest(butler)
        let reports = try await together(night)
        #expect(reports.map(\.inserted).reduce(0, +) == 40)
        #expect(reports.map { $0.inserted + $0.unchanged } == Array(repeating: 40, count: Self.writers))
        #expect(try await butler.queryDimensionRecords("visit").count == 40)
        #expect(try await butler.queryDimensionRecords("visit_definition").count == 40)
        #expect(try await butler.queryDimensionRecords("visit_system_membership").count == 40)
        #expect(try await butler.queryDimensionRecords("visit_detector_region").count == 160)
        #expect(try await night.defineVisits(butler).unchanged == 40)
        #expect(try await findings(butler) == [])
    }

    @Test("snaps that come while others define visits end in one visit", arguments: TestBackend.available)
    func incremental(_ backend: TestBackend) async throws {
        let night = try await RawNight(backend)
        for number: Int64 in 1...4 {
            try night.write(number, changes: ["SEQSTART": 1, "SEQEND": 4, "RA": 150.1])
        }
        let butler = try await night.open()
        let files = (1...4).map { "\(night.raws)/SC_\($0)_0.fits" }
        _ = try await night.ingest(butler, Array(files.prefix(1)))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 1..<4 {
                group.addTask {
                    let own = try await Butler.open(night.root, writeable: true)
                    _ = try await night.ingest(own, [files[number]])
                    _ = try await night.defineVisits(own) { options in
                        options.grouping = .oneToOneAndByCounter
                        options.isIncremental = true
                        options.condition = "exposure.seq_num = \(number + 1)"
                    }
                }
            }
            try await group.waitForAll()
        }
        let visits = try await butler.queryDimensionRecords(
            "visit",
            where: "instrument = 'SimCam' AND visit = 2026031000001"
        )
        #expect(visits.map { $0["exposure_time"] } == [.real(240)])
        let members = try await butler.queryDimensionRecords(
            "visit_definition",
            where: "instrument = 'SimCam' AND visit = 2026031000001"
        )
        #expect(members.count == 4)
        #expect(try await findings(butler) == [])
    }
}
