import Foundation
import Steward
import StewardCore
import StewardTesting
import Testing

/// Zip files of datasets, from and to the reference.
@Suite(.enabled(if: Reference.isPresent, "STEWARD_REFERENCE names no virtualenv with the reference"), .serialized)
struct ZipInteropTests {
    /// A repository with data and one without, both made by the reference.
    private final class Pair {
        let folder = NSTemporaryDirectory() + "steward-zip-" + UUID().uuidString
        var full: String { folder + "/full" }
        var empty: String { folder + "/empty" }

        init() throws {
            try FileManager.default.createDirectory(atPath: folder + "/out", withIntermediateDirectories: true)
            _ = try Reference.repository(["make", full])
            try Reference.run("butler", ["create", empty])
        }

        deinit {
            try? FileManager.default.removeItem(atPath: folder)
        }
    }

    @Test(
        "a zip file of the reference is ingested, read, retrieved and checked",
        arguments: [TransferMode.copy, .direct]
    )
    func theirs(_ mode: TransferMode) async throws {
        let pair = try Pair()
        let source = try await Butler.open(pair.full)
        let refs = Array(Set(try await source.queryAllDatasets(["stat"], collections: ["*"])))
        try Reference.run(
            "butler",
            [
                "retrieve-artifacts", pair.full, pair.folder + "/out", "-d", "stat", "--collections", "*",
                "--no-find-first", "--zip",
            ]
        )
        let name = try #require(try FileManager.default.contentsOfDirectory(atPath: pair.folder + "/out").first)
        let zip = "\(pair.folder)/out/\(name)"
        let butler = try await Butler.open(pair.empty, writeable: true)
        let missing = await #expect(throws: ButlerError.self) { try await butler.ingestZip(zip, mode: mode) }
        #expect(missing?.code == .dataIDValue)
        #expect(
            try await butler.ingestZip(zip, mode: mode, insertingDimensions: true, isDryRun: true).count == refs.count
        )
        let ingested = try await butler.ingestZip(zip, mode: mode, insertingDimensions: true)
        #expect(Set(ingested.map(\.id)) == Set(refs.map(\.id)) && !refs.isEmpty)
        await #expect(throws: ButlerError(.conflictingDefinition, "")) { try await butler.ingestZip(zip, mode: mode) }
        for ref in refs {
            #expect(try await butler.get(ref) as? JSONValue == source.get(ref) as? JSONValue)
        }
        let uri = try await butler.uris(of: [refs[0]])[0][""] ?? ""
        #expect(uri.contains("\(name)#zip-path="))
        #expect(
            uri.hasPrefix("file://" + (mode == .copy ? "\(pair.empty)/zips/\(name.prefix(4))/" : pair.folder + "/out/"))
        )
        #expect(try await butler.check(RepositoryCheck(comparesChecksums: true)) { _ in }.isClean)
        let paths = try await butler.retrieveArtifacts(refs, to: pair.folder + "/files", preservingPaths: false)
        #expect(paths.count == refs.count)
    }

    @Test("the reference ingests and reads a zip file of ours, of files and of members of another one")
    func ours() async throws {
        let pair = try Pair()
        let source = try await Butler.open(pair.full)
        // Datasets of several collections come several times.
        let found = try await source.queryAllDatasets(["stat"], collections: ["*"])
        let refs = Array(Set(found))
        #expect(refs.count < found.count)
        let zip = try await source.retrieveZip(found, to: pair.folder + "/out")
        await #expect(throws: ButlerError(.fileAccess, "")) {
            try await source.retrieveZip(refs, to: pair.folder + "/out")
        }
        try Reference.run("butler", ["ingest-zip", pair.empty, zip, "--transfer-dimensions", "-t", "copy"])
        let butler = try await Butler.open(pair.empty)
        #expect(try await butler.stored(refs, checkingFiles: true).allSatisfy { $0 })
        let program = """
            import sys, uuid
            from lsst.daf.butler import Butler
            b = Butler(sys.argv[1])
            print(b.get(b.get_dataset(uuid.UUID(sys.argv[2]))) is not None)
            """
        #expect(try Reference.run("python", ["-c", program, pair.empty, refs[0].id.dashed]) == "True\n")
        #expect(try await butler.get(refs[0]) as? JSONValue == source.get(refs[0]) as? JSONValue)
        let again = try await butler.retrieveZip(refs, to: pair.folder + "/again")
        #expect(FileManager.default.fileExists(atPath: again))
        let third = pair.folder + "/third"
        try Reference.run("butler", ["create", third])
        try Reference.run("butler", ["ingest-zip", third, again, "--transfer-dimensions", "-t", "direct"])
        #expect(try Reference.run("python", ["-c", program, third, refs[0].id.dashed]) == "True\n")
    }
}
