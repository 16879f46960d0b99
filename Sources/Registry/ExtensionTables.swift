public import Databases
internal import StewardCore
internal import Synchronization

/// Tables of Steward's own beside those of the reference, which ignores them.
///
/// Names begin with `steward_`. They are created on first need, never by opening a repository, and have a version row
/// in `steward_versions`. Their foreign keys must cascade, so that no deletion by the reference fails.
public final class ExtensionTables: Sendable {
    /// A set of tables that belong together.
    public struct Definition: Sendable, Hashable {
        /// Name of the set; begins with `steward_`.
        public let name: String
        /// Version of the tables; other versions than this one are refused.
        public let version: Int
        /// The tables, each after those it refers to.
        public let tables: [TableSpec]

        /// Creates a definition.
        public init(name: String, version: Int, tables: [TableSpec]) {
            self.name = name
            self.version = version
            self.tables = tables
        }
    }

    private static let versions = TableSpec(
        "steward_versions",
        columns: [.key("name", .string(128)), .required("version", .int64)]
    )

    private let known = Mutex<Set<Definition>>([])

    init() {}

    /// Whether a set of tables exists, in the version that is wanted.
    ///
    /// At most two statements; none once it was found.
    ///
    /// - Parameters:
    ///   - definition: The set.
    ///   - connection: Where to read.
    /// - Returns: Whether the tables exist.
    /// - Throws: ``ButlerError`` with `.incompatibleRepository` if they exist in another version; database errors.
    public func exist(_ definition: Definition, on connection: any Connection) throws -> Bool {
        if known.withLock({ $0.contains(definition) }) { return true }
        guard try connection.tableExists(Self.versions.name) else { return false }
        let sql: SQL = """
            SELECT \(id: "version") FROM \(table: Self.versions.name) WHERE \(id: "name") = \(definition.name)
            """
        guard let version = try connection.integer(sql) else { return false }
        guard version == Int64(definition.version) else {
            throw ButlerError(
                .incompatibleRepository,
                "The repository's \"\(definition.name)\" tables have version \(version); this program uses version "
                    + "\(definition.version).",
                remedy: version > Int64(definition.version)
                    ? "Use a newer version of this program." : "Drop the tables, which only this program uses."
            )
        }
        known.withLock { _ = $0.insert(definition) }
        return true
    }

    /// Creates a set of tables unless it exists.
    ///
    /// - Parameters:
    ///   - definition: The set.
    ///   - connection: A write connection.
    /// - Returns: Whether the tables are new.
    /// - Throws: ``ButlerError`` with `.invalidArgument` if a name does not begin with `steward_` or a foreign key does
    ///   not cascade, `.incompatibleRepository` if the tables exist in another version; database errors.
    @discardableResult
    public func ensure(_ definition: Definition, on connection: any Connection) throws -> Bool {
        let isProper = ([definition.name] + definition.tables.map(\.name)).allSatisfy { $0.hasPrefix("steward_") }
        guard isProper, definition.tables.flatMap(\.foreignKeys).allSatisfy(\.cascades) else {
            throw ButlerError(
                .invalidArgument,
                "\"\(definition.name)\" cannot be added to repositories.",
                remedy: "Names of tables must begin with \"steward_\", and foreign keys must cascade."
            )
        }
        guard try !exist(definition, on: connection) else { return false }
        try connection.ensureTable(Self.versions)
        for table in definition.tables { try connection.ensureTable(table) }
        var row = RowBatch(columns: ["name", "version"])
        row.append(row: [.text(definition.name), .int(Int64(definition.version))])
        return try connection.ensure(row, in: Self.versions) > 0
    }

    /// Forgets which tables exist.
    func reset() {
        known.withLock { $0 = [] }
    }
}
