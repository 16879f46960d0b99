import Foundation
import Testing

/// Commands that are asked for something wrong: one readable error, the right exit code, and nothing half-written.
@Suite struct BadInputTests {
    /// A wrong command.
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// `REPO` stands for the repository, `FOLDER` for the folder it lies in.
        let arguments: [String]
        /// What the error must say.
        let phrases: [String]
        var status: Int32 = 1

        init(_ description: String, _ arguments: [String], _ phrases: String..., status: Int32 = 1) {
            testDescription = description
            self.arguments = arguments
            self.phrases = phrases
            self.status = status
        }
    }

    @Test("a wrong command says what is wrong and leaves no trace", arguments: cases)
    func refusal(_ wrong: Case) async throws {
        let sample = try await SampleRepository()
        try sample.write("value: 1", to: "good.yaml")
        try sample.write("value: [1\nb: }", to: "broken.yaml")
        try sample.write("{\"value\": ", to: "broken.json")
        try sample.write("file,detector\ngood.yaml,1\n", to: "table.csv")
        try sample.write("file,detector\ngood.yaml,1\nmissing.yaml,2\n", to: "missing.csv")
        try sample.write("file,detector\ngood.yaml,1,2\n", to: "ragged.csv")
        try sample.write("description: Butler\nversion: 1.0.2\ndata: 3\n", to: "broken-export.yaml")
        let before = sample.snapshot()
        let outcome = try StewardProgram(directory: sample.folder.path).run(sample.words(wrong.arguments))
        expectReadable(outcome, status: wrong.status)
        for phrase in wrong.phrases {
            #expect(outcome.errors.contains(phrase), "\(phrase) is not said: \(outcome.errors)")
        }
        try await sample.expectUnchanged(since: before)
    }

    static let cases = values + names + kinds + conflicts + files + usage

    private static let values = [
        Case("unknown instrument", put("bias", "instrument=Nope,detector=1"), "instrument", "Nope"),
        Case("unknown detector", put("bias", "instrument=Cam1,detector=77"), "detector", "77"),
        Case("unknown detector name", put("bias", "instrument=Cam1,detector=X9"), "detector", "X9"),
        Case("missing dimension", put("bias", "instrument=Cam1"), "\"detector\"", "required"),
        Case("data ID without =", put("bias", "instrument"), "dimension=value"),
        Case(
            "validity that ends before it begins",
            certify("cal/other", "cal/new", "--begin-date", "2026-01-01", "--end-date", "2025-01-01", type: "bias"),
            "empty range"
        ),
        Case("month 13", certify("cal/other", "cal/new", "--begin-date", "2024-13-01"), "month 13"),
        Case("not a time", certify("cal/other", "cal/new", "--begin-date", "yesterday"), "\"yesterday\""),
        Case(
            "text for a number",
            ["query-data-ids", "REPO", "detector", "--where", "instrument='Cam1' AND detector='x'"],
            "detector"
        ),
        Case("open bracket", ["query-data-ids", "REPO", "detector", "--where", "(detector = 1"], "position", "^"),
    ]

    private static let names = [
        Case(
            "typo in a dimension",
            ["query-data-ids", "REPO", "detectr"],
            "\"detectr\"",
            "Did you mean \"detector\"?"
        ),
        Case("typo in an element", ["query-dimension-records", "REPO", "exposur"], "Did you mean \"exposure\"?"),
        Case(
            "typo in a condition",
            ["query-data-ids", "REPO", "exposure", "--where", "instrument='Cam1' AND exposre > 1"],
            "\"exposre\"",
            "\"exposure\""
        ),
        Case(
            "typo in a field",
            ["query-data-ids", "REPO", "exposure", "--where", "exposure.seq_nm = 1"],
            "Did you mean \"seq_num\""
        ),
        Case("typo in a data ID", put("bias", "instrument=Cam1,detectr=1"), "Did you mean \"detector\"?"),
        Case("typo in a dataset type", ["query-datasets", "REPO", "metrc"], "Did you mean \"metric\"?"),
        Case(
            "an order of several types",
            ["retrieve-artifacts", "REPO", "out", "-d", "metric,shot", "--order-by", "detector"],
            "needs exactly one dataset type"
        ),
        Case("typo in one of several types", ["query-datasets", "REPO", "bias", "metrc"], "Did you mean \"metric\"?"),
        Case("typo in a type to put", put("bais", "instrument=Cam1,detector=3"), "Did you mean \"bias\"?"),
        Case("typo in a type to list", ["query-dataset-types", "REPO", "bais"], "Did you mean \"bias\"?"),
        Case(
            "typo in a collection",
            ["query-datasets", "REPO", "bias", "--collections", "cal/calb"],
            "Did you mean \"cal/calib\"?"
        ),
        Case(
            "empty collection name",
            ["query-datasets", "REPO", "bias", "--collections", ""],
            "\"\""
        ),
        Case(
            "typo in a storage class",
            ["register-dataset-type", "REPO", "new", "StructuredDataDct", "instrument"],
            "Did you mean \"StructuredDataDict\""
        ),
        Case(
            "typo in a dimension of a new type",
            ["register-dataset-type", "REPO", "new", "StructuredDataDict", "detectr"],
            "Did you mean \"detector\"?"
        ),
        Case("typo in a column", ["query-collections", "REPO", "--columns", "Nam"], "Did you mean \"Name\""),
        Case("child of a chain that does not exist", ["collection-chain", "REPO", "u/new", "u/onn"], "\"u/one\""),
        Case("tag of a type that does not exist", associate("u/new", "metrc"), "Did you mean \"metric\"?"),
        Case("component that does not exist", get("metric.part"), "no component \"part\""),
        Case("identifier that does not exist", ["get", "REPO", "01a1fd5c-345e-7ab6-b1a6-ecb67f4b6b00"], "01a1fd5c"),
    ]

    private static let kinds = [
        Case(
            "put into a calibration collection",
            put("bias", "instrument=Cam1,detector=3", run: "cal/calib"),
            "CALIBRATION"
        ),
        Case("put into a tag", put("bias", "instrument=Cam1,detector=3", run: "u/tag"), "TAGGED"),
        Case("associate with a run", associate("u/one", "metric"), "RUN", "TAGGED"),
        Case("associate with a chain", associate("u/all", "metric"), "CHAINED", "TAGGED"),
        Case("certify into a tag", certify("cal/other", "u/tag"), "TAGGED", "CALIBRATION"),
        Case(
            "certify what is no calibration",
            certify("u/one", "cal/new", type: "metric"),
            "metric",
            "not a calibration"
        ),
        Case("certify from an empty run", certify("u/one", "cal/new"), "no datasets of type \"bias\""),
        Case("chain in place of a run", ["collection-chain", "REPO", "u/one", "cal/gen"], "RUN", "CHAINED"),
        Case("chain that holds itself", ["collection-chain", "REPO", "u/all", "u/all"], "itself"),
        Case("purge of a tag", ["prune-datasets", "REPO", "--purge", "u/tag", "--no-confirm"], "not a RUN"),
        Case(
            "dataset type with datasets",
            ["remove-dataset-type", "REPO", "bias"],
            "cannot be removed"
        ),
    ]

    private static let conflicts = [
        Case(
            "overlapping certification",
            certify("cal/other", "cal/calib", "--begin-date", "2025-01-15", "--end-date", "2025-03-01"),
            "validity range",
            "2025-01-01"
        ),
        Case(
            "dataset that exists",
            put("bias", "instrument=Cam1,detector=1", run: "cal/gen"),
            "has a dataset",
            "cal/gen"
        ),
        Case(
            "dataset type with other dimensions",
            register("metric", "instrument", "exposure"),
            "dimensions",
            "detector"
        ),
        Case("dataset type without its flag", register("bias", "instrument", "detector"), "calibration", "stored yes"),
        Case(
            "dataset type with another storage class",
            ["register-dataset-type", "REPO", "metric", "StructuredDataList", "instrument", "detector"],
            "storage class",
            "stored \"StructuredDataDict\", given \"StructuredDataList\""
        ),
        Case("repository that exists", ["create", "REPO"], "exists"),
    ]

    private static let files = [
        Case("file that does not exist", put("bias", "instrument=Cam1,detector=3", file: "no.yaml"), "no.yaml"),
        Case("broken YAML", put("bias", "instrument=Cam1,detector=3", file: "broken.yaml"), "broken.yaml", "YAML"),
        Case(
            "broken JSON",
            put("shot", "instrument=Cam1,detector=3,exposure=1", file: "broken.json"),
            "broken.json",
            "line 1"
        ),
        Case("table that does not exist", ingest("no.csv"), "no.csv"),
        Case("table of a missing file", ingest("missing.csv"), "missing.yaml"),
        Case("ragged table", ingest("ragged.csv"), "ragged.csv", "line 2"),
        Case("import of nothing", ["import", "REPO", "FOLDER/none"], "export file"),
        Case(
            "import of a broken file",
            ["import", "REPO", "FOLDER", "--export-file", "broken-export.yaml"],
            "\"data\""
        ),
        Case("no repository", ["query-collections", "FOLDER/none"], "There is no repository"),
        Case("a folder that is no repository", ["query-collections", "FOLDER"], "is not a repository", "butler.yaml"),
        Case("a file that is no repository", ["query-collections", "FOLDER/table.csv"], "table.csv"),
    ]

    private static let usage = [
        Case("no such subcommand", ["query-datasts", "REPO"], "Did you mean \"query-datasets\"", status: 2),
        Case("typo in an option", ["query-datasets", "REPO", "--colections", "x"], "'--collections'", status: 2),
        Case("no repository given", ["query-datasets"], "<repo>", status: 2),
        Case("unknown shape", ["query-collections", "REPO", "--chains", "ROUND"], "'ROUND'", "TREE", status: 2),
        Case("unknown kind", ["query-collections", "REPO", "--collection-type", "RUNN"], "CALIBRATION", status: 2),
        Case("unknown format", ["query-collections", "REPO", "--format", "xml"], "json", status: 2),
        Case("limit that is no number", ["query-datasets", "REPO", "--limit", "many"], "'many'", status: 2),
        Case("too many words", ["query-dimension-records", "REPO", "detector", "exposure"], "'exposure'", status: 2),
    ]

    private static func put(
        _ type: String,
        _ dataID: String,
        run: String = "u/new",
        file: String = "good.yaml"
    ) -> [String] {
        ["put", "REPO", type, file, "--run", run, "--data-id", dataID]
    }

    private static func get(_ dataset: String) -> [String] {
        ["get", "REPO", dataset, "--data-id", "instrument=Cam1,detector=1", "--collections", "u/one"]
    }

    private static func certify(_ from: String, _ to: String, _ rest: String..., type: String = "bias") -> [String] {
        ["certify-calibrations", "REPO", from, to, type] + rest
    }

    private static func associate(_ tag: String, _ type: String) -> [String] {
        ["associate", "REPO", tag, "-d", type, "--collections", "u/one"]
    }

    private static func register(_ type: String, _ dimensions: String...) -> [String] {
        ["register-dataset-type", "REPO", type, "StructuredDataDict"] + dimensions
    }

    private static func ingest(_ table: String) -> [String] {
        ["ingest-files", "REPO", "metric", "u/new", table, "--data-id", "instrument=Cam1", "--transfer", "copy"]
    }
}

/// Expects one readable error on standard error, and nothing that only programmers understand.
func expectReadable(_ outcome: StewardProgram.Outcome, status: Int32 = 1) {
    #expect(!outcome.wasKilled && outcome.status == status, "ended with \(outcome.status): \(outcome.errors)")
    #expect(outcome.output.isEmpty, "\(outcome.output)")
    let lines = outcome.errors.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(outcome.errors.hasPrefix("Error: "), "\(outcome.errors)")
    #expect(lines.count { $0.hasPrefix("Error: ") } == 1, "\(outcome.errors)")
    for word in ["Fatal error", "Internal error", "NSCocoa", "Optional(", "backtrace", "ButlerError("] {
        #expect(!outcome.errors.contains(word), "\(outcome.errors)")
    }
}
