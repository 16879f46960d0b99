internal import Datasets
public import Steward
internal import StewardCore

extension CatalogueIngest {
    /// Ingests shards that are there already, such as those that the reference's converter wrote.
    ///
    /// All are read and checked first; the files stay where they are, or become the repository's own, as
    /// ``Options/transfer`` says (a copy if it does not).
    ///
    /// - Parameters:
    ///   - folder: A folder with files `NUMBER.fits`.
    ///   - butler: A repository opened for writing.
    /// - Returns: What was done.
    /// - Throws: ``ButlerError`` with `.corruptFile` if a shard does not pass the check, else as ``run(_:in:)``.
    public func run(shards folder: String, in butler: Butler) async throws -> Outcome {
        try CatalogueName.check(configuration.name, allowsAny: options.allowsAnyName)
        var options = options
        options.transfer = options.transfer ?? .copy
        options.output = nil
        let registration = CatalogueRegistration(configuration.name, options, butler, progress)
        if !options.isDryRun { try await registration.checkNew() }
        let progress = progress
        let checked = try await CatalogueCheck(jobs: options.jobs) { progress(.read, $0, $1) }.run(folder: folder)
        let forces = options.forces
        if let finding = checked.findings.first(where: { !$0.isWarning && !(forces && $0.kind == .version) }) {
            throw ButlerError(
                .corruptFile,
                "The shards in \"\(folder)\" cannot be taken. \(finding.subject): \(finding.message)",
                remedy: finding.kind == .version
                    ? "Use a later version of this program, or add --force." : "Convert the catalogue again.",
                context: checked.findings.prefix(10).map { .init($0.subject, $0.message) }
            )
        }
        guard let schema = checked.schema else {
            throw ButlerError(
                .fileNotFound,
                "There is no shard in \"\(folder)\".",
                remedy: "Shards are named by their trixels, such as 147175.fits."
            )
        }
        let outcome = Outcome(
            schema: schema,
            rowCount: checked.rowCount,
            shards: checked.shards.map { (trixel: $0.trixel, rowCount: $0.rowCount) },
            byteCount: checked.byteCount,
            badCount: 0,
            bad: [],
            warnings: Set(checked.findings.map(\.message)).sorted()
        )
        guard !options.isDryRun else { return outcome }
        try await registration.register(
            .init(outcome: outcome, shards: checked.shards, extent: checked.extent, configuration: configuration)
        )
        return outcome
    }
}
