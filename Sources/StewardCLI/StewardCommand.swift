internal import ArgumentParser

/// The root of the command tree; one flat vocabulary, the reference's and Steward's own.
struct StewardCommand: AsyncParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "steward",
        abstract: "Data management for observational astronomy: repositories of the Gen3 Data Butler.",
        discussion: """
            Every subcommand has help with examples: steward SUBCOMMAND --help. The names, arguments and options are \
            those of "butler", so that alias butler=steward works. Exit codes: 0 ok, 1 user or data error, 2 usage, \
            70 internal.
            """,
        version: version,
        groupedSubcommands: [
            CommandGroup(
                name: "Repositories:",
                subcommands: [
                    CreateCommand.self, ImportCommand.self, ExportCommand.self, TransferDatasetsCommand.self,
                    CheckRepoCommand.self,
                ]
            ),
            CommandGroup(
                name: "Observations:",
                subcommands: [
                    RegisterInstrumentCommand.self, IngestRawsCommand.self, UpdateExposuresFromRawsCommand.self,
                    DefineVisitsCommand.self, UpdateDimensionRegionsCommand.self, CheckVisitsCommand.self,
                ]
            ),
            CommandGroup(
                name: "Sky maps:",
                subcommands: [
                    RegisterSkyMapCommand.self, MakeDiscreteSkyMapCommand.self, FindTractsCommand.self,
                ]
            ),
            CommandGroup(
                name: "Cameras and headers:",
                subcommands: [
                    CheckInstrumentCommand.self, DescribeInstrumentCommand.self, TranslateHeaderCommand.self,
                    WriteSidecarsCommand.self, WriteIndexCommand.self,
                ]
            ),
            CommandGroup(
                name: "Datasets:",
                subcommands: [
                    GetCommand.self, PutCommand.self, IngestFilesCommand.self, IngestZipCommand.self,
                    RetrieveArtifactsCommand.self,
                    AssociateCommand.self, PruneDatasetsCommand.self, RegisterDatasetTypeCommand.self,
                    RemoveDatasetTypeCommand.self,
                ]
            ),
            CommandGroup(
                name: "Collections:",
                subcommands: [CollectionChainCommand.self, RemoveRunsCommand.self, RemoveCollectionsCommand.self]
            ),
            CommandGroup(
                name: "Calibrations:",
                subcommands: [
                    CertifyCalibrationsCommand.self, DecertifyCalibrationsCommand.self, QueryCalibrationsCommand.self,
                ]
            ),
            CommandGroup(
                name: "Reference catalogues:",
                subcommands: [
                    IngestReferenceCatalogueCommand.self, QueryReferenceCatalogueCommand.self,
                    CheckReferenceCatalogueCommand.self,
                ]
            ),
            CommandGroup(
                name: "Questions:",
                subcommands: [
                    QueryCollectionsCommand.self, QueryDatasetTypesCommand.self, QueryDatasetsCommand.self,
                    QueryDataIDsCommand.self, QueryDimensionRecordsCommand.self, ExplainCommand.self,
                ]
            ),
            CommandGroup(name: "Shell:", subcommands: [PrintCompletionCommand.self]),
        ]
    )
}

/// `print-completion`: what a shell needs to complete commands and options.
struct PrintCompletionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "print-completion",
        abstract: "Print the completion script for a shell.",
        discussion: """
            Examples:
              steward print-completion bash > ~/.local/share/bash-completion/completions/steward
              steward print-completion zsh > ~/.zsh/completions/_steward
              steward print-completion fish > ~/.config/fish/completions/steward.fish
            """
    )

    /// The shells that completion scripts are made for.
    enum Shell: String, CaseIterable, ExpressibleByArgument {
        case bash
        case zsh
        case fish

        var kind: CompletionShell {
            switch self {
            case .bash: .bash
            case .zsh: .zsh
            case .fish: .fish
            }
        }
    }

    @Argument(help: "bash, zsh or fish.")
    var shell: Shell

    func run() throws {
        Console.line(StewardCommand.completionScript(for: shell.kind))
    }
}
