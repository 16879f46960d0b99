internal import ArgumentParser
internal import Steward
internal import StewardCore

/// `register-dataset-type`: a new kind of dataset.
struct RegisterDatasetTypeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "register-dataset-type",
        abstract: "Register a dataset type.",
        discussion: "Example:\n  steward register-dataset-type REPO bias ExposureF instrument detector --is-calibration"
    )

    @OptionGroup var repository: RepositoryArgument

    @Argument(help: "Name of the dataset type.")
    var datasetType: String

    @Argument(help: "Name of its storage class.")
    var storageClass: String

    @Argument(help: "Names of its dimensions.")
    var dimensions: [String] = []

    @Flag(inversion: .prefixedNo, help: "Whether datasets can be certified in calibration collections.")
    var isCalibration = false

    func run() async throws {
        guard !datasetType.contains(".") else {
            throw ButlerError(
                .datasetTypeExpression,
                "\"\(datasetType)\" is not a valid dataset type name: it names a component.",
                remedy: "Register the composite; its components follow from the storage class."
            )
        }
        let butler = try await repository.open(writeable: true)
        let type = try DatasetType(
            name: datasetType,
            dimensions: butler.universe.group(dimensions),
            storageClass: butler.storageClasses.storageClass(storageClass).name,
            isCalibration: isCalibration
        )
        let isNew = try await butler.register(type)
        Console.line(
            isNew
                ? "Dataset type successfully registered." : "Dataset type already existed in identical form."
        )
    }
}

/// `remove-dataset-type`: definitions that have no datasets.
struct RemoveDatasetTypeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove-dataset-type",
        abstract: "Remove the definitions of dataset types that have no datasets.",
        discussion: "Example:\n  steward remove-dataset-type REPO 'test_*'"
    )

    @OptionGroup var repository: RepositoryArgument

    @Argument(help: "Names or globs of dataset types.")
    var datasetTypeNames: [String] = []

    func run() async throws {
        let butler = try await repository.open(writeable: true)
        for name in datasetTypeNames {
            let types = try await butler.datasetTypes(matching: [name])
            if types.isEmpty { Console.error("No dataset types match \"\(name)\".") }
            for type in types {
                try await butler.removeDatasetType(type.name)
                Console.error("Removed dataset type \(type.name).")
            }
        }
    }
}

extension Butler {
    /// The dataset types that names and globs mean, all for none.
    ///
    /// - Parameter names: Names, which must exist, and globs.
    /// - Returns: The types, sorted by name.
    /// - Throws: ``ButlerError`` with `.missingDatasetType` for a name given in full; database errors.
    func namedDatasetTypes(_ names: [String]) async throws -> [DatasetType] {
        for name in names where !GlobPattern.isPattern(name) { _ = try await datasetType(name) }
        return try await datasetTypes(matching: names)
    }
}

/// `query-dataset-types`: which dataset types are registered.
struct QueryDatasetTypesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "query-dataset-types",
        abstract: "List the dataset types.",
        discussion: "Example:\n  steward query-dataset-types REPO 'cal*' --verbose"
    )

    @OptionGroup var repository: RepositoryArgument

    @Argument(help: ArgumentHelp("Names or globs; all dataset types when left out.", valueName: "glob"))
    var globLists: [String] = []

    @Flag(name: .shortAndLong, help: "Show dimensions and storage class, too.")
    var verbose = false

    @Option(name: .customLong("collections"), help: "Only types that these collections can hold (comma-separated).")
    var collectionLists: [String] = []

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let butler = try await repository.open()
        var types = try await butler.namedDatasetTypes(globLists.splitAtCommas)
        let collections = collectionLists.splitAtCommas
        if !collections.isEmpty {
            let names = try await butler.collections.query(collections, includingChains: true).map(\.name)
            let held = Set(try await butler.collections.datasetTypes(in: names).values.joined())
            types = types.filter { held.contains($0.name) }
        }
        guard !types.isEmpty || output.format != .table else {
            return Console.line("No results. Try --help for more information.")
        }
        Console.write(try output.render(table(of: types.sorted { $0.name < $1.name })))
    }

    private func table(of types: [DatasetType]) -> OutputTable {
        guard verbose || output.format != .table else {
            var table = OutputTable(["name"], alignment: .left)
            table.rows = types.map { [.text($0.name)] }
            return table
        }
        var table = OutputTable(["name", "dimensions", "storage class"], alignment: .left)
        table.columns[2].key = "storage_class"
        table.columns.append(.init("is calibration", key: "is_calibration"))
        table.rows = types.map { type in
            let names = type.dimensions.names
            let shown = "[" + names.map { "'\($0)'" }.joined(separator: ", ") + "]"
            return [
                .text(type.name), .shown(shown, .array(names.map { .string($0) })), .text(type.storageClass),
                .bool(type.isCalibration),
            ]
        }
        if output.format == .table { table.removeColumn(at: 3) }
        return table
    }
}
