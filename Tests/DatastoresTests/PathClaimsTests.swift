import ButlerConfig
import Datasets
import Datastores
import Foundation
import Resources
import StewardCore
import Testing

@Suite struct PathClaimsTests {
    private func ref(_ run: String) throws -> DatasetRef {
        try Sample.ref("stat", ["visit", "detector"], run: run)
    }

    @Test("runs that differ in replaced characters only cannot share a file, in one transaction or in two")
    func runs() throws {
        let scratch = try Scratch()
        let store = try scratch.datastore()
        let rollback = FileRollback()
        let claims = PathClaims()
        let first = try store.write("1", as: try ref("u/x y"), rollback: rollback, claims: claims)[0]
        #expect(throws: ButlerError(.conflictingDefinition, "")) {
            try store.write("2", as: try ref("u/x_y"), rollback: rollback, claims: claims)
        }
        rollback.commit()
        let later = FileRollback()
        let recorded = PathClaims { PathOwners(stored: Set($0).intersection([first.path])) }
        #expect(throws: ButlerError(.conflictingDefinition, "")) {
            try store.write("2", as: try ref("u/x_y"), rollback: later, claims: recorded)
        }
        later.rollback()
        #expect(try store.read([first], ref: try ref("u/x y")) as? String == "1")
    }

    @Test("a file that no dataset has is replaced")
    func orphan() throws {
        let scratch = try Scratch()
        let store = try scratch.datastore()
        let old = try store.write("old", as: try ref("r"), rollback: FileRollback())[0]
        let new = try store.write("new", as: try ref("r"), rollback: FileRollback(), claims: PathClaims())[0]
        #expect(old.path == new.path)
        #expect(try store.read([new], ref: try ref("r")) as? String == "new")
    }

    @Test("beside other writers a file that no dataset has is left alone, and its path is told")
    func occupied() throws {
        let scratch = try Scratch()
        let store = try scratch.datastore()
        let old = try store.write("old", as: try ref("r"), rollback: FileRollback())[0]
        let claims = PathClaims(replacesUnrecorded: false)
        let error = #expect(throws: ButlerError(.conflictingDefinition, "")) {
            try store.write("new", as: try ref("r"), rollback: FileRollback(), claims: claims)
        }
        #expect((error?.cause as? OccupiedPaths)?.paths == [old.path])
        #expect(try store.read([old], ref: try ref("r")) as? String == "old")
        let trashed = PathClaims(replacesUnrecorded: false) { PathOwners(trashed: Set($0)) }
        let new = try store.write("new", as: try ref("r"), rollback: FileRollback(), claims: trashed)[0]
        #expect(try store.read([new], ref: try ref("r")) as? String == "new")
        try store.clear([old.path])
        #expect(scratch.stored().isEmpty)
    }

    @Test(
        "a file that appears after the paths were settled is left alone",
        arguments: [TransferMode.copy, .move, .link]
    )
    func late(mode: TransferMode) throws {
        let scratch = try Scratch()
        let store = try scratch.datastore()
        let claims = PathClaims(replacesUnrecorded: false)
        let planned = try store.plan("new", as: try ref("r"), claims: claims)[0]
        try claims.settle()
        let old = try store.write("old", as: try ref("r"), rollback: FileRollback())[0]
        let rollback = FileRollback()
        let error = #expect(throws: ButlerError(.conflictingDefinition, "")) {
            try store.write(planned, claims: claims, rollback: rollback, durability: DurabilityBatch())
        }
        #expect(error?.cause is OccupiedPaths && rollback.count == 0)
        let file = FileDataset(path: try scratch.file("in.yaml"), refs: [try ref("r")])
        let refused = #expect(throws: ButlerError(.conflictingDefinition, "")) {
            try store.ingest([file], mode: mode, rollback: rollback, claims: PathClaims(replacesUnrecorded: false))
        }
        #expect(refused?.cause is OccupiedPaths && FileManager.default.fileExists(atPath: file.path))
        #expect(try store.read([old], ref: try ref("r")) as? String == "old")
        #expect(scratch.stored() == [old.path])
    }

    @Test("a file that is in its place already is not in its own way", arguments: [TransferMode.copy, .move])
    func inPlace(mode: TransferMode) throws {
        let scratch = try Scratch()
        let store = try scratch.datastore()
        let old = try store.write("old", as: try ref("r"), rollback: FileRollback())[0]
        let link = scratch.path + "/link.yaml"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: store.root + "/" + old.path)
        let file = FileDataset(path: link, refs: [try ref("r")])
        let stored = try store.ingest(
            [file],
            mode: mode,
            rollback: FileRollback(),
            claims: PathClaims(replacesUnrecorded: false)
        )
        #expect(try store.read(stored, ref: try ref("r")) as? String == "old")
    }

    @Test("files of one call cannot have one path; nothing is written then")
    func ingest() throws {
        let scratch = try Scratch()
        let store = try scratch.datastore()
        let files = try ["u/x y", "u/x_y"].map { run in
            FileDataset(path: try scratch.file(run.replacing("/", with: "") + ".yaml", run), refs: [try ref(run)])
        }
        #expect(throws: ButlerError(.conflictingDefinition, "")) {
            try store.ingest(files, mode: .copy, rollback: FileRollback())
        }
        #expect(scratch.stored().isEmpty)
        let stored = try store.ingest([files[0]], mode: .copy, rollback: FileRollback())
        let claims = PathClaims { PathOwners(stored: Set($0).intersection([stored[0].path])) }
        #expect(throws: ButlerError(.conflictingDefinition, "")) {
            try store.ingest([files[1]], mode: .move, rollback: FileRollback(), claims: claims)
        }
        #expect(FileManager.default.fileExists(atPath: files[1].path))
        #expect(try store.read(stored, ref: try ref("u/x y")) as? String == "u/x y")
    }

    @Test("checksums are recorded of files that become the datastore's own, of others when asked for")
    func checksums() throws {
        let scratch = try Scratch()
        for (rule, owned, other): (ConfigTree, Int?, Int?) in [
            (.empty, 128, nil), (["checksum": true], 128, 128), (["checksum": false], nil, nil),
        ] {
            let store = try scratch.datastore(rule)
            for mode in [TransferMode.copy, .move, .link, .symlink, .direct] {
                let path = try scratch.file("in.yaml")
                let rollback = FileRollback()
                let file = FileDataset(path: path, refs: [try ref("r")])
                let stored = try store.ingest([file], mode: mode, rollback: rollback)[0]
                #expect(stored.checksum?.count == (mode == .copy || mode == .move ? owned : other), "\(mode)")
                #expect(stored.byteCount == 12)
                rollback.rollback()
            }
        }
    }
}
