import Foundation
import Steward
import StewardCore
import Testing

/// Two instruments and two sky maps in one repository: commands about one leave the other alone.
@Suite struct TwoInstrumentsTests {
    private static let definition = """
        name: OtherCam
        class_name: my.OtherCam
        extends: SimCam
        collections: {prefix: OtherCam}
        visits: {grouping: by-group-metadata}
        translator:
          name: OtherCam
          recognise: [{keyword: INSTRUME, equals: OtherCam}]
          properties: {instrument: {constant: OtherCam}, exposure_group: {text: "2026-03-10T23:00:00.001"}}
        """

    /// A repository with both cameras, raws of both in one folder, and two sky maps.
    private struct Place {
        let folder: TemporaryFolder
        let program: StewardProgram
        var root: String { folder.path + "/repo" }
        var raws: String { folder.path + "/raws" }

        init() async throws {
            folder = try TemporaryFolder()
            let definitions = folder.path + "/definitions"
            try FileManager.default.createDirectory(atPath: definitions, withIntermediateDirectories: true)
            try Data(TwoInstrumentsTests.definition.utf8).write(
                to: URL(fileURLWithPath: definitions + "/OtherCam.yaml")
            )
            program = StewardProgram(environment: ["STEWARD_INSTRUMENT_PATH": definitions])
            try program.create(root)
            try program.expect(["register-instrument", root, "SimCam", "OtherCam"])
            let night = RawFolder(raws)
            try night.write(exposures: 1...3, detectors: 2)
            try night.write(exposures: 2...5, detectors: 1, camera: "OtherCam")
            let butler = try await Butler.open(root, writeable: true)
            try await butler.insert(Self.skyMap("north", 7, latitude: 1.5, butler))
            try await butler.insert(Self.skyMap("south", 3, latitude: -30, butler))
        }

        /// A sky map with one tract of two patches, at longitudes 149 to 151 and 151 to 153.
        private static func skyMap(
            _ name: String,
            _ tract: Int64,
            latitude: Double,
            _ butler: Butler
        ) throws -> [DimensionRecord] {
            func polygon(_ from: Double, _ to: Double) throws -> DimensionRecord.FieldValue {
                let corners = [(from, latitude), (to, latitude), (to, latitude + 1.5), (from, latitude + 1.5)]
                return .region(
                    .polygon(
                        try ConvexPolygon(hullOf: corners.map { UnitVector3D(try LonLat(degrees: $0.0, $0.1)) })
                    )
                )
            }
            func record(_ element: String, _ fields: [String: DimensionRecord.FieldValue]) throws -> DimensionRecord {
                try DimensionRecord(
                    butler.universe.element(element),
                    fields.merging(["skymap": .string(name)]) { $1 }
                )
            }
            let patches = try (0..<2).map { index in
                let from = 149 + 2 * Double(index)
                return try record(
                    "patch",
                    [
                        "tract": .int(tract), "id": .int(Int64(index)), "cell_x": .int(Int64(index)), "cell_y": .int(0),
                        "region": polygon(from, from + 2),
                    ]
                )
            }
            return [
                try DimensionRecord(
                    butler.universe.element("skymap"),
                    [
                        "name": .string(name), "hash": .bytes(Array(name.utf8)), "tract_max": .int(tract + 1),
                        "patch_nx_max": .int(2), "patch_ny_max": .int(1),
                    ]
                ),
                try record("tract", ["id": .int(tract), "region": polygon(149, 153)]),
            ] + patches
        }

        func lines(_ arguments: [String]) throws -> [String] {
            try program.expect(arguments + ["--format", "csv"]).split(separator: "\n").dropFirst().map(String.init)
        }
    }

