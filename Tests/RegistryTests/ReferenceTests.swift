import AstroTime
import Databases
import Datasets
import Dimensions
import Foundation
import Registry
import SphericalGeometry
import StewardCore
import StewardTesting
import Testing

extension Reference {
    /// Runs the peer script of registries, and returns the lines it prints.
    @discardableResult
    fileprivate static func registry(_ arguments: String...) throws -> [String] { try registry(arguments) }

    /// Runs the peer script of registries, and returns the lines it prints.
    @discardableResult
    fileprivate static func registry(_ arguments: [String]) throws -> [String] {
        try peer("registry_peer.py", arguments).split(separator: "\n").map(String.init)
    }
}

@Suite("Registry and the reference", .enabled(if: Reference.backends.contains(.current)), .serialized)
struct ReferenceTests {
    private static let triangle =
        "cFtqsH3YZO8/0KbDb3Mkxj8CgcK41k+2v6NxK7zjSu8/BKQBBKNUyD8CgcK41k+2vzOwd/szY+8/tPh6i/JExz8oUWptj9uxvw=="

    @Test(
        "a repository of the reference is read and written, and the reference agrees on every row",
        arguments: [
            ("default", "current"), ("default", "names"), ("0", "current"), ("2", "timestamps"), ("5", "names"),
            ("6", "current"), ("7", "current"),
        ]
    )
    func madeByReference(universe: String, variant: String) async throws {
        let folder = try newFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let made = folder + "/repository"
        try Reference.registry(
            ["make", made, universe, variant] + [TestBackend.current.seedConfig(for: made)].compactMap { $0 }
        )
        let repository = try await TestRepository.open(made)
        #expect((repository.tables.schema.format.collectionKeys == .names) == (variant == "names"))
        #expect((repository.tables.schema.format.ingestDates == .timestamps) == (variant == "timestamps"))
        #expect(try await describe(repository) == Reference.registry("describe", made))
        try await extend(repository)
        #expect(try await describe(repository) == Reference.registry("describe", made))
        try Reference.registry("extend", made)
        #expect(try await describe(repository) == Reference.registry("describe", made))
        try await checkPixels(repository)
        try await repository.database.close()
    }

    @Test(
        "a repository of Steward is read and written by the reference",
        arguments: [("default", RegistryFormat.current), ("0", .current), ("6", .current)]
    )
    func madeBySteward(universe: String, format: RegistryFormat) async throws {
        let name = universe == "default" ? "default" : "universe\(universe)"
        let definition = try ReferenceSchema(named: name).universe
        try await TestRepository.with(universe: definition, format: format) { repository in
            let datastore = """
                datastore:
                  cls: lsst.daf.butler.datastores.fileDatastore.FileDatastore
                  records:
                    table: file_datastore_records
                  root: <butlerRoot>

                """
            let seed = try TestBackend.current.seedConfig(for: repository.folder)
            let registry = try seed.map { try String(contentsOfFile: $0, encoding: .utf8) }
            let configuration = datastore + (registry ?? "registry:\n  db: sqlite:///<butlerRoot>/gen3.sqlite3\n")
            try configuration.write(toFile: repository.folder + "/butler.yaml", atomically: true, encoding: .utf8)
            try await fill(repository)
            try await extend(repository)
            #expect(try await describe(repository) == Reference.registry("describe", repository.folder))
            try Reference.registry("extend", repository.folder)
            #expect(try await describe(repository) == Reference.registry("describe", repository.folder))
            try await checkPixels(repository)
        }
    }

