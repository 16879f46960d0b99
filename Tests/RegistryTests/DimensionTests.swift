import AstroTime
import Databases
import Datasets
import Dimensions
import Registry
import SphericalGeometry
import StewardCore
import Testing

@Suite struct DimensionTests {
    /// The records of one exposure and the visit made of it, in no useful order.
    static func observation(_ repository: TestRepository) throws -> [DimensionRecord] {
        let span = Timespan(beginNanoseconds: 1_735_693_200_000_000_000, endNanoseconds: 1_735_693_230_000_000_000)
        let region = try Region(
            base64:
                "cFtqsH3YZO8/0KbDb3Mkxj8CgcK41k+2v6NxK7zjSu8/BKQBBKNUyD8CgcK41k+2vzOwd/szY+8/tPh6i/JExz8oUWptj9uxvw=="
        )
        return [
            try repository.record(
                "visit_detector_region",
                ["instrument": "Cam1", "visit": 10, "detector": 1, "region": .region(region)]
            ),
            try repository.record("visit_definition", ["instrument": "Cam1", "visit": 10, "exposure": 10]),
            try repository.record(
                "visit_system_membership",
                ["instrument": "Cam1", "visit": 10, "visit_system": 0]
            ),
            try repository.record("visit_system", ["instrument": "Cam1", "id": 0, "name": "one-to-one"]),
            try repository.record(
                "visit",
                [
                    "instrument": "Cam1", "id": 10, "day_obs": 20_250_101, "physical_filter": "Cam1-G", "name": "ten",
                    "exposure_time": .real(30), "region": .region(region), "timespan": .timespan(span),
                ]
            ),
            try repository.record(
                "exposure",
                [
                    "instrument": "Cam1", "id": 10, "day_obs": 20_250_101, "group": "g1",
                    "physical_filter": "Cam1-G", "obs_id": "ten", "seq_num": 5, "exposure_time": .real(30),
                    "has_simulated": .bool(false), "can_see_sky": .bool(true), "timespan": .timespan(span),
                ]
            ),
            try repository.record("group", ["instrument": "Cam1", "name": "g1"]),
            try repository.record(
                "day_obs",
                [
                    "instrument": "Cam1", "id": 20_250_101,
                    "timespan": .timespan(
                        Timespan(
                            beginNanoseconds: 1_735_732_800_000_000_000,
                            endNanoseconds: 1_735_819_200_000_000_000
                        )
                    ),
                ]
            ),
        ]
    }

    @Test("a whole observation is inserted in the right order and read back equal", arguments: CollectionTests.formats)
    func roundTrip(format: RegistryFormat) async throws {
        try await TestRepository.with(format: format) { repository in
            try await repository.addCamera()
            let records = try Self.observation(repository)
            try await repository.write { try $0.dimensions.insert(records, on: $1) }
            let other = try await repository.reopened(readOnly: true)
            for record in records {
                let stored = try await other.read {
                    try $0.dimensions.records(of: record.element, keys: [record.key], on: $1)[record.key]
                }
                #expect(stored == record)
            }
            try await other.database.close()
        }
    }

    @Test("every element's records survive, with all kinds of fields")
    func skymap() async throws {
        try await TestRepository.with { repository in
            try await repository.addCamera()
            let hash = try await repository.rows("SELECT hash FROM skymap", [.text])
            #expect(hash == ["\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJw==\""])
            let skymap = try await repository.read { tables, connection in
                try tables.dimensions.all(of: try tables.universe.element("skymap"), on: connection).records
            }
            #expect(skymap.first?["hash"] == .bytes(Array(0..<40)))
        }
    }