    @Test("raws of both go to their own runs, visits follow each camera's rule, and both sky maps are asked")
    func everything() async throws {
        let place = try await Place()
        let root = place.root
        let report = place.folder.path + "/report.json"
        try place.program.expect(["ingest-raws", root, place.raws, "-t", "copy", "-j", "2", "--report", report])
        let json = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: report)))
        #expect((json as? [String: Any])?["ingested"] as? Int == 10)
        #expect(try place.lines(["query-datasets", root, "raw", "--collections", "SimCam/raw/all"]).count == 6)
        #expect(try place.lines(["query-datasets", root, "raw", "--collections", "OtherCam/raw/all"]).count == 4)
        #expect(
            try place.lines(
                ["query-datasets", root, "raw", "--collections", "*", "--where", "instrument='OtherCam'"]
            ).count == 4
        )
        try place.program.expect(["define-visits", root, "SimCam"])
        #expect(try place.lines(["query-dimension-records", root, "visit"]).count == 3)
        try place.program.expect(["define-visits", root, "OtherCam"])
        #expect(try place.lines(["query-dimension-records", root, "visit"]).count == 4)
        #expect(
            try place.lines(
                ["query-dimension-records", root, "visit_definition", "--where", "instrument='OtherCam'"]
            ).count == 4
        )
        let again = try place.program.run(["define-visits", root, "SimCam"])
        #expect(again.errors.contains("Grouping one-to-one: 0 visits new, 3 unchanged"))
        #expect(try place.lines(["check-visits", root]).isEmpty)
        try skyMaps(place)
        try regions(place)
        let check = try place.program.run(["check-repo", root])
        #expect(check.output == "No problems were found.\n")
    }

    /// Patches by visit: exposures are at longitudes 150 + n / 2 and latitude 2.2, in the northern sky map only.
    private func skyMaps(_ place: Place) throws {
        func visits(_ instrument: String, _ skyMap: String, _ more: String = "") throws -> [String] {
            try place.lines(
                [
                    "query-data-ids", place.root, "visit", "patch", "--where",
                    "instrument='\(instrument)' AND skymap='\(skyMap)'\(more)",
                ]
            )
        }
        #expect(try Set(visits("SimCam", "north").map { $0.split(separator: ",")[0] }) == ["SimCam"])
        let first = try visits("SimCam", "north", " AND tract=7 AND patch=0")
        let second = try visits("SimCam", "north", " AND tract=7 AND patch=1")
        #expect(!first.isEmpty && !second.isEmpty)
        #expect(first.contains { $0.contains("2026031000001") } && !second.contains { $0.contains("2026031000001") })
        #expect(try visits("OtherCam", "north").count == 2, "one visit of all exposures covers both patches")
        #expect(try visits("SimCam", "south").isEmpty && visits("OtherCam", "south").isEmpty)
    }

    /// A visit that moves to the southern sky map, while the other camera's visit of the same number stays.
    private func regions(_ place: Place) throws {
        let table = place.folder.path + "/regions.csv"
        try Data(
            """
            visit,detector,region
            2026031000001,,POLYGON 149.5 -29.5 150 -29.5 150 -29
            2026031000001,0,149.5 -29.5 150 -29.5 150 -29
            2026031000001,1,149.5 -29.5 150 -29.5 150 -29
            2026031000001,2,149.5 -29.5 150 -29.5 150 -29
            2026031000001,3,149.5 -29.5 150 -29.5 150 -29
            """.utf8
        ).write(to: URL(fileURLWithPath: table))
        let command = ["update-dimension-regions", place.root, "SimCam", "--from", table]
        #expect(try place.program.run(command).errors.contains("Changed 1 visits"))
        #expect(try place.program.run(command).errors.contains("Changed 0 visits; 1 were in this form already"))
        func patches(_ skyMap: String) throws -> [String] {
            try place.lines(
                [
                    "query-data-ids", place.root, "visit", "patch", "--where",
                    "instrument='SimCam' AND skymap='\(skyMap)' AND visit=2026031000001",
                ]
            )
        }
        #expect(try patches("south").count == 1 && patches("north").isEmpty)
    }

    @Test("raws of a camera that is not registered are failures, those of the other are ingested")
    func unregistered() async throws {
        let folder = try TemporaryFolder()
        let root = folder.path + "/repo"
        try StewardProgram().create(root)
        try StewardProgram().expect(["register-instrument", root, "SimCam"])
        let night = RawFolder(folder.path + "/raws")
        try night.write(exposures: 1...2, detectors: 1)
        try night.write(exposures: 1...1, detectors: 1, camera: "DECam")
        let report = folder.path + "/report.txt"
        let outcome = try StewardProgram().run(["ingest-raws", root, night.path, "--report", report])
        #expect(outcome.status == 1)
        let text = try String(contentsOfFile: report, encoding: .utf8)
        #expect(text.hasPrefix("2 raws of 2 exposures ingested, 0 were there, 1 failures\n"))
        #expect(text.contains("DECam_1_0.fits"))
        let error = try StewardProgram().run(["ingest-raws", root, night.path, "--ingest-task", "my.Task"])
        #expect(error.status == 1 && error.errors.contains("my.Task"))
        let config = try StewardProgram().run(["ingest-raws", root, night.path, "-c", "failFast=True"])
        #expect(config.status == 1 && config.errors.contains("DECam_1_0.fits"))
        let usage = try StewardProgram().run(["ingest-raws", root, night.path, "-j", "0"])
        #expect(usage.status == 2)
    }
}
