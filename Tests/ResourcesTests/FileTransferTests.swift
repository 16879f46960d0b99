import Foundation
import Resources
import StewardCore
import Testing

@Suite struct FileTransferTests {
    let scratch: Scratch
    let source: ResourcePath

    init() throws {
        scratch = try Scratch()
        source = try scratch.file("in/dïr *?[x]/a b#%20.yaml", "- 1\n- 2\n- 3\n")
    }

    private var target: ResourcePath { scratch.root.appending("out/p/q/t é.yaml") }

    @Test("each mode gives a file with the content, and link counts and sources as in the reference")
    func modes() throws {
        let expected: [(TransferMode, links: Int?, isLink: Bool, hasSource: Bool)] = [
            (.copy, 1, false, true), (.link, 2, false, true), (.hardlink, 2, false, true), (.auto, 2, false, true),
            (.symlink, nil, true, true), (.relsymlink, nil, true, true), (.move, 1, false, false),
        ]
        for (mode, links, isLink, hasSource) in expected {
            let path = target.parent.appending(mode.rawValue)
            let outcome = try FileTransfer().run(source, to: path, mode: mode)
            #expect(outcome.size == 12 && outcome.checksum == nil)
            #expect(try scratch.text(path) == "- 1\n- 2\n- 3\n", "\(mode)")
            #expect(try FileStore().exists(source) == hasSource)
            #expect(((try? scratch.linkTarget(path)) != nil) == isLink)
            if let links { #expect(try scratch.attribute(path, .referenceCount) == links) }
            if links == 2 { try FileStore().remove(path) }
        }
        #expect(!scratch.names.contains { $0.contains(".tmp") })
    }

    @Test("symbolic links are absolute or relative, and lead to the file behind links")
    func links() throws {
        let alias = scratch.root.appending("alias.yaml")
        try FileManager.default.createSymbolicLink(atPath: alias.path, withDestinationPath: source.path)
        _ = try FileTransfer().run(alias, to: target, mode: .symlink)
        #expect(try scratch.linkTarget(target) == source.path)
        _ = try FileTransfer(overwrite: true).run(alias, to: target, mode: .relsymlink)
        #expect(try scratch.linkTarget(target) == "../../../in/dïr *?[x]/a b#%20.yaml")
        #expect(try scratch.text(target) == "- 1\n- 2\n- 3\n")
        // The way back is counted from where the directory really is.
        let elsewhere = scratch.root.appending("x/y/z/w")
        try FileStore.makeDirectories(elsewhere.path)
        let shortcut = scratch.root.appending("s")
        try FileManager.default.createSymbolicLink(atPath: shortcut.path, withDestinationPath: elsewhere.path)
        _ = try FileTransfer().run(source, to: shortcut.appending("t"), mode: .relsymlink)
        #expect(try scratch.text(shortcut.appending("t")) == "- 1\n- 2\n- 3\n")
    }

    @Test("checksums are computed while copying, and for every other mode")
    func checksums() throws {
        let digest = """
            b953abde8b4833fd836dc1b965cc2e19cc6b9617e030552b97208bc3787f86a27911742a57e83139bcca7fcfce5524201e49f378f1\
            adce9d9e7425bc9b8abba9
            """
        #expect(try FileStore.checksum(of: source) == digest)
        for mode in [TransferMode.copy, .hardlink, .symlink, .move] {
            let path = target.parent.appending(mode.rawValue)
            let outcome = try FileTransfer(checksum: .blake2b512).run(source, to: path, mode: mode)
            #expect(outcome.checksum == digest && outcome.mode == mode)
            if mode == .hardlink { try FileStore().remove(path) }
        }
        let large = scratch.root.appending("large")
        let bytes = (0..<3_000_001).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try FileStore().write(bytes, to: large, overwrite: false)
        let copy = scratch.root.appending("copy")
        let outcome = try FileTransfer(checksum: .sha256).run(large, to: copy, mode: .copy)
        #expect(outcome.checksum == Hexadecimal.encode(Digest.of(bytes, .sha256)) && outcome.size == bytes.count)
        #expect(try FileStore().read(copy) == bytes)
        let plain = scratch.root.appending("plain")
        #expect(try FileTransfer().run(large, to: plain, mode: .copy).size == bytes.count)
        #expect(try FileStore().read(plain) == bytes)
    }

    @Test("copies have the source's permissions, empty and pseudo files are copied")
    func special() throws {
        try FileManager.default.setAttributes([.posixPermissions: 0o440], ofItemAtPath: source.path)
        _ = try FileTransfer().run(source, to: target, mode: .copy)
        #expect(try scratch.attribute(target, .posixPermissions) == 0o440)
        _ = try FileTransfer(overwrite: true).run(source, to: target, mode: .copy)
        let empty = try scratch.file("empty", "")
        #expect(try FileTransfer().run(empty, to: scratch.root.appending("e2"), mode: .copy).size == 0)
        guard FileManager.default.fileExists(atPath: "/proc/self/status") else { return }
        let pseudo = ResourcePath(localPath: "/proc/self/status")
        #expect(try FileTransfer().run(pseudo, to: scratch.root.appending("status"), mode: .copy).size > 0)
    }

    @Test("existing targets are refused, or replaced when allowed", arguments: TransferMode.allCases)
    func existing(mode: TransferMode) throws {
        guard mode.makesFile else {
            #expect(throws: ButlerError(.invalidArgument, "")) {
                try FileTransfer().run(source, to: target, mode: mode)
            }
            return
        }
        let occupied = try scratch.file("occupied", "old")
        let error = #expect(throws: ButlerError.self) { try FileTransfer().run(source, to: occupied, mode: mode) }
        #expect(error?.code == .fileAccess && error?.message.contains("exists") == true)
        #expect(try scratch.text(occupied) == "old")
        _ = try FileTransfer(overwrite: true).run(source, to: occupied, mode: mode)
        #expect(try scratch.text(occupied) == "- 1\n- 2\n- 3\n")
        let broken = scratch.root.appending("broken")
        try FileManager.default.createSymbolicLink(atPath: broken.path, withDestinationPath: "/nowhere/at/all")
        #expect(throws: ButlerError(.fileAccess, "")) { try FileTransfer().run(occupied, to: broken, mode: mode) }
    }

