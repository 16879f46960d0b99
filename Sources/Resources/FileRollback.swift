public import StewardCore
import Synchronization

/// What a transaction made in the file system, so that it can be undone.
///
/// Keep it until the database has committed; then call ``commit()``, else ``rollback()``. Safe to use from several
/// threads. Directories that were made stay.
public final class FileRollback: Sendable {
    private let actions = Mutex<[Action]>([])
    /// Files by path, as they were before they got their names.
    private let unfinished = Mutex<[String: UnfinishedFile]>([:])
    private let journal: FileJournal?

    /// Something that was done.
    public enum Action: Hashable, Sendable {
        /// A file or link was made.
        case created(String)
        /// A file has a second name or a copy by now, and goes when the transaction has committed.
        case superseded(String)
    }

    /// Creates an empty record.
    ///
    /// - Parameter journal: Where files are noted before they get their names, for the case that the process is killed.
    public init(journal: FileJournal? = nil) {
        self.journal = journal
        journal?.begin()
    }

    deinit {
        journal?.end()
    }

    /// Notes a file before it gets its name.
    ///
    /// - Parameters:
    ///   - file: Where it is now.
    ///   - path: Where it will be.
    /// - Throws: ``ButlerError`` with `.diskFull`, `.readOnly` or `.fileAccess`.
    func prepare(_ file: String, as path: String) throws {
        guard journal != nil, let status = try FileStore.linkStatus(file) else { return }
        try prepare(status, as: path)
    }

    /// Notes a file before it gets another name.
    ///
    /// - Parameters:
    ///   - status: What is known of the file.
    ///   - path: The new name.
    /// - Throws: ``ButlerError`` with `.diskFull`, `.readOnly` or `.fileAccess`.
    func prepare(_ status: FileStatus, as path: String) throws {
        guard let journal else { return }
        let file = UnfinishedFile(path: path, identity: .init(status))
        try journal.note(file)
        unfinished.withLock { $0[path] = file }
    }

    /// Forgets everything, and hands over the files that were made and noted.
    ///
    /// For the case that the transaction has ended without its commit, so that others may have taken their paths: who takes
    /// the files over removes them where they are still the same.
    ///
    /// - Returns: The files, the last one first.
    public func abandon() -> [UnfinishedFile] {
        let files = unfinished.withLock { $0 }
        return take().reversed().compactMap { action in
            if case .created(let path) = action { files[path] } else { nil }
        }
    }

    /// Number of actions that would be undone.
    public var count: Int { actions.withLock { $0.count } }

    /// Remembers an action.
    public func add(_ action: Action) {
        actions.withLock { $0.append(action) }
    }

    /// Takes over what a nested transaction did.
    public func absorb(_ nested: FileRollback) {
        let taken = nested.take()
        actions.withLock { $0 += taken }
    }

    /// Forgets everything: what was made stays, and what it takes the place of goes, where that is possible.
    public func commit() {
        for case .superseded(let path) in take() { try? FileCalls.remove(path) }
    }

    /// Undoes everything, last action first, and goes on where something cannot be undone.
    ///
    /// - Returns: The failures; files that are gone already are none.
    @discardableResult
    public func rollback() -> [ButlerError] {
        take().reversed().compactMap { action in
            do throws(SystemError) {
                switch action {
                case .created(let path): try FileCalls.remove(path)
                case .superseded: break
                }
                return nil
            } catch .notFound {
                return nil
            } catch {
                switch action {
                case .created(let path): return FileProblem.error(error, "removed", path)
                case .superseded: return nil
                }
            }
        }
    }

    /// Runs work and undoes what it did in the file system if it throws.
    ///
    /// - Parameter body: The work, and the commit of the database.
    /// - Returns: What the body returned.
    /// - Throws: What the body threw.
    public static func run<Value>(_ body: (FileRollback) throws -> Value) rethrows -> Value {
        let record = FileRollback()
        do {
            let value = try body(record)
            record.commit()
            return value
        } catch {
            record.rollback()
            throw error
        }
    }

    private func take() -> [Action] {
        actions.withLock { actions in
            defer { actions = [] }
            return actions
        }
    }
}
