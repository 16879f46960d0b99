import Foundation
import Steward
import StewardCore
import StewardTesting
import Testing

/// An operation of the program that may be disturbed, and how to see whether it has happened.
struct FaultOperation: Sendable, CustomTestStringConvertible {
    /// How far an operation has come.
    enum State: Equatable {
        case before
        case after
        case partial(String)
    }

    let name: String
    /// Whether files lie in the repository before the operation, which belong to no dataset then.
    var hasOwnFiles = false
    /// Makes what the operation works on; the tag is part of all names.
    var prepare: @Sendable (FaultRepository, _ tag: String) async throws -> Void = { _, _ in }
    let arguments: @Sendable (FaultRepository, _ tag: String) -> [String]
    let state: @Sendable (FaultRepository, Butler, _ tag: String) async throws -> State

    var testDescription: String { name }

    /// All operations.
    static let all: [FaultOperation] =
        [put]
        + ["copy", "move", "hardlink", "symlink", "relsymlink", "link", "direct", "none"].map(ingest)
        + [purge, unstore, removeRuns, certify, decertify, associate, chain, importing, transfer, repair]

    // MARK: Files that come

    private static let put = FaultOperation(
        name: "put",
        prepare: { repository, tag in try repository.files(tag) },
        arguments: { repository, tag in
            let file = repository.folder.path + "/files-\(tag)/1.yaml"
            return ["put", repository.root, "metric", file, "--run", "u/\(tag)"] + [
                "--data-id", "instrument=Cam1,detector=1",
            ]
        },
        state: { try await stored("metric", in: "u/\($2)", of: 1, $1) }
    )

    private static func ingest(_ mode: String) -> FaultOperation {
        FaultOperation(
            name: "ingest by \(mode)",
            hasOwnFiles: mode == "none",
            prepare: { try $0.files($1, in: mode == "none" ? $0.root + "/u" : nil) },
            arguments: { repository, tag in
                let table = repository.folder.path + "/files-\(tag).csv"
                let place = (mode == "none" ? repository.root + "/u" : repository.folder.path) + "/files-\(tag)"
                return ["ingest-files", repository.root, "metric", "u/\(tag)", table, "--transfer", mode] + [
                    "--data-id", "instrument=Cam1", "--prefix", place,
                ]
            },
            state: { repository, butler, tag in
                let state = try await stored("metric", in: "u/\(tag)", of: 3, butler)
                let place = repository.folder.path + "/files-\(tag)"
                guard state == .before, mode == "move" else { return state }
                let count = try FileManager.default.contentsOfDirectory(atPath: place).count
                // Where they are until they are moved back is known to who repairs the repository.
                return count == 3 ? .before : .partial("\(count) of 3 files are where they were")
            }
        )
    }

    private static let importing = FaultOperation(
        name: "import",
        prepare: { repository, tag in
            try await repository.fill("u/\(tag)", root: repository.source)
            try StewardProgram().expect(
                ["export", repository.source, repository.folder.path + "/export-\(tag)", "-d", "metric"]
                    + ["--collections", "u/\(tag)", "--transfer", "copy"]
            )
        },
        arguments: { ["import", $0.root, $0.folder.path + "/export-\($1)", "--transfer", "copy"] },
        state: { try await stored("metric", in: "u/\($2)", of: 3, $1) }
    )

    private static let transfer = FaultOperation(
        name: "transfer",
        prepare: { try await $0.fill("u/\($1)", root: $0.source) },
        arguments: { repository, tag in
            ["transfer-datasets", repository.source, repository.root, "-d", "metric", "--collections", "u/\(tag)"]
                + ["--transfer", "copy"]
        },
        state: { try await stored("metric", in: "u/\($2)", of: 3, $1) }
    )

    // MARK: Files that go

    private static let purge = FaultOperation(
        name: "purge",
        prepare: { try await $0.fill("u/\($1)") },
        arguments: { ["prune-datasets", $0.root, "--purge", "u/\($1)", "--datasets", "metric", "--no-confirm"] },
        state: { opposite(try await stored("metric", in: "u/\($2)", of: 3, $1)) }
    )

    private static let unstore = FaultOperation(
        name: "unstore",
        prepare: { try await $0.fill("u/\($1)") },
        arguments: { ["prune-datasets", $0.root, "u/\($1)", "--datasets", "metric", "--unstore", "--no-confirm"] },
        state: { _, butler, tag in
            let refs = try await butler.queryDatasets("metric", collections: ["u/\(tag)"])
            guard refs.count == 3 else { return .partial("\(refs.count) of 3 datasets are known") }
            let count = try await butler.stored(refs, checkingFiles: true).count { $0 }
            return count == 3 ? .before : count == 0 ? .after : .partial("\(count) of 3 datasets are stored")
        }
    )