    @Test("the same file as source and target is left alone", arguments: TransferMode.allCases.filter(\.makesFile))
    func same(mode: TransferMode) throws {
        let alias = scratch.root.appending("alias")
        try FileManager.default.createSymbolicLink(atPath: alias.path, withDestinationPath: source.path)
        for path in [source, source.parent.appending("../dïr *?[x]/a b#%20.yaml")] {
            #expect(try FileTransfer(overwrite: true).run(source, to: path, mode: mode).mode == .none)
        }
        #expect(try FileTransfer(overwrite: true).run(alias, to: alias, mode: mode).mode == .none)
        #expect(try FileTransfer().run(alias, to: source, mode: mode).mode == .none)
        #expect(try scratch.text(source) == "- 1\n- 2\n- 3\n")
    }

    @Test("missing, vanished and unusable sources are errors that name the path")
    func missing() throws {
        let absent = scratch.root.appending("absent")
        let broken = scratch.root.appending("broken")
        try FileManager.default.createSymbolicLink(atPath: broken.path, withDestinationPath: absent.path)
        for mode in TransferMode.allCases where mode.makesFile {
            for path in [absent, broken] {
                let error = #expect(throws: ButlerError.self) { try FileTransfer().run(path, to: target, mode: mode) }
                #expect(error?.code == .fileNotFound && error?.message.contains(path.path) == true)
            }
            #expect(throws: ButlerError(.fileAccess, "")) {
                try FileTransfer().run(scratch.root, to: target, mode: mode)
            }
        }
        #expect(!scratch.names.contains("out"))
        let remote = try ResourcePath("s3://b/k")
        #expect(throws: ButlerError(.fileAccess, "")) { try FileTransfer().run(remote, to: target, mode: .copy) }
    }

    @Test("undoing removes what was made and moves back what was moved")
    func rollback() throws {
        let second = try scratch.file("in/second", "2")
        struct Failure: Error {}
        #expect(throws: Failure.self) {
            try FileRollback.run { record in
                let transfer = FileTransfer(rollback: record)
                _ = try transfer.run(second, to: scratch.root.appending("out/1"), mode: .copy)
                let nested = FileRollback()
                _ = try FileTransfer(rollback: nested).run(
                    second,
                    to: scratch.root.appending("out/2"),
                    mode: .relsymlink
                )
                record.absorb(nested)
                _ = try transfer.run(second, to: scratch.root.appending("out/3"), mode: .move)
                _ = try transfer.run(scratch.root.appending("out/3"), to: scratch.root.appending("out/4"), mode: .link)
                try FileStore().remove(scratch.root.appending("out/1"))
                #expect(record.count == 5 && nested.count == 0)
                throw Failure()
            }
        }
        #expect(scratch.names.filter { $0.hasPrefix("out") } == ["out"])
        #expect(try scratch.text(second) == "2")
        let kept = scratch.root.appending("kept")
        try FileRollback.run { _ = try FileTransfer(rollback: $0).run(second, to: kept, mode: .copy) }
        #expect(try FileStore().exists(kept))
        let record = FileRollback()
        record.add(.created(scratch.root.path))
        #expect(record.rollback().count == 1)
    }

    @Test("a move within a transaction keeps the old name until the commit, and is finished when it was interrupted")
    func interruptedMove() throws {
        let text = try scratch.text(source)
        _ = try FileTransfer(rollback: FileRollback()).run(source, to: target, mode: .move)
        #expect(try scratch.text(source) == text && scratch.text(target) == text)
        let repeated = FileRollback()
        _ = try FileTransfer(overwrite: true, rollback: repeated).run(source, to: target, mode: .move)
        #expect(try scratch.text(source) == text)
        repeated.commit()
        #expect(try !FileStore().exists(source) && scratch.text(target) == text)
    }

    @Test("moves between file systems copy, and undo", .enabled(if: SmallDisk.isAvailable, "may not mount"))
    func otherDevice() throws {
        let disk = try SmallDisk()
        let there = disk.root.appending("a/b.yaml")
        let record = FileRollback()
        let outcome = try FileTransfer(checksum: .md5, rollback: record).run(source, to: there, mode: .move)
        #expect(outcome.mode == .move && outcome.size == 12 && outcome.checksum?.count == 32)
        #expect(try scratch.text(there) == "- 1\n- 2\n- 3\n")
        #expect(record.rollback().isEmpty)
        #expect(try !FileStore().exists(there) && scratch.text(source) == "- 1\n- 2\n- 3\n")
        _ = try FileTransfer().run(source, to: there, mode: .move)
        #expect(try scratch.text(there) == "- 1\n- 2\n- 3\n" && !FileStore().exists(source))
        _ = try FileTransfer().run(there, to: source, mode: .move)
        #expect(try FileTransfer().run(source, to: there, mode: .link).mode == .symlink)
        #expect(throws: ButlerError(.fileAccess, "")) {
            try FileTransfer().run(source, to: disk.root.appending("hard"), mode: .hardlink)
        }
    }

    @Test("modes are found by name")
    func names() throws {
        #expect(try TransferMode(name: "RelSymlink") == .relsymlink)
        let error = try #require(throws: ButlerError.self) { try TransferMode(name: "cpoy") }
        #expect(error.code == .invalidArgument && error.candidates == ["copy"])
    }
}
