import Foundation
import Steward
import StewardCore
import StewardTesting
import Testing

/// Both directions with the reference on real repositories.
@Suite(.enabled(if: Reference.isPresent, "STEWARD_REFERENCE names no virtualenv with the reference"), .serialized)
struct InteropTests {
    @Test(
        "a repository made by the reference is read and written, and the reference agrees on every row",
        arguments: Reference.backends
    )
    func referenceFirst(backend: TestBackend) async throws {
        let folder = NSTemporaryDirectory() + "steward-interop-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let root = folder + "/repo"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        _ = try Reference.repository(["make", root] + [try backend.seedConfig(for: root)].compactMap { $0 })
        let butler = try await Butler.open(root, writeable: true)
        try await expectAgreement(butler, root)
        let stat = try await butler.datasetType("stat")
        let dataID = try await butler.dataID(["instrument": "Cam1", "visit": 12, "detector": 3], for: stat.dimensions)
        let ref = try await butler.put(
            try JSONValue(parsing: #"{"visit": 12, "text": "from steward: é #"}"#),
            as: stat,
            dataID,
            run: "steward/run"
        )
        try await butler.associate([ref], with: "u/a/tag")
        let bias = try await butler.datasetType("bias")
        let biasID = try await butler.dataID(["instrument": "Cam1", "detector": 2], for: bias.dimensions)
        let newBias = try await butler.put(
            try JSONValue(parsing: #"{"mean": 7.5}"#),
            as: bias,
            biasID,
            run: "steward/bias"
        )
        let range = try Timespan(
            begin: TAI("2026-01-01T00:00:00", format: .isot, scale: .tai),
            end: TAI("2027-01-01T00:00:00", format: .isot, scale: .tai)
        )
        try await butler.decertify(bias, in: "Cam1/calib", validity: range, dataIDs: [biasID])
        try await butler.certify([newBias], in: "Cam1/calib", validity: range)
        try await butler.collections.prependChain("u/a", ["steward/run"])
        try await expectAgreement(butler, root)
        let read = try Reference.repository(
            "read",
            root,
            "stat",
            #"{"instrument": "Cam1", "visit": 12, "detector": 3}"#,
            "u/a"
        )
        #expect(read["text"]?.string == "from steward: é #")
        try await expectClean(butler)
    }

    @Test(
        "a repository made by Steward is read and extended by the reference, and Steward sees it",
        arguments: Reference.backends
    )
    func stewardFirst(backend: TestBackend) async throws {
        let repository = try await TemporaryRepository(backend)
        let butler = try await repository.filled()
        let bias = try await butler.datasetType("bias")
        var refs: [DatasetRef] = []
        for detector in 0..<4 {
            let dataID = try await butler.dataID(bias, detector: Int64(detector))
            refs.append(
                try await butler.put(JSONValue.object(["n": .int(Int64(detector))]), as: bias, dataID, run: "u/bias")
            )
        }
        try await butler.collections.register("calib", .calibration, documentation: "certified by Steward")
        try await butler.certify(refs, in: "calib", validity: .all)
        try await butler.collections.register("all", .chained)
        try await butler.collections.redefineChain("all", ["calib", "u/bias"])
        try await expectAgreement(butler, repository.root)
        let added = try Reference.repository("extend", repository.root)
        let detector = try #require(added["detector"]?.int)
        let time = try Timespan(instant: TAI("2030-06-01T00:00:00", format: .isot, scale: .tai))
        let found = try await butler.find(
            "bias",
            ["instrument": "Cam1", "detector": .int(detector)],
            collections: ["calib"],
            timespan: time
        )
        #expect(found?.id.dashed == added["id"]?.string)
        try await expectAgreement(butler, repository.root)
        try await expectClean(butler)
    }

    /// Expects that a check finds nothing to mend.
    private func expectClean(_ butler: Butler) async throws {
        let outcome = try await butler.check(RepositoryCheck(comparesChecksums: true)) { finding in
            Issue.record("\(finding.kind) \(finding.subject): \(finding.message)")
        }
        #expect(outcome.isClean)
    }

    @Test(
        "the tables of a repository on PostgreSQL are those that the reference makes",
        .enabled(if: PostgreSQLServer.isAvailable, "no PostgreSQL server is installed")
    )
    func sameTables() async throws {
        let folder = NSTemporaryDirectory() + "steward-interop-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let (theirs, ours) = (folder + "/theirs", folder + "/ours")
        let backend = TestBackend.postgresql
        _ = try Reference.repository(["types", theirs] + [try backend.seedConfig(for: theirs)].compactMap { $0 })
        let types = try await Butler.open(theirs).datasetTypes()
        #expect(types.count == 7)
        try await Butler.create(ours, RepositoryCreation(seedConfig: backend.seedConfig(for: ours)))
        let butler = try await Butler.open(ours, writeable: true)
        let order = ["bias", "flat", "stat", "tab", "meta", "list_of", "packages_of"]
        for name in order {
            let type = try #require(types.first { $0.name == name })
            try await butler.register(
                try DatasetType(
                    name: name,
                    dimensions: butler.universe.group(type.dimensions.required.map(\.name)),
                    storageClass: type.storageClass,
                    isCalibration: type.isCalibration
                )
            )
        }
        let server = try #require(PostgreSQLServer.shared)
        let wanted = try server.definitions(of: TestBackend.namespace(of: theirs))
        let made = try server.definitions(of: TestBackend.namespace(of: ours))
        #expect(wanted.count > 300)
        #expect(Set(made).symmetricDifference(wanted).sorted() == [])
        #expect(made.count == wanted.count)
    }

    /// Compares everything that the reference sees with what Steward sees.
    private func expectAgreement(_ butler: Butler, _ root: String) async throws {
        let theirs = try Reference.repository("describe", root)
        let infos = try await butler.collections.query(["*"], includingChains: true).sorted { $0.name < $1.name }
        let ours = infos.map { info in
            JSONValue.array([
                .string(info.name), .string(info.kind.description), .array(info.children.map { .string($0) }),
                .string(info.documentation),
            ])
        }
        #expect(theirs["collections"] == .array(ours))
        let types = try await butler.datasetTypes()
        #expect(
            theirs["dataset_types"]
                == .array(
                    types.map { type in
                        .array([
                            .string(type.name), .array(type.dimensions.required.map { .string($0.name) }),
                            .string(type.storageClass), .bool(type.isCalibration),
                        ])
                    }
                )
        )
        let refs = try await butler.queryAllDatasets(["*"], collections: ["*"])
        let rows = Set(refs.map { "\($0.datasetType.name) \($0.run) \($0.id.dashed)" })
        let expected = (theirs["datasets"]?.array ?? []).compactMap { row -> String? in
            guard let cells = row.array, cells.count == 4 else { return nil }
            return [cells[0], cells[1], cells[2]].compactMap(\.string).joined(separator: " ")
        }
        #expect(rows == Set(expected))
        for member in theirs["records"]?.members ?? [] {
            let records = try await butler.queryDimensionRecords(member.key)
            #expect(records.count == member.value.array?.count, "\(member.key)")
            let shown = Set(records.map { Self.plain($0).text() })
            for row in member.value.array ?? [] { #expect(shown.contains(row.text()), "\(member.key): \(row.text())") }
        }
    }

    private static func plain(_ record: DimensionRecord) -> JSONValue {
        .array(
            record.values.map { value in
                switch value {
                case .null: .null
                case .int(let value): .int(value)
                case .real(let value): .double(value)
                case .string(let value): .string(value)
                case .bool(let value): .bool(value)
                case .bytes(let value): .string(Hexadecimal.encode(value))
                case .region(let value): .string(Hexadecimal.encode(value.encoded))
                case .timespan(let value): .array([.int(value.beginNanoseconds), .int(value.endNanoseconds)])
                }
            }
        )
    }
}
