internal import CPostgreSQL
internal import StewardCore

/// One open connection of libpq with the statements prepared on it; used by one thread at a time.
final class ServerLink {
    let pointer: OpaquePointer
    private let canceller: StatementCanceller
    var statements = PreparedStatementCache()
    /// Number of the last transaction that was begun to write, once the server has told it.
    private(set) var transactionNumber: Int64?

    /// Connects; blocks.
    ///
    /// - Parameters:
    ///   - parameters: Keywords and values of libpq; what is missing comes from its environment variables.
    ///   - canceller: Gets to know how the connection's statements are ended.
    /// - Throws: ``Broken``.
    init(_ parameters: [ConnectionParameter], _ canceller: StatementCanceller) throws(Broken) {
        let opened = Self.withStrings(parameters.map(\.keyword)) { keywords in
            Self.withStrings(parameters.map(\.value)) { values in PQconnectdbParams(keywords, values, 0) }
        }
        guard let opened else { throw Broken(failure: ServerFailure(connection: nil, sql: nil)) }
        guard PQstatus(opened) == CONNECTION_OK else {
            let failure = ServerFailure(connection: opened, sql: nil)
            PQfinish(opened)
            throw Broken(failure: failure)
        }
        pointer = opened
        self.canceller = canceller
        canceller.attach(opened)
        PQsetNoticeProcessor(opened, { _, _ in }, nil)
    }

    deinit {
        canceller.detach()
        PQfinish(pointer)
    }

    /// A failure of the server, before it is put into Steward's terms.
    struct Broken: Error {
        let failure: ServerFailure
    }

    /// Whether nothing more can be sent.
    var isLost: Bool { PQstatus(pointer) == CONNECTION_BAD }

    var transactionStatus: PGTransactionStatusType { PQtransactionStatus(pointer) }

    /// The server's version, 150004 for 15.4.
    var serverVersion: Int { Int(PQserverVersion(pointer)) }

    /// Runs one or more statements without parameters; the last one's result is returned, in text format.
    @discardableResult
    func run(_ text: String) throws(Broken) -> ServerResult {
        guard let result = ServerResult(PQexec(pointer, text)) else { throw lost(text) }
        try check(result, text)
        return result
    }

    /// Notes what the answer to a statement tells of the transaction.
    func note(_ result: borrowing ServerResult, of statement: String) {
        if statement == SessionSettings.transactionNumber { transactionNumber = result.firstInteger }
    }

    /// Fails unless a result tells of success.
    func check(_ result: borrowing ServerResult, _ sql: String?) throws(Broken) {
        guard !result.isSuccess else { return }
        throw Broken(failure: ServerFailure(result, isConnectionLost: isLost, sql: sql))
    }

    /// The failure of a call that gave no result.
    func lost(_ sql: String?) -> Broken {
        Broken(failure: ServerFailure(connection: pointer, sql: sql))
    }

    /// Drops statements that left the cache; only between transactions.
    func dropEvictedStatements() throws(Broken) {
        let names = statements.takeEvicted()
        guard !names.isEmpty else { return }
        try run(names.map { "DEALLOCATE " + $0 }.joined(separator: "; "))
    }

    private static func withStrings<Result>(
        _ strings: [String],
        _ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> Result
    ) -> Result {
        let bytes = strings.map { Array($0.utf8CString) }
        var all: [CChar] = []
        var offsets: [Int] = []
        for string in bytes {
            offsets.append(all.count)
            all += string
        }
        return all.withUnsafeBufferPointer { all in
            let pointers = offsets.map { all.baseAddress?.advanced(by: $0) } + [nil]
            return pointers.withUnsafeBufferPointer { body($0.baseAddress) }
        }
    }
}
