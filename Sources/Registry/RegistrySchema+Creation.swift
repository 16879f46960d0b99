public import Databases
internal import StewardCore

extension RegistrySchema {
    /// Creates all static tables of a new repository and writes its attributes.
    ///
    /// One statement for each table and index and one for the attributes; 137 for the default universe. The
    /// datastore's table is not made here: see ``DatastoreRecordTable/create(on:)``.
    ///
    /// - Parameter connection: A write connection to an empty database or schema.
    /// - Throws: ``ButlerError`` with `.repositoryExists` if the database has tables of that name; database errors.
    public func create(on connection: any Connection) throws {
        do {
            try connection.recoverably {
                for table in staticTables { try connection.createTable(table) }
            }
        } catch let error as ButlerError where error.code == .database {
            guard try connection.tableExists(attributes.name) else { throw error }
            throw ButlerError(
                .repositoryExists,
                "The database already holds a butler repository.",
                remedy: "Choose another place, or remove the old repository first.",
                cause: error
            )
        }
        try RepositoryAttributes.initial(universe, format).insert(on: connection)
    }
}
