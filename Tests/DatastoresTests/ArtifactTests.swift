import ButlerConfig
import Datasets
import Datastores
import Foundation
import Resources
import StewardCore
import Testing

@Suite struct ArtifactTests {
    let test: TestDatastore
    private let infos: [StoredFileInfo]

    init() async throws {
        test = try TestDatastore([
            "templates": ["default": "{run:/}/{datasetType}/{datasetType}_{instrument:?}_{detector:?}_{run}"]
        ])
        var infos: [StoredFileInfo] = []
        for detector in Int64(1)...3 {
            infos += try await test.put("d\(detector)", try test.bytes("b", detector))
        }
        let outside = try test.scratch.file("out/o.bin", "outside")
        infos.append(.init(dataset: UUID(), path: outside.url, formatter: "x.Y", storageClass: "Bytes"))
        self.infos = infos
    }

    @Test("existence is told for each record")
    func exists() async throws {
        var gone = infos[0]
        gone.path = "r/b/gone.bin"
        #expect(try await test.datastore.exists([gone] + infos) == [false, true, true, true, true])
        #expect(try await test.datastore.exists([]) == [])
        gone.dataset = infos[1].dataset
        #expect(try await test.datastore.complete(infos + [gone]).count == 3)
    }

    @Test("removal: missing files count as removed, absolute URIs stay, zip members name their zip")
    func remove() async throws {
        try test.scratch.file("repo/zips/ab/x.zip", "zip")
        let paths = [
            infos[0].path, "r/b/gone.bin", infos[3].path, "zips/ab/x.zip#zip-path=a", "zips/ab/x.zip#zip-path=b",
        ]
        let outcome = try await test.datastore.remove(paths)
        #expect(outcome.removed == 2 && outcome.failures.isEmpty)
        #expect(test.files == [infos[1].path, infos[2].path])
        #expect(try test.scratch.text("out/o.bin") == "outside")
        #expect(try await test.datastore.remove(paths).removed == 0)
    }

    @Test("what cannot be removed is named, the rest goes")
    func removalFailures() async throws {
        try FileStore.makeDirectories(test.datastore.root.appending("dir.bin").path)
        let outcome = try await test.datastore.remove(["dir.bin", infos[0].path, "../out/o.bin"])
        #expect(outcome.removed == 1 && outcome.failures.map(\.path) == ["../out/o.bin", "dir.bin"])
        #expect(try test.scratch.text("out/o.bin") == "outside")
        let readOnly = try TestDatastore(isWriteable: false)
        await #expect(throws: ButlerError(.readOnly, "")) { try await readOnly.datastore.remove(["x"]) }
    }

    @Test("retrieval keeps directories or not, each file once")
    func retrieve() async throws {
        var twin = infos[0]
        twin.dataset = UUID()
        let kept = try await test.datastore.retrieve(
            infos + [twin],
            to: test.scratch.root.appending("kept"),
            mode: .copy
        )
        let outside = String(infos[3].path.dropFirst("file:///".count))
        #expect(
            kept.map { $0.place.relativePath(to: test.scratch.root.appending("kept")) }
                == infos.prefix(3).map(\.path) + [outside]
        )
        #expect(kept[0].infos.map(\.dataset) == [infos[0].dataset, twin.dataset])
        #expect(try FileStore().exists(kept[3].place))
        let flat = try await test.datastore.retrieve(
            infos,
            to: test.scratch.root.appending("flat"),
            mode: .copy,
            preservesPath: false,
            prefix: { $0.dataset == infos[1].dataset ? "p-" : "" }
        )
        #expect(flat.map(\.place.name) == ["b_Cam1_1_r.bin", "p-b_Cam1_2_r.bin", "b_Cam1_3_r.bin", "o.bin"])
        #expect(try test.scratch.text("flat/p-b_Cam1_2_r.bin") == "d2")
    }

    @Test("retrieval refuses to replace, to mix up names, and to move; a failure leaves nothing")
    func retrievalFailures() async throws {
        let target = test.scratch.root.appending("t")
        try test.scratch.file("t/b_Cam1_3_r.bin", "mine")
        await #expect(throws: ButlerError(.fileAccess, "")) {
            try await test.datastore.retrieve(infos, to: target, mode: .copy, preservesPath: false)
        }
        #expect(test.scratch.files.filter { $0.hasPrefix("t/") } == ["t/b_Cam1_3_r.bin"])
        #expect(try test.scratch.text("t/b_Cam1_3_r.bin") == "mine")
        _ = try await test.datastore.retrieve(infos, to: target, mode: .copy, preservesPath: false, overwrite: true)
        #expect(try test.scratch.text("t/b_Cam1_3_r.bin") == "d3")
        for mode in [TransferMode.move, .direct, .none, .split] {
            await #expect(throws: ButlerError(.invalidArgument, "")) {
                try await test.datastore.retrieve(infos, to: target, mode: mode)
            }
        }
        let twin = try await test.put("other", try test.bytes("b", 1, run: "s/r"))
        var renamed = twin[0]
        renamed.path = "other/b_Cam1_1_r.bin"
        await #expect(throws: ButlerError(.conflictingDefinition, "")) {
            try await test.datastore.retrieve([infos[0], renamed], to: target, mode: .copy, preservesPath: false)
        }
        var escaping = infos[0]
        escaping.path = "../../evil.bin"
        await #expect(throws: ButlerError(.corruptFile, "")) {
            try await test.datastore.retrieve([escaping], to: target, mode: .copy)
        }
    }
}
