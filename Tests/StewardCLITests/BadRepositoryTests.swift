import Foundation
import Testing

/// Repositories and disks that are not as they should be.
@Suite struct BadRepositoryTests {
    @Test(
        "a repository without write permission is read, and every change is refused",
        .enabled(if: TestMachine.unprivileged != nil, "permissions cannot be made to bind here")
    )
    func readOnly() async throws {
        let sample = try await SampleRepository()
        try sample.write("value: 1", to: "good.yaml")
        let before = sample.snapshot()
        try setPermissions(of: sample, folders: 0o555, files: 0o444)
        defer { try? setPermissions(of: sample, folders: 0o755, files: 0o644) }
        let program = StewardProgram(prefix: TestMachine.unprivileged ?? [], directory: sample.folder.path)
        #expect(try program.expect(["query-collections", sample.root]).contains("cal/calib"))
        for change in [
            ["put", "REPO", "bias", "good.yaml", "--run", "u/new", "--data-id", "instrument=Cam1,detector=3"],
            ["associate", "REPO", "u/new", "-d", "metric", "--collections", "u/one"],
            ["collection-chain", "REPO", "u/new", "u/one"],
            ["register-dataset-type", "REPO", "new", "StructuredDataDict", "instrument"],
            ["remove-runs", "REPO", "cal/other", "--no-confirm", "--force"],
            ["remove-collections", "REPO", "u/tag", "--no-confirm"],
            ["prune-datasets", "REPO", "u/one", "--datasets", "metric", "--unstore", "--no-confirm"],
        ] {
            let outcome = try program.run(sample.words(change))
            expectReadable(outcome)
            #expect(outcome.errors.contains("written"), "\(outcome.errors)")
        }
        try await sample.expectUnchanged(since: before)
    }

    @Test("a disk that is full is an error, and what was there stays", arguments: [1, 40, 128, 300])
    func fullDisk(_ blocks: Int) async throws {
        let sample = try await SampleRepository()
        try sample.write(
            "value: [" + Array(repeating: "1234567", count: 100_000).joined(separator: ", ") + "]",
            to: "big"
        )
        let before = sample.snapshot()
        let program = StewardProgram(prefix: ["/bin/sh", "-c", "ulimit -f \(blocks); exec \"$0\" \"$@\""])
        let outcome = try program.run(
            sample.words([
                "put", "REPO", "bias", "FOLDER/big", "--run", "u/new", "--data-id", "instrument=Cam1,detector=3",
            ])
        )
        expectReadable(outcome)
        try await sample.expectUnchanged(since: before)
        try StewardProgram().expect(
            sample.words([
                "put", "REPO", "bias", "FOLDER/big", "--run", "u/new", "--data-id", "instrument=Cam1,detector=3",
            ])
        )
    }

    @Test("a file that vanished is told, and everything else works")
    func vanishedFile() async throws {
        let sample = try await SampleRepository()
        let file = try #require(sample.files(in: sample.root).first { $0.hasPrefix("u/one") })
        try FileManager.default.removeItem(atPath: sample.root + "/" + file)
        let get = ["get", sample.root, "metric", "--collections", "u/one", "--data-id"]
        let outcomes = try (0..<3).map { try StewardProgram().run(get + ["instrument=Cam1,detector=\($0)"]) }
        #expect(outcomes.count { $0.status == 0 } == 2)
        let lost = try #require(outcomes.first { $0.status != 0 })
        expectReadable(lost)
        #expect(lost.errors.contains(file) && lost.errors.contains("does not exist"))
        expectReadable(
            try StewardProgram().run(["retrieve-artifacts", sample.root, sample.folder.path + "/out", "-d", "metric"])
        )
        #expect(try StewardProgram().expect(["query-datasets", sample.root, "metric"]).contains("u/one"))
        try StewardProgram().expect([
            "prune-datasets", sample.root, "u/one", "--datasets", "metric", "--unstore", "--no-confirm",
        ])
    }

    @Test("a dataset that is damaged is told", arguments: ["{", "", "a: [1, 2\nb: }", "value: 1111"])
    func damagedDataset(_ text: String) async throws {
        let sample = try await SampleRepository()
        for file in sample.files(in: sample.root) where file.hasPrefix("u/one") {
            try Data(text.utf8).write(to: URL(fileURLWithPath: sample.root + "/" + file))
        }
        let outcome = try StewardProgram().run([
            "get", sample.root, "metric", "--collections", "u/one", "--data-id", "instrument=Cam1,detector=1",
        ])
        expectReadable(outcome)
        #expect(outcome.errors.contains("cannot be read"))
    }

