import AstroTime
import ObservationMetadata
import StewardCore
import Testing

@testable import Instruments

@Suite struct VisitTests {
    private func exposure(
        _ id: Int64,
        target: String? = "t",
        azimuth: Double? = 10,
        seq: (number: Int64, start: Int64, end: Int64)? = nil
    ) -> ExposureSummary {
        let begin = TAI(nanoseconds: 1_700_000_000_000_000_000 + id * 1_000_000_000)
        var exposure = ExposureSummary(
            instrument: "Cam",
            id: id,
            obsID: "obs\(id)",
            dayObs: 20_231_114,
            group: "g\(id / 10)",
            physicalFilter: "f",
            begin: begin,
            end: begin.advanced(bySeconds: 1)
        )
        exposure.targetName = target
        exposure.observationReason = target
        exposure.azimuth = azimuth
        exposure.exposureTime = 1
        exposure.seqNum = seq?.number ?? id
        exposure.seqStart = seq?.start ?? id
        exposure.seqEnd = seq?.end ?? id
        exposure.trackingRA = 1
        exposure.trackingDec = 2
        exposure.skyAngle = 3
        return exposure
    }

    private func target(_ targets: [String?]) throws -> String? {
        let exposures = targets.enumerated().map { exposure(Int64($0), target: $1) }
        return try #require(Visit(1, "v", [.oneToOne], exposures)).targetName
    }

    @Test("the common value forgets a difference when the next exposure comes")
    func commonValue() throws {
        #expect(try target(["A", "A"]) == "A")
        #expect(try target(["A", "B"]) == nil)
        #expect(try target(["A", "B", "B"]) == "B")
        #expect(try target(["A", "B", "C"]) == "C")
        #expect(try target(["A", nil, "A"]) == nil)
        let visit = try #require(Visit(1, "v", [.oneToOne], [exposure(1, target: "A"), exposure(2, target: "B")]))
        #expect(visit.observationReason == "various")
    }

    @Test("azimuths are averaged on the circle; one alone stays as it is; a missing one makes none")
    func azimuth() throws {
        func mean(_ angles: [Double?]) throws -> Double? {
            let exposures = angles.enumerated().map { exposure(Int64($0), azimuth: $1) }
            return try #require(Visit(1, "v", [.oneToOne], exposures)).azimuth
        }
        #expect(try mean([350, 20]) == 4.999999999999998)
        #expect(try mean([180, 200]) == -170.0)
        #expect(try mean([190]) == 190)
        #expect(try mean([190, nil]) == nil)
        #expect(try mean([nil]) == nil)
    }

    @Test("exposures without boresight or rotation, or known not to see the sky, make no visit")
    func candidates() {
        var blind = exposure(1)
        blind.canSeeSky = false
        var lost = exposure(2)
        lost.trackingDec = nil
        var unrotated = exposure(3)
        unrotated.skyAngle = nil
        var unknown = exposure(4)
        unknown.canSeeSky = nil
        let candidates = VisitCandidates([blind, lost, unrotated, unknown])
        #expect(candidates.usable.map(\.id) == [4])
        #expect(candidates.rejected.map(\.exposure.id) == [1, 2, 3])
        #expect(candidates.rejected.map(\.reason).allSatisfy { !$0.isEmpty })
    }

    @Test("a sequence without its first exposure makes single visits and a remark")
    func headless() throws {
        let plan = try VisitGrouping.oneToOneAndByCounter.visits(
            of: [exposure(349, seq: (349, 348, 349))],
            numbering: .digits
        )
        #expect(plan.visits.map(\.id) == [349])
        #expect(plan.visits.map(\.systems) == [[.oneToOne]])
        #expect(plan.remarks.count == 1)
    }

    @Test("the first exposure of a sequence alone makes both visits")
    func incomplete() throws {
        let plan = try VisitGrouping.oneToOneAndByCounter.visits(
            of: [exposure(348, seq: (348, 348, 349))],
            numbering: .digits
        )
        #expect(plan.visits.map(\.id) == [348, 9348])
        #expect(plan.visits.map(\.name) == ["obs348", "obs348_first"])
        #expect(plan.visits.map(\.systems) == [[.bySequenceStartEnd], [.oneToOne]])
        #expect(plan.remarks.isEmpty)
    }

    @Test("exposures of two cameras are refused")
    func twoInstruments() {
        var other = exposure(2)
        other.instrument = "Other"
        #expect(throws: ButlerError(.invalidArgument, "")) {
            try VisitGrouping.oneToOne.visits(of: [exposure(1), other], numbering: .digits)
        }
    }

    @Test("the grouping follows the systems that a repository has")
    func existing() {
        #expect(VisitGrouping(existing: [.oneToOne]) == .oneToOne)
        #expect(VisitGrouping(existing: [.oneToOne, .bySequenceStartEnd]) == .oneToOneAndByCounter)
        #expect(VisitGrouping(existing: [.byGroupMetadata]) == .byGroupMetadata)
        #expect(VisitGrouping(existing: []) == nil)
    }

    @Test(
        "names of groups become the reference's numbers",
        arguments: [
            ("2022-04-06T02:58:07.181", 2_291_434_871_810_000), ("2022-04-06T03:01:01.500+7", 2_291_436_615_000_007),
            ("2022-04-06T03:01:01.500#7", 2_291_436_615_000_007), ("12345", 12_345),
            ("test_group", 5_045_723_704_127_994_810),
        ] as [(String, Int64)]
    )
    func groupNumbers(_ group: String, _ number: Int64) throws {
        #expect(try GroupNumbering.lsst.number(of: group) == number)
    }

    @Test("digits of a group's name are one number, unless there are none or too many")
    func digits() throws {
        #expect(try GroupNumbering.digits.number(of: "2022-04-06T02:58:07.181") == 20_220_406_025_807_181)
        #expect(throws: ButlerError(.dimensionValue, "")) { try GroupNumbering.digits.number(of: "none") }
        #expect(throws: ButlerError(.dimensionValue, "")) {
            try GroupNumbering.digits.number(of: String(repeating: "9", count: 20))
        }
    }
}
