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
            """
    )

    @OptionGroup var repository: RepositoryArgument

    @Argument(help: ArgumentHelp("Names of dimensions (comma-separated, repeatable).", valueName: "dimension"))
    var dimensionLists: [String] = []

    @Option(name: .customLong("datasets"), help: "Only data IDs with datasets of these types (comma-separated).")
    var datasetLists: [String] = []

    @OptionGroup var selection: DatasetSelectionOptions

    @Option(
        name: .customLong("order-by"),
        parsing: .unconditionalSingleValue,
        help: "Names to sort by, with - in front for descending (comma-separated)."
    )
    var orderLists: [String] = []

    @OptionGroup var limit: LimitOptions

    @OptionGroup var offset: OffsetOption

    @OptionGroup var output: OutputOptions

    private var dimensions: [String] { dimensionLists.splitAtCommas }
    private var datasets: [String] { datasetLists.splitAtCommas }

    func run() async throws {
        try offset.check()
        let butler = try await repository.open()
        let order = orderLists.splitAtCommas
        let reason = try await reasonForNothing(in: butler)
        var rows =
            reason != nil
            ? []
            : try await butler.queryDataIDs(
                dimensions,
                datasets: datasets,
                collections: selection.collections,
                where: selection.condition,
                orderBy: order,
                limit: limit.asked
            )
        let isCapped = limit.cap(&rows)
        guard let group = rows.first?.group, !group.isEmpty else {
            for reason in try await butler.emptyReasons(dimensions: dimensions, where: selection.condition) {
                Console.error(reason)
            }
            return try showNothing(reason)
        }
        var seen: Set<DataCoordinate> = []
        let distinct = rows.filter { seen.insert($0).inserted }
        Console.write(
            try output.render(table(of: group, order.isEmpty ? DataIDOrder(group).sorted(distinct) { $0 } : distinct))
        )
        if isCapped { Console.error("More data IDs are available than the request limit of \(-limit.limit)") }
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

    private func table(of group: DimensionGroup, _ rows: [DataCoordinate]) -> OutputTable {
        var table = OutputTable((group.required + group.implied).map(\.name))
        table.rows = rows.map { row in
            (group.required + group.implied).map { OutputTable.Cell(row[$0.name]) }
        }
        return table
    }
}

/// `query-dimension-records`: what is known of the values of a dimension.
struct QueryDimensionRecordsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "query-dimension-records",
        abstract: "List the records of a dimension.",
        discussion: """
            Example:
              steward query-dimension-records REPO exposure --where "instrument = 'HSC' AND exposure.exposure_time > 10"
            """
    )

    @OptionGroup var repository: RepositoryArgument

    @Argument(help: "Name of a dimension or join.")
    var element: String

    @Option(name: .customLong("datasets"), help: "Only records with datasets of these types (comma-separated).")
    var datasetLists: [String] = []

    @OptionGroup var selection: DatasetSelectionOptions

    @Option(
        name: .customLong("order-by"),
        parsing: .unconditionalSingleValue,
        help: "Names to sort by, with - in front for descending (comma-separated)."
    )
    var orderLists: [String] = []

    @OptionGroup var limit: LimitOptions

    @OptionGroup var offset: OffsetOption

    @Flag(help: "Has no effect; accepted for scripts written for the reference.")
    var noCheck = false

    @OptionGroup var output: OutputOptions

    func run() async throws {
        try offset.check()
        if noCheck { Console.line("WARNING: --no-check option has no effect and will be removed after v28.") }
        let butler = try await repository.open()
        let order = orderLists.splitAtCommas
        let datasets = datasetLists.splitAtCommas
        _ = try await butler.namedDatasetTypes(datasets)
        var records = try await butler.queryDimensionRecords(
            element,
            datasets: datasets,
            collections: selection.collections,
            where: selection.condition,
            orderBy: order,
            limit: limit.asked
        )
        let isCapped = limit.cap(&records)
        if records.isEmpty {
            let dimensions = try butler.universe.element(element).required
            for reason in try await butler.emptyReasons(dimensions: dimensions, where: selection.condition) {
                Console.error(reason)
            }
        }
        guard !records.isEmpty || output.format != .table else {
            return Console.line("No results. Try --help for more information.")
        }
        if order.isEmpty { records = sorted(records, in: butler.universe) }
        Console.write(try output.render(table(of: butler.universe.element(element), records)))
        if isCapped { Console.error("More data IDs are available than the request limit of \(-limit.limit)") }
    }

    private func sorted(_ records: [DimensionRecord], in universe: DimensionUniverse) -> [DimensionRecord] {
        let keys = records.map { Array($0.dataID(in: universe).requiredValues) }
        return records.indices.sorted { keys[$0].lexicographicallyPrecedes(keys[$1]) }.map { records[$0] }
    }

    private func table(of element: DimensionElement, _ records: [DimensionRecord]) -> OutputTable {
        var table = OutputTable(element.fields.map { $0.type == .timespan ? "timespan (TAI)" : $0.name })
        for (index, field) in element.fields.enumerated() { table.columns[index].key = field.name }
        table.rows = records.map { $0.values.map { OutputTable.Cell($0) } }
        return table
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
