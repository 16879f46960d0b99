internal import ArgumentParser
internal import Steward
internal import StewardCore

/// The options of a limit on the number of rows.
struct LimitOptions: ParsableArguments {
    @Option(parsing: .unconditional, help: "Most rows to return; 0 for all, negative for a cap with a warning.")
    var limit = -20_000

    /// How many rows to ask for: one more than a cap, to see whether it was hit.
    var asked: Int? { limit == 0 ? nil : limit < 0 ? -limit + 1 : limit }

    /// Counts rows up to a cap.
    var cap: RowCap { RowCap(most: limit < 0 ? -limit : nil) }

    /// Leaves out the row too many behind a cap, and warns of it.
    func cap(_ refs: inout [DatasetRef]) {
        var cap = cap
        refs = Array(cap.admitted(refs))
        if cap.isHit { warnOfMoreDatasets() }
    }

    /// Says that a cap on datasets was hit, in the reference's words.
    func warnOfMoreDatasets() {
        Console.error(
            "Requested limit of \(-limit) hit for number of datasets returned. Use --limit to increase this limit."
        )
    }

    /// Says that a cap on data IDs or records was hit, in the reference's words.
    func warnOfMoreDataIDs() {
        Console.error("More data IDs are available than the request limit of \(-limit)")
    }
}

/// Counts rows that come in pages, up to a cap.
struct RowCap: Sendable {
    /// Most rows that pass; nil for all.
    let most: Int?
    /// How many rows have come.
    private(set) var count = 0

    init(most: Int?) {
        self.most = most
    }

    /// Whether there were more rows than may pass.
    var isHit: Bool { most.map { count > $0 } ?? false }

    /// The rows of the next page that pass.
    mutating func admitted<Row>(_ page: [Row]) -> ArraySlice<Row> {
        let left = most.map { max(0, $0 - count) } ?? .max
        count += page.count
        return page.prefix(left)
    }
}

/// What rows are sorted by.
struct OrderOption: ParsableArguments {
    @Option(
        name: .customLong("order-by"),
        parsing: .unconditionalSingleValue,
        help: "Names to sort by, with - in front for descending (comma-separated)."
    )
    var lists: [String] = []

    var names: [String] { lists.splitAtCommas }
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
              steward query-datasets REPO flat --collections HSC/defaults --find-first --explain-plan
            Tables are sorted by run and data ID unless --order-by is given; other forms are written as rows come.
            """
    )

    @OptionGroup var repository: RepositoryArgument

    @Argument(help: ArgumentHelp("Names or globs of dataset types; all when left out.", valueName: "glob"))
    var globLists: [String] = []

    @OptionGroup var selection: DatasetSelectionOptions

    @Flag(inversion: .prefixedNo, help: "Only the first collection that has a dataset of a type and data ID counts.")
    var findFirst = false

    @OptionGroup var limit: LimitOptions

    @OptionGroup var order: OrderOption

    @Flag(help: "Show where each dataset's file lies.")
    var showUri = false

    @OptionGroup var plan: PlanOption

    @OptionGroup var output: OutputOptions

    private var globs: [String] { globLists.splitAtCommas }

    func run() async throws {
        let order = order.names
        let butler = try await repository.open()
        let results = try await selection.results(globs, in: butler, findFirst: findFirst, orderBy: order)
        if plan.explainPlan {
            return try await plan.show(results.map { $0.limited(to: limit.asked) }, output)
        }
        let listing = try DatasetListing(
            butler,
            output,
            sorts: order.isEmpty,
            showsURIs: showUri,
            repeating: try await repeating(results, in: butler)
        )
        let progress = ProgressLine.rows(output.format)
        defer { progress.finish() }
        var state = try await butler.reducePages(
            of: results,
            limit: limit.asked,
            into: State(listing: listing, cap: limit.cap)
        ) { [showUri] state, page in
            let refs = state.cap.admitted(page)
            if showUri {
                state.refs += refs
            } else {
                for ref in refs { try state.listing.add(ref) }
            }
            progress.update(state.cap.count, of: nil)
            return true
        }
        if state.cap.count == 0, DatasetSelectionOptions.single(globs) != nil { try await explainNothing(results) }
        for start in stride(from: 0, to: state.refs.count, by: 1000) {
            let refs = Array(state.refs[start..<min(start + 1000, state.refs.count)])
            for (ref, uris) in zip(refs, try await butler.uris(of: refs)) { try state.listing.add(ref, uris: uris) }
        }
        progress.finish()
        try state.listing.end()
        if state.cap.isHit { limit.warnOfMoreDatasets() }
    }

    /// What has come so far.
    private struct State: Sendable {
        var listing: DatasetListing
        var cap: RowCap
        /// Datasets whose locations are yet to be looked up.
        var refs: [DatasetRef] = []
    }

    /// The dataset types whose datasets may be found more than once: in the run that holds them and in another collection.
    private func repeating(_ results: [QueryResults<DatasetRef>], in butler: Butler) async throws -> Set<String> {
        guard !findFirst else { return [] }
        var types: Set<String> = []
        for result in results {
            guard case .datasets(let type, _) = result.query.spec.rows else { continue }
            let names = result.query.tree.searches.flatMap(\.collections)
            let searched = try await butler.collections.query(names, flattening: true)
            if searched.contains(where: { $0.kind != .run }) { types.insert(type.name) }
        }
        return types
    }

    /// Says on standard error why there is nothing, if that can be told.
    private func explainNothing(_ results: [QueryResults<DatasetRef>]) async throws {
        let reasons = try await results.first?.emptyReasons() ?? []
        for reason in reasons.prefix(10) { Console.error(reason) }
        if reasons.count > 10 { Console.error("and \(reasons.count - 10) more reasons of that kind") }
    }
}
