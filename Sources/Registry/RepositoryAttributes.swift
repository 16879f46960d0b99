public import Databases
public import Dimensions
internal import StewardCore

/// The rows of `butler_attributes`: the managers' names and versions, and the dimension universe.
public struct RepositoryAttributes: Sendable, Hashable {
    /// All rows, by name.
    public var values: [String: String]
    /// Names of the datastores' tables that exist, from `opaque_meta`.
    public var datastoreTables: Set<String>

    /// Name of the row that holds the universe.
    public static let universeKey = "config:dimensions.json"

    private static let table = TableSpec(
        "butler_attributes",
        columns: [.key("name", .string(1024)), .required("value", .text)]
    )

    /// Creates attributes from rows.
    public init(values: [String: String], datastoreTables: Set<String> = []) {
        self.values = values
        self.datastoreTables = datastoreTables
    }

    /// The rows of a new repository.
    ///
    /// - Parameters:
    ///   - universe: The dimensions that it gets.
    ///   - format: The variant of its tables.
    /// - Returns: A name and a version for each manager, and the universe's definition.
    public static func initial(
        _ universe: DimensionUniverse,
        _ format: RegistryFormat = .current
    ) -> RepositoryAttributes {
        var values = [universeKey: universe.definition]
        for manager in KnownManagers.managers(of: format) {
            values[managerKey(manager.role)] = manager.storedName
            let isOld = manager.role == "datasets" && format.ingestDates == .timestamps
            values[versionKey(manager.storedName)] =
                (isOld ? manager.versions.first : manager.versions.last)?.description
        }
        return RepositoryAttributes(values: values)
    }

    /// Name of the row that holds the class of a role's manager.
    static func managerKey(_ role: String) -> String { "config:registry.managers." + role }

    /// Name of the row that holds the version of a manager's tables.
    static func versionKey(_ className: String) -> String { "version:" + className }

    /// Reads all rows, and the names of the datastores' tables, in one statement.
    ///
    /// - Parameter connection: Where to read.
    /// - Returns: The attributes.
    /// - Throws: ``ButlerError`` with `.repositoryNotFound` if the database has no such table; database errors.
    public static func read(on connection: any Connection) throws -> RepositoryAttributes {
        let sql: SQL = """
            SELECT 0, \(id: "name"), \(id: "value") FROM \(table: "butler_attributes") \
            UNION ALL SELECT 1, \(id: "table_name"), '' FROM \(table: "opaque_meta")
            """
        let page: ColumnPage
        do {
            page = try connection.query(sql, kinds: [.integer, .text, .text])
        } catch let error as ButlerError where error.code == .database {
            guard try !connection.tableExists("butler_attributes") else { throw error }
            throw ButlerError(
                .repositoryNotFound,
                "The database holds no butler repository: it has no table \"butler_attributes\".",
                remedy: "Check the database's address, or create the repository first."
            )
        }
        var attributes = RepositoryAttributes(values: [:])
        for row in 0..<page.rowCount {
            guard let name = page.text(row, 1) else { continue }
            if page.integer(row, 0) == 0 {
                attributes.values[name] = page.text(row, 2)
            } else {
                attributes.datastoreTables.insert(name)
            }
        }
        return attributes
    }

    /// Writes all rows into the empty table of a new repository.
    ///
    /// - Parameter connection: A write connection.
    /// - Throws: ``ButlerError`` with `.invalidArgument` for an empty name or value; database errors.
    public func insert(on connection: any Connection) throws {
        var rows = RowBatch(Self.table, columns: ["name", "value"])
        for (name, value) in values.sorted(by: { $0.key < $1.key }) {
            try Self.check(name, value)
            rows.append(row: [.text(name), .text(value)])
        }
        try connection.insert(rows, into: Self.table)
    }

    /// Stores one attribute, in place of an existing value.
    ///
    /// - Parameters:
    ///   - name: Name of the attribute; not empty.
    ///   - value: New value; not empty.
    ///   - connection: A write connection.
    /// - Throws: ``ButlerError`` with `.invalidArgument` for an empty name or value; database errors.
    public mutating func set(_ name: String, to value: String, on connection: any Connection) throws {
        try Self.check(name, value)
        var rows = RowBatch(Self.table, columns: ["name", "value"])
        rows.append(row: [.text(name), .text(value)])
        try connection.replace(rows, in: Self.table)
        values[name] = value
    }

    private static func check(_ name: String, _ value: String) throws {
        guard !name.isEmpty, !value.isEmpty else {
            throw ButlerError(
                .invalidArgument,
                "Attribute \"\(name)\" cannot be \"\(value)\": neither names nor values of attributes may be empty."
            )
        }
    }
}
