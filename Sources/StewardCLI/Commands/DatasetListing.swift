internal import Steward
internal import StewardCore

/// Lays datasets out as the reference does: one table a dataset type, with run, identifier, data ID and location.
///
/// Tables for people are sorted and written at the end, other forms as the datasets come.
struct DatasetListing: Sendable {
    private let output: OutputOptions
    private let sorts: Bool
    private let showsURIs: Bool
    private let storageClasses: StorageClassCatalog
    private var blocks: [Block] = []
    private var encoder: RowEncoder?
    private let repeating: Set<String>?
    private var seen: Set<DatasetID> = []

    /// The table of one dataset type.
    private struct Block: Sendable {
        let type: DatasetType
        let dimensions: [String]
        var table: CompactTable
    }

    /// Begins a listing.
    ///
    /// - Parameters:
    ///   - butler: The repository.
    ///   - output: The form and the columns chosen.
    ///   - sorts: Whether tables are sorted by run and data ID; otherwise rows stay as they came.
    ///   - showsURIs: Whether locations come with the datasets.
    ///   - repeating: Names of the dataset types whose datasets may come more than once, but count once; nil for all.
    /// - Throws: ``ButlerError`` with `.invalidArgument` for a column that is not there.
    init(
        _ butler: Butler,
        _ output: OutputOptions,
        sorts: Bool = true,
        showsURIs: Bool = false,
        repeating: Set<String>? = nil
    ) throws {
        self.output = output
        self.sorts = sorts
        self.showsURIs = showsURIs
        storageClasses = butler.storageClasses
        self.repeating = repeating
        guard output.format != .table else { return }
        let keys = ["type", "run", "id", "data_id"] + (showsURIs ? ["uri"] : [])
        encoder = try RowEncoder(keys.map { OutputTable.Column($0) }, output)
    }

    /// Adds a dataset, with its locations by component where these are shown.
    mutating func add(_ ref: DatasetRef, uris: [String: String] = [:]) throws {
        if repeating?.contains(ref.datasetType.name) ?? true, !seen.insert(ref.id).inserted { return }
        guard showsURIs else { return append(ref, ref.datasetType, nil) }
        for (component, uri) in uris.sorted(by: { $0.key < $1.key }) {
            let type = ref.datasetType
            append(ref, component.isEmpty ? type : try type.component(component, in: storageClasses), uri)
        }
    }

    private mutating func append(_ ref: DatasetRef, _ type: DatasetType, _ uri: String?) {
        let location: [OutputTable.Cell] = uri.map { [.text($0)] } ?? []
        let head: [OutputTable.Cell] = [.text(type.name), .text(ref.run), .id(ref.id)]
        guard encoder == nil else {
            let items = ref.dataID.items.map { JSONValue.Member($0.dimension.name, $0.value.json) }
            encoder?.add(head + [.shown("", .object(items))] + location)
            encoder?.flush()
            return
        }
        let index = block(type)
        let values = blocks[index].dimensions.map { OutputTable.Cell(ref.dataID[$0]) }
        blocks[index].table.add(head + values + location)
    }

    /// Position of the table of a dataset type, begun if need be.
    private mutating func block(_ type: DatasetType) -> Int {
        if let last = blocks.last, last.type.name == type.name { return blocks.count - 1 }
        if let index = blocks.firstIndex(where: { $0.type.name == type.name }) { return index }
        let dimensions = (type.dimensions.required + type.dimensions.implied).map(\.name)
        var columns = (["type", "run", "id"] + dimensions).map { OutputTable.Column($0) }
        if showsURIs { columns.append(OutputTable.Column("URI", key: "uri")) }
        blocks.append(Block(type: type, dimensions: dimensions, table: CompactTable(columns)))
        return blocks.count - 1
    }

    /// Writes what has not been written: tables with blank lines between, or the end of a list.
    ///
    /// - Throws: ``ButlerError`` with `.invalidArgument` for a column that is not there.
    mutating func end() throws {
        encoder?.end()
        encoder?.flush(isEnd: true)
        guard output.format == .table else { return }
        for var block in blocks {
            if sorts { block.table.sort(by: [1] + DataIDOrder(block.type.dimensions).positions.map { $0 + 3 }) }
            Console.write("\n")
            try block.table.write(output)
        }
        Console.write("\n")
    }
}

/// The order in which the reference shows data IDs: keys of spatial and temporal dimensions first, then the others.
struct DataIDOrder {
    /// Positions of the dimensions among the values of a data ID.
    let positions: [Int]

    init(_ group: DimensionGroup) {
        var early: [String] = []
        var late: [String] = []
        for dimension in group.required + group.implied {
            if dimension.isSpatial || dimension.isTemporal {
                early += dimension.required
            } else {
                late.append(dimension.name)
            }
        }
        var seen: Set<String> = []
        positions = (early + late).filter { seen.insert($0).inserted }.compactMap(group.valueIndex)
    }
}

extension OutputTable.Cell {
    init(_ value: DimensionValue?) {
        switch value {
        case .int(let value): self = .int(value)
        case .string(let value): self = .text(value)
        case nil: self = .null
        }
    }
}
