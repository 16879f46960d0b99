internal import ArgumentParser
internal import Foundation
internal import Steward
internal import StewardCore

/// `ingest-files`: files listed in a table, as datasets of one type.
struct IngestFilesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ingest-files",
        abstract: "Ingest files that a table lists.",
        discussion: """
            The first column of the table (CSV or ECSV) is the file, the others are dimensions. Rows with the same file \
            share it. Example:
              steward ingest-files REPO bias u/me/bias table.csv --data-id instrument=HSC --transfer copy
            """
    )

    @OptionGroup var repository: RepositoryArgument

    @Argument(help: "Dataset type; must be registered.")
    var datasetType: String

    @Argument(help: "RUN collection; created when it does not exist.")
    var targetRun: String

    @Argument(help: "Table of files.", completion: .file())
    var tableFile: String

    @Option(help: "Class name of the formatter; the configured one when left out.")
    var formatter: String?

    @Option(help: "How identifiers are made: unique, dataid_type or dataid_type_run.")
    var idGenerationMode = "unique"

    @OptionGroup var dataID: DataIDOptions

    @Option(help: "Folder that relative files lie in; the working directory when left out.")
    var prefix: String?

    @Flag(inversion: .prefixedNo, help: "Record sizes and checksums of the files.")
    var trackFileAttrs = true

    @Option(name: .shortAndLong, help: "What happens with the files.")
    var transfer = TransferMode.auto

    func run() async throws {
        guard let mode = DatasetIDMode(rawValue: idGenerationMode.uppercased()) else {
            throw ButlerError(
                .invalidArgument,
                "\"\(idGenerationMode)\" is no way to make identifiers.",
                remedy: "Use unique, dataid_type or dataid_type_run."
            )
        }
        let butler = try await repository.open(writeable: true)
        let type = try await butler.datasetType(datasetType)
        let fixed = try dataID.values()
        var order: [String] = []
        var byFile: [String: [DatasetRef]] = [:]
        for row in try FileListing(readingFrom: tableFile).rows {
            let values = fixed.merging(row.values) { $1 }
            let dataID = try await butler.dataID(values, for: type.dimensions)
            let file = row.file.contains("://") || row.file.hasPrefix("/") ? row.file : absolute(row.file)
            if byFile[file] == nil { order.append(file) }
            byFile[file, default: []].append(DatasetRef(type, dataID, run: targetRun, mode: mode))
        }
        let files = order.map { FileDataset(path: $0, refs: byFile[$0] ?? [], formatter: formatter) }
        let outcome = try await butler.ingest(
            files,
            IngestOptions(mode: transfer, recordsFileAttributes: trackFileAttrs)
        )
        Console.error("Ingested \(outcome.ingested.count) datasets of type \(type.name) into \(targetRun).")
    }

    private func absolute(_ file: String) -> String {
        let folder = prefix ?? FileManager.default.currentDirectoryPath
        return folder + "/" + file
    }
}

/// A table of files with their data IDs: CSV, or the CSV-like part of ECSV.
struct FileListing {
    /// One line.
    struct Row {
        let file: String
        let values: [String: DimensionValue]
    }

    let rows: [Row]

    /// Reads a table.
    ///
    /// - Parameter path: Path of the file.
    /// - Throws: ``ButlerError`` with `.fileNotFound` or `.corruptFile` naming the line.
    init(readingFrom path: String) throws {
        let table = try TextTable(readingFrom: path)
        rows = table.rows.map { _, cells in
            let values = zip(table.columns, cells).dropFirst().map { name, text in
                (name, Int64(text).map { DimensionValue.int($0) } ?? .string(text))
            }
            return Row(file: cells.first ?? "", values: Dictionary(values, uniquingKeysWith: { $1 }))
        }
    }
}