    private static let removeRuns = FaultOperation(
        name: "remove-runs",
        prepare: { repository, tag in
            try await repository.fill("u/\(tag)")
            let butler = try await Butler.open(repository.root, writeable: true)
            try await butler.collections.register("chain/\(tag)", .chained)
            try await butler.collections.redefineChain("chain/\(tag)", ["u/one", "u/\(tag)"])
        },
        arguments: { ["remove-runs", $0.root, "u/\($1)", "--no-confirm", "--force"] },
        state: { _, butler, tag in
            let state = opposite(try await stored("metric", in: "u/\(tag)", of: 3, butler))
            let children = try await butler.collections.info("chain/\(tag)").children
            let expected = state == .after ? ["u/one"] : ["u/one", "u/\(tag)"]
            return children == expected ? state : .partial("the chain holds \(children)")
        }
    )

    private static let repair = FaultOperation(
        name: "check-repo --repair",
        prepare: { repository, tag in
            let path = repository.root + "/u/1f5kq0z3m2x9v\(tag).tmp.yaml"
            try "x".write(toFile: path, atomically: false, encoding: .utf8)
        },
        arguments: { repository, _ in ["check-repo", repository.root, "--repair", "--temporary-age", "0"] },
        state: { repository, _, tag in
            let path = repository.root + "/u/1f5kq0z3m2x9v\(tag).tmp.yaml"
            return FileManager.default.fileExists(atPath: path) ? .before : .after
        }
    )

    // MARK: Collections

    private static let certify = FaultOperation(
        name: "certify",
        prepare: { try await $0.fill("cal/\($1)", "bias") },
        arguments: {
            ["certify-calibrations", $0.root, "cal/\($1)", "calib/\($1)", "bias", "--begin-date", "2025-01-01"]
        },
        state: { try await members("bias", of: "calib/\($2)", 3, $1) }
    )

    private static let decertify = FaultOperation(
        name: "decertify",
        prepare: { repository, tag in
            let refs = try await repository.fill("cal/\(tag)", "bias")
            let butler = try await Butler.open(repository.root, writeable: true)
            try await butler.collections.register("calib/\(tag)", .calibration)
            let begin = try TAI("2025-01-01T00:00:00", format: .isot, scale: .tai)
            let range = try Timespan(begin: begin, end: begin.advanced(bySeconds: 86_400))
            try await butler.certify(refs, in: "calib/\(tag)", validity: range)
        },
        arguments: { ["decertify-calibrations", $0.root, "calib/\($1)", "bias"] },
        state: { opposite(try await members("bias", of: "calib/\($2)", 3, $1)) }
    )

    private static let associate = FaultOperation(
        name: "associate",
        arguments: { ["associate", $0.root, "tag/\($1)", "--dataset-type", "metric", "--collections", "u/one"] },
        state: { try await members("metric", of: "tag/\($2)", 3, $1) }
    )

    private static let chain = FaultOperation(
        name: "collection-chain",
        arguments: { ["collection-chain", $0.root, "chain/\($1)", "u/tag,u/one,cal/calib"] },
        state: { _, butler, tag in
            guard try await exists("chain/\(tag)", butler) else { return .before }
            let children = try await butler.collections.info("chain/\(tag)").children
            return children.isEmpty
                ? .before
                : children == ["u/tag", "u/one", "cal/calib"] ? .after : .partial("the chain holds \(children)")
        }
    )

    // MARK: Questions

    private static func exists(_ collection: String, _ butler: Butler) async throws -> Bool {
        try await !butler.collections.query([collection], missingIsEmpty: true).isEmpty
    }

    private static func opposite(_ state: State) -> State {
        switch state {
        case .before: .after
        case .after: .before
        case .partial: state
        }
    }

    /// Whether none or all datasets of a run are there, and can be read.
    private static func stored(_ type: String, in run: String, of count: Int, _ butler: Butler) async throws -> State {
        guard try await exists(run, butler) else { return .before }
        let refs = try await butler.queryDatasets(type, collections: [run])
        for ref in refs { _ = try await butler.get(ref) }
        return refs.isEmpty ? .before : refs.count == count ? .after : .partial("\(refs.count) of \(count) datasets")
    }

    private static func members(_ type: String, of name: String, _ count: Int, _ butler: Butler) async throws -> State {
        guard try await exists(name, butler) else { return .before }
        let refs = try await butler.queryDatasets(type, collections: [name])
        return refs.isEmpty ? .before : refs.count == count ? .after : .partial("\(refs.count) of \(count) members")
    }
}
