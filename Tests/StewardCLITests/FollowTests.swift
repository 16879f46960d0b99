import Foundation
import Testing

/// `ingest-raws --follow` as a process of its own.
@Suite struct FollowTests {
    private let folder: TemporaryFolder
    private var repository: String { folder.path + "/repo" }
    private var incoming: String { folder.path + "/incoming" }
    private var prepared: String { folder.path + "/prepared" }

    init() throws {
        folder = try TemporaryFolder()
        let program = StewardProgram()
        try program.expect(["create", repository])
        try program.expect(["register-instrument", repository, "SimCam"])
        try FileManager.default.createDirectory(atPath: incoming, withIntermediateDirectories: true)
        try RawFolder(prepared).write(exposures: 1...4, detectors: 2)
    }

    /// The program while it follows the folder.
    private func start(_ options: [String] = [], in repository: String? = nil) throws -> Process {
        try StewardProgram().start(
            [
                "ingest-raws", repository ?? self.repository, "--follow", incoming, "--period", "0.3", "--report",
                folder.path + "/report.json",
            ]
                + options,
            input: nil,
            output: folder.path + "/out",
            errors: folder.path + "/err"
        )
    }

    private var messages: String { (try? String(contentsOfFile: folder.path + "/err", encoding: .utf8)) ?? "" }

    /// Waits until the program has said something so many times; machines may be busy.
    private func wait(for text: String, times: Int = 1) async throws {
        for _ in 0..<600 {
            if messages.components(separatedBy: text).count > times { return }
            try await Task.sleep(for: .milliseconds(100))
        }
        Issue.record("\"\(text)\" was not said \(times) times: \(messages)")
    }

    private func bring(_ name: String, as target: String? = nil) throws {
        try FileManager.default.copyItem(atPath: "\(prepared)/\(name)", toPath: "\(incoming)/\(target ?? name)")
    }

    /// Asks the program to end, and returns its exit status.
    private func end(_ process: Process, _ number: Int32) async throws -> Int32 {
        kill(process.processIdentifier, number)
        for _ in 0..<600 where process.isRunning { try await Task.sleep(for: .milliseconds(100)) }
        if process.isRunning {
            Issue.record("still running: \(messages)")
            process.terminate()
        }
        process.waitUntilExit()
        #expect(process.terminationReason == .exit)
        return process.terminationStatus
    }

