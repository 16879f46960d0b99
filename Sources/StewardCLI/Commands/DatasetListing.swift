internal import Steward
internal import StewardCore

/// Lays datasets out as the reference does: one table a dataset type, with run, identifier, data ID and location.
struct DatasetListing {
    let butler: Butler
    /// Whether rows are sorted by type, run and data ID; otherwise they stay as they came.
    let sorts: Bool
    private var blocks: [(type: DatasetType, rows: [Row])] = []
    private var showsURIs = false

    private struct Row {
        let ref: DatasetRef
        let uri: String?
    }

    init(butler: Butler, sorts: Bool = true) {
        self.butler = butler
        self.sorts = sorts
    }

    /// Adds datasets, those of one type behind each other; repeated ones count once.
    mutating func add(_ refs: [DatasetRef], withURIs: Bool = false) async throws {
        showsURIs = withURIs
        var seen: Set<DatasetID> = []
        let distinct = refs.filter { seen.insert($0.id).inserted }
        let uris = withURIs ? try await butler.uris(of: distinct) : []
        for (index, ref) in distinct.enumerated() {
            if !withURIs { append(Row(ref: ref, uri: nil), type: ref.datasetType) }
            for (component, uri) in withURIs ? uris[index].sorted(by: { $0.key < $1.key }) : [] {
                let type =
                    component.isEmpty
                    ? ref.datasetType : try ref.datasetType.component(component, in: butler.storageClasses)
                append(Row(ref: ref, uri: uri), type: type)
            }
        }
    }

    private mutating func append(_ row: Row, type: DatasetType) {
        if let index = blocks.firstIndex(where: { $0.type.name == type.name }) {
            blocks[index].rows.append(row)
        } else {
            blocks.append((type, [row]))
        }
    }

    /// The text in the chosen form: tables with blank lines between, or all rows as one JSON list or CSV table.
    func render(_ output: OutputOptions) throws -> String {
        guard output.format == .table else { return try output.render(combined) }
        var text = ""
        for block in blocks { text += "\n" + (try output.render(table(block.type, block.rows))) }
        return text + "\n"
    }

    /// The tables alone, each behind a blank line.
    var tables: [OutputTable] { blocks.map { table($0.type, $0.rows) } }

    private func table(_ type: DatasetType, _ rows: [Row]) -> OutputTable {
        let dimensions = type.dimensions.required + type.dimensions.implied
        var table = OutputTable(["type", "run", "id"] + dimensions.map(\.name) + (showsURIs ? ["URI"] : []))
        if showsURIs { table.columns[table.columns.count - 1].key = "uri" }
        let ordered = sorts ? DataIDOrder(type.dimensions).sorted(rows, run: \.ref.run, dataID: \.ref.dataID) : rows
        table.rows = ordered.map { row in
            [.text(type.name), .text(row.ref.run), .text(row.ref.id.dashed)]
                + dimensions.map { OutputTable.Cell(row.ref.dataID[$0.name]) } + (row.uri.map { [.text($0)] } ?? [])
        }
        return table
    }

    private var combined: OutputTable {
        var table = OutputTable(["type", "run", "id", "data_id"] + (showsURIs ? ["uri"] : []))
        for block in blocks {
            for row in block.rows {
                let items = row.ref.dataID.items.map { JSONValue.Member($0.dimension.name, $0.value.json) }
                let cells: [OutputTable.Cell] = [
                    .text(block.type.name), .text(row.ref.run), .text(row.ref.id.dashed),
                    .shown(row.ref.dataID.description, .object(items)),
                ]
                table.rows.append(cells + (row.uri.map { [.text($0)] } ?? []))
            }
        }
        return table
    }
}

/// The order in which the reference shows data IDs: keys of spatial and temporal dimensions first, then the others.
struct DataIDOrder {
    private let names: [String]

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
        names = (early + late).filter { seen.insert($0).inserted }
    }

    /// Rows by run, then data ID; equal rows stay in their order.
    func sorted<Row>(_ rows: [Row], run: (Row) -> String = { _ in "" }, dataID: (Row) -> DataCoordinate) -> [Row] {
        let keys = rows.map { row in
            [DimensionValue.string(run(row))] + names.map { dataID(row)[$0] ?? .string("") }
        }
        return rows.indices.sorted { left, right in
            keys[left] == keys[right] ? left < right : keys[left].lexicographicallyPrecedes(keys[right])
        }.map { rows[$0] }
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
