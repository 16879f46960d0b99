public import Databases
public import Dimensions

/// The definitions of all tables of a repository, derived from its universe and format.
///
/// Nothing about particular dimensions is built in: the rules are those of section 5.1 of the repository format
/// document, so repositories of older universes get the tables that they have.
public struct RegistrySchema: Sendable {
    /// The dimensions.
    public let universe: DimensionUniverse
    /// The variant of the tables.
    public let format: RegistryFormat

    /// Versions and configuration: `butler_attributes`.
    public let attributes: TableSpec
    /// Names of the datastores' tables: `opaque_meta`.
    public let opaqueTables: TableSpec
    /// All collections.
    public let collection: TableSpec
    /// What only RUN collections have.
    public let run: TableSpec
    /// Children of chains.
    public let collectionChain: TableSpec
    /// Generated keys of dimension groups.
    public let groupKey: TableSpec
    /// Required dimensions of each group that has a key.
    public let groupDefinition: TableSpec
    /// Dataset types.
    public let datasetType: TableSpec
    /// All datasets.
    public let dataset: TableSpec
    /// Which datastores hold which datasets.
    public let location: TableSpec
    /// Datasets that datastores still have to delete.
    public let trash: TableSpec
    /// Which collections may hold which dataset types.
    public let typeSummary: TableSpec
    /// Which collections may hold which values of a governor dimension, in universe order.
    public let governorSummaries: [GovernorSummary]
    /// Overlaps of spatial elements with sky pixels, in universe order.
    public let overlaps: [SkyPixelOverlap]

    private let elements: [Int: TableSpec]
    private let reserved: [TableSpec]

    /// The summary table of one governor dimension.
    public struct GovernorSummary: Sendable {
        /// The governor.
        public let governor: DimensionElement
        /// The table.
        public let table: TableSpec
    }

    /// The tables that relate one spatial element to sky pixels.
    public struct SkyPixelOverlap: Sendable {
        /// The spatial element.
        public let element: DimensionElement
        /// Which pixelisations are in use for which values of the element's governors.
        public let summary: TableSpec
        /// A row for each pixel that a record's region touches.
        public let table: TableSpec
    }

    /// Derives the tables.
    ///
    /// - Parameters:
    ///   - universe: The dimensions.
    ///   - format: The variant of the tables.
    public init(universe: DimensionUniverse, format: RegistryFormat = .current) {
        self.universe = universe
        self.format = format
        attributes = TableSpec("butler_attributes", columns: [.key("name", .string(1024)), .required("value", .text)])
        opaqueTables = TableSpec("opaque_meta", columns: [.key("table_name", .string(128))])
        collection = Self.collectionTable(format)
        run = Self.runTable(format)
        collectionChain = Self.chainTable(format)
        groupKey = TableSpec("dimension_graph_key", columns: [.key("id", .serial)])
        groupDefinition = Self.groupDefinitionTable
        datasetType = Self.datasetTypeTable
        dataset = Self.datasetTable(format)
        location = TableSpec(
            "dataset_location",
            columns: [.key("datastore_name", .string(256)), .key("dataset_id", .uuid)],
            foreignKeys: [.init(["dataset_id"], references: "dataset", ["id"])]
        )
        trash = TableSpec(
            "dataset_location_trash",
            columns: [.key("dataset_id", .uuid), .key("datastore_name", .string(256))]
        )
        typeSummary = Self.typeSummaryTable(format)
        governorSummaries = universe.governors.map { Self.governorSummary($0, format) }
        let stored = universe.elements.filter(\.hasTable)
        elements = Dictionary(uniqueKeysWithValues: stored.map { ($0.position, Self.table(of: $0, in: universe)) })
        overlaps = stored.filter(\.isSpatial).map { Self.skyPixelOverlap($0, in: universe) }
        reserved = Self.reservedOverlaps(in: universe)
    }

    /// All tables that every repository of this universe and format has, each after those that it refers to.
    public var staticTables: [TableSpec] {
        let own = elements.sorted { $0.key < $1.key }.map(\.value)
        return [attributes, opaqueTables] + own
            + [collection, run, collectionChain, groupKey, groupDefinition, datasetType, dataset, location, trash]
            + [typeSummary] + governorSummaries.map(\.table)
            + overlaps.flatMap { [$0.summary, $0.table] } + reserved
    }

    /// The table of an element's records, or nil for sky pixels and views.
    public func table(of element: DimensionElement) -> TableSpec? { elements[element.position] }

    /// The overlap tables of a spatial element with records, or nil.
    public func overlap(of element: DimensionElement) -> SkyPixelOverlap? {
        overlaps.first { $0.element.position == element.position }
    }

    /// The column that holds a value of a dimension in every table but the dimension's own.
    static func reference(to dimension: DimensionElement) -> ColumnType {
        columnType(dimension.primaryKey?.type ?? .int)
    }

    /// How a field of the given type is stored.
    static func columnType(_ type: DimensionElement.ColumnType) -> ColumnType {
        switch type {
        case .int: .int64
        case .string(let length): length > 0 ? .string(length) : .text
        case .real: .double
        case .bool: .bool
        case .hash: .hash
        case .region: .region
        case .timespan: .timespan
        }
    }

    /// The foreign key to a dimension's table, or nil if it has none.
    static func foreignKey(to dimension: DimensionElement) -> ForeignKeySpec? {
        guard dimension.hasTable else { return nil }
        let target = dimension.fields.filter { $0.role == .required }.map(\.name)
        return ForeignKeySpec(dimension.required, references: dimension.name, target)
    }
}
