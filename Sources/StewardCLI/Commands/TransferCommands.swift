internal import ArgumentParser
internal import Steward
internal import StewardCore

/// `retrieve-artifacts`: copies of datasets' files.
struct RetrieveArtifactsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retrieve-artifacts",
        abstract: "Copy the files of datasets to a folder.",
        discussion:
            "Example:\n  steward retrieve-artifacts REPO ./out --dataset-type raw --collections HSC/raw/all --where \"exposure = 904024\""
    )

    @OptionGroup var repository: RepositoryArgument

    @Argument(help: "Folder to write to.", completion: .directory)
    var destination: String

    @Option(
        name: [.customShort("d"), .customLong("dataset-type")],
        help: "Names or globs (comma-separated, repeatable)."
    )
    var datasetTypeLists: [String] = []

    @OptionGroup var selection: DatasetSelectionOptions

    @Flag(inversion: .prefixedNo, help: "Only the first collection that has a dataset of a type and data ID counts.")
    var findFirst = true

    @OptionGroup var limit: LimitOptions

    @OptionGroup var order: OrderOption

    @Option(name: .shortAndLong, help: "How files get there: auto, copy, link, hardlink, symlink or relsymlink.")
    var transfer = TransferMode.copy

    @Flag(name: .shortAndLong, help: "List the files.")
    var verbose = false

    @Flag(inversion: .prefixedNo, help: "Keep the folders of the datastore.")
    var preservePath = true

    @Flag(inversion: .prefixedNo, help: "Overwrite files that exist.")
    var clobber = false

    @Flag(inversion: .prefixedNo, help: "Put the files into one zip file, which ingest-zip takes.")
    var zip = false

    func run() async throws {
        let butler = try await repository.open()
        var refs = try await selection.find(
            datasetTypeLists.splitAtCommas,
            in: butler,
            findFirst: findFirst,
            orderBy: order.names,
            limit: limit.asked
        )
        limit.cap(&refs)
        if zip, !refs.isEmpty {
            let file = try await butler.retrieveZip(refs, to: destination, overwriting: clobber)
            return Console.line("Zip file written to \(file)")
        }
        let files = try await butler.retrieveArtifacts(
            refs,
            to: destination,
            mode: transfer,
            preservingPaths: preservePath,
            overwriting: clobber
        )
        guard !files.isEmpty else { return Console.line("No datasets matched query.") }
        if verbose {
            Console.line("Transferred the following to \(destination):")
            for file in files { Console.line(file) }
            Console.line("")
        }
        Console.line("Number of artifacts retrieved into destination \(destination): \(files.count)")
    }
}

/// `import`: what an export file says, with or without its data files.
struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Import an export file, with or without its data files.",
        discussion: "Example:\n  steward import REPO ./exported --transfer copy"
    )

    @OptionGroup var repository: RepositoryArgument

    @Argument(help: "Folder that holds the data files.", completion: .directory)
    var directory: String

    @Option(help: "Export file, looked for in the folder first.")
    var exportFile = "export.yaml"

    @Option(name: .shortAndLong, help: "How files get into the repository; without it they must lie there already.")
    var transfer: TransferMode?

    @Option(
        name: [.customShort("s"), .customLong("skip-dimensions")],
        help: "Dimensions not to import (comma-separated)."
    )
    var skippedLists: [String] = []

    @Flag(inversion: .prefixedNo, help: "Record sizes and checksums of the files.")
    var trackFileAttrs = true

    func run() async throws {
        let butler = try await repository.open(writeable: true)
        let warnings = try await butler.importExport(
            exportFile,
            in: directory,
            mode: transfer,
            skippingDimensions: Set(skippedLists.splitAtCommas),
            recordsFileAttributes: trackFileAttrs
        )
        for warning in warnings { Console.error("Warning: \(warning)") }
    }
}

/// `export`: an export file of what a query finds, with or without the data files.
struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write an export file of the datasets found, with their dimension records and collections.",
        discussion: """
            The reference reads it with "butler import". Example:
              steward export REPO ./exported --dataset-type bias --collections HSC/calib --transfer copy
            """
    )

    @OptionGroup var repository: RepositoryArgument

    @Argument(help: "Folder to write to.", completion: .directory)
    var directory: String

    @Option(help: "Name of the export file.")
    var exportFile = "export.yaml"

    @Option(
        name: [.customShort("d"), .customLong("dataset-type")],
        help: "Names or globs (comma-separated, repeatable)."
    )
    var datasetTypeLists: [String] = []

    @OptionGroup var selection: DatasetSelectionOptions

    @Flag(inversion: .prefixedNo, help: "Only the first collection that has a dataset of a type and data ID counts.")
    var findFirst = false

    @Option(
        name: .shortAndLong,
        help: "How data files get into the folder; without it only the export file is written."
    )
    var transfer: TransferMode?

    func run() async throws {
        let butler = try await repository.open()
        let refs = try await selection.find(datasetTypeLists.splitAtCommas, in: butler, findFirst: findFirst)
        try await butler.export(
            refs,
            to: directory,
            file: exportFile,
            collections: selection.collections,
            mode: transfer
        )
        Console.line("Exported \(refs.count) datasets to \(directory)/\(exportFile)")
    }
}
