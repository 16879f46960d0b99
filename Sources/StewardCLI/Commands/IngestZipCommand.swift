internal import ArgumentParser
internal import Steward
internal import StewardCore

/// `ingest-zip`: datasets in a zip file that `retrieve-artifacts` wrote.
struct IngestZipCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ingest-zip",
        abstract: "Ingest a zip file that retrieve-artifacts wrote; it stays as it is.",
        discussion: "Example:\n  steward ingest-zip REPO 47883ccf-7199-52b3-af15-8e8f31fdf3c1.zip --transfer-dimensions"
    )

    @OptionGroup var repository: RepositoryArgument

    @Argument(help: "Path or URI of the zip file.", completion: .file(extensions: ["zip"]))
    var zip: String

    @Option(name: .shortAndLong, help: "What happens with the file.")
    var transfer = TransferMode.auto

    @Flag(inversion: .prefixedNo, help: "Insert dimension records that are missing, from the zip file.")
    var transferDimensions = false

    @Flag(inversion: .prefixedNo, help: "Check everything, write nothing.")
    var dryRun = false

    func run() async throws {
        let butler = try await repository.open(writeable: !dryRun)
        let refs = try await butler.ingestZip(
            zip,
            mode: transfer,
            insertingDimensions: transferDimensions,
            isDryRun: dryRun
        )
        Console.error("\(dryRun ? "Would ingest" : "Ingested") \(refs.count) datasets of \"\(zip)\".")
    }
}
