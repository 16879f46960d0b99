import Steward
import StewardCore

/// The questions of `reference_survey.py` on the repository of `survey_repository.py`.
enum SurveyQuestions {
    typealias Question = @Sendable (Butler) async throws -> Int

    private static let camera = "instrument='SurveyCam'"
    private static let sky = "skymap='tiles'"

    static let all: [(String, Question)] = [
        ("all raws", datasets("raw", "raw/all")),
        ("raws of a night", datasets("raw", "raw/all", "\(camera) AND day_obs=20260105")),
        ("images of a band, first", datasets("image", "survey", "band='r'")),
        ("all images", datasets("image", "survey", findFirst: false)),
        ("visit.detector x patch", dataIDs(["visit", "detector", "patch"], "\(camera) AND \(sky) AND tract=108")),
        ("visits of five tracts", dataIDs(["visit", "tract"], "\(camera) AND \(sky) AND tract IN (100..104)")),
        (
            "images at a point",
            datasets("image", "survey", "\(camera) AND visit_detector_region.region OVERLAPS POINT(12.3, -6.2)")
        ),
        (
            "newest exposures",
            {
                try await $0.queryDimensionRecords(
                    "exposure",
                    where: camera,
                    orderBy: ["-exposure.timespan.begin"],
                    limit: 20
                ).count
            }
        ),
        ("coadds of a tract", datasets("coadd", "coadds", "\(sky) AND tract=108", orderBy: ["patch", "band"])),
        ("200 single look-ups", singleFinds),
        ("200 calibration look-ups by time", calibrationFinds),
        (
            "bands of a type",
            { try await $0.queryDataIDs(["band"], datasets: ["image"], collections: ["survey"]).count }
        ),
        (
            "visits of a tract",
            dataIDs(
                ["visit"],
                "\(camera) AND \(sky) AND tract=108 AND visit_detector_region.region OVERLAPS patch.region"
            )
        ),
    ]

    /// Prints question, rows and the best milliseconds of three.
    static func run(_ root: String) async throws {
        let butler = try await Butler.open(root)
        for (name, ask) in all {
            var (best, rows) = (Double.infinity, 0)
            for _ in 0..<3 {
                let start = ContinuousClock.now
                rows = try await ask(butler)
                let time = ContinuousClock.now - start
                best = min(best, Double(time.components.seconds) * 1e3 + Double(time.components.attoseconds) * 1e-15)
            }
            print("\(name) | \(rows) | \(best)")
        }
    }

    private static func datasets(
        _ name: String,
        _ collection: String,
        _ condition: String = "",
        findFirst: Bool = true,
        orderBy order: [String] = []
    ) -> Question {
        { butler in
            try await butler.queryDatasets(
                name,
                collections: [collection],
                where: condition,
                findFirst: findFirst,
                orderBy: order
            ).count
        }
    }

    private static func dataIDs(_ dimensions: [String], _ condition: String) -> Question {
        { try await $0.queryDataIDs(dimensions, where: condition).count }
    }

    @Sendable private static func singleFinds(_ butler: Butler) async throws -> Int {
        var count = 0
        for n in 0..<200 {
            let values: [String: DimensionValue] = [
                "instrument": "SurveyCam", "visit": .int(202_601_010_000 + Int64(n % 20)),
                "detector": .int(Int64(n % 100)),
            ]
            _ = try await butler.find("image", values, collections: ["survey"])
            count += 1
        }
        return count
    }

    @Sendable private static func calibrationFinds(_ butler: Butler) async throws -> Int {
        let start = try TAI("2026-01-01T12:00:00", format: .isot, scale: .tai)
        var count = 0
        for n in 0..<200 {
            let values: [String: DimensionValue] = [
                "instrument": "SurveyCam", "detector": .int(Int64(n % 100)), "physical_filter": "r_01",
            ]
            let time = try Timespan(instant: start.advanced(bySeconds: Double(n) * 3600))
            _ = try await butler.find("flat", values, collections: ["calib"], timespan: time)
            count += 1
        }
        return count
    }
}