    private func newFolder() throws -> String {
        let folder = FileManager.default.temporaryDirectory.appending(path: "steward-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return folder
    }

    /// What the script's `make` writes.
    private func fill(_ repository: TestRepository) async throws {
        var records = [
            try repository.record("instrument", ["name": "Cam1", "detector_max": 9]),
            try repository.record("physical_filter", ["instrument": "Cam1", "name": "Cam1-G", "band": "g"]),
            try repository.record("skymap", ["name": "sky", "hash": .bytes(Array(0..<40))]),
        ]
        for detector in Int64(1)...4 {
            records.append(
                try repository.record(
                    "detector",
                    ["instrument": "Cam1", "id": .int(detector), "full_name": .string("A\(detector)")]
                )
            )
        }
        let bias = try repository.type("bias", ["instrument", "detector"], isCalibration: true)
        let refs = try repository.refs(bias, run: "r'1", detectors: 1...2)
        try await repository.write { [records] tables, connection in
            try tables.dimensions.insert(records, on: connection)
            try tables.datasetTypes.register(bias, on: connection)
            for (name, kind) in [("r'1", .run), ("tags", .tagged), ("calibs", .calibration), ("chain", .chained)]
                as [(String, CollectionKind)]
            {
                try tables.collections.register(name, kind: kind, documentation: "of \(kind)", on: connection)
            }
            try tables.collections.change(.redefine, "chain", ["tags", "r'1"], on: connection)
            try tables.datasets.insert(refs, on: connection)
            try tables.datasets.associate([refs[0]], with: "tags", on: connection)
            let validity = Timespan(beginNanoseconds: 1_000, endNanoseconds: 2_000)
            try tables.datasets.certify(refs, in: "calibs", validity: validity, on: connection)
        }
    }

    /// Adds something of everything beside what either program has made.
    private func extend(_ repository: TestRepository) async throws {
        let none = try repository.type("packages", [])
        let coadd = try repository.type("coadd", ["patch", "band"])
        let bias = try repository.type("bias", ["instrument", "detector"], isCalibration: true)
        let region = DimensionRecord.FieldValue.region(try Region(base64: Self.triangle))
        let records = [
            try repository.record("tract", ["skymap": "sky", "id": 6, "region": region]),
            try repository.record(
                "patch",
                ["skymap": "sky", "tract": 6, "id": 0, "cell_x": 1, "cell_y": 2, "region": region]
            ),
        ]
        let refs = try repository.refs(bias, run: "by/steward", detectors: 2...3)
        let dataID = try DataCoordinate(["skymap": "sky", "tract": 6, "patch": 0, "band": "g"], for: coadd.dimensions)
        let others = [
            DatasetRef(none, .empty(in: repository.universe), run: "by/steward"),
            DatasetRef(coadd, dataID, run: "by/steward"),
        ]
        try await repository.write { tables, connection in
            for type in [none, coadd] { try tables.datasetTypes.register(type, on: connection) }
            try tables.collections.register("by/steward", kind: .run, on: connection)
            #expect(try tables.dimensions.sync(records, on: connection) == [.inserted, .inserted])
            try tables.datasets.insert(refs + others, on: connection)
            try tables.datasets.associate([refs[1]], with: "tags", on: connection)
            try tables.datasets.decertify(
                "bias",
                in: "calibs",
                range: Timespan(beginNanoseconds: 1_400, endNanoseconds: 1_500),
                on: connection
            )
            let validity = Timespan(beginNanoseconds: 2_000, endNanoseconds: 4_102_444_800_000_000_000)
            try tables.datasets.certify(refs, in: "calibs", validity: validity, on: connection)
            try tables.collections.change(.prepend, "chain", ["by/steward"], on: connection)
        }
    }

    /// Both programs have stored the same region: the pixels must be the same.
    private func checkPixels(_ repository: TestRepository) async throws {
        func pixels(_ tract: Int) async throws -> [String] {
            try await repository.rows(
                """
                SELECT skypix_system, skypix_level, skypix_index FROM tract_skypix_overlap \
                WHERE tract = \(tract) ORDER BY 3
                """,
                [.text, .integer, .integer]
            )
        }
        let (theirs, ours) = (try await pixels(5), try await pixels(6))
        #expect(!theirs.isEmpty)
        #expect(theirs == ours)
    }

    // MARK: The script's `describe`

    private func describe(_ repository: TestRepository) async throws -> [String] {
        repository.tables.refresh()
        return try await repository.read { tables, connection in
            var lines: [String] = []
            let infos = try tables.collections.describe(.everything, withParents: true, on: connection)
            for info in infos {
                lines.append(
                    "collection \(info.name) \(info.kind) [\(info.children.joined(separator: ","))] "
                        + "[\((info.parents ?? []).joined(separator: ","))] \(info.documentation)"
                )
            }
            let search = try tables.collections.resolve(.everything, on: connection)
            for record in try tables.datasetTypes.all(on: connection) {
                let type = record.type
                lines.append(
                    "type \(type.name) [\(record.dimensionColumns.joined(separator: ","))] \(type.storageClass) "
                        + "\(type.isCalibration)"
                )
                for found in try tables.datasets.associations(of: record, in: search, on: connection) {
                    let values = found.ref.dataID.items.map { "\($0.dimension)=\($0.value)" }
                    let validity = found.validity.map { "\($0.beginNanoseconds):\($0.endNanoseconds)" } ?? "-"
                    lines.append(
                        "member \(type.name) \(found.collection) \(found.ref.run) \(found.ref.id.dashed) "
                            + "[\(values.joined(separator: ","))] \(validity)"
                    )
                }
            }
            for element in tables.universe.elements where element.hasTable {
                for record in try tables.dimensions.all(of: element, on: connection).records {
                    let fields = zip(element.fields, record.values).map { ($0.name, Self.text($1)) }
                        .sorted { $0.0 < $1.0 }.map { "\($0)=\($1)" }
                    lines.append("record \(element.name) \(fields.joined(separator: " "))")
                }
            }
            return lines.sorted { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }
        }
    }

    private static func text(_ value: DimensionRecord.FieldValue) -> String {
        switch value {
        case .null: "-"
        case .int(let value): String(value)
        case .real(let value): String(value)
        case .string(let value): value
        case .bool(let value): String(value)
        case .bytes(let value): Data(value).base64EncodedString()
        case .region(let value): value.base64
        case .timespan(let value): "\(value.beginNanoseconds):\(value.endNanoseconds)"
        }
    }
}
