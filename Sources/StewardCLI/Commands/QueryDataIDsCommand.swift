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

    @Argument(help: "Names of dimensions.")
    var dimensions: [String] = []

    @Option(name: .customLong("datasets"), help: "Only data IDs with datasets of these types (comma-separated).")
    var datasetLists: [String] = []

    @OptionGroup var selection: DatasetSelectionOptions

    @Option(name: .customLong("order-by"), help: "Names to sort by, with - in front for descending (comma-separated).")
    var orderLists: [String] = []

    @OptionGroup var limit: LimitOptions

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let butler = try await repository.open()
        let datasets = datasetLists.splitAtCommas
        let order = orderLists.splitAtCommas
        var rows = try await butler.queryDataIDs(
            dimensions,
            datasets: datasets,
            collections: selection.collections,
            where: selection.condition,
            orderBy: order,
            limit: limit.asked
        )
        let isCapped = limit.cap(&rows)
        guard let group = rows.first?.group, !group.isEmpty || output.format != .table else {
            return Console.line(
                dimensions.isEmpty && datasets.isEmpty
                    ? "No results. Try requesting some dimensions or datasets, see --help for more information."
                    : "No results. Try --help for more information."
            )
        }
        var seen: Set<DataCoordinate> = []
        let distinct = rows.filter { seen.insert($0).inserted }
        Console.write(
            try output.render(table(of: group, order.isEmpty ? DataIDOrder(group).sorted(distinct) { $0 } : distinct))
        )
        if isCapped { Console.error("More data IDs are available than the request limit of \(-limit.limit)") }
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

    @Option(name: .customLong("order-by"), help: "Names to sort by, with - in front for descending (comma-separated).")
    var orderLists: [String] = []

    @OptionGroup var limit: LimitOptions

    @Flag(help: "Has no effect; accepted for scripts written for the reference.")
    var noCheck = false

    @OptionGroup var output: OutputOptions

    func run() async throws {
        if noCheck { Console.line("WARNING: --no-check option has no effect and will be removed after v28.") }
        let butler = try await repository.open()
        let order = orderLists.splitAtCommas
        var records = try await butler.queryDimensionRecords(
            element,
            datasets: datasetLists.splitAtCommas,
            collections: selection.collections,
            where: selection.condition,
            orderBy: order,
            limit: limit.asked
        )
        let isCapped = limit.cap(&records)
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
