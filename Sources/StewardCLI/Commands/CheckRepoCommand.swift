internal import ArgumentParser
internal import Steward
internal import StewardCore
internal import Synchronization

/// `check-repo`: whether database and files of a repository agree, and what can be mended.
struct CheckRepoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-repo",
        abstract: "Check that the tables and files of a repository agree, and mend what can be mended without loss.",
        discussion: """
            Compares files with their records, looks for files of no dataset, for what killed programs left, and for \
            rows that contradict each other. --repair empties the trash, removes temporary files that nobody writes \
            any more and files that a killed program made and did not record, adds rows that summaries and spatial overlaps lack, removes overlaps that are too many and \
            locations without records. It never removes other files, nor records of files that are missing. The exit \
            code is 1 if something is left to mend.

            Examples:
              steward check-repo REPO
              steward check-repo REPO --repair
              steward check-repo REPO --checksums --format json
            """
    )

    @OptionGroup var repository: RepositoryArgument

    @Flag(help: "Mend what can be mended without loss.")
    var repair = false

    @Flag(help: "Read every file that has a recorded checksum, and compare.")
    var checksums = false

    @Flag(inversion: .prefixedNo, help: "Look at files.")
    var files = true

    @Option(
        help: ArgumentHelp(
            "Temporary files are those of an ended program when they have not changed for so long.",
            valueName: "seconds"
        )
    )
    var temporaryAge = 3600

    @Option(help: ArgumentHelp("Most findings of a kind to show; 0 shows all.", valueName: "count"))
    var limit = 1000

    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard temporaryAge >= 0, limit >= 0 else {
            throw ValidationError("--temporary-age and --limit cannot be negative.")
        }
    }

    func run() async throws {
        let butler = try await repository.open(writeable: repair)
        let list = FindingList(limit: limit)
        let lines = StageLines()
        let outcome = try await butler.check(
            RepositoryCheck(
                repairing: repair,
                examinesFiles: files,
                comparesChecksums: checksums,
                temporaryAge: .seconds(temporaryAge)
            ),
            progress: { lines.update($0, $1, $2) },
            report: { list.add($0) }
        )
        lines.finish()
        try show(list.table, outcome)
        if !outcome.isClean { throw ExitCode(1) }
    }

    private func show(_ table: OutputTable, _ outcome: RepositoryCheck.Outcome) throws {
        if output.format != .table || !table.rows.isEmpty { Console.write(try output.render(table)) }
        let found = [outcome.open, outcome.repaired, outcome.notes].map { $0.values.reduce(0, +) }
        if found.reduce(0, +) > table.rows.count {
            Console.error("\(table.rows.count) of \(found.reduce(0, +)) findings are shown; --limit 0 shows all.")
        }
        guard output.format == .table else { return }
        Console.line(
            found[0] + found[1] == 0
                ? "No problems were found." : "\(found[0]) problems are left, \(found[1]) were repaired."
        )
    }
}

/// The findings to show: so many of each kind.
private final class FindingList: Sendable {
    private struct State {
        var rows: [[OutputTable.Cell]] = []
        var counts: [RepositoryFinding.Kind: Int] = [:]
    }

    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int) {
        self.limit = limit
    }

    func add(_ finding: RepositoryFinding) {
        state.withLock { state in
            state.counts[finding.kind, default: 0] += 1
            guard limit == 0 || state.counts[finding.kind, default: 0] <= limit else { return }
            state.rows.append([
                .text(finding.kind.rawValue), .text(finding.severity.rawValue), .text(finding.state.rawValue),
                .text(finding.subject), .text(finding.message), .text(finding.remedy),
            ])
        }
    }

    var table: OutputTable {
        var table = OutputTable(["kind", "severity", "state", "subject", "message", "remedy"], alignment: .left)
        table.rows = state.withLock { $0.rows }
        return table
    }
}

/// One progress line after the other, for the stages of a check.
private final class StageLines: Sendable {
    private let current = Mutex<(stage: RepositoryCheck.Stage, line: ProgressLine)?>(nil)

    func update(_ stage: RepositoryCheck.Stage, _ done: Int, _ total: Int) {
        current.withLock { current in
            if current?.stage != stage {
                current?.line.finish()
                current = (stage, ProgressLine(stage.rawValue))
            }
            current?.line.update(done, of: total)
        }
    }

    func finish() {
        current.withLock { $0?.line.finish() }
    }
}
