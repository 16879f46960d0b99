internal import ArgumentParser
internal import Steward
internal import StewardCore

/// The options of a limit on the number of rows.
struct LimitOptions: ParsableArguments {
    @Option(parsing: .unconditional, help: "Most rows to return; 0 for all, negative for a cap with a warning.")
    var limit = -20_000

    /// How many rows to ask for: one more than a cap, to see whether it was hit.
    var asked: Int? { limit == 0 ? nil : limit < 0 ? -limit + 1 : limit }

    /// Leaves out the row too many behind a cap, and tells whether there was one.
    func cap<Row>(_ rows: inout [Row]) -> Bool {
        guard limit < 0, rows.count > -limit else { return false }
        rows.removeLast(rows.count + limit)
        return true
    }
}

/// The option to skip rows, which the reference accepts but no longer honours.
struct OffsetOption: ParsableArguments {
    @Option(help: .hidden)
    var offset = 0

    /// Refuses anything but 0.
    func check() throws {
        guard offset == 0 else {
            throw ButlerError(
                .unimplementedQuery,
                "--offset \(offset) is not supported: rows have no fixed order to count in.",
                remedy: "Use --order-by with --limit, or a condition."
            )
        }
    }
}

/// `query-datasets`: which datasets there are.
struct QueryDatasetsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "query-datasets",
        abstract: "List datasets.",
        discussion: """
            Examples:
              steward query-datasets REPO raw --collections HSC/raw/all --where "exposure.day_obs = 20240105"
              steward query-datasets REPO 'cal*' --collections u/me --find-first --format csv
            """
    )

    @OptionGroup var repository: RepositoryArgument

    @Argument(help: ArgumentHelp("Names or globs of dataset types; all when left out.", valueName: "glob"))
    var globLists: [String] = []

    @OptionGroup var selection: DatasetSelectionOptions

    @Flag(inversion: .prefixedNo, help: "Only the first collection that has a dataset of a type and data ID counts.")
    var findFirst = false

    @OptionGroup var limit: LimitOptions

    @Option(
        name: .customLong("order-by"),
        parsing: .unconditionalSingleValue,
        help: "Names to sort by, with - in front for descending (comma-separated)."
    )
    var orderLists: [String] = []

    @Flag(help: "Show where each dataset's file lies.")
    var showUri = false

    @OptionGroup var output: OutputOptions

    private var globs: [String] { globLists.splitAtCommas }

    func run() async throws {
        let order = orderLists.splitAtCommas
        let butler = try await repository.open()
        var refs = try await selection.find(
            globs,
            in: butler,
            findFirst: findFirst,
            orderBy: order,
            limit: limit.asked
        )
        if refs.isEmpty, let type = DatasetSelectionOptions.single(globs) { try await explainNothing(type, in: butler) }
        let isCapped = limit.cap(&refs)
        var listing = DatasetListing(butler: butler, sorts: order.isEmpty)
        try await listing.add(refs, withURIs: showUri)
        Console.write(try listing.render(output))
        if isCapped {
            Console.error(
                "Requested limit of \(-limit.limit) hit for number of datasets returned. "
                    + "Use --limit to increase this limit."
            )
        }
    }

    /// Says on standard error why there is nothing, if that can be told.
    private func explainNothing(_ type: String, in butler: Butler) async throws {
        let reasons = try await butler.emptyReasons(
            type,
            collections: selection.searchedCollections,
            where: selection.condition
        )
        for reason in reasons.prefix(10) { Console.error(reason) }
        if reasons.count > 10 { Console.error("and \(reasons.count - 10) more reasons of that kind") }
    }
}
