internal import Databases
internal import Datastores
internal import Foundation
internal import Registry
internal import Resources
internal import StewardCore

extension Butler {
    /// Stores an object as a new dataset.
    ///
    /// One transaction; the file is durable before the dataset is reported as stored.
    ///
    /// - Parameters:
    ///   - object: The object; its type must be one that the dataset type's formatter writes.
    ///   - type: Dataset type.
    ///   - dataID: Data ID with at least the required dimensions.
    ///   - run: RUN collection, registered when it does not exist; the default run if nil.
    /// - Returns: The new dataset.
    /// - Throws: ``ButlerError`` with `.conflictingDefinition` if the run has such a dataset, `.missingDatasetType`,
    ///   `.dataIDValue`, `.formatter`, `.diskFull`, `.readOnly`; database and file errors. Nothing is left then.
    @discardableResult
    public func put(
        _ object: any Sendable,
        as type: DatasetType,
        _ dataID: DataCoordinate,
        run: String? = nil
    ) async throws -> DatasetRef {
        let ref = DatasetRef(type, dataID, run: try targetRun(run))
        return try await put([(object, ref)])[0]
    }

    /// Stores objects as new datasets, all or none.
    ///
    /// - Parameter items: Objects with references to new datasets; runs are registered when they do not exist.
    /// - Returns: The references with their data IDs expanded.
    /// - Throws: As ``put(_:as:_:run:)``.
    @discardableResult
    public func put(_ items: [(object: any Sendable, ref: DatasetRef)]) async throws -> [DatasetRef] {
        try await storing(briefly: isBrief(items)) { try self.store(items, on: $0, $1) }
    }

    /// Whether objects are so few and small that writing them takes no longer than the way to another thread.
    private func isBrief(_ items: [(object: any Sendable, ref: DatasetRef)]) -> Bool {
        items.count <= 4 && items.allSatisfy { $0.object is JSONValue || $0.object is String }
    }

    /// Writes new datasets within a transaction.
    func store(
        _ items: [(object: any Sendable, ref: DatasetRef)],
        on connection: any Connection,
        _ rollback: FileRollback
    ) throws -> [DatasetRef] {
        let refs = items.map(\.ref)
        let expanded = try expanding(refs, on: connection)
        for run in Set(refs.map(\.run)).sorted() { try ensureRun(run, on: connection) }
        let durability = DurabilityBatch()
        let files = try insert(expanded, on: connection) {
            let claims = pathClaims(on: connection)
            let planned = try zip(items, expanded).flatMap { try datastore.plan($0.object, as: $1, claims: claims) }
            try claims.settle()
            let files = try planned.map {
                try datastore.write($0, claims: claims, rollback: rollback, durability: durability)
            }
            secure(durability, on: connection)
            return files
        }
        try record(files, on: connection)
        return expanded
    }

    /// Lets the disk begin with files now, and has the transaction wait for them before its commit is final.
    func secure(_ files: DurabilityBatch, on connection: any Connection) {
        files.start()
        connection.beforeCommit { try files.flush() }
    }

    /// Inserts datasets and writes their files, these first where the transaction keeps others from the same paths: the
    /// disk is then at work while the rows are inserted.
    private func insert<Files>(
        _ refs: [DatasetRef],
        on connection: any Connection,
        writing: () throws -> Files
    ) throws -> Files {
        guard connection.dialect.hasOneWriter else {
            try registry.datasets.insert(refs, on: connection)
            return try writing()
        }
        let files: Files
        do {
            files = try writing()
        } catch {
            // What the registry objects to says more.
            try registry.datasets.insert(refs, on: connection)
            throw error
        }
        try registry.datasets.insert(refs, on: connection)
        return files
    }

    /// Stores the content of a file, or bytes, as a new dataset, after checking that it reads as one.
    ///
    /// - Parameters:
    ///   - file: Path of a file; it is copied.
    ///   - contents: Bytes instead of a file.
    ///   - type: Dataset type.
    ///   - dataID: Data ID with at least the required dimensions.
    ///   - run: RUN collection, registered when it does not exist.
    /// - Returns: The new dataset.
    /// - Throws: ``ButlerError`` with `.corruptFile` if it does not read, else as ``put(_:as:_:run:)``.
    @discardableResult
    public func put(
        file: String?,
        contents: [UInt8]?,
        as type: DatasetType,
        _ dataID: DataCoordinate,
        run: String? = nil
    ) async throws -> DatasetRef {
        let object = try datastore.parse(file: file, contents: contents, as: type)
        return try await put(object, as: type, dataID, run: run)
    }
}
