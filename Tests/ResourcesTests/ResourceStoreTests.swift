import Foundation
import Resources
import StewardCore
import StewardTesting
import Synchronization
import Testing

/// What every store does alike.
@Suite struct ResourceStoreTests {
    @Test("files are written, described, read in parts and removed")
    func conformance() throws {
        let scratch = try Scratch()
        let places: [(any ResourceStore, ResourcePath)] = [
            (MemoryStore(), try ResourcePath("mem://test/root/")), (FileStore(), scratch.root.appending("root")),
        ]
        for (store, root) in places {
            try ResourceStoreConformance.check(store, below: root)
        }
    }

    @Test("a scheme without store is an error that names it")
    func schemes() throws {
        let path = try ResourcePath("s3://bucket/key")
        let error = try #require(throws: ButlerError.self) { try ResourceStores.standard.store(for: path) }
        #expect(error.code == .fileAccess && error.message.contains("\"s3\"") && error.remedy != nil)
        let memory = try ResourcePath("mem://m/x")
        let stores = ResourceStores.standard.adding(MemoryStore(), for: .mem)
        #expect(try stores.store(for: memory).exists(memory) == false)
        #expect(throws: ButlerError(.fileAccess, "")) { try FileStore().read(path) }
    }

    @Test("files get the permissions that the umask leaves, parents are made")
    func permissions() throws {
        let scratch = try Scratch()
        let path = try scratch.file("x/y/z.txt")
        let plain = scratch.root.path + "/plain"
        #expect(FileManager.default.createFile(atPath: plain, contents: Data()))
        let expected = try scratch.attribute(ResourcePath(localPath: plain), .posixPermissions)
        #expect(try scratch.attribute(path, .posixPermissions) == expected)
    }

    @Test("a writer that fails leaves nothing, and the old file stays")
    func atomic() throws {
        let scratch = try Scratch()
        let path = try scratch.file("a.fits.gz", "old")
        #expect(throws: CancellationError.self) {
            try FileStore.replace(path, overwrite: true) { temporary in
                #expect(temporary.hasSuffix(".tmp.fits.gz") && temporary.hasPrefix(scratch.root.path + "/"))
                try Data("half".utf8).write(to: URL(fileURLWithPath: temporary))
                throw CancellationError()
            }
        }
        #expect(scratch.names == ["a.fits.gz"])
        #expect(try scratch.text(path) == "old")
        // A writer that makes nothing is noticed.
        #expect(throws: ButlerError(.fileNotFound, "")) { try FileStore.replace(path, overwrite: true) { _ in } }
    }

    @Test("of many writers that may not overwrite, one wins and nobody sees half a file")
    func race() async throws {
        let scratch = try Scratch()
        let path = scratch.root.appending("shared.bin")
        let wins = await withTaskGroup(of: Bool.self) { group in
            for writer in 0..<16 {
                group.addTask {
                    let bytes = [UInt8](repeating: UInt8(writer), count: 100_000)
                    return (try? FileStore().write(bytes, to: path, overwrite: false)) != nil
                }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(wins == 1)
        #expect(Set(try FileStore().read(path)).count == 1 && scratch.names == ["shared.bin"])
    }

    @Test("names at the limit of the file system are written, longer ones refused")
    func longNames() throws {
        let scratch = try Scratch()
        let longest = String(repeating: "é", count: 125) + ".fits"
        #expect(try scratch.text(scratch.file(longest, "x")) == "x")
        #expect(scratch.names == [longest])
        #expect(throws: ButlerError(.invalidArgument, "")) { try scratch.file(longest + "x") }
    }

    @Test("a file in the way of a directory, and a directory in place of a file, are errors")
    func kinds() throws {
        let scratch = try Scratch()
        try scratch.file("file")
        #expect(throws: ButlerError.self) { try scratch.file("file/below") }
        #expect(throws: ButlerError(.fileNotFound, "")) { try FileStore().read(scratch.root.appending("file/x")) }
        #expect(throws: ButlerError(.fileAccess, "")) { try FileStore().read(scratch.root) }
        #expect(throws: ButlerError(.fileAccess, "")) { try FileStore().write([], to: scratch.root, overwrite: true) }
        #expect(throws: ButlerError.self) { try FileStore().remove(scratch.root) }
    }

    @Test("a full disk and a read-only one are told apart", .enabled(if: SmallDisk.isAvailable, "may not mount"))
    func fullDisk() throws {
        let disk = try SmallDisk()
        let scratch = try Scratch()
        let path = disk.root.appending("big.bin")
        let bytes = [UInt8](repeating: 7, count: 200_000)
        let error = try #require(throws: ButlerError.self) { try FileStore().write(bytes, to: path, overwrite: false) }
        #expect(error.code == .diskFull && error.message.contains(path.path))
        #expect(try FileStore().list(disk.root).isEmpty)
        let source = scratch.root.appending("source")
        try FileStore().write(bytes, to: source, overwrite: false)
        for checksum in [nil, Digest.Algorithm.blake2b512] {
            #expect(throws: ButlerError(.diskFull, "")) {
                try FileTransfer(checksum: checksum).run(source, to: path, mode: .copy)
            }
        }
        #expect(throws: ButlerError(.diskFull, "")) { try FileTransfer().run(source, to: path, mode: .move) }
        #expect(try FileStore().list(disk.root).isEmpty && FileStore().exists(source))
        try disk.makeReadOnly()
        #expect(throws: ButlerError(.readOnly, "")) { try FileStore().write([1], to: path, overwrite: false) }
        #expect(throws: ButlerError(.readOnly, "")) { try FileStore.makeDirectories(disk.root.path + "/a/b") }
    }

    @Test("one flush makes few or many files durable, and a vanished one is noticed")
    func durability() throws {
        let scratch = try Scratch()
        let batch = DurabilityBatch()
        for count in [3, 40] {
            for index in 0..<count {
                try FileStore.replace(scratch.root.appending("\(count)/\(index)"), overwrite: false, durability: batch)
                {
                    try Data("x".utf8).write(to: URL(fileURLWithPath: $0))
                }
            }
            #expect(batch.count == count)
            if count == 3 { batch.start() }
            try batch.flush()
            #expect(batch.count == 0)
        }
        for isStarted in [false, true] {
            batch.add(scratch.root.appending("absent").path)
            if isStarted { batch.start() }
            #expect(throws: ButlerError(.fileNotFound, "")) { try batch.flush() }
            try batch.flush()
        }
    }
}
