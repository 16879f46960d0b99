import ButlerConfig
import Datasets
import Datastores
import Foundation
import Resources
import StewardCore
import Testing

@Suite struct PutGetTests {
    let test: TestDatastore

    init() throws {
        test = try TestDatastore([
            "templates": [
                "default":
                    "{run:/}/{datasetType}.{component:?}/{datasetType}_{component:?}_{instrument:?}_{detector:?}_{visit:?}_{run}"
            ]
        ])
    }

    private static let disassembling: ConfigTree = [
        "composites": ["disassembled": ["Composite": true]],
        "templates": [
            "default":
                "{run:/}/{datasetType}.{component:?}/{datasetType}_{component:?}_{instrument:?}_{detector:?}_{visit:?}_{run}"
        ],
    ]

    @Test("a put object has the record the reference would make, and reads back")
    func roundTrip() async throws {
        let ref = try test.bytes()
        let infos = try await test.put("mean: 101.1\n", ref)
        let info = try #require(infos.first)
        #expect(infos.count == 1 && test.files == ["r/b/b_Cam1_1_r.bin"])
        #expect(info.dataset == ref.id && info.path == "r/b/b_Cam1_1_r.bin" && info.component == nil)
        #expect(info.formatter == "test.BytesFormatter" && info.storageClass == "Bytes" && info.byteCount == 12)
        #expect(
            info.checksum == """
                a726ef0af21a05cb18bf72d8f08d067911fec0f2e04bad6f13ac6aaf62d11cf2b6d465c50473f627e3eef0a587084f1600228fe35\
                be6ed0db848a685965f6f53
                """
        )
        #expect(try await test.datastore.get(ref, infos) as? String == "mean: 101.1\n")
        #expect(test.datastore.name == "FileDatastore@<butlerRoot>")
        #expect(try test.datastore.location(of: info) == test.datastore.predictedLocation(of: ref))
    }

    @Test("checksums are left out when the configuration says so")
    func noChecksum() async throws {
        let test = try TestDatastore(["checksum": false])
        let info = try #require(try await test.put("x", try test.bytes()).first)
        #expect(info.checksum == nil && info.byteCount == 1)
    }

    @Test("a rolled back put leaves nothing, neither before nor after it was installed")
    func rollback() async throws {
        let datasets = try (1...9).map { NewDataset("text \($0)", try test.bytes("b", $0)) }
        let pending = try await test.datastore.prepare(datasets)
        #expect(test.files.count == 9 && test.files.allSatisfy { $0.contains(".tmp") })
        #expect(pending.rollback().isEmpty && test.files.isEmpty)
        let second = try await test.datastore.prepare(datasets)
        try second.install()
        #expect(test.files.count == 9 && !test.files.contains { $0.contains(".tmp") })
        #expect(second.rollback().isEmpty && test.files.isEmpty)
    }

    @Test("an abandoned put leaves nothing")
    func abandoned() async throws {
        _ = try await test.datastore.prepare([NewDataset("x", try test.bytes())])
        #expect(test.files.isEmpty)
    }

    @Test("an object of the wrong type or a failing formatter leaves nothing")
    func failures() async throws {
        let good = NewDataset("x", try test.bytes())
        let wrong = NewDataset(5, try test.bytes("b", 2))
        await #expect(throws: ButlerError(.storageClass, "")) { try await test.datastore.prepare([good, wrong]) }
        let failing = NewDataset(JSONValue.object([.init("fail", 1)]), try test.data.ref("d", ["detector"]))
        await #expect(throws: ButlerError(.fileAccess, "")) { try await test.datastore.prepare([good, failing]) }
        #expect(test.files.isEmpty)
    }

    @Test("a file without record is replaced, one of another dataset is not")
    func occupied() async throws {
        let ref = try test.bytes()
        try test.scratch.file("repo/r/b/b_Cam1_1_r.bin", "orphan")
        let infos = try await test.put("new", ref)
        #expect(try test.scratch.text("repo/r/b/b_Cam1_1_r.bin") == "new")
        let pending = try await test.datastore.prepare([NewDataset("newer", try test.bytes())])
        #expect(throws: ButlerError(.conflictingDefinition, "")) { try pending.install { $0 == infos[0].path } }
        pending.rollback()
        #expect(try test.scratch.text("repo/r/b/b_Cam1_1_r.bin") == "new" && test.files.count == 1)
    }

    @Test("two datasets with one file are refused before anything is written")
    func collision() async throws {
        let first = NewDataset("1", try test.bytes("b", 1, run: "u/x y"))
        let second = NewDataset("2", try test.bytes("b", 1, run: "u/x_y"))
        await #expect(throws: ButlerError(.conflictingDefinition, "")) {
            try await test.datastore.prepare([first, second])
        }
        #expect(test.files.isEmpty)
    }

    @Test("components, unknown formatters and rejected types cannot be put")
    func refused() async throws {
        let component = NewDataset(JSONValue.object([]), try test.data.ref("comp.wcs", ["visit", "detector"]))
        await #expect(throws: ButlerError(.datasetTypeExpression, "")) { try await test.datastore.prepare([component]) }
        let unknown = NewDataset("x", try test.data.ref("unknown", ["detector"], storageClass: "Bytes"))
        await #expect(throws: ButlerError(.formatter, "")) { try await test.datastore.prepare([unknown]) }
        let missing = NewDataset("x", try test.data.ref("x", ["detector"], storageClass: "StrayLightData"))
        await #expect(throws: ButlerError(.formatter, "")) { try await test.datastore.prepare([missing]) }
        let picky = try TestDatastore(["constraints": ["reject": ["Bytes"]]])
        let rejected = NewDataset("x", try picky.bytes())
        #expect(!picky.datastore.accepts(rejected.ref))
        await #expect(throws: ButlerError(.configuration, "")) { try await picky.datastore.prepare([rejected]) }
        let readOnly = try TestDatastore(isWriteable: false)
        let late = NewDataset("x", try readOnly.bytes())
        await #expect(throws: ButlerError(.readOnly, "")) { try await readOnly.datastore.prepare([late]) }
        #expect(test.files.isEmpty && picky.files.isEmpty && readOnly.files.isEmpty)
    }

    // MARK: Reading

    @Test("vanished, shortened and escaping files give their own errors")
    func damaged() async throws {
        let ref = try test.bytes()
        let infos = try await test.put("12345", ref)
        try test.scratch.file("repo/" + infos[0].path, "1234")
        await #expect(throws: ButlerError(.corruptFile, "")) { try await test.datastore.get(ref, infos) }
        var unsized = infos[0]
        unsized.byteCount = nil
        #expect(try await test.datastore.get(ref, [unsized]) as? String == "1234")
        try FileStore().remove(test.datastore.root.appending(infos[0].path))
        await #expect(throws: ButlerError(.fileNotFound, "")) { try await test.datastore.get(ref, infos) }
        await #expect(throws: ButlerError(.datasetNotFound, "")) { try await test.datastore.get(ref, []) }
        for path in ["../../etc/passwd", "a/../../x", "", "..", "r/../\u{301}../x", "."] {
            var info = unsized
            info.path = path
            await #expect(throws: ButlerError(.corruptFile, ""), "\(path)") {
                try await test.datastore.get(ref, [info])
            }
        }
        unsized.formatter = "nobody.KnowsThisFormatter"
        await #expect(throws: ButlerError(.formatter, "")) { try await test.datastore.get(ref, [unsized]) }
        #expect(try test.datastore.location(of: unsized).path.hasSuffix(infos[0].path))
    }

    @Test("an absolute URI is read where it is, escapes and all")
    func absolute() async throws {
        let file = try test.scratch.file("outside/a b#c%d.bin", "there")
        let ref = try test.bytes()
        var info = StoredFileInfo(
            dataset: ref.id,
            path: file.url,
            formatter: "test.BytesFormatter",
            storageClass: "Bytes"
        )
        #expect(info.isAbsolute && info.path.hasSuffix("a%20b%23c%25d.bin"))
        #expect(try await test.datastore.get(ref, [info]) as? String == "there")
        info.path = "s3://bucket/x.bin"
        await #expect(throws: ButlerError(.fileAccess, "")) { try await test.datastore.get(ref, [info]) }
    }

    @Test("an object is read as a storage class it converts to, and as no other")
    func conversion() async throws {
        let ref = try test.bytes()
        let infos = try await test.put("x", ref)
        func other(_ name: String) -> DatasetRef {
            DatasetRef(ref.datasetType.overriding(storageClass: name), ref.dataID, run: ref.run, id: ref.id)
        }
        #expect(try await test.datastore.get(other("OtherBytes"), infos) as? String == "x")
        await #expect(throws: ButlerError(.storageClass, "")) { try await test.datastore.get(other("int"), infos) }
    }

    // MARK: Composites

    private static let whole = JSONValue.object([.init("psf", [1, 2, 3]), .init("wcs", [4, 5, 6])])

    private func composite(_ test: TestDatastore, _ name: String = "comp") throws -> DatasetRef {
        try test.data.ref(
            name,
            ["detector"],
            run: "r",
            storageClass: name.contains(".") ? "StructuredDataDict" : "Composite"
        )
    }

    @Test("a composite in one file: components by the formatter or from the whole, derived ones by the delegate")
    func oneFile() async throws {
        let data = try TestData(delegate: "test.Delegate")
        let test = try TestDatastore(data: data)
        let ref = try composite(test)
        let infos = try await test.put(Self.whole, ref)
        func get(_ component: String, _ parameters: ReadParameters = [:]) async throws -> (any Sendable)? {
            try await test.datastore.get(
                try ref.component(component, in: data.storageClasses),
                infos,
                parameters: parameters
            )
        }
        #expect(try await test.datastore.get(ref, infos) as? JSONValue == Self.whole)
        #expect(try await get("wcs") as? JSONValue == [4, 5, 6])
        #expect(try await get("psf") as? JSONValue == [1, 2, 3])
        #expect(try await get("size") as? Int == 2)
        #expect(try await get("wcs", ["first": 2]) as? JSONValue == [4, 5])
        #expect(
            try await test.datastore.get(ref, infos, parameters: ["slice": 1]) as? JSONValue
                == .object(["psf": [1, 2, 3]])
        )
        await #expect(throws: ButlerError(.invalidArgument, "")) { try await get("wcs", ["slice": 1]) }
        await #expect(throws: ButlerError(.invalidArgument, "")) { try await get("wcs", ["frist": 1]) }
        await #expect(throws: ButlerError(.invalidArgument, "")) {
            try await test.datastore.get(ref, infos, parameters: ["first": "two"])
        }
    }

    @Test("a composite in parts: one file and one record each, put together again, parameters applied once")
    func parts() async throws {
        let data = try TestData(delegate: "test.Delegate")
        let test = try TestDatastore(Self.disassembling, data: data)
        let ref = try composite(test)
        let infos = try await test.put(Self.whole, ref)
        #expect(
            infos.map(\.component) == ["psf", "wcs"] && infos.allSatisfy { $0.storageClass == "StructuredDataDict" }
        )
        #expect(test.files == ["r/comp.psf/comp_psf_Cam1_1_r.parts", "r/comp.wcs/comp_wcs_Cam1_1_r.parts"])
        func get(_ component: String, _ parameters: ReadParameters = [:]) async throws -> (any Sendable)? {
            try await test.datastore.get(
                try ref.component(component, in: data.storageClasses),
                infos,
                parameters: parameters
            )
        }
        #expect(try await test.datastore.get(ref, infos) as? JSONValue == Self.whole)
        #expect(try await get("wcs", ["first": 1]) as? JSONValue == [4])
        let trimmed = try await test.datastore.get(ref, infos, parameters: ["first": 2, "slice": 1]) as? JSONValue
        #expect(trimmed == .object(["psf": [1, 2]]))
        await #expect(throws: ButlerError(.datasetNotFound, "")) { try await get("size") }
        await #expect(throws: ButlerError(.invalidArgument, "")) {
            try await test.datastore.get(ref, infos, parameters: ["third": 2])
        }
        try FileStore().remove(test.datastore.root.appending(infos[1].path))
        #expect(try await get("psf") as? JSONValue == [1, 2, 3])
        await #expect(throws: ButlerError(.fileNotFound, "")) { try await test.datastore.get(ref, infos) }
        #expect(try await test.datastore.exists(infos) == [true, false])
        #expect(try await test.datastore.complete(infos).isEmpty)
    }

    @Test("a part that the object lacks has no file")
    func missingPart() async throws {
        let test = try TestDatastore(Self.disassembling)
        let ref = try composite(test)
        let infos = try await test.put(JSONValue.object(["wcs": [4]]), ref)
        #expect(infos.map(\.component) == ["wcs"])
        let psf = try ref.component("psf", in: test.data.storageClasses)
        await #expect(throws: ButlerError(.unknownComponent, "")) { try await test.datastore.get(psf, infos) }
    }
}