    @Test(
        "a damaged dataset of the recorded size is told, too",
        arguments: ["value: [", "{{{{{{{{", "\u{1}\u{2}345678"]
    )
    func damagedContent(_ text: String) async throws {
        let sample = try await SampleRepository()
        for file in sample.files(in: sample.root) where file.hasPrefix("u/one") {
            let path = sample.root + "/" + file
            let size = try #require(FileManager.default.contents(atPath: path)).count
            let bytes = Data(text.utf8.prefix(size)) + Data(repeating: 0x5B, count: max(0, size - text.utf8.count))
            try bytes.write(to: URL(fileURLWithPath: path))
        }
        expectReadable(
            try StewardProgram().run([
                "get", sample.root, "metric", "--collections", "u/one", "--data-id", "instrument=Cam1,detector=1",
            ])
        )
    }

    @Test(
        "a damaged butler.yaml is told",
        arguments: [
            "a: [1", "[]", "42", "registry: {db: 3}", "registry: {db: \"mysql://x\"}",
            "registry: {db: \"sqlite:///nothere/x.sqlite3\"}", "datastore: {cls: x.Unknown}", "\u{0}\u{1}",
        ]
    )
    func damagedConfiguration(_ text: String) async throws {
        let sample = try await SampleRepository()
        try Data(text.utf8).write(to: URL(fileURLWithPath: sample.root + "/butler.yaml"))
        expectReadable(try StewardProgram().run(["query-collections", sample.root]))
    }

    @Test("a damaged database is told", arguments: [0, 10, 5_000, 100_000], [true, false])
    func damagedDatabase(_ size: Int, _ isNoise: Bool) async throws {
        let sample = try await SampleRepository()
        let path = sample.root + "/gen3.sqlite3"
        var data = try #require(FileManager.default.contents(atPath: path)).prefix(size)
        if isNoise { data = Data(data.map { $0 ^ 0x5A }) }
        try data.write(to: URL(fileURLWithPath: path))
        let outcome = try StewardProgram().run(["query-datasets", sample.root])
        expectReadable(outcome)
        #expect(outcome.errors.contains("database"))
    }

    @Test("a database that is gone is told, and not made anew")
    func missingDatabase() async throws {
        let sample = try await SampleRepository()
        let path = sample.root + "/gen3.sqlite3"
        try FileManager.default.removeItem(atPath: path)
        let outcome = try StewardProgram().run(["query-collections", sample.root])
        expectReadable(outcome)
        #expect(outcome.errors.contains("gen3.sqlite3"))
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test(
        "a repository of a newer or unknown format is refused, naming what is stored",
        arguments: [
            ("value = '9.9.9' WHERE name LIKE 'version:%CollectionManager'", "9.9.9"),
            ("value = '3.0.0' WHERE name LIKE 'version:%DatasetRecordStorageManagerUUID'", "3.0.0"),
            ("value = '7.1.0' WHERE name LIKE 'version:%DimensionRecordStorageManager'", "7.1.0"),
            ("value = 'no.version' WHERE name LIKE 'version:%Attribute%'", "no.version"),
            ("value = 'x.y.Unknown' WHERE name = 'config:registry.managers.collections'", "x.y.Unknown"),
            ("value = '{' WHERE name = 'config:dimensions.json'", "config:dimensions.json"),
        ]
    )
    func newerFormat(_ change: String, _ stored: String) async throws {
        let sample = try await SampleRepository()
        try sample.change("UPDATE butler_attributes SET \(change)")
        try sample.write("value: 1", to: "good.yaml")
        let before = sample.files(in: sample.root)
        for command in [
            ["query-collections", "REPO"],
            ["put", "REPO", "bias", "FOLDER/good.yaml", "--run", "u/new", "--data-id", "instrument=Cam1,detector=3"],
        ] {
            let outcome = try StewardProgram().run(sample.words(command))
            expectReadable(outcome)
            #expect(outcome.errors.contains(stored), "\(outcome.errors)")
        }
        #expect(sample.files(in: sample.root) == before)
    }

    private func setPermissions(of sample: SampleRepository, folders: Int, files: Int) throws {
        let manager = FileManager.default
        let paths = (manager.enumerator(atPath: sample.root)?.compactMap { $0 as? String } ?? []).sorted()
        for path in [""] + paths {
            let full = sample.root + "/" + path
            var isFolder: ObjCBool = false
            guard manager.fileExists(atPath: full, isDirectory: &isFolder) else { continue }
            let mode = isFolder.boolValue ? folders : files
            try manager.setAttributes([.posixPermissions: mode], ofItemAtPath: full)
        }
    }
}
