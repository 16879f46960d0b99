public import Datasets
internal import Resources
public import StewardCore
internal import Synchronization

/// Files of new datasets between being made and being committed together with their rows.
///
/// What is slow is done when this exists: data are written or copied under temporary names, sizes and checksums known.
/// Inside the transaction that inserts the rows, ``install(isRecorded:)`` gives the files their names and makes them
/// durable. After the commit call ``commit()``, after any failure ``rollback()``.
///
/// ```swift
/// let pending = try await datastore.prepare([NewDataset(object, ref)])
/// do {
///     try await database.write { connection in
///         …
///         try pending.install { try paths.contains($0) }
///         try records.insert(pending.infos)
///     }
///     pending.commit()
/// } catch {
///     pending.rollback()
///     throw error
/// }
/// ```
public final class PendingFiles: Sendable {
    /// Rows of the datastore's table, in the order of the datasets.
    public let infos: [StoredFileInfo]
    /// Datasets whose rows may be there already and are replaced then: files referred to in place, with reproducible
    /// identifiers.
    public let replaceable: Set<DatasetID>

    private let steps: [Step]
    private let log = FileRollback()
    private let durability = DurabilityBatch()
    private let isInstalled = Mutex(false)

    /// What remains to be done for a file.
    enum Step: Sendable {
        /// It waits under a temporary name.
        case staged(StagedFile, path: String)
        /// It is moved or linked.
        case transfer(ResourcePath, to: ResourcePath, TransferMode, path: String)

        var path: String {
            switch self {
            case .staged(_, let path), .transfer(_, _, _, let path): path
            }
        }
    }

    init(infos: [StoredFileInfo], steps: [Step], replaceable: Set<DatasetID> = []) {
        self.infos = infos
        self.steps = steps
        self.replaceable = replaceable
    }

    deinit {
        discardStaged()
    }

    /// Gives all files their names and waits until they are on disk.
    ///
    /// A file without record that lies where a new one goes is replaced, as the reference does.
    ///
    /// - Parameter isRecorded: Whether a path relative to the root stands in a record of the datastore. Called only for
    ///   paths where there is a file already.
    /// - Throws: ``ButlerError`` with `.conflictingDefinition` if a file belongs to another dataset, `.fileNotFound` if
    ///   a source has vanished, `.diskFull`, `.readOnly` or `.fileAccess`, or what `isRecorded` threw.
    public func install(isRecorded: (_ path: String) throws -> Bool = { _ in false }) throws {
        let isFirst = isInstalled.withLock { installed in
            defer { installed = true }
            return !installed
        }
        guard isFirst else { return }
        let files = FileStore()
        let transfer = FileTransfer(overwrite: true, rollback: log, durability: durability)
        for step in steps {
            switch step {
            case .staged(let file, let path):
                if try files.exists(file.target), try isRecorded(path) { throw Self.taken(path) }
                try file.install(rollback: log, durability: durability)
            case .transfer(let source, let target, let mode, let path):
                if try files.exists(target), try isRecorded(path) { throw Self.taken(path) }
                _ = try transfer.run(source, to: target, mode: mode)
            }
        }
        try durability.flush()
    }

    /// Keeps the files, after the rows were committed.
    public func commit() {
        log.commit()
    }

    /// Removes what was made and moves back what was moved, after something failed.
    ///
    /// - Returns: What could not be undone.
    @discardableResult
    public func rollback() -> [ButlerError] {
        discardStaged()
        return log.rollback()
    }

    private func discardStaged() {
        for case .staged(let file, _) in steps { file.discard() }
    }

    private static func taken(_ path: String) -> ButlerError {
        ButlerError(
            .conflictingDefinition,
            "The file \"\(path)\" belongs to another dataset of the datastore already.",
            remedy: "Use another run, or a file template that tells the datasets apart."
        )
    }
}
