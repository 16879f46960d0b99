import Dimensions
import Foundation
import SphericalGeometry
import StewardCore
import StewardTesting
import Testing

@testable import Steward

/// The questions that relate the sky's tracts and patches to exposures, in both directions (`docs/queries.md`).
@Suite(.enabled(if: Reference.isPresent, "STEWARD_REFERENCE names no virtualenv with the reference"))
struct SkymapQuestionsTests {
    /// A question for data IDs.
    struct Question: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let dimensions: [String]
        let condition: String
        let group: String

        init(_ name: String, _ dimensions: [String], _ condition: String, in group: String = "spatial") {
            testDescription = name
            self.dimensions = dimensions
            self.condition = condition
            self.group = group
        }
    }

    private static let camera = "instrument = 'Cam1'"
    private static let sky = "skymap = 'SkyMap1'"
    private static let both = "\(camera) AND \(sky)"

    static let questions = [
        Question("images of a patch", ["visit", "detector"], "\(both) AND tract = 0 AND patch = 4"),
        Question(
            "images of a patch in a band",
            ["visit", "detector"],
            "\(both) AND tract = 1 AND patch = 2 AND band = 'r'"
        ),
        Question("visits of a tract", ["visit"], "\(both) AND tract = 0"),
        Question("visits of a tract in a band", ["visit"], "\(both) AND tract = 0 AND band = 'r'"),
        Question("patches of an image", ["tract", "patch"], "\(both) AND visit = 2 AND detector = 3"),
        Question("patches of a visit", ["tract", "patch"], "\(both) AND visit = 1"),
        Question("tracts of a visit", ["tract"], "\(both) AND visit = 2"),
        Question("tracts of an image", ["tract"], "\(both) AND visit = 2 AND detector = 4"),
        Question("patches of a tract", ["patch"], "\(sky) AND tract = 0"),
        Question("bands of a patch", ["band"], "\(both) AND tract = 1 AND patch = 2 AND visit > 0"),
        Question("patches and bands of a tract", ["patch", "band"], "\(both) AND tract = 0 AND visit > 0"),
        Question("patches at a point", ["patch"], "\(sky) AND patch.region OVERLAPS POINT(0.252, 0.926)"),
        Question(
            "images at a point",
            ["visit", "detector"],
            "\(camera) AND visit_detector_region.region OVERLAPS POINT(0.252, 0.926)"
        ),
        Question("patches in a cone", ["patch"], "\(sky) AND patch.region OVERLAPS REGION('CIRCLE 0.4 0.8 0.2')"),
        Question(
            "images in a cone and a band",
            ["visit", "detector"],
            "\(camera) AND band = 'r' AND visit_detector_region.region OVERLAPS REGION('CIRCLE 0.4 0.8 0.1')"
        ),
        Question(
            "patches in a polygon",
            ["patch"],
            "\(sky) AND patch.region OVERLAPS POLYGON(0.2, 0.2, 0.4, 0.2, 0.4, 0.4, 0.2, 0.4)"
        ),
        Question(
            "visits in a polygon",
            ["visit"],
            "\(camera) AND visit.region OVERLAPS POLYGON(0.2, 0.2, 0.4, 0.2, 0.4, 0.4, 0.2, 0.4)"
        ),
        Question(
            "images of patches in a cone",
            ["visit", "detector", "patch"],
            "\(both) AND patch.region OVERLAPS REGION('CIRCLE 0.4 0.8 0.2')"
        ),
        Question(
            "images of a tract of HSC",
            ["visit", "detector"],
            "instrument = 'HSC' AND skymap = 'discrete/ci_hsc' AND tract = 0",
            in: "ci_hsc"
        ),
        Question(
            "tracts of an image of HSC",
            ["tract"],
            "instrument = 'HSC' AND skymap = 'discrete/ci_hsc' AND visit = 903342 AND detector = 100",
            in: "ci_hsc"
        ),
    ]

    private static func text(_ row: JSONValue) -> String { GoldenValues.sorted(row).text() }

    /// What the reference answers to questions, in one process.
    private static func reference(_ questions: [Question]) throws -> [[String]] {
        let queries = questions.map { question -> JSONValue in
            let args: JSONValue = .object([
                "dimensions": .array(question.dimensions.map { .string($0) }), "where": .string(question.condition),
                "limit": .null, "explain": false,
            ])
            return .object(["repository": .string(question.group), "call": "data_ids", "args": args])
        }
        return try Reference.answers(to: queries, in: GoldenRepositories.shared.path).map { answer in
            try #require(answer["rows"]?.array, "\(answer)").map(text).sorted()
        }
    }

    /// What the reference answers to all questions, by name.
    private static let answers = Task {
        for group in Set(questions.map(\.group)) { _ = try await GoldenQueriesTests.butler(group) }
        return Dictionary(uniqueKeysWithValues: zip(questions.map(\.testDescription), try reference(questions)))
    }

    private static func answer(_ question: Question, _ butler: Butler) async throws -> [String] {
        try await butler.queryDataIDs(question.dimensions, where: question.condition)
            .map { text(GoldenValues.json($0)) }.sorted()
    }

    @Test("a question has the reference's rows", arguments: questions)
    func reference(_ question: Question) async throws {
        let butler = try await GoldenQueriesTests.butler(question.group)
        let wanted = try #require(try await Self.answers.value[question.testDescription])
        #expect(!wanted.isEmpty)
        #expect(try await Self.answer(question, butler) == wanted)
    }

    @Test("raw data are related to patches through the definition of visits, both ways")
    func raws() async throws {
        let group = try #require(try Golden.queries { $0 == "spatial" }.first)
        let root = try await GoldenRepositories.shared.fresh(group, as: "raws")
        let butler = try await Butler.open(root, writeable: true)
        let camera = DimensionRecord.FieldValue.string("Cam1")
        func record(_ element: String, _ fields: [String: DimensionRecord.FieldValue]) throws -> DimensionRecord {
            try DimensionRecord(butler.universe.element(element), fields.merging(["instrument": camera]) { $1 })
        }
        var records = [try record("group", ["name": .string("g")])]
        for visit in try await butler.queryDataIDs(["visit"], where: Self.camera) {
            let (number, day) = (try #require(visit["visit"]?.int), try #require(visit["day_obs"]?.int))
            let filter = try #require(visit["physical_filter"]?.string)
            for exposure in [10 * number, 10 * number + 1] {
                records.append(
                    try record(
                        "exposure",
                        [
                            "id": .int(exposure), "obs_id": .string("e\(exposure)"), "day_obs": .int(day),
                            "group": .string("g"), "physical_filter": .string(filter),
                        ]
                    )
                )
                records.append(try record("visit_definition", ["exposure": .int(exposure), "visit": .int(number)]))
            }
        }
        try await butler.insert(records)
        let questions = [
            Question(
                "exposures of a patch",
                ["exposure", "visit", "detector"],
                "\(Self.both) AND tract = 1 AND patch = 2",
                in: "raws"
            ),
            Question(
                "patches of a raw",
                ["tract", "patch"],
                "\(Self.both) AND exposure = 21 AND detector = 3 AND visit = 2",
                in: "raws"
            ),
        ]
        for (question, wanted) in zip(questions, try Self.reference(questions)) {
            #expect(!wanted.isEmpty)
            #expect(try await Self.answer(question, butler) == wanted, "\(question.testDescription)")
        }
        let images = try await butler.queryDataIDs(
            ["visit", "detector"],
            where: "\(Self.both) AND tract = 1 AND patch = 2"
        )
        let raws = try await butler.queryDataIDs(
            ["exposure", "detector"],
            where: "\(Self.both) AND tract = 1 AND patch = 2 AND visit > 0"
        )
        #expect(raws.count == 2 * images.count)
    }

    /// Records with regions, by the values of the dimensions that are asked for.
    private func regions(
        _ element: String,
        _ butler: Butler,
        where condition: String
    ) async throws -> [(DataCoordinate, Region)] {
        try await butler.queryDimensionRecords(element, where: condition).compactMap { record in
            guard case .region(let region)? = record["region"] else { return nil }
            return (record.dataID(in: butler.universe), region)
        }
    }

    @Test("images and patches are related exactly as their regions overlap, both ways and one by one")
    func exactness() async throws {
        let butler = try await GoldenQueriesTests.butler("spatial")
        let images = try await regions("visit_detector_region", butler, where: Self.camera)
        let patches = try await regions("patch", butler, where: Self.sky)
        try #require(images.count >= 8 && patches.count >= 8)
        let pairs = try await butler.queryDataIDs(["visit", "detector", "patch"], where: Self.both)
        func key(_ image: DataCoordinate, _ patch: DataCoordinate) -> [Int64?] {
            [image["visit"]?.int, image["detector"]?.int, patch["tract"]?.int, patch["patch"]?.int]
        }
        var wanted: Set<[Int64?]> = []
        for (image, first) in images {
            for (patch, second) in patches where first.overlaps(second).mayOverlap { wanted.insert(key(image, patch)) }
        }
        #expect(wanted.count < images.count * patches.count)
        #expect(Set(pairs.map { key($0, $0) }) == wanted)
        var forth: Set<[Int64?]> = []
        for (patch, _) in patches {
            let (tract, number) = (patch["tract"]?.int ?? 0, patch["patch"]?.int ?? 0)
            let rows = try await butler.queryDataIDs(
                ["visit", "detector"],
                where: "\(Self.both) AND tract = \(tract) AND patch = \(number)"
            )
            forth.formUnion(rows.map { key($0, patch) })
        }
        #expect(forth == wanted)
        var back: Set<[Int64?]> = []
        for (image, _) in images {
            let (visit, detector) = (image["visit"]?.int ?? 0, image["detector"]?.int ?? 0)
            let rows = try await butler.queryDataIDs(
                ["tract", "patch"],
                where: "\(Self.both) AND visit = \(visit) AND detector = \(detector)"
            )
            back.formUnion(rows.map { key(image, $0) })
        }
        #expect(back == wanted)
    }

    @Test("datasets of images are found by patch, and patches by dataset")
    func datasets() async throws {
        let butler = try await GoldenQueriesTests.butler("spatial")
        let condition = "\(Self.both) AND tract = 1 AND patch = 2"
        let refs = try await butler.queryDatasets("img", collections: ["*"], where: condition)
        let images = try await butler.queryDataIDs(["visit", "detector"], datasets: ["img"], where: condition)
        #expect(!refs.isEmpty && Set(refs.map(\.dataID)) == Set(images))
        let patches = try await butler.queryDataIDs(["tract", "patch"], datasets: ["img"], where: Self.both)
        let all = try await butler.queryDataIDs(["tract", "patch"], where: Self.sky)
        #expect(!patches.isEmpty && patches.count <= all.count)
        let bands = try await butler.queryDataIDs(
            ["band"],
            datasets: ["coadd"],
            where: "\(Self.sky) AND tract = 0 AND patch = 0"
        )
        #expect(bands.map { $0["band"]?.string } == ["g"])
    }

    @Test("the commands of docs/queries.md answer through the program")
    func commands() async throws {
        _ = try await GoldenQueriesTests.butler("spatial")
        let root = GoldenRepositories.shared.path + "/spatial"
        let page = (0..<4).reduce(URL(fileURLWithPath: #filePath)) { url, _ in url.deletingLastPathComponent() }
            .appendingPathComponent("docs/queries.md")
        let lines = try String(contentsOf: page, encoding: .utf8).split(separator: "\n")
        let commands = lines.filter { $0.hasPrefix("steward query-") }
        #expect(commands.count >= 8)
        for command in commands {
            let script =
                "steward() { '\(try Self.program)' \"$@\"; }; \(command.replacing("REPO", with: "'\(root)'")) --format json"
            let rows = try #require(try JSONValue(parsing: try Self.shell(script)).array, "\(command)")
            // This repository has no exposures.
            #expect(rows.isEmpty == command.contains("REPO exposure"), "\(command)")
        }
    }

    /// The program, which lies beside the tests.
    private static var program: String {
        get throws {
            var folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
            for _ in 0..<4 where !FileManager.default.isExecutableFile(atPath: folder.path + "/steward") {
                folder.deleteLastPathComponent()
            }
            let path = folder.path + "/steward"
            let root = (0..<4).reduce(URL(fileURLWithPath: #filePath)) { url, _ in url.deletingLastPathComponent() }
            let built = root.appendingPathComponent(".build/debug/steward").path
            return FileManager.default.isExecutableFile(atPath: path) ? path : built
        }
    }

    /// Standard output of a shell command that must succeed.
    private static func shell(_ text: String) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = ["-c", text]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(text)")
        return String(decoding: data, as: UTF8.self)
    }
}