    private func count(_ kind: String, _ words: [String]) throws -> Int {
        let text = try StewardProgram().expect([kind, repository] + words + ["--format", "json"])
        return try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [Any]).count
    }

    private func report() throws -> [String: Any] {
        let data = try Data(contentsOf: URL(fileURLWithPath: folder.path + "/report.json"))
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    @Test(
        "files that appear are ingested, visits defined; a slow one when it is whole, a bad one is told; SIGTERM ends it"
    )
    func follow() async throws {
        try bring("SimCam_1_0.fits")
        let process = try start(["--define-visits"])
        try await wait(for: "Ingested 1 raws of 1 exposures")
        #expect(try count("query-dimension-records", ["visit"]) == 1)

        // A file that is still being written: pieces come more often than the period.
        let bytes = try Data(contentsOf: URL(fileURLWithPath: prepared + "/SimCam_2_0.fits"))
        let slow = incoming + "/SimCam_2_0.fits"
        try Data().write(to: URL(fileURLWithPath: slow))
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: slow))
        // The last piece is the data, so that the file is never whole before, however busy the machine is.
        let (pieces, header) = (12, bytes.count - 2_900)
        for piece in 0..<pieces {
            try handle.write(contentsOf: bytes[header * piece / pieces..<header * (piece + 1) / pieces])
            try await Task.sleep(for: .milliseconds(100))
        }
        try handle.write(contentsOf: bytes[header...])
        try handle.close()
        try await wait(for: "Ingested 1 raws of 1 exposures", times: 2)

        // Copied under a hidden name and renamed; and one that is no FITS file, mended later.
        try bring("SimCam_3_0.fits", as: ".SimCam_3_0.fits.a7F2k9")
        try Data("no FITS file".utf8).write(to: URL(fileURLWithPath: incoming + "/bad.fits"))
        try await wait(for: "failed: open: \(incoming)/bad.fits")
        #expect(try count("query-datasets", ["raw"]) == 2)
        try FileManager.default.moveItem(
            atPath: incoming + "/.SimCam_3_0.fits.a7F2k9",
            toPath: incoming + "/SimCam_3_0.fits"
        )
        try await wait(for: "Ingested 1 raws of 1 exposures", times: 3)
        try await Task.sleep(for: .milliseconds(900))
        #expect(
            messages.components(separatedBy: "failed: open: \(incoming)/bad.fits").count == 2,
            "a bad file is told once: \(messages)"
        )

        #expect(try await end(process, SIGTERM) == 1)
        let account = try report()
        #expect(account["ingested"] as? Int == 3 && account["visits"] as? Int == 3)
        #expect(account["skipped"] as? Int == 0, "no file was ingested twice")
        let failures = try #require(account["failures"] as? [[String: Any]])
        #expect(failures.map { $0["subject"] as? String } == [incoming + "/bad.fits"])
        #expect(messages.contains("Ingested 3 raws of 3 exposures; 0 were there, 1 failures."))
        #expect(try count("query-datasets", ["raw"]) == 3)
        #expect(try count("query-dimension-records", ["visit"]) == 3)
        #expect(try StewardProgram().run(["check-repo", repository]).status == 0)
    }

    @Test("SIGINT ends it; begun again it takes what came, and what it has is left; a mended file counts")
    func again() async throws {
        try bring("SimCam_1_0.fits")
        try Data("no FITS file".utf8).write(to: URL(fileURLWithPath: incoming + "/SimCam_4_1.fits"))
        let first = try start()
        try await wait(for: "1 failures")
        try Data(contentsOf: URL(fileURLWithPath: prepared + "/SimCam_4_1.fits"))
            .write(to: URL(fileURLWithPath: incoming + "/SimCam_4_1.fits"), options: .atomic)
        try await wait(for: "Ingested 1 raws of 1 exposures; 0 were there, 0 failures")
        #expect(try await end(first, SIGINT) == 0)
        try bring("SimCam_1_1.fits")
        let second = try start(["--format", "jsonl"])
        try await wait(for: "Ingested 1 raws of")
        #expect(try await end(second, SIGINT) == 0)
        #expect(try report()["ingested"] as? Int == 1 && report()["skipped"] as? Int == 2)
        let lines = try String(contentsOfFile: folder.path + "/out", encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 3 && lines.count { $0.contains("skipped") } == 2, "\(lines)")
        #expect(try count("query-datasets", ["raw"]) == 3)
    }

    @Test("what the repository does not know is told once, and taken when it does; a file that is not whole is told")
    func postponed() async throws {
        let bare = folder.path + "/bare"
        try StewardProgram().expect(["create", bare])
        try bring("SimCam_1_0.fits")
        try Data().write(to: URL(fileURLWithPath: incoming + "/empty.fits"))
        let process = try start(in: bare)
        try await wait(for: "failed: instrument: \(incoming)/SimCam_1_0.fits")
        try await Task.sleep(for: .seconds(4))
        #expect(messages.components(separatedBy: "failed: instrument: ").count == 2, "\(messages)")
        try StewardProgram().expect(["register-instrument", bare, "SimCam"])
        try await wait(for: "Ingested 1 raws of 1 exposures; 0 were there, 0 failures.")
        #expect(try await end(process, SIGTERM) == 0)
        #expect(try report()["incomplete"] as? Int == 1 && messages.contains("1 files were not complete yet."))
    }

    @Test("what cannot be followed is refused")
    func refused() throws {
        let program = StewardProgram()
        for (words, word) in [
            (["--follow", incoming, "--dry-run"], "--dry-run"), (["--follow", incoming, "--format", "csv"], "jsonl"),
            (["--follow", incoming, "--period", "0"], "--period"),
        ] {
            let outcome = try program.run(["ingest-raws", repository] + words)
            #expect(outcome.status == 2 && outcome.errors.contains(word), "\(outcome.errors)")
        }
        let file = try program.run(["ingest-raws", repository, "--follow", prepared + "/SimCam_1_0.fits"])
        #expect(file.status == 1 && file.errors.contains("is no folder"), "\(file.errors)")
    }

    @Test("without --follow, visits can be defined at once")
    func visits() throws {
        let outcome = try StewardProgram().run(["ingest-raws", repository, prepared, "--define-visits"])
        #expect(
            outcome.status == 0 && outcome.errors.contains("4 visits were defined or extended."),
            "\(outcome.errors)"
        )
        let again = try StewardProgram().run(["ingest-raws", repository, prepared, "--define-visits"])
        #expect(again.status == 0 && !again.errors.contains("visits"), "\(again.errors)")
        #expect(try count("query-dimension-records", ["visit"]) == 4)
    }
}
