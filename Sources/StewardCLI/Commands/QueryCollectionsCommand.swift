internal import ArgumentParser
internal import Steward

/// `query-collections`: which collections there are, and how they hang together.
struct QueryCollectionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "query-collections",
        abstract: "List the collections whose names match.",
        discussion: """
            Examples:
              steward query-collections REPO
              steward query-collections REPO 'HSC/*' --chains TABLE --show-dataset-types
              steward query-collections REPO --collection-type CALIBRATION --format json
            """
    )

    /// Shape of the output; the words are the reference's.
    enum Shape: String, CaseIterable, ExpressibleByArgument {
        case table = "TABLE"
        case inverseTable = "INVERSE-TABLE"
        case tree = "TREE"
        case inverseTree = "INVERSE-TREE"
        case flatten = "FLATTEN"
        case noChildren = "NO-CHILDREN"

        init?(argument: String) {
            self.init(rawValue: argument.uppercased())
        }
    }

    @OptionGroup var repository: RepositoryArgument

    @Argument(help: ArgumentHelp("Names or globs; all collections when left out.", valueName: "glob"))
    var globLists: [String] = []

    @Option(name: .customLong("collection-type"), help: "Only collections of this kind (repeatable).")
    var kinds: [CollectionKind] = []

    @Option(help: "Shape: TABLE, INVERSE-TABLE, TREE, INVERSE-TREE, FLATTEN or NO-CHILDREN.")
    var chains = Shape.tree

    @Flag(name: [.customShort("t"), .long], help: "Show the dataset types that each collection can hold.")
    var showDatasetTypes = false

    @Option(help: "Globs of dataset types to leave out (comma-separated).")
    var excludeDatasetTypes = "*_config,*_log,*_metadata,packages"

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let globs = globLists.splitAtCommas
        let butler = try await repository.open()
        var listing = CollectionListing(
            butler: butler,
            showsDatasetTypes: showDatasetTypes,
            excluded: [excludeDatasetTypes].splitAtCommas
        )
        let kinds = self.kinds.isEmpty ? Set(CollectionKind.allCases) : Set(self.kinds)
        let found = try await butler.collections.query(
            globs.isEmpty ? ["*"] : globs,
            kinds: kinds,
            flattening: chains == .flatten,
            includingChains: chains == .flatten ? nil : true
        )
        guard output.format == .table else {
            let inOrder = chains == .flatten || chains == .noChildren
            return Console.write(try output.render(try await listing.records(of: found, inOrder: inOrder)))
        }
        let table =
            switch chains {
            case .table, .inverseTable: try await listing.table(of: found, inverse: chains == .inverseTable)
            case .tree, .inverseTree: try await listing.tree(of: found, inverse: chains == .inverseTree)
            case .flatten, .noChildren: try await listing.list(of: found)
            }
        if !table.rows.isEmpty { Console.write(try output.render(table)) }
    }
}
