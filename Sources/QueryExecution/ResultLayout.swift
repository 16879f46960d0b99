internal import Databases
internal import Datasets
internal import Dimensions
internal import Queries
internal import Registry
internal import StewardCore

/// What the columns of a statement mean in a result.
struct ResultLayout {
    /// Kinds of rows.
    enum Rows {
        case dataIDs
        case records(RecordLayout)
        case datasets(DatasetType, id: Int, run: NameSource)
        case general([String], [ValueSource])
    }

    /// Dimensions of the rows.
    let group: DimensionGroup
    /// Where the keys come from: required ones first, then implied ones.
    let keys: [KeySource]
    /// The keys of the required dimensions in SQL.
    let keyColumns: [SQL]
    /// What each row is.
    let rows: Rows
    /// Records that come with data IDs.
    let records: [RecordLayout]

    /// Chooses the columns of a result.
    init(
        _ spec: ResultSpec,
        _ universe: DimensionUniverse,
        _ known: [Int: ElementRecords],
        _ chooser: inout ColumnChooser
    ) throws {
        let group = spec.dimensions(in: universe)
        self.group = group
        keys = spec.showsKeys ? try (group.required + group.implied).map { try chooser.source($0) } : []
        keyColumns = try group.required.map { try chooser.plan.key($0) }
        switch spec.rows {
        case .dataIDs: rows = .dataIDs
        case .records(let element):
            rows = .records(try RecordLayout(element, .columns, universe, &chooser))
        case .datasets(let type, _):
            let name = type.parentName
            guard case .column(let id, _) = try chooser.value(.dataset(name, .datasetID)),
                case .name(let run) = try chooser.value(.dataset(name, .run))
            else {
                throw ButlerError(.invalidQuery, "Datasets of type \"\(name)\" cannot be shown.")
            }
            rows = .datasets(type, id: id, run: run)
        case .general(let columns): rows = try Self.general(columns, group, universe, &chooser)
        }
        guard spec.withRecords else {
            records = []
            return
        }
        records = try group.elements.map { element in
            let source = known[element.position].map { RecordLayout.Source.memory($0) } ?? .columns
            return try RecordLayout(element, source, universe, &chooser)
        }
    }

    private static func general(
        _ columns: GeneralColumns,
        _ group: DimensionGroup,
        _ universe: DimensionUniverse,
        _ chooser: inout ColumnChooser
    ) throws -> Rows {
        var names: [String] = []
        var sources: [ValueSource] = []
        func add(_ name: String, _ source: ValueSource) {
            names.append(name)
            sources.append(source)
        }
        for dimension in group.required + group.implied { add(dimension.name, try chooser.value(.key(dimension))) }
        for name in columns.dimensionFields.keys.sorted() {
            let element = try universe.element(name)
            for field in (columns.dimensionFields[name] ?? []).sorted() {
                guard let index = element.fieldIndex(field) else { continue }
                let dimension = element.fields[index].dimension.flatMap(universe.find)
                add("\(name).\(field)", try chooser.value(dimension.map { .key($0) } ?? .field(element, field)))
            }
        }
        for type in columns.datasetFields.keys.sorted() {
            for field in (columns.datasetFields[type] ?? []).sorted(by: { $0.rawValue < $1.rawValue }) {
                add("\(type).\(field.rawValue)", try chooser.value(.dataset(type, field)))
            }
        }
        return .general(names, sources)
    }
}

/// Where the records of an element come from.
struct RecordLayout {
    /// Where the records are.
    enum Source {
        /// In memory, by key.
        case memory(ElementRecords)
        /// In columns of the statement.
        case columns
    }

    let element: DimensionElement
    let universe: DimensionUniverse
    /// Columns of the values of the required dimensions.
    let keys: [Int]
    /// All records of the element, if they are in memory.
    let memory: ElementRecords?
    /// Where each field is; empty for records in memory.
    let fields: [ValueSource]

    init(
        _ element: DimensionElement,
        _ source: Source,
        _ universe: DimensionUniverse,
        _ chooser: inout ColumnChooser
    ) throws {
        self.element = element
        self.universe = universe
        keys = try chooser.keys(element.required.compactMap(universe.find))
        if case .memory(let records) = source {
            memory = records
            fields = []
            return
        }
        memory = nil
        fields = try element.fields.filter { !element.isSkyPixel || $0.dimension != nil }.map { field in
            let dimension = field.dimension.flatMap(universe.find)
            return try chooser.value(dimension.map { .key($0) } ?? .field(element, field.name))
        }
    }
}

extension ResultSpec {
    /// Whether rows have a data ID.
    fileprivate var showsKeys: Bool {
        switch rows {
        case .dataIDs, .datasets: true
        case .records, .general: false
        }
    }
}
