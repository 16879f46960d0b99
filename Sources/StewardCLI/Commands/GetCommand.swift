internal import ArgumentParser
internal import Datastores
internal import Foundation
internal import Steward
internal import StewardCore

/// `get`: one dataset, or a component of it, to a file or to standard output.
struct GetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get",
        abstract: "Write one dataset or component to a file or to standard output.",
        discussion: """
            The suffix of the file chooses the form: .fits, .yaml, .json, .ecsv, .csv, .txt, and .png for a picture \
            of an image. Without a file, what can be read as text is printed.
            Examples:
              steward get REPO raw.metadata --data-id instrument=HSC,exposure=904024,detector=50
              steward get REPO bias --data-id instrument=HSC,detector=50 --data-id exposure=904024 -o bias.fits
            """
    )

    @OptionGroup var repository: RepositoryArgument

    @Argument(help: "Dataset type, with .component for a part; or the UUID of a dataset.")
    var dataset: String

    @OptionGroup var dataID: DataIDOptions

    @Option(name: .customLong("collections"), help: "Collections to search in order (comma-separated).")
    var collectionLists: [String] = []

    @Option(help: ArgumentHelp("Instant for calibrations, ISO 8601 in TAI.", valueName: "time"))
    var time: String?

    @Option(help: "Part of an image as x,y,width,height in pixels of the image's own coordinates.")
    var bbox: String?

    @Option(name: .shortAndLong, help: "File to write; - for standard output.", completion: .file())
    var output = "-"

    func run() async throws {
        let butler = try await repository.open()
        let ref = try await find(in: butler)
        var parameters: [String: ReadParameter] = [:]
        if let bbox { parameters["bbox"] = .box(try PixelBox(argument: bbox)) }
        if output != "-", bbox == nil, ref.datasetType.component == nil,
            try await butler.copyFile(of: ref, to: output)
        {
            return
        }
        let object = try await butler.get(ref, parameters: parameters)
        try DatasetPrinter(object: object, name: ref.datasetType.name).write(to: output)
    }

    private func find(in butler: Butler) async throws -> DatasetRef {
        if let id = UUID(uuidString: dataset) {
            guard let ref = try await butler.find(id: id) else {
                throw ButlerError(.datasetNotFound, "No dataset has the identifier \(dataset).")
            }
            return ref
        }
        let timespan = try time.map { text in
            try Timespan(instant: TAI(text, format: text.contains("T") ? .isot : .iso, scale: .tai))
        }
        return try await butler.resolve(
            dataset,
            try dataID.values(),
            collections: collectionLists.splitAtCommas,
            timespan: timespan
        )
    }
}

/// `put`: one dataset from a file or from standard input.
struct PutCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "put",
        abstract: "Store one dataset from a file or from standard input.",
        discussion: """
            Examples:
              steward put REPO bias bias.fits --run u/me/bias --data-id instrument=HSC,detector=50
              echo '{"mean": 3.5}' | steward put REPO stats - --run u/me/stats --data-id instrument=HSC,visit=904024
            """
    )

    @OptionGroup var repository: RepositoryArgument

    @Argument(help: "Dataset type.")
    var datasetType: String

    @Argument(help: "File to read; - for standard input.", completion: .file())
    var input: String

    @Option(name: .customLong("run"), help: "RUN collection to put it into; created when it does not exist.")
    var into: String

    @OptionGroup var dataID: DataIDOptions

    func run() async throws {
        let butler = try await repository.open(writeable: true)
        let type = try await butler.datasetType(datasetType)
        let values = try dataID.values()
        let ref = try await butler.put(
            file: input == "-" ? nil : input,
            contents: input == "-" ? Array(FileHandle.standardInput.readDataToEndOfFile()) : nil,
            as: type,
            butler.dataID(values, for: type.dimensions),
            run: into
        )
        Console.line(ref.id.dashed)
    }
}
