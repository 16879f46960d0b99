internal import CPostgreSQL
internal import Databases
internal import StewardCore

/// Takes the rows of a running query from the connection, page by page.
///
/// When another statement wants the connection the rest of the rows is taken into memory first.
final class RowReader {
    /// Rows that are read and dropped before the server is told to stop; telling costs a connection.
    private static let patience = 20_000

    private unowned let connection: PostgreSQLConnection
    private let kinds: [ColumnKind]
    private let pageRows: Int
    private var filler: PageFiller
    private var link: ServerLink?
    private var isChecked = false
    private var buffered: ArraySlice<ColumnPage> = []

    init(_ connection: PostgreSQLConnection, kinds: [ColumnKind], pageRows: Int) {
        self.connection = connection
        self.kinds = kinds
        self.pageRows = pageRows
        filler = PageFiller(kinds)
    }

    /// Begins to read what was sent on a connection.
    func begin(_ link: ServerLink) {
        self.link = link
        connection.openReader = self
    }

    /// The next page, or nil at the end.
    func next() throws -> ColumnPage? {
        if let page = buffered.popFirst() { return page }
        return try readPage()
    }

    /// Takes all rows that are left into memory.
    func bufferRest() throws {
        while let page = try readPage() { buffered.append(page) }
    }

    private func readPage() throws -> ColumnPage? {
        guard let link else { return nil }
        while filler.rowCount < pageRows {
            guard let result = ServerResult(PQgetResult(link.pointer)) else {
                finish()
                break
            }
            do {
                try link.check(result, nil)
                if !isChecked {
                    try PageFiller.check(result, kinds)
                    isChecked = true
                }
                try filler.add(result)
            } catch {
                abandon()
                throw error
            }
        }
        return filler.rowCount > 0 ? filler.takePage() : nil
    }

    /// Drops the rows that are left, so that the connection is free.
    func abandon() {
        guard let link else { return }
        var count = 0
        var hasCancelled = false
        while let result = ServerResult(PQgetResult(link.pointer)) {
            count += result.rowCount
            if count >= Self.patience, !hasCancelled, mayCancel {
                connection.canceller.cancelCurrent()
                hasCancelled = true
            }
        }
        finish()
        guard hasCancelled, connection.access == .snapshot else { return }
        _ = try? link.run("ROLLBACK TO SAVEPOINT steward_read; SET TRANSACTION READ ONLY")
    }

    /// Whether a statement can be cancelled without undoing anything.
    private var mayCancel: Bool {
        switch connection.access {
        case .latest: true
        case .snapshot:
            connection.settings.allowsTemporaryTables && connection.temporaryTables.isEmpty
                && connection.savepointDepth == 0
        case .write: false
        }
    }

    private func finish() {
        link = nil
        if connection.openReader === self { connection.openReader = nil }
    }
}
