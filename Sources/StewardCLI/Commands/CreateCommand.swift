internal import ArgumentParser
internal import Steward

/// `create`: a new, empty repository.
struct CreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Create an empty repository.",
        discussion: "Example:\n  steward create /data/repo"
    )

    @OptionGroup var repository: RepositoryArgument

    @Option(help: ArgumentHelp("YAML configuration applied on top of the defaults.", valueName: "file"))
    var seedConfig: String?

    @Option(help: ArgumentHelp("YAML or JSON definition of the dimension universe.", valueName: "file"))
    var dimensionConfig: String?

    @Flag(help: "Write all defaults into the repository's configuration.")
    var standalone = false

    @Flag(help: "Let the seed configuration override every repository setting, the datastore's root included.")
    var override = false

    @Option(
        name: [.customShort("f"), .long],
        help: ArgumentHelp("Where the configuration goes instead of REPO.", valueName: "file")
    )
    var outfile: String?

    func run() async throws {
        try repository.checkWriteable()
        let options = RepositoryCreation(
            seedConfig: seedConfig,
            dimensionConfig: dimensionConfig,
            isStandalone: standalone,
            overrides: self.override,
            outfile: outfile
        )
        try await Butler.create(repository.repository, options)
    }
}
