internal import ArgumentParser
internal import Foundation
internal import Instruments
internal import ObservationMetadata
internal import Resources
internal import StewardCore

/// How headers are understood, common to the commands about them.
struct HeaderOptions: ParsableArguments {
    @Option(help: ArgumentHelp("A definition to prefer to those that are known; repeatable.", valueName: "file"))
    var definition: [String] = []

    @Option(
        help: ArgumentHelp(
            "A folder with corrections of single observations, before those of METADATA_CORRECTIONS_PATH; repeatable.",
            valueName: "folder"
        )
    )
    var corrections: [String] = []

    /// A reader of headers with the known cameras and those of the options.
    func reader() throws -> ObservationReader {
        let catalog = InstrumentCatalog.standard()
        let further = try definition.map { try catalog.definition($0) }
        return ObservationReader(
            try catalog.translators(and: further),
            corrections: CorrectionFolders(corrections, environment: ProcessInfo.processInfo.environment)
        )
    }
}

/// `translate-header`: headers as standard properties.
struct TranslateHeaderCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "translate-header",
        abstract: "Show what headers mean: the standard properties of observations.",
        discussion: """
            Files are FITS, or JSON or YAML with keywords and values, such as sidecars.
            Examples:
              steward translate-header raw.fits
              steward translate-header raw.json --format json
              steward translate-header raw.fits --definition ./MyCam.yaml
            """
    )

    @Argument(help: "FITS files, or headers in JSON or YAML.", completion: .file())
    var files: [String]

    @OptionGroup var headers: HeaderOptions

    @OptionGroup var output: OutputOptions

    func run() throws {
        let reader = try headers.reader()
        var table = OutputTable(
            (files.count > 1 ? ["file"] : []) + ["detector", "property", "value"],
            alignment: .left
        )
        var objects: [JSONValue] = []
        var failure: (any Error)?
        for file in files {
            do {
                for translation in try reader.translate(file: file) {
                    objects.append(object(file, translation))
                    table.rows += rows(file, translation)
                    for problem in translation.problems where output.format == .table {
                        Console.error("\(file): \(problem.property.rawValue): \(problem.error.message)")
                    }
                }
            } catch {
                if let earlier = failure { Console.error("Error: \(earlier)") }
                failure = error
            }
        }
        Console.write(
            output.format == .json ? JSONValue.array(objects).text(.indented) + "\n" : try output.render(table)
        )
        if let failure { throw failure }
    }

    private func rows(_ file: String, _ translation: Translation) -> [[OutputTable.Cell]] {
        let detector = translation.info.detectorNum.map { OutputTable.Cell.int($0) } ?? .null
        return translation.info.properties.map { item in
            (files.count > 1 ? [.text(file)] : [])
                + [detector, .text(item.property.rawValue), .text(item.value.description)]
        }
    }

    private func object(_ file: String, _ translation: Translation) -> JSONValue {
        let problems = translation.problems.map { JSONValue.Member($0.property.rawValue, .string($0.error.message)) }
        return .object([
            .init("file", .string(file)),
            .init("properties", translation.info.json),
            .init("problems", .object(problems)),
            .init("is_repaired", .bool(translation.repairs.isModified)),
            .init("repaired_keywords", .array(translation.repairs.keywords.map { .string($0) })),
            .init("correction", translation.repairs.correctionSource.map { .string($0) } ?? .null),
        ])
    }
}

/// Which files headers are written of, and in which form.
struct HeaderFileOptions: ParsableArguments {
    /// What the JSON files hold.
    enum Content: String, CaseIterable, ExpressibleByArgument {
        case translated
        case metadata
    }

    @Argument(help: "FITS files, and folders to search.", completion: .file())
    var files: [String]

    @Option(name: .shortAndLong, help: "What is written: translated (properties) or metadata (headers).")
    var content = Content.translated

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "Only files in folders in whose names this regular expression is found.",
            valueName: "expression"
        )
    )
    var regex = "\\.fit[s]?\\b"

    /// The files with their records, those that failed left out and reported.
    func records(_ reader: ObservationReader) throws -> (records: [(String, HeaderRecord)], failed: [String]) {
        let filter = try FileFilter.regularExpression(regex)
        let kind: HeaderRecord.Content = content == .translated ? .translated : .header
        var records: [(String, HeaderRecord)] = []
        var failed: [String] = []
        for path in try FileSearch(filter).find(files).flatMap(\.files) {
            let file = path.localPath ?? path.description
            do {
                let (record, problems) = try reader.record(ofFile: file, content: kind)
                records.append((file, record))
                for problem in problems {
                    Console.error("\(file): left out \(problem.property.rawValue): \(problem.error.message)")
                }
            } catch {
                failed.append(file)
                Console.error("\(file): \((error as? ButlerError)?.message ?? "\(error)")")
            }
        }
        return (records, failed)
    }

    /// The error for files that could not be read; nil when there are none.
    static func error(_ failed: [String]) -> ButlerError? {
        failed.isEmpty
            ? nil
            : ButlerError(
                .header,
                "The headers of \(failed.count) files could not be read: \(failed.joined(separator: ", "))."
            )
    }
}

/// `write-sidecars`: a JSON file with the header beside each data file.
struct WriteSidecarsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "write-sidecars",
        abstract: "Write a JSON file beside each data file that says what its header would.",
        discussion: """
            The form is that of the reference's "astrometadata write-sidecar".
            Examples:
              steward write-sidecars /data/night1
              steward write-sidecars raw1.fits raw2.fits --content metadata
            """,
        aliases: ["write-sidecar"]
    )

    @OptionGroup var files: HeaderFileOptions

    @OptionGroup var headers: HeaderOptions

    func run() throws {
        let (records, failed) = try files.records(headers.reader())
        for (file, record) in records { try Sidecar.write(record, besides: file) }
        Console.error("Wrote \(records.count) sidecars.")
        if let error = HeaderFileOptions.error(failed) { throw error }
    }
}

/// `write-index`: one JSON file with the headers of all files of a folder.
struct WriteIndexCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "write-index",
        abstract: "Write a JSON file with the headers of all data files of a folder.",
        discussion: """
            The form is that of the reference's "astrometadata write-index".
            Examples:
              steward write-index /data/night1
              steward write-index /data --outpath all.json --content metadata
            """
    )

    @OptionGroup var files: HeaderFileOptions

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("One index for all files; else one in each folder, _index.json.", valueName: "file")
    )
    var outpath: String?

    @OptionGroup var headers: HeaderOptions

    func run() throws {
        if let outpath, !outpath.hasSuffix(".json") {
            throw ButlerError(.invalidArgument, "The index \"\(outpath)\" must end in .json.")
        }
        let (records, failed) = try files.records(headers.reader())
        let working = FileManager.default.currentDirectoryPath
        if let outpath, !records.isEmpty {
            try HeaderIndex.write(records.map { (Self.relative($0.0, to: working), $0.1) }, to: outpath)
        } else {
            let folders = Dictionary(grouping: records) { ($0.0 as NSString).deletingLastPathComponent }
            for (folder, records) in folders.sorted(by: { $0.key < $1.key }) {
                let entries = records.map { (($0.0 as NSString).lastPathComponent, $0.1) }
                try HeaderIndex.write(entries, to: (folder as NSString).appendingPathComponent(HeaderIndex.fileName))
            }
        }
        Console.error("Wrote the headers of \(records.count) files.")
        if let error = HeaderFileOptions.error(failed) { throw error }
    }

    private static func relative(_ path: String, to folder: String) -> String {
        path.hasPrefix(folder + "/") ? String(path.dropFirst(folder.count + 1)) : path
    }
}
