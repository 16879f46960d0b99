public import Databases
internal import StewardCore

/// What a repository knows of one version of a reference catalogue beside its datasets.
public struct ReferenceCatalogueRecord: Sendable, Hashable {
    /// Name of the catalogue's dataset type.
    public var datasetType: String
    /// The run that holds its shards.
    public var run: String
    /// Version of the files' format.
    public var formatVersion: Int
    /// Number of sources.
    public var rowCount: Int
    /// Number of shards.
    public var shardCount: Int
    /// Names of the fluxes, as a list in JSON.
    public var filters: String
    /// The fields with kinds and units, as JSON.
    public var schema: String
    /// Least date of a position, MJD in TAI; nil without dates.
    public var earliestEpoch: Double?
    /// Greatest date of a position, MJD in TAI; nil without dates.
    public var latestEpoch: Double?
    /// Greatest proper motion, in radians a Julian year.
    public var greatestMotion: Double
    /// Ranges of trixels, first and last one, in which the catalogue is complete, as JSON; nil if that was not said.
    public var coverage: String?
    /// Description, origin, contact and citation, as JSON.
    public var facts: String
    /// The configuration of the ingest; empty for shards that were there.
    public var configuration: String
    /// SHA-256 over names, sizes and row counts of the shards, in order, in hexadecimal digits.
    public var manifestDigest: String
    /// When it was ingested, in nanoseconds since 1970-01-01 TAI.
    public var created: Int64

    /// Creates a record.
    public init(
        datasetType: String,
        run: String,
        formatVersion: Int,
        rowCount: Int,
        shardCount: Int,
        filters: String,
        schema: String,
        earliestEpoch: Double?,
        latestEpoch: Double?,
        greatestMotion: Double,
        coverage: String?,
        facts: String,
        configuration: String,
        manifestDigest: String,
        created: Int64
    ) {
        self.datasetType = datasetType
        self.run = run
        self.formatVersion = formatVersion
        self.rowCount = rowCount
        self.shardCount = shardCount
        self.filters = filters
        self.schema = schema
        self.earliestEpoch = earliestEpoch
        self.latestEpoch = latestEpoch
        self.greatestMotion = greatestMotion
        self.coverage = coverage
        self.facts = facts
        self.configuration = configuration
        self.manifestDigest = manifestDigest
        self.created = created
    }
}

/// Reads and writes the table of reference catalogues, one of Steward's own.
///
/// Functions that write need a write connection and leave the transaction to the caller.
public struct ReferenceCatalogueTable: Sendable {
    private static let table = TableSpec(
        "steward_reference_catalogue",
        columns: [
            .key("dataset_type", .string(128)), .required("run", .text), .required("format_version", .int64),
            .required("n_rows", .int64), .required("n_shards", .int64), .required("filters", .text),
            .required("schema", .text), .optional("epoch_min", .double), .optional("epoch_max", .double),
            .required("pm_max", .double), .optional("coverage", .text), .required("facts", .text),
            .required("config", .text), .required("manifest_sha256", .text), .required("created", .int64),
        ]
    )
    private static let definition = ExtensionTables.Definition(
        name: "steward_reference_catalogue",
        version: 1,
        tables: [table]
    )

    private let extensions: ExtensionTables

    init(_ extensions: ExtensionTables) {
        self.extensions = extensions
    }

    /// Adds the record of a catalogue; the table is made on first need.
    ///
    /// - Parameters:
    ///   - record: The record.
    ///   - connection: A write connection.
    /// - Throws: ``ButlerError`` with `.integrity` if there is one of this dataset type; database errors.
    public func insert(_ record: ReferenceCatalogueRecord, on connection: any Connection) throws {
        try extensions.ensure(Self.definition, on: connection)
        var rows = RowBatch(columns: Self.table.columns.map(\.name))
        rows.append(row: [
            .text(record.datasetType), .text(record.run), .int(Int64(record.formatVersion)),
            .int(Int64(record.rowCount)), .int(Int64(record.shardCount)), .text(record.filters), .text(record.schema),
            record.earliestEpoch.map { .real($0) } ?? .null, record.latestEpoch.map { .real($0) } ?? .null,
            .real(record.greatestMotion), record.coverage.map { .text($0) } ?? .null, .text(record.facts),
            .text(record.configuration), .text(record.manifestDigest), .int(record.created),
        ])
        try connection.insert(rows, into: Self.table)
    }

    /// The records of all catalogues, by name; of one if its dataset type is given.
    ///
    /// - Parameters:
    ///   - datasetType: Name of the dataset type; all if nil.
    ///   - connection: Where to read.
    /// - Returns: The records; none if there is no table.
    /// - Throws: ``ButlerError`` with `.incompatibleRepository` for another version of the table; database errors.
    public func records(
        of datasetType: String? = nil,
        on connection: any Connection
    ) throws -> [ReferenceCatalogueRecord] {
        guard try extensions.exist(Self.definition, on: connection) else { return [] }
        let names = Self.table.columns.map { "\(id: $0.name)" as SQL }.joined(separator: ", ")
        let condition: SQL = datasetType.map { "WHERE \(id: "dataset_type") = \($0)" } ?? ""
        let sql: SQL = """
            SELECT \(names) FROM \(table: Self.table.name) \(condition) ORDER BY \(id: "dataset_type")
            """
        let page = try connection.query(sql, kinds: Self.table.columns.map(\.type.kind))
        return (0..<page.rowCount).map { ReferenceCatalogueRecord(page, $0) }
    }

    /// Removes the record of a catalogue, if there is one.
    ///
    /// - Parameters:
    ///   - datasetType: Name of the dataset type.
    ///   - connection: A write connection.
    /// - Throws: Database errors.
    public func remove(_ datasetType: String, on connection: any Connection) throws {
        guard try extensions.exist(Self.definition, on: connection) else { return }
        try connection.execute(
            "DELETE FROM \(table: Self.table.name) WHERE \(id: "dataset_type") = \(datasetType)"
        )
    }
}

extension ReferenceCatalogueRecord {
    fileprivate init(_ page: ColumnPage, _ row: Int) {
        func text(_ column: Int) -> String { page.text(row, column) ?? "" }
        func count(_ column: Int) -> Int { Int(page.integer(row, column) ?? 0) }
        self.init(
            datasetType: text(0),
            run: text(1),
            formatVersion: count(2),
            rowCount: count(3),
            shardCount: count(4),
            filters: text(5),
            schema: text(6),
            earliestEpoch: page.real(row, 7),
            latestEpoch: page.real(row, 8),
            greatestMotion: page.real(row, 9) ?? 0,
            coverage: page.text(row, 10),
            facts: text(11),
            configuration: text(12),
            manifestDigest: text(13),
            created: page.integer(row, 14) ?? 0
        )
    }
}
