internal import ArgumentParser
internal import Steward
internal import StewardCore

/// `query-data-ids`: which combinations of dimension values there are.
struct QueryDataIDsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "query-data-ids",
        abstract: "List data IDs.",
        discussion: """
            Examples:
              steward query-data-ids REPO visit detector --where "instrument = 'HSC' AND visit > 100"
              steward query-data-ids REPO --datasets raw --collections HSC/raw/all
              steward query-data-ids REPO visit tract --where "instrument = 'HSC' AND skymap = 'rings'" --explain-plan
            Tables are sorted unless --order-by is given; other forms are written as rows come.
            """
    )

    @OptionGroup var repository: RepositoryArgument

    @Argument(help: ArgumentHelp("Names of dimensions (comma-separated, repeatable).", valueName: "dimension"))
    var dimensionLists: [String] = []

    @Option(name: .customLong("datasets"), help: "Only data IDs with datasets of these types (comma-separated).")
    var datasetLists: [String] = []

    @OptionGroup var selection: DatasetSelectionOptions

    @OptionGroup var order: OrderOption

    @OptionGroup var limit: LimitOptions

    @OptionGroup var offset: OffsetOption

    @OptionGroup var plan: PlanOption

    @OptionGroup var output: OutputOptions

    private var dimensions: [String] { dimensionLists.splitAtCommas }
    private var datasets: [String] { datasetLists.splitAtCommas }

    func run() async throws {
        try offset.check()
        let butler = try await repository.open()
        let order = order.names
        let reason = try await reasonForNothing(in: butler)
        let results =
            reason != nil
            ? nil
            : try await butler.dataIDResults(dimensions, datasets: datasets, collections: selection.collections)?
                .filtered(where: selection.condition).ordered(by: order).limited(to: limit.asked)
        if plan.explainPlan { return try await plan.show(results.map { [$0] } ?? [], output) }
        guard let results else { return try showNothing(reason) }
        let group = results.query.spec.dimensions(in: butler.universe)
        let rows = try RowOutput(
            (group.required + group.implied).map { OutputTable.Column($0.name) },
            sortedBy: order.isEmpty ? DataIDOrder(group).positions : [],
            output
        )
        let mayRepeat = datasets.isEmpty ? false : try await isCalibration(in: butler)
        let progress = ProgressLine.rows(output.format)
        defer { progress.finish() }
        var state = State(rows: rows, cap: limit.cap, seen: mayRepeat ? [] : nil)
        state = try await results.reducePages(into: state) { state, page in
            for row in state.cap.admitted(page) where state.seen?.insert(row).inserted ?? true && !group.isEmpty {
                state.rows.add(row.values.map { OutputTable.Cell($0) })
            }
            progress.update(state.cap.count, of: nil)
            return true
        }
        progress.finish()
        if state.rows.count == 0 { for reason in try await results.emptyReasons() { Console.error(reason) } }
        if state.rows.count == 0, output.format == .table { return try showNothing(nil) }
        try state.rows.end()
        if state.cap.isHit { limit.warnOfMoreDataIDs() }
    }

    /// What has come so far.
    private struct State: Sendable {
        var rows: RowOutput
        var cap: RowCap
        /// Data IDs that have come, where they may repeat.
        var seen: Set<DataCoordinate>?
    }

    /// Whether datasets with validity ranges are asked for, which give a data ID once for each range.
    private func isCalibration(in butler: Butler) async throws -> Bool {
        try await butler.datasetTypes(matching: datasets).contains(where: \.isCalibration)
    }

    /// Why there is nothing to ask for; nil when there is.
    private func reasonForNothing(in butler: Butler) async throws -> String? {
        guard !datasets.isEmpty else {
            return dimensions.isEmpty
                ? "Result has one logical row but no columns because no dimensions were requested." : nil
        }
        let types = try await butler.namedDatasetTypes(datasets)
        if dimensions.isEmpty, !selection.collections.isEmpty {
            let groups = types.map(\.dimensions)
            let common = groups.dropFirst().reduce(groups.first) { $0?.intersection($1) }
            if common?.isEmpty ?? true {
                return "No dimensions in common for specified dataset types (\(PythonText.list(types.map(\.name))))"
            }
        }
        let searched = selection.collections.isEmpty ? ["*"] : selection.collections
        let names = try await butler.collections.query(searched, includingChains: true).map(\.name)
        let held = Set(try await butler.collections.datasetTypes(in: names).values.joined())
        guard !types.contains(where: { held.contains($0.name) }) else { return nil }
        let asked = PythonText.quoted(datasets.joined(separator: ","))
        return "No datasets of type \(asked) existed in the specified collections \(names.joined(separator: ","))."
    }

    /// Says that there are no rows: in words, or as an empty list.
    private func showNothing(_ reason: String?) throws {
        guard output.format == .table else { return Console.write(try output.render(OutputTable([]))) }
        if let reason { Console.line(reason) }
        Console.line(
            dimensions.isEmpty && datasets.isEmpty
                ? "No results. Try requesting some dimensions or datasets, see --help for more information."
                : "No results. Try --help for more information."
        )
    }
}

