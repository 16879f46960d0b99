import Foundation
@testable import Resources
import StewardCore
import Testing

@Suite struct FileJournalTests {
    private static let future = Int64.max

    @Test("files that a process made and did not record are found and undone when it does not live any more")
    func abandoned() throws {
        let scratch = try Scratch()
        let root = scratch.root.path
        let journal = FileJournal(in: root)
        let rollback = FileRollback(journal: journal)
        let store = ResourcePath(localPath: root + "/a\\b\tc\nd/made.txt")
        try FileStore.replace(store, overwrite: true, rollback: rollback) { try FileStore.create($0, [1], for: "x") }
        let source = root + "/source.txt"
        try Data("2".utf8).write(to: URL(fileURLWithPath: source))
        let moved = ResourcePath(localPath: root + "/moved.txt")
        _ = try FileTransfer(rollback: rollback).run(ResourcePath(localPath: source), to: moved, mode: .move)
        // Its owner lives.
        #expect(try FileJournal.abandoned(in: root).isEmpty)
        let name = try #require(
            try FileManager.default.contentsOfDirectory(atPath: root).first(where: FileJournal.isJournal)
        )
        let copy = root + "/0" + name
        try FileManager.default.copyItem(atPath: root + "/" + name, toPath: copy)
        let handle = try #require(FileHandle(forWritingAtPath: copy))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data("99\tnot whole".utf8))
        try handle.close()
        let left = try #require(try FileJournal.abandoned(in: root).first)
        #expect(left.files.map(\.path) == [moved.path, store.path])
        #expect(try left.files.map { try $0.undo(unlessChangedSince: 0) } == [false, false])
        #expect(try left.files.map { try $0.undo(unlessChangedSince: Self.future) } == [true, true])
        #expect(try String(contentsOfFile: source, encoding: .utf8) == "2")
        #expect(try !FileStore().exists(store) && !FileStore().exists(moved))
        #expect(try FileJournal.abandoned(in: root).first?.files.isEmpty == true)
        withExtendedLifetime((journal, rollback)) {}
    }

    @Test("a file that somebody has replaced is not taken for the one that was made")
    func replaced() throws {
        let scratch = try Scratch()
        let root = scratch.root.path
        let journal = FileJournal(in: root)
        let rollback = FileRollback(journal: journal)
        let path = ResourcePath(localPath: root + "/file.txt")
        try FileStore.replace(path, overwrite: true, rollback: rollback) { try FileStore.create($0, [1], for: "x") }
        try FileStore.replace(path, overwrite: true) { try FileStore.create($0, [2], for: "x") }
        let name = try #require(
            try FileManager.default.contentsOfDirectory(atPath: root).first(where: FileJournal.isJournal)
        )
        try FileManager.default.copyItem(atPath: root + "/" + name, toPath: root + "/0" + name)
        #expect(try FileJournal.abandoned(in: root).map(\.files.count) == [0])
        withExtendedLifetime((journal, rollback)) {}
    }

    @Test("the list does not grow without end, and goes with its owner")
    func end() throws {
        let scratch = try Scratch()
        let path = try scratch.file("file.txt")
        func lists() throws -> [Int] {
            try FileManager.default.contentsOfDirectory(atPath: scratch.root.path).filter(FileJournal.isJournal).map {
                try Data(contentsOf: URL(fileURLWithPath: scratch.root.path + "/" + $0)).count
            }
        }
        do {
            let journal = FileJournal(in: scratch.root.path)
            #expect(try lists() == [])
            for _ in 0..<2000 {
                let rollback = FileRollback(journal: journal)
                try rollback.prepare(path.path, as: path.path)
                rollback.commit()
            }
            let sizes = try lists()
            #expect(sizes.count == 1 && sizes.allSatisfy { (1...FileJournal.idleSize + 100).contains($0) })
            let rollback = FileRollback(journal: journal)
            for _ in 0..<2000 { try rollback.prepare(path.path, as: path.path) }
            #expect(try lists().allSatisfy { $0 > 2 * FileJournal.idleSize })
            withExtendedLifetime((journal, rollback)) {}
        }
        #expect(try lists() == [])
    }
}
