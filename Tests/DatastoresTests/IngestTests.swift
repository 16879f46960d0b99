import ButlerConfig
import Datasets
import Datastores
import Dimensions
import Foundation
import Resources
import StewardCore
import Testing

@Suite struct IngestTests {
    private func ref(_ run: String = "r", detector: Int64 = 1) throws -> DatasetRef {
        try Sample.ref("stat", ["visit", "detector"], run: run, ["detector": .int(detector)])
    }

    private func links(_ path: String) throws -> Int {
        try #require(FileManager.default.attributesOfItem(atPath: path)[.referenceCount] as? Int)
    }

    @Test(
        "Modes that make files record a path below the root",
        arguments: [
            TransferMode.copy, .move, .link, .hardlink, .symlink, .relsymlink, .auto,
        ]
    )
    func makingModes(mode: TransferMode) throws {
        let scratch = try Scratch()
        let store = try scratch.datastore()
        let source = try scratch.file("in.yaml")
        let dataset = FileDataset(path: source, refs: [try ref()])
        let rollback = FileRollback()
        let files = try store.ingest([dataset], mode: mode, rollback: rollback)
        #expect(files.map(\.path) == ["r/stat/20250101/g/Cam1-G/10/stat_Cam1_g_Cam1-G_10_A1_r.yaml"])
        #expect(files[0].byteCount == 12)
        let place = try #require(store.localPath(of: files[0]))
        #expect(FileManager.default.fileExists(atPath: source))
        let link = try? FileManager.default.destinationOfSymbolicLink(atPath: place)
        switch mode {
        case .symlink: #expect(link == source)
        case .relsymlink: #expect(link?.hasPrefix("../../../../../../../") == true)
        case .link, .hardlink, .auto, .move: #expect(try links(place) == 2)
        default: #expect(try link == nil && links(place) == 1)
        }
        #expect(try store.read(files, ref: dataset.refs[0]) as? String == "mean: 101.1\n")
        rollback.rollback()
        #expect(scratch.stored().isEmpty)
        #expect(FileManager.default.fileExists(atPath: source))
    }

    @Test("A moved file loses its old name with the commit")
    func committedMove() throws {
        let scratch = try Scratch()
        let store = try scratch.datastore()
        let source = try scratch.file("in.yaml")
        let rollback = FileRollback()
        let files = try store.ingest([FileDataset(path: source, refs: [ref()])], mode: .move, rollback: rollback)
        rollback.commit()
        #expect(!FileManager.default.fileExists(atPath: source))
        #expect(try links(#require(store.localPath(of: files[0]))) == 1)
    }

    @Test("Modes that make nothing record where the file is")
    func leavingModes() throws {
        let scratch = try Scratch()
        let store = try scratch.datastore()
        let outside = try scratch.file("out side.yaml")
        let inside = try scratch.file("repo/some/in.yaml")
        let url = "file://" + scratch.path + "/out%20side.yaml"
        func paths(_ file: String, _ mode: TransferMode) throws -> [String] {
            try store.ingest([FileDataset(path: file, refs: [ref()])], mode: mode, rollback: FileRollback()).map(\.path)
        }
        #expect(try paths(outside, .direct) == [url])
        #expect(try paths(inside, .direct) == ["file://" + inside])
        #expect(try paths(outside, .split) == [url])
        #expect(try paths(inside, .split) == ["some/in.yaml"])
        #expect(try paths(inside, .none) == ["some/in.yaml"])
        #expect(try paths("some/in.yaml", .none) == ["some/in.yaml"])
        #expect(try paths(inside, .auto) == ["some/in.yaml"])
        #expect(throws: ButlerError(.invalidArgument, "")) { try paths(outside, .none) }
        #expect(throws: ButlerError(.invalidArgument, "")) { try paths("../out side.yaml", .none) }
        #expect(throws: ButlerError(.fileNotFound, "")) { try paths("gone.yaml", .none) }
        #expect(throws: ButlerError(.fileNotFound, "")) { try paths(scratch.path + "/gone.yaml", .direct) }
        let mixed = [outside, inside].enumerated().map { index, path in
            Result { FileDataset(path: path, refs: [try ref(detector: Int64(index))]) }
        }
        let files = try store.ingest(mixed.map { try $0.get() }, mode: .auto, rollback: FileRollback())
        #expect(files.map(\.path) == [url, "some/in.yaml"])
    }

