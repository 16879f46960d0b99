import Datasets
import Datastores
import Dimensions
import Foundation
import Resources
import StewardCore
import StewardTesting
import Testing

@Suite struct RemovalAndRetrievalTests {
    @Test("Files go once; missing ones count, absolute ones and kept zip files stay")
    func removal() throws {
        let scratch = try Scratch()
        let store = try scratch.datastore()
        _ = try scratch.file("repo/a/x.yaml")
        _ = try scratch.file("repo/zips/ab/one.zip")
        _ = try scratch.file("repo/zips/ab/two.zip")
        let outside = try scratch.file("outside.yaml")
        let removed = try store.remove(
            paths: [
                "a/x.yaml", "a/x.yaml", "a/gone.yaml", "file://" + outside, "zips/ab/one.zip#zip-path=m1",
                "zips/ab/one.zip#zip-path=m2", "zips/ab/two.zip#zip-path=m1",
            ],
            keeping: ["zips/ab/two.zip#zip-path=m2"]
        )
        #expect(removed == ["a/x.yaml", "a/gone.yaml", "zips/ab/one.zip"])
        #expect(scratch.stored() == ["zips/ab/two.zip"])
        #expect(FileManager.default.fileExists(atPath: outside))
        #expect(throws: ButlerError(.corruptFile, "")) { try store.remove(paths: ["../outside.yaml"]) }
        #expect(FileManager.default.fileExists(atPath: outside))
    }

    @Test("Retrieved files have an index that names them")
    func retrieval() throws {
        let scratch = try Scratch()
        let store = try scratch.datastore()
        let refs = try (1...2).map {
            try Sample.ref("stat", ["visit", "detector"], run: "r", ["detector": .int(Int64($0))])
        }
        let files = try refs.map { ($0, try store.write("x\n", as: $0, rollback: FileRollback())[0]) }
        let target = scratch.path + "/out"
        let paths = try store.retrieve(files, to: target)
        #expect(paths == files.map { target + "/" + $0.1.path })
        let text = try String(contentsOfFile: target + "/_butler_zip_index.json", encoding: .utf8)
        let index = try JSONValue(parsing: text)
        #expect(index["index_version"]?.string == "V1")
        #expect(index["refs"]?["compact_refs"]?[refs[0].id.dashed]?["run"]?.string == "r")
        #expect(index["refs"]?["dimension_records"]?["detector"]?.array?.count == 2)
        #expect(index["artifact_map"]?[files[1].1.path]?["ids"]?.array == [.string(refs[1].id.dashed)])
        #expect(throws: ButlerError(.fileAccess, "")) { try store.retrieve(files, to: target) }
        #expect(try store.retrieve(files, to: target, overwriting: true).count == 2)
        let flat = try store.retrieve(files, to: scratch.path + "/flat", mode: .symlink, preservingPaths: false)
        #expect(flat.allSatisfy { !$0.dropFirst(scratch.path.count + 6).contains("/") })
    }

    @Test(
        "The reference reads the index",
        .enabled(if: Reference.isPresent, "STEWARD_REFERENCE names no virtualenv with the reference")
    )
    func referenceReadsIndex() throws {
        let scratch = try Scratch()
        let store = try scratch.datastore()
        let ref = try Sample.ref("stat", ["visit", "detector"], run: "r")
        let target = scratch.path + "/out"
        _ = try store.retrieve([(ref, store.write("x\n", as: ref, rollback: FileRollback())[0])], to: target)
        let program = """
            import sys
            from lsst.daf.butler import DimensionUniverse
            from lsst.daf.butler.datastores.file_datastore.retrieve_artifacts import ZipIndex
            index = ZipIndex.model_validate_json(open(sys.argv[1]).read())
            ref, = index.refs.to_refs(DimensionUniverse())
            assert str(ref.id) == sys.argv[2] and ref.dataId.visit.name == 'ten', ref
            assert index.artifact_map[sys.argv[3]].ids == {ref.id}, index
            """
        let path = try store.predictedPath(for: ref)
        try Reference.run(
            "python",
            ["-c", program, target + "/_butler_zip_index.json", ref.id.dashed, path]
        )
    }

