import Datasets
import Foundation
import RemoteResources
import Resources
import StewardCore
import StewardTesting
import Testing

@testable import Datastores

/// Members of zip files, and zip files of datasets.
@Suite struct ZipTests {
    private static func fixture(_ name: String) -> ResourcePath {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return ResourcePath(localPath: tests.appending(path: "Fixtures/datastores/" + name).path)
    }

    @Test("members are read as Python's zipfile wrote them", arguments: ["members.zip", "members-zip64.zip"])
    func members(_ name: String) throws {
        let zip = try ZipDirectory(Self.fixture(name), in: FileStore())
        #expect(zip.members == ["stored.yaml", "deflated.yaml", "folder/é.yaml", "empty.yaml", "lzma.yaml"])
        #expect(try zip.contents(of: "stored.yaml") == Array("one\n".utf8))
        #expect(try zip.contents(of: "deflated.yaml") == Array((String(repeating: "two ", count: 5000) + "\n").utf8))
        #expect(try zip.contents(of: "folder/é.yaml") == Array("three\n".utf8))
        #expect(try zip.contents(of: "empty.yaml") == [])
        #expect(try zip.size(of: "deflated.yaml") == 20_001)
        #expect(throws: ButlerError(.formatter, "")) { try zip.contents(of: "lzma.yaml") }
        #expect(throws: ButlerError(.fileNotFound, "")) { try zip.contents(of: "none.yaml") }
        let file = try zip.file(of: "deflated.yaml")
        #expect(try file.bytes(at: 19_998, count: 10) == Array("o \n".utf8) && file.size == 20_001)
    }

    @Test("a zip file on a server is read by parts")
    func remote() throws {
        let server = try LoopbackServer()
        let scratch = try Scratch()
        let writer = try ZipWriter(creating: scratch.path + "/large.zip", for: "large.zip")
        let large = [UInt8](repeating: 5, count: 5_000_000)
        try writer.add("large.bin", large)
        try writer.add("small.yaml", Array("mean: 1\n".utf8), deflating: true)
        try writer.finish()
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: scratch.path + "/large.zip")))
        server.put("/large.zip", bytes)
        let zip = try ZipDirectory(ResourcePath(server.url("/large.zip")), in: HTTPStore(HTTPSettings()))
        #expect(try zip.contents(of: "small.yaml") == Array("mean: 1\n".utf8))
        let file = try zip.file(of: "large.bin")
        #expect(try file.bytes(at: 4_999_990, count: 100) == Array(large.suffix(10)))
        #expect(server.takeLog().reduce(0) { $0 + $1.sent } < 100_000)
        #expect(zip.uri(of: "large.bin") == server.url("/large.zip#zip-path=large.bin"))
    }

    @Test("damage anywhere is an error or shows in no member, never a crash")
    func damage() throws {
        let scratch = try Scratch()
        var generator = SeededGenerator(seed: 5)
        for name in ["members.zip", "members-zip64.zip"] {
            let whole = try FileStore().read(Self.fixture(name))
            for round in 0..<1500 {
                var bytes = whole
                if round % 5 == 0 {
                    bytes.removeLast(Int.random(in: 1..<bytes.count, using: &generator))
                } else {
                    for _ in 0...round % 4 {
                        let place = Int.random(in: 0..<bytes.count, using: &generator)
                        bytes[place] = UInt8.random(in: 0...255, using: &generator)
                    }
                }
                let path = ResourcePath(localPath: scratch.path + "/damaged.zip")
                try FileStore().write(bytes, to: path, overwrite: true)
                do {
                    let zip = try ZipDirectory(path, in: FileStore())
                    for member in zip.members { _ = try? zip.contents(of: member) }
                } catch let error as ButlerError {
                    #expect(error.code == .corruptFile, "\(error)")
                }
            }
        }
    }

    @Test("what is written is read again, and by others", .enabled(if: Reference.isPresent, "no Python"))
    func writing() throws {
        let scratch = try Scratch()
        let path = scratch.path + "/own.zip"
        let writer = try ZipWriter(creating: path, for: path)
        let members: [(String, [UInt8])] = [
            ("a/é.txt", Array("text text text text".utf8)), ("empty", []), ("bytes", (0...255).map { UInt8($0) }),
        ]
        for (index, member) in members.enumerated() { try writer.add(member.0, member.1, deflating: index != 2) }
        for index in 0..<70_000 { try writer.add("n\(index)", []) }
        try writer.finish()
        let zip = try ZipDirectory(ResourcePath(localPath: path), in: FileStore())
        #expect(zip.members.count == 70_003)
        for (name, content) in members { #expect(try zip.contents(of: name) == content) }
        let program = """
            import sys, zipfile
            z = zipfile.ZipFile(sys.argv[1])
            print(z.testzip(), len(z.namelist()), z.read("bytes") == bytes(range(256)), z.read("a/é.txt").decode())
            """
        #expect(try Reference.run("python", ["-c", program, path]) == "None 70003 True text text text text\n")
    }

    @Test("the name of a zip file is the reference's for the same members")
    func names() {
        let members = ["S00", "S01", "S03"].map { "01a1fbe6-stat_StewCam_g_g_01_101_R22_\($0)_u_a_run1.yaml" }
        #expect(RetrievalIndex.zipName(members) == "47883ccf-7199-52b3-af15-8e8f31fdf3c1.zip")
    }
}