/// `query-dimension-records`: what is known of the values of a dimension.
struct QueryDimensionRecordsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "query-dimension-records",
        abstract: "List the records of a dimension.",
        discussion: """
            Examples:
              steward query-dimension-records REPO exposure --where "instrument = 'HSC' AND exposure.exposure_time > 10"
              steward query-dimension-records REPO visit --datasets calexp --collections u/me --explain-plan
            Tables are sorted unless --order-by is given; other forms are written as rows come.
            """
    )

    @OptionGroup var repository: RepositoryArgument

    @Argument(help: "Name of a dimension or join.")
    var element: String

    @Option(name: .customLong("datasets"), help: "Only records with datasets of these types (comma-separated).")
    var datasetLists: [String] = []

    @OptionGroup var selection: DatasetSelectionOptions

    @OptionGroup var order: OrderOption

    @OptionGroup var limit: LimitOptions

    @OptionGroup var offset: OffsetOption

    @OptionGroup var plan: PlanOption

    @Flag(help: "Has no effect; accepted for scripts written for the reference.")
    var noCheck = false

    @OptionGroup var output: OutputOptions

    func run() async throws {
        try offset.check()
        if noCheck { Console.line("WARNING: --no-check option has no effect and will be removed after v28.") }
        let butler = try await repository.open()
        let order = order.names
        let datasets = datasetLists.splitAtCommas
        _ = try await butler.namedDatasetTypes(datasets)
        let results = try await butler.recordResults(
            element,
            datasets: datasets,
            collections: selection.collections
        )?.filtered(where: selection.condition).ordered(by: order).limited(to: limit.asked)
        if plan.explainPlan { return try await plan.show(results.map { [$0] } ?? [], output) }
        let progress = ProgressLine.rows(output.format)
        defer { progress.finish() }
        var state = (rows: try rows(of: butler.universe.element(element), sorts: order.isEmpty), cap: limit.cap)
        state =
            try await results?.reducePages(into: state) { state, page in
                for record in state.cap.admitted(page) { state.rows.add(record.values.map { OutputTable.Cell($0) }) }
                progress.update(state.cap.count, of: nil)
                return true
            } ?? state
        progress.finish()
        if state.rows.count == 0 { for reason in try await results?.emptyReasons() ?? [] { Console.error(reason) } }
        guard state.rows.count > 0 || output.format != .table else {
            return Console.line("No results. Try --help for more information.")
        }
        try state.rows.end()
        if state.cap.isHit { limit.warnOfMoreDataIDs() }
    }

    private func rows(of element: DimensionElement, sorts: Bool) throws -> RowOutput {
        let columns = element.fields.map { field in
            OutputTable.Column(field.type == .timespan ? "timespan (TAI)" : field.name, key: field.name)
        }
        let keys = element.required.compactMap { name in element.fields.firstIndex { $0.dimension == name } }
        return try RowOutput(columns, sortedBy: sorts ? keys : [], output)
    }
}

extension OutputTable.Cell {
    init(_ value: DimensionRecord.FieldValue) {
        switch value {
        case .null: self = .null
        case .int(let value): self = .int(value)
        case .real(let value): self = .real(value)
        case .string(let value): self = .text(value)
        case .bool(let value): self = .bool(value)
        case .bytes(let value):
            let hex = Hexadecimal.encode(value)
            self = .shown("0x" + hex, .string(hex))
        case .region(let value): self = .shown("(elided)", .string(Hexadecimal.encode(value.encoded)))
        case .timespan(let value):
            self = .shown(value.description, .array([.int(value.beginNanoseconds), .int(value.endNanoseconds)]))
        }
    }
}