    @Test("Paths that lead out of the target and names that collide are refused")
    func refusals() throws {
        let scratch = try Scratch()
        let store = try scratch.datastore()
        let ref = try Sample.ref("stat", ["visit", "detector"], run: "r")
        func file(_ path: String) -> StoredFile {
            StoredFile(dataset: ref.id, path: path, formatter: "f", storageClass: "StructuredDataDict")
        }
        _ = try scratch.file("repo/a/x.yaml")
        _ = try scratch.file("repo/b/x.yaml")
        for bad in ["../x.yaml", "a/../../x.yaml", "/etc/passwd"] {
            #expect(throws: ButlerError(.invalidArgument, "")) {
                try store.retrieve([(ref, file(bad))], to: scratch.path + "/out")
            }
        }
        #expect(throws: ButlerError(.invalidArgument, "")) {
            try store.retrieve(
                [(ref, file("a/x.yaml")), (ref, file("b/x.yaml"))],
                to: scratch.path + "/out",
                preservingPaths: false
            )
        }
        #expect(throws: ButlerError(.invalidArgument, "")) {
            try store.retrieve([(ref, file("a/x.yaml"))], to: scratch.path + "/out", mode: .move)
        }
    }

    @Test("Members of a zip file are read, checked for size and retrieved")
    func zipMembers() throws {
        let scratch = try Scratch()
        let store = try scratch.datastore()
        // A zip file with the stored members "a.yaml" = "one\n" and "b.yaml" = "second\n", made by Python's zipfile.
        let zip = try #require(Data(base64Encoded: ZipSample.base64))
        try FileManager.default.createDirectory(atPath: store.root + "/zips", withIntermediateDirectories: true)
        try zip.write(to: URL(fileURLWithPath: store.root + "/zips/z.zip"))
        let ref = try Sample.ref("stat", ["visit", "detector"], run: "r")
        var file = StoredFile(
            dataset: ref.id,
            path: "zips/z.zip#zip-path=b.yaml",
            formatter: "lsst.daf.butler.formatters.yaml.YamlFormatter",
            storageClass: "StructuredDataDict",
            byteCount: 7
        )
        #expect(try store.read([file], ref: ref) as? String == "second\n")
        #expect(store.uri(of: file) == "file://\(store.root)/zips/z.zip#zip-path=b.yaml")
        #expect(store.localPath(of: file) == nil)
        #expect(try store.retrieve([(ref, file)], to: scratch.path + "/out", preservingPaths: false).count == 1)
        #expect(try String(contentsOfFile: scratch.path + "/out/b.yaml", encoding: .utf8) == "second\n")
        file.byteCount = 8
        #expect(throws: ButlerError(.corruptFile, "")) { try store.read([file], ref: ref) }
        file.path = "zips/z.zip#zip-path=c.yaml"
        #expect(throws: ButlerError(.fileNotFound, "")) { try store.read([file], ref: ref) }
        try zip.dropLast(30).write(to: URL(fileURLWithPath: store.root + "/zips/z.zip"))
        #expect(throws: ButlerError(.corruptFile, "")) { try store.read([file], ref: ref) }
    }
}

private enum ZipSample {
    static let base64 = """
        UEsDBBQAAAAAAAAAIQCfqBf4BAAAAAQAAAAGAAAAYS55YW1sb25lClBLAwQUAAAAAAAAACEAfsAPBgcAAAAHAAAABgAAAGIueWFt\
        bHNlY29uZApQSwECFAMUAAAAAAAAACEAn6gX+AQAAAAEAAAABgAAAAAAAAAAAAAAgAEAAAAAYS55YW1sUEsBAhQDFAAAAAAAAAAh\
        AH7ADwYHAAAABwAAAAYAAAAAAAAAAAAAAIABKAAAAGIueWFtbFBLBQYAAAAAAgACAGgAAABTAAAAAAA=
        """
}
