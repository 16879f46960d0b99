import Foundation
import FITS
import Testing

/// `kill -9` at random moments of raw ingests and definitions of visits: resumed, they end as if nothing had happened.
@Suite(.serialized) struct RawCrashTests {
    @Test(
        "ingests and visits that are killed and resumed end as uninterrupted ones",
        arguments: [("copy", 10), ("move", 3), ("link", 3)]
    )
    func resumed(_ mode: String, _ attempts: Int) throws {
        let folder = try TemporaryFolder()
        let night = RawFolder(folder.path + "/night")
        try night.write(exposures: 1...40, detectors: 4)
        let whole = folder.path + "/whole"
        try prepare(whole)
        try night.copy(to: folder.path + "/in-whole")
        let ingest = try duration { try StewardProgram().expect(command(whole, folder.path + "/in-whole", mode)) }
        let visits = try duration { try StewardProgram().expect(["define-visits", whole, "SimCam"]) }
        let expected = try state(whole)
        #expect(expected.files.count == 160)
        var interrupted = 0
        // More attempts than wanted only where the programs were faster than the uninterrupted ones each time.
        for attempt in 0..<4 * attempts where attempt < attempts || interrupted == 0 {
            let root = folder.path + "/kill\(attempt)"
            let source = folder.path + "/in\(attempt)"
            try prepare(root)
            try night.copy(to: source)
            var isKilled = try kill(command(root, source, mode), after: ingest * .random(in: 0.1...1), folder.path)
            try StewardProgram().expect(command(root, source, mode))
            let found = try state(root)
            #expect(found.files == expected.files, "attempt \(attempt)")
            #expect(found.datasets == expected.datasets, "attempt \(attempt)")
            isKilled =
                try kill(["define-visits", root, "SimCam"], after: visits * .random(in: 0.1...1), folder.path)
                || isKilled
            try StewardProgram().expect(["define-visits", root, "SimCam"])
            #expect(try state(root) == expected, "attempt \(attempt)")
            if isKilled { interrupted += 1 }
            try FileManager.default.removeItem(atPath: root)
            try FileManager.default.removeItem(atPath: source)
        }
        #expect(interrupted > 0, "no attempt was killed in time")
    }

    private func prepare(_ root: String) throws {
        try StewardProgram().create(root)
        try StewardProgram().expect(["register-instrument", root, "SimCam"])
    }

    private func command(_ root: String, _ folder: String, _ mode: String) -> [String] {
        ["ingest-raws", root, folder, "--transfer", mode, "--batch", "4"]
    }

    /// What a repository holds.
    private struct State: Equatable {
        /// Paths of data files with their sizes.
        let files: [String: Int]
        let datasets: String
        let records: [String]
    }

    /// The state of a repository after a repair, which must find nothing but temporary files.
    private func state(_ root: String) throws -> State {
        let check = try StewardProgram().run(
            ["check-repo", root, "--repair", "--temporary-age", "0", "--format", "json", "--checksums"]
        )
        let found = try JSONDecoder().decode([CheckRepoTests.Finding].self, from: Data(check.output.utf8))
        #expect(found.allSatisfy { $0.kind == "temporary-file" && $0.state == "repaired" }, "\(check.output)")
        var files: [String: Int] = [:]
        let manager = FileManager.default
        for case let path as String in manager.enumerator(atPath: root + "/SimCam") ?? .init() {
            let attributes = try manager.attributesOfItem(atPath: root + "/SimCam/" + path)
            if attributes[.type] as? FileAttributeType == .typeRegular { files[path] = attributes[.size] as? Int }
        }
        // Rows come in no order of their own.
        let datasets = try StewardProgram().expect(
            ["query-datasets", root, "raw", "--collections", "*", "--format", "csv"]
        ).split(separator: "\n").sorted().joined(separator: "\n")
        let records = try ["exposure", "group", "day_obs", "visit", "visit_definition", "visit_detector_region"].map {
            try StewardProgram().expect(["query-dimension-records", root, $0, "--format", "csv"])
                .split(separator: "\n").sorted().joined(separator: "\n")
        }
        return State(files: files, datasets: datasets, records: records)
    }

    private func duration(_ work: () throws -> Void) throws -> Double {
        let start = ContinuousClock.now
        try work()
        let components = (ContinuousClock.now - start).components
        return Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }

    /// Starts a command, kills it after a time, and tells whether it was still running.
    private func kill(_ arguments: [String], after seconds: Double, _ folder: String) throws -> Bool {
        let process = try StewardProgram().start(
            arguments,
            input: nil,
            output: folder + "/killed.out",
            errors: folder + "/killed.err"
        )
        usleep(UInt32(seconds * 1e6))
        if process.isRunning { Foundation.kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
        return process.terminationReason == .uncaughtSignal
    }
}

/// Raw files of the simulated camera in a folder.
struct RawFolder {
    let path: String

    init(_ path: String) {
        self.path = path
    }

    /// Writes exposures with some detectors each, a minute apart and half a degree.
    ///
    /// - Parameters:
    ///   - exposures: Their counters.
    ///   - detectors: How many.
    ///   - camera: Name in the headers.
    /// - Throws: File errors.
    func write(exposures: ClosedRange<Int>, detectors: Int, camera: String = "SimCam") throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        for exposure in exposures {
            for detector in 0..<detectors {
                let file = try FITSFile(creating: "\(path)/\(camera)_\(exposure)_\(detector).fits")
                try file.append(
                    Image<UInt16>(box: PixelBox(xMin: 0, yMin: 0, width: 8, height: 8), filledWith: 7),
                    header: FITSHeader(Self.cards(exposure, detector, camera))
                )
                try file.close()
            }
        }
    }

    /// Copies the files.
    func copy(to folder: String) throws {
        try FileManager.default.copyItem(atPath: path, toPath: folder)
    }

    private static func cards(_ number: Int, _ detector: Int, _ camera: String) -> [(String, FITSValue)] {
        [
            ("INSTRUME", .string(camera)), ("OBSID", .string("\(camera)_O_20260310_\(1_000_000 + number)")),
            ("DAYOBS", 20_260_310),
            ("SEQNUM", .integer(Int64(number))), ("IMGTYPE", "SCIENCE"), ("FILTER", "SimCam-r"), ("EXPTIME", 30.0),
            ("DARKTIME", 30.5), ("OBJECT", "field"), ("REASON", "test"), ("PROGRAM", "P1"),
            ("MJD-BEG", .real(61_109.95 + 0.0007 * Double(number))),
            ("MJD-END", .real(61_109.9503 + 0.0007 * Double(number))),
            ("DETNAME", .string(["R00_S00", "R00_S01", "R00_S10", "R00_S11"][detector])),
            ("RA", .real(150 + 0.5 * Double(number))), ("DEC", 2.2), ("RADESYS", "ICRS"), ("ROTPA", 0.0),
            ("ROTCOORD", "sky"), ("ELSTART", 61.5), ("AZSTART", 35.2),
        ]
    }
}
