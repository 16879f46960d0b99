internal import ArgumentParser
internal import Steward

/// `associate`: datasets into a TAGGED collection.
struct AssociateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "associate",
        abstract: "Add existing datasets to a TAGGED collection.",
        discussion: "Example:\n  steward associate REPO u/me/good --dataset-type calexp --collections u/me/run1"
    )

    @OptionGroup var repository: RepositoryArgument

    @Argument(help: "TAGGED collection; created when it does not exist.")
    var collection: String

    @Option(
        name: [.customShort("d"), .customLong("dataset-type")],
        help: "Names or globs (comma-separated, repeatable)."
    )
    var datasetTypeLists: [String] = []

    @OptionGroup var selection: DatasetSelectionOptions

    @Flag(inversion: .prefixedNo, help: "Only the first collection that has a dataset of a type and data ID counts.")
    var findFirst = false

    @Option(help: "Most datasets to add; 0 for all.")
    var limit = 0

    func run() async throws {
        let butler = try await repository.open(writeable: true)
        let refs = try await selection.find(
            datasetTypeLists.splitAtCommas,
            in: butler,
            findFirst: findFirst,
            limit: limit == 0 ? nil : abs(limit)
        )
        try await butler.registering(collection, .tagged) {
            try await butler.associate(refs, with: collection)
        }
    }
}

extension Butler {
    /// Registers a collection unless it exists, does work with it, and takes a new one away again when the work fails.
    func registering(
        _ name: String,
        _ kind: CollectionKind,
        documentation: String = "",
        _ work: () async throws -> Void
    ) async throws {
        let isNew = try await collections.register(name, kind, documentation: documentation)
        do {
            try await work()
        } catch {
            if isNew { try await collections.remove(name) }
            throw error
        }
    }
}
