public import Databases
public import Datasets
internal import StewardCore

extension CollectionTables {
    /// Makes sure that a collection of this name exists.
    ///
    /// A name that exists is returned as it is, whatever its kind, as in the reference. One statement for a new
    /// collection and one more for a RUN; two for an existing one.
    ///
    /// - Parameters:
    ///   - name: Name; for runs without `#`.
    ///   - kind: Kind of a new collection.
    ///   - documentation: Documentation of a new collection; empty for none.
    ///   - connection: A write connection.
    /// - Returns: The collection, and whether it is new.
    /// - Throws: ``ButlerError`` with `.invalidArgument` for an unusable name; database errors.
    @discardableResult
    public func register(
        _ name: String,
        kind: CollectionKind,
        documentation: String = "",
        on connection: any Connection
    ) throws -> (record: CollectionRecord, isNew: Bool) {
        try Self.check(name: name, kind: kind)
        var row = RowBatch(columns: ["name", "type", "doc"])
        row.append(row: [.text(name), .int(Int64(kind.rawValue)), documentation.isEmpty ? .null : .text(documentation)])
        let table = schema.collection
        let keyColumn = format.collectionTableKey
        if let fresh = try connection.insert(row, into: table, onConflict: .keep, returning: [keyColumn]) {
            let key = try Self.key(fresh, format)
            if kind == .run {
                var run = RowBatch(columns: [keyColumn])
                run.append(key)
                try connection.insert(run, into: schema.run)
            }
            let record = CollectionRecord(key: key, name: name, kind: kind)
            cache.remember([record])
            return (record, true)
        }
        guard let existing = try find(name, on: connection) else { throw try missing([name], on: connection) }
        return (existing, false)
    }

    /// Stores the documentation of a collection.
    ///
    /// One statement.
    ///
    /// - Parameters:
    ///   - documentation: New text; empty for none.
    ///   - name: Name of the collection.
    ///   - connection: A write connection.
    /// - Throws: ``ButlerError`` with `.missingCollection` and candidates; database errors.
    public func setDocumentation(_ documentation: String, of name: String, on connection: any Connection) throws {
        let text: SQLValue = documentation.isEmpty ? .null : .text(documentation)
        let sql: SQL = """
            UPDATE \(table: "collection") SET \(id: "doc") = \(text) WHERE \(id: "name") = \(name)
            """
        guard try connection.execute(sql) > 0 else { throw try missing([name], on: connection) }
    }

    /// The documentation of a collection.
    ///
    /// One statement.
    ///
    /// - Parameters:
    ///   - name: Name of the collection.
    ///   - connection: Where to read.
    /// - Returns: The text; empty if there is none.
    /// - Throws: ``ButlerError`` with `.missingCollection` and candidates; database errors.
    public func documentation(of name: String, on connection: any Connection) throws -> String {
        let sql: SQL = "SELECT \(id: "doc") FROM \(table: "collection") WHERE \(id: "name") = \(name)"
        let page = try connection.query(sql, kinds: [.text])
        guard !page.isEmpty else { throw try missing([name], on: connection) }
        return page.text(0, 0) ?? ""
    }

    /// Checks that a collection may have this name.
    ///
    /// - Parameters:
    ///   - name: The name.
    ///   - kind: Kind of the collection.
    /// - Throws: ``ButlerError`` with `.invalidArgument` if the name is empty, holds a null character, or is a run's and
    ///   holds `#`, at which paths are cut.
    public static func check(name: String, kind: CollectionKind) throws {
        guard !name.isEmpty, !name.unicodeScalars.contains("\0") else {
            throw ButlerError(
                .invalidArgument,
                "\"\(name)\" cannot be the name of a collection.",
                remedy: "Give at least one character, and no null characters."
            )
        }
        guard kind != .run || !name.contains("#") else {
            throw ButlerError(
                .invalidArgument,
                "\"\(name)\" cannot be the name of a RUN collection: paths of files are cut at \"#\".",
                remedy: "Choose a name without \"#\"."
            )
        }
    }

    /// The key among the values that an insertion returned.
    static func key(_ values: [SQLValue], _ format: RegistryFormat) throws -> CollectionKey {
        switch values.first {
        case .int(let value)?: return .number(value)
        case .text(let value)?: return .name(value)
        default: throw ButlerError(.database, "The database did not return the key of a new collection.")
        }
    }
}
