import Foundation
import Steward
import StewardTesting
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// Disks that are full or may not be written: a clear error, nothing half done, and the next command works.
@Suite(.serialized, .timeLimit(.minutes(30))) struct FullDiskTests {
    private static let limit = ProcessInfo.processInfo.environment["STEWARD_FAULT_POINTS"].flatMap(Int.init) ?? 2

    @Test(
        "when writing fails from any call on, all is undone or can be repaired",
        .enabled(if: FaultLibrary.path != nil, "needs Linux and a C compiler"),
        arguments: FaultOperation.all.filter { $0.name != "check-repo --repair" }
    )
    func noSpace(_ operation: FaultOperation) async throws {
        let repository = try await FaultRepository(.sqlite)
        let log = repository.folder.path + "/calls"
        try await operation.prepare(repository, "whole")
        let whole = try FaultLibrary.run(operation.arguments(repository, "whole"), .none(log: log))
        try #require(whole.status == 0, "\(whole.errors)")
        let calls = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n").map { String($0) }
        for point in FaultLibrary.points(calls, limit: Self.limit == 0 ? .max : Self.limit) {
            let tag = "e\(point)"
            try await operation.prepare(repository, tag)
            let outcome = try FaultLibrary.run(operation.arguments(repository, tag), .error(point, ENOSPC))
            let place: Comment = "\(operation.name), no space from call \(calls[point - 1])"
            #expect(!outcome.wasKilled && [0, 1].contains(outcome.status), place)
            if outcome.status == 1 {
                #expect(
                    outcome.errors.contains("full") || outcome.errors.contains("No space"),
                    "\(place): \(outcome.errors)"
                )
            }
            try await expectSound(operation, repository, tag, wasDone: outcome.status == 0, place)
        }
    }

    private func expectSound(
        _ operation: FaultOperation,
        _ repository: FaultRepository,
        _ tag: String,
        wasDone: Bool,
        _ place: Comment
    ) async throws {
        let findings = try await repository.findings(after: operation)
        #expect(findings.isEmpty, "\(place): \(findings)")
        let state = try await operation.state(repository, try await Butler.open(repository.root), tag)
        // Where rows go before files, the rows may be gone with an error.
        #expect(state == .after || state == .before && !wasDone, place)
        guard state != .after else { return }
        let again = try StewardProgram().run(operation.arguments(repository, tag))
        #expect(again.status == 0, "\(place): \(again.errors)")
        let end = try await operation.state(repository, try await Butler.open(repository.root), tag)
        #expect(end == .after, place)
    }

    @Test(
        "a small file system that is full, then read-only, then neither",
        .enabled(if: SmallFileSystem.isPermitted, "file systems may not be mounted here")
    )
    func fileSystem() async throws {
        let disk = try SmallFileSystem(kibibytes: 4096)
        let root = disk.path + "/repo"
        try await SampleRepository.make(root)
        let file = disk.path + "/value.yaml"
        try ("value: \"" + String(repeating: "1", count: 60_000) + "\"").write(
            toFile: file,
            atomically: false,
            encoding: .utf8
        )
        func put(_ detector: Int, _ run: String) throws -> StewardProgram.Outcome {
            try StewardProgram().run(
                ["put", root, "metric", file, "--run", run, "--data-id", "instrument=Cam1,detector=\(detector)"]
            )
        }
        try disk.fill()
        for room in [0, 4, 16, 64] {
            try disk.free(kibibytes: room)
            let outcome = try put(1, "u/full\(room)")
            #expect(outcome.status == 1)
            #expect(outcome.errors.contains("full") || outcome.errors.contains("No space"), "\(outcome.errors)")
            try expectClean(root)
            try disk.fill()
        }
        try disk.empty()
        #expect(try put(1, "u/full0").status == 0)
        try expectClean(root)
        try disk.setReadOnly(true)
        let refused = try put(2, "u/more")
        #expect(refused.status == 1 && refused.errors.contains("cannot be written"), "\(refused.errors)")
        try StewardProgram().expect(["query-datasets", root, "metric", "--collections", "u/*"])
        try expectClean(root)
        try disk.setReadOnly(false)
        #expect(try put(2, "u/more").status == 0)
        try expectClean(root)
    }

    private func expectClean(_ root: String) throws {
        let outcome = try StewardProgram().run(["check-repo", root, "--temporary-age", "0"])
        #expect(outcome.status == 0, "\(outcome.output)")
    }
}

/// A file system in memory of a given size, mounted at a folder of its own.
private final class SmallFileSystem {
    let path: String
    private let folder: TemporaryFolder

    /// Whether this process may mount one.
    static let isPermitted: Bool = {
        #if os(Linux)
        return (try? SmallFileSystem(kibibytes: 1024)) != nil
        #else
        return false
        #endif
    }()

    struct NotMounted: Error {}

    init(kibibytes: Int) throws {
        folder = try TemporaryFolder()
        path = folder.path + "/disk"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try Self.run("mount", ["-t", "tmpfs", "-o", "size=\(kibibytes)k", "tmpfs", path])
    }

    deinit {
        try? Self.run("umount", ["-l", path])
    }

    /// Writes files until nothing more fits.
    func fill() throws {
        for size in [65_536, 4096] {
            let block = [UInt8](repeating: 7, count: size)
            var number = 0
            while true {
                let name = path + "/fill-\(size)-\(number)"
                number += 1
                if FileManager.default.fileExists(atPath: name) { continue }
                let descriptor = open(name, O_WRONLY | O_CREAT, 0o600)
                guard descriptor >= 0 else { break }
                let count = write(descriptor, block, size)
                close(descriptor)
                guard count == size else {
                    unlink(name)
                    break
                }
            }
        }
    }

    /// Makes so much room in a full one.
    func free(kibibytes: Int) throws {
        var left = kibibytes * 1024
        for name in try FileManager.default.contentsOfDirectory(atPath: path).sorted() where name.hasPrefix("fill-") {
            let size = name.hasPrefix("fill-65536") ? 65_536 : 4096
            guard size <= left else { continue }
            unlink(path + "/" + name)
            left -= size
        }
    }

    /// Removes what ``fill()`` wrote.
    func empty() throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: path) where name.hasPrefix("fill-") {
            unlink(path + "/" + name)
        }
    }

    func setReadOnly(_ isReadOnly: Bool) throws {
        try Self.run("mount", ["-o", "remount," + (isReadOnly ? "ro" : "rw"), path])
    }

    private static func run(_ program: String, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [program] + arguments
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw NotMounted() }
    }
}