    @Test("regions are indexed by the pixels of the reference's envelope")
    func overlaps() async throws {
        try await TestRepository.with { repository in
            try await repository.addCamera()
            let tract = try repository.record(
                "tract",
                ["skymap": "sky1", "id": 7, "region": .region(try Self.square())]
            )
            try await repository.write { try $0.dimensions.insert([tract], on: $1) }
            let pixels: [Int64] = [131938, 131945, 131946, 131947, 131948, 131949, 131951, 131953]
            let rows = try await repository.rows(
                "SELECT skypix_system, skypix_level, skymap, tract, skypix_index FROM tract_skypix_overlap ORDER BY 5",
                [.text, .integer, .text, .integer, .integer]
            )
            #expect(rows == pixels.map { "\"htm\" 7 \"sky1\" 7 \($0)" })
            #expect(try await repository.integer("SELECT COUNT(*) FROM patch_skypix_overlap_summary") == 1)
            #expect(try await repository.integer("SELECT COUNT(*) FROM visit_skypix_overlap_summary") == 1)
            #expect(
                try await repository.integer("SELECT COUNT(*) FROM visit_detector_region_skypix_overlap_summary") == 1
            )

            // Replacing the region replaces the rows; a record without one has none.
            let bare = try repository.record("tract", ["skymap": "sky1", "id": 7])
            try await repository.write { try $0.dimensions.insert([bare], onExisting: .replace, on: $1) }
            #expect(try await repository.integer("SELECT COUNT(*) FROM tract_skypix_overlap") == 0)
            let outcome = try await repository.write { try $0.dimensions.sync([tract], updating: true, on: $1) }
            #expect(
                outcome == [.updated([FieldDifference(field: "region", stored: .null, given: tract.values[2])])]
            )
            #expect(try await repository.integer("SELECT COUNT(*) FROM tract_skypix_overlap") == 8)
            // Skipping leaves both as they are, even if the region is another one.
            let elsewhere = try repository.record(
                "tract",
                [
                    "skymap": "sky1", "id": 7,
                    "region": .region(.circle(Circle(point: UnitVector3D(normalized: 0, 0, 1)))),
                ]
            )
            try await repository.write {
                try $0.dimensions.insert([tract, elsewhere], onExisting: .skip, on: $1)
            }
            #expect(try await repository.integer("SELECT COUNT(*) FROM tract_skypix_overlap") == 8)
            try await repository.write {
                try $0.dimensions.insert([elsewhere, tract], onExisting: .replace, on: $1)
            }
            #expect(try await repository.integer("SELECT COUNT(*) FROM tract_skypix_overlap") == 8)
        }
    }

    /// The square from (9.5, −5.5) to (10.5, −4.5) degrees.
    static func square() throws -> Region {
        let corners = try [(9.5, -5.5), (10.5, -5.5), (10.5, -4.5), (9.5, -4.5)].map {
            UnitVector3D(try LonLat(degrees: $0.0, $0.1))
        }
        return .polygon(try ConvexPolygon(hullOf: corners))
    }

    @Test("any text can be a value", arguments: ["'; DROP TABLE dataset; --", "\"q\" `x`", "ünï 漢字", "a\\%_*?[b]"])
    func oddValues(text: String) async throws {
        try await TestRepository.with { repository in
            let value = DimensionRecord.FieldValue.string(text)
            let records = [
                try repository.record("instrument", ["name": value, "class_name": value]),
                try repository.record("detector", ["instrument": value, "id": 1, "full_name": value, "raft": value]),
                try repository.record("physical_filter", ["instrument": value, "name": value, "band": value]),
                try repository.record("group", ["instrument": value, "name": value]),
            ]
            let type = try repository.type("grp", ["group", "detector", "physical_filter"], text, isCalibration: true)
            let dataID = try DataCoordinate(
                ["instrument": .string(text), "detector": 1, "physical_filter": .string(text), "group": .string(text)],
                for: type.dimensions
            )
            let ref = DatasetRef(type, dataID, run: text)
            try await repository.write { tables, connection in
                #expect(try tables.dimensions.sync(records, on: connection).allSatisfy { $0 == .inserted })
                #expect(try tables.dimensions.sync(records, on: connection).allSatisfy { $0 == .unchanged })
                try tables.datasetTypes.register(type, on: connection)
                try tables.collections.register(text, kind: .run, on: connection)
                try tables.collections.register("c" + text, kind: .calibration, on: connection)
                try tables.datasets.insert([ref], on: connection)
                try tables.datasets.certify([ref], in: "c" + text, validity: .all, on: connection)
                let expanded = try tables.dimensions.expand([dataID], on: connection)
                #expect(expanded[0]["band"] == .string(text))
                let record = try tables.datasetTypes.record("grp", on: connection)
                let search = try tables.collections.flatten(["c" + text], on: connection)
                let found = try tables.datasets.find(record, dataID, in: search, timespan: .all, on: connection)
                #expect(found?.ref == ref)
                let summary = try tables.datasets.summaries(of: search, on: connection)
                #expect(summary["c" + text]?.governors == ["instrument": [text]])
            }
            #expect(try await repository.integer("SELECT COUNT(*) FROM dataset") == 1)
        }
    }

    @Test("overlaps with another pixelisation stop spatial writes")
    func otherPixels() async throws {
        try await TestRepository.with { repository in
            try await repository.addCamera()
            try await repository.write { _, connection in
                try connection.execute("INSERT INTO tract_skypix_overlap_summary VALUES ('healpix', 5, 'sky1')")
            }
            let other = try await repository.reopened()
            let tract = try repository.record("tract", ["skymap": "sky1", "id": 9])
            await #expect(throws: ButlerError(.incompatibleRepository, "")) {
                try await other.write { try $0.dimensions.insert([tract], on: $1) }
            }
            try await other.database.close()
        }
    }

    @Test("synchronising a detector gives the reference's answers")
    func sync() async throws {
        try await TestRepository.with { repository in
            try await repository.addCamera()
            func detector(_ raft: String) throws -> DimensionRecord {
                try repository.record(
                    "detector",
                    ["instrument": "Cam1", "id": 1, "full_name": "A1", "raft": .string(raft), "purpose": "SCIENCE"]
                )
            }
            let (same, changed) = (try detector("A"), try detector("B"))
            #expect(try await repository.write { try $0.dimensions.sync([same], on: $1) } == [.unchanged])
            let error = try await butlerError {
                try await repository.write { _ = try $0.dimensions.sync([changed], on: $1) }
            }
            #expect(error.code == .conflictingDefinition)
            #expect(error.message.contains("{instrument: 'Cam1', detector: 1}"))
            #expect(error.context == [.init("raft", "stored \"A\", given \"B\"")])
            let differences = try await repository.read { try $0.dimensions.differences([changed, same], on: $1) }
            #expect(differences == [[FieldDifference(field: "raft", stored: "A", given: "B")], []])
            let outcome = try await repository.write { try $0.dimensions.sync([changed], updating: true, on: $1) }
            #expect(outcome == [.updated([FieldDifference(field: "raft", stored: "A", given: "B")])])

            // The memory of cached elements follows.
            let stored = try await repository.read { tables, connection in
                try tables.dimensions.all(of: try tables.universe.element("detector"), on: connection).records[0]
            }
            #expect(stored["raft"] == "B")
            let fifth = try repository.record("detector", ["instrument": "Cam1", "id": 5, "full_name": "A1"])
            let taken = try await butlerError {
                try await repository.write { _ = try $0.dimensions.sync([fifth], on: $1) }
            }
            #expect(taken.code == .conflictingDefinition)
            #expect(taken.message.contains("full_name"))
        }
    }

    @Test("mixed records come back with one outcome each, in the order given")
    func syncMany() async throws {
        try await TestRepository.with { repository in
            try await repository.addCamera()
            let records = try Self.observation(repository)
            let first = try await repository.write { try $0.dimensions.sync(records, on: $1) }
            #expect(first == records.map { _ in .inserted })
            let again = try await repository.write { try $0.dimensions.sync(records + records, on: $1) }
            #expect(again == (records + records).map { _ in .unchanged })
            #expect(try await repository.integer("SELECT COUNT(*) FROM visit_skypix_overlap") ?? 0 > 0)
        }
    }

    @Test("what exists already, and what is referred to but missing, is told")
    func refused() async throws {
        try await TestRepository.with { repository in
            try await repository.addCamera()
            let orphan = try repository.record("group", ["instrument": "Cam2", "name": "g"])
            let twice = try repository.record("instrument", ["name": "Cam1"])
            for record in [orphan, twice] {
                let error = try await butlerError {
                    try await repository.write { try $0.dimensions.insert([record], on: $1) }
                }
                #expect(error.code == .integrity)
                #expect(error.message.contains("\"\(record.element.name)\""))
            }
            let band = try repository.record("band", ["name": "z"])
            let error = try await butlerError {
                try await repository.write { try $0.dimensions.insert([band], on: $1) }
            }
            #expect(error.code == .invalidArgument)
            #expect(error.remedy?.contains("physical_filter") == true)
            try await repository.write { try $0.dimensions.insert([twice], onExisting: .skip, on: $1) }
        }
    }

    @Test("data IDs are expanded in bulk with the values their records imply")
    func expand() async throws {
        try await TestRepository.with { repository in
            try await repository.addCamera()
            let records = try Self.observation(repository)
            try await repository.write { try $0.dimensions.insert(records, on: $1) }
            let group = try repository.universe.group(["visit", "detector"])
            let dataIDs = try (1...4).map {
                try DataCoordinate(["instrument": "Cam1", "visit": 10, "detector": .int($0)], for: group)
            }
            let expanded = try await repository.read { try $0.dimensions.expand(dataIDs, on: $1) }
            #expect(expanded.allSatisfy { $0.isFull })
            #expect(expanded[0]["band"] == "g")
            #expect(expanded[0]["day_obs"] == 20_250_101)
            #expect(expanded[3].records?[try repository.universe.element("detector")]?["full_name"] == "A4")
            let overlap = try repository.universe.element("visit_detector_region")
            #expect(expanded[0].records?[overlap] != nil)
            #expect(expanded[1].records?[overlap] == nil)
            let coadd = try repository.universe.group(["band", "tract"])
            let known = try DataCoordinate(["band": "r", "skymap": "sky1", "tract": 0], for: coadd)
            #expect(try await repository.read { try $0.dimensions.expand([known], on: $1)[0].records?.all.count } == 3)
        }
    }

    @Test("data IDs that cannot be are told apart")
    func expandErrors() async throws {
        try await TestRepository.with { repository in
            try await repository.addCamera()
            let records = try Self.observation(repository)
            try await repository.write { try $0.dimensions.insert(records, on: $1) }
            let cases: [([String: DimensionValue], ButlerError.Code)] = [
                (["instrument": "Cam1", "detector": 9], .dataIDValue),
                (["instrument": "Cam2", "detector": 1], .dataIDValue),
                (["instrument": "Cam1", "visit": 11], .dataIDValue),
                (["band": "z", "skymap": "sky1", "tract": 0], .dataIDValue),
                (
                    [
                        "instrument": "Cam1", "visit": 10, "physical_filter": "Cam1-R1", "day_obs": 20_250_101,
                        "band": "r",
                    ], .inconsistentDataID
                ),
            ]
            for (values, code) in cases {
                let dataID = try repository.dataID(values)
                let error = try await butlerError {
                    _ = try await repository.read { try $0.dimensions.expand([dataID], on: $1).count }
                }
                #expect(error.code == code, "\(values)")
            }
        }
    }

    @Test("records are found by alternate keys and other facts")
    func lookups() async throws {
        try await TestRepository.with { repository in
            try await repository.addCamera()
            let records = try Self.observation(repository)
            try await repository.write { try $0.dimensions.insert(records, on: $1) }
            func find(
                _ element: String,
                _ fields: [String: DimensionRecord.FieldValue]
            ) async throws -> [DimensionRecord.FieldValue] {
                try await repository.read { tables, connection in
                    let element = try tables.universe.element(element)
                    return try tables.dimensions.records(of: element, matching: fields, on: connection)
                        .compactMap { $0[element.name] }
                }
            }
            #expect(try await find("detector", ["instrument": "Cam1", "full_name": "A3"]) == [3])
            #expect(try await find("detector", ["full_name": "Z"]) == [])
            #expect(try await find("exposure", ["obs_id": "ten"]) == [10])
            #expect(try await find("exposure", ["day_obs": 20_250_101, "seq_num": 5]) == [10])
            #expect(try await find("exposure", ["day_obs": 20_250_101, "can_see_sky": .bool(false)]) == [])
            #expect(try await find("visit", ["name": "ten' OR '1'='1"]) == [])
            #expect(try await find("band", ["band": "g"]) == ["g"])
            let error = try await butlerError { _ = try await find("detector", ["fullname": "A3"]) }
            #expect(error.code == .dimensionName)
            #expect(error.candidates == ["full_name"])
        }
    }

    @Test("records of cached elements are read again when one is missing, and after a rollback")
    func freshness() async throws {
        struct Stop: Error {}
        try await TestRepository.with { repository in
            try await repository.addCamera()
            let other = try await repository.reopened()
            let element = try repository.universe.element("detector")
            #expect(try await other.read { try $0.dimensions.all(of: element, on: $1).records.count } == 4)
            let fifth = try repository.record("detector", ["instrument": "Cam1", "id": 5, "full_name": "A5"])
            try await repository.write { try $0.dimensions.insert([fifth], on: $1) }
            let found = try await other.read {
                try $0.dimensions.records(of: element, keys: [["Cam1", 5]], on: $1)[["Cam1", 5]]
            }
            #expect(found == fifth)
            let sixth = try repository.record("detector", ["instrument": "Cam1", "id": 6, "full_name": "A6"])
            await #expect(throws: Stop.self) {
                try await other.write { tables, connection in
                    try tables.dimensions.insert([sixth], on: connection)
                    #expect(try tables.dimensions.all(of: element, on: connection).records.count == 6)
                    throw Stop()
                }
            }
            #expect(try await other.read { try $0.dimensions.all(of: element, on: $1).records.count } == 5)
            try await other.database.close()
        }
    }
}