    @Test("Several datasets share a file; attributes are recorded as asked")
    func shared() throws {
        let scratch = try Scratch()
        let store = try scratch.datastore(["checksum": true])
        let file = FileDataset(
            path: try scratch.file("in.yaml"),
            refs: [try ref(), try ref(detector: 2)],
            formatter: "my.own.RawFormatter"
        )
        let files = try store.ingest([file], mode: .copy, rollback: FileRollback())
        #expect(files.count == 2)
        #expect(Set(files.map(\.path)).count == 1)
        #expect(files.map(\.dataset) == file.refs.map(\.id))
        #expect(files.allSatisfy { $0.formatter == "my.own.RawFormatter" && $0.checksum?.count == 128 })
        let bare = try store.ingest([file], mode: .copy, recordsFileAttributes: false, rollback: FileRollback())
        #expect(bare.allSatisfy { $0.checksum == nil && $0.byteCount == nil })
    }

    @Test("A file with a formatter of its own needs none in the configuration")
    func ownFormatter() throws {
        let scratch = try Scratch()
        let store = try scratch.datastore()
        let ref = try Sample.ref("list", ["visit"], run: "r", storageClass: "StructuredDataList")
        var file = FileDataset(path: try scratch.file("in.dat"), refs: [ref], formatter: "my.own.RawFormatter")
        let stored = try store.ingest([file], mode: .copy, rollback: FileRollback())
        #expect(stored[0].path.hasSuffix(".dat") && stored[0].formatter == "my.own.RawFormatter")
        file.formatter = nil
        #expect(throws: ButlerError(.formatter, "")) { try store.ingest([file], mode: .copy, rollback: FileRollback()) }
        #expect(try store.predictedPath(for: ref) + ".dat" == stored[0].path)
    }

    @Test("A vanished source fails the whole call and leaves nothing")
    func vanished() throws {
        let scratch = try Scratch()
        let store = try scratch.datastore()
        var files = try (0..<40).map {
            FileDataset(path: try scratch.file("in\($0).yaml"), refs: [try ref(detector: Int64($0))])
        }
        files[23].path = scratch.path + "/gone.yaml"
        let rollback = FileRollback()
        let error = #expect(throws: ButlerError.self) { try store.ingest(files, mode: .move, rollback: rollback) }
        #expect(error?.code == .fileNotFound && error?.description.contains("gone.yaml") == true)
        rollback.rollback()
        #expect(scratch.stored().isEmpty)
        #expect(files.filter { FileManager.default.fileExists(atPath: $0.path) }.count == 39)
    }

    @Test("Many files are ingested in order, with progress")
    func many() throws {
        let scratch = try Scratch()
        let store = try scratch.datastore()
        let files = try (0..<100).map {
            FileDataset(path: try scratch.file("in\($0).yaml", "\($0)"), refs: [try ref(detector: Int64($0))])
        }
        let last = LastNumber()
        let stored = try store.ingest(files, mode: .copy, rollback: FileRollback()) { last.raise(to: $0) }
        #expect(stored.map(\.dataset) == files.map { $0.refs[0].id })
        #expect(last.number == 100)
        for (index, file) in stored.enumerated() {
            #expect(try store.read([file], ref: files[index].refs[0]) as? String == "\(index)")
        }
    }

    @Test("A suffix that the formatter does not read is refused")
    func suffix() throws {
        let scratch = try Scratch()
        let store = try scratch.datastore()
        let file = FileDataset(path: try scratch.file("in.fits"), refs: [try ref()])
        #expect(throws: ButlerError(.formatter, "")) { try store.ingest([file], mode: .copy, rollback: FileRollback()) }
    }

    @Test("Hostile file names keep their files apart", arguments: ["a b.yaml", "-rf.yaml", "ü%20#x.yaml", "a\nb.yaml"])
    func hostileNames(name: String) throws {
        let scratch = try Scratch()
        let store = try scratch.datastore()
        let file = FileDataset(path: try scratch.file(name), refs: [try ref()])
        let copied = try store.ingest([file], mode: .copy, rollback: FileRollback())
        #expect(try store.read(copied, ref: file.refs[0]) as? String == "mean: 101.1\n")
        let direct = try store.ingest([file], mode: .direct, rollback: FileRollback())
        #expect(direct[0].path.hasPrefix("file:///"))
        #expect(try store.read(direct, ref: file.refs[0]) as? String == "mean: 101.1\n")
    }
}

/// The greatest number that threads reported.
private final class LastNumber: @unchecked Sendable {
    // The lock protects the number.
    private let lock = NSLock()
    private var greatest = 0

    var number: Int { lock.withLock { greatest } }

    func raise(to number: Int) { lock.withLock { greatest = max(greatest, number) } }
}
