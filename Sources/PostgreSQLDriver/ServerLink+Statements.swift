internal import CPostgreSQL
internal import Databases
internal import StewardCore

extension ServerLink {
    /// Most parameters of a statement that is worth keeping prepared.
    private static let preparedParameterLimit = 512

    /// Runs a statement and waits for its whole result, in binary form.
    ///
    /// - Parameters:
    ///   - statement: The statement.
    ///   - pending: Statements that must run before it, on the same way to the server; empty once they have been sent.
    ///   - prepares: Whether it is prepared when it comes again.
    /// - Returns: The result.
    /// - Throws: ``Broken``; `ButlerError` for values that cannot be sent.
    func execute(_ statement: RenderedSQL, after pending: inout [String], prepares: Bool) throws -> ServerResult {
        try execute(statement.text, try encoded(statement.values), after: &pending, prepares: prepares)
    }

    func execute(
        _ text: String,
        _ parameters: ParameterBuffer,
        after pending: inout [String],
        prepares: Bool
    ) throws -> ServerResult {
        let prepared = preparation(text, parameters, prepares)
        if !pending.isEmpty || prepared?.isNew == true {
            return try executeTogether(text, parameters, prepared, after: &pending)
        }
        let count = Int32(truncatingIfNeeded: parameters.count)
        let answer = parameters.withPointers { p in
            if let prepared {
                PQexecPrepared(pointer, prepared.name, count, p.values, p.lengths, p.formats, 1)
            } else {
                PQexecParams(pointer, text, count, p.types, p.values, p.lengths, p.formats, 1)
            }
        }
        guard let result = ServerResult(answer) else { throw lost(text) }
        try check(result, text)
        return result
    }

    /// Runs a statement, what must run before it, and its preparation on one way to the server and back.
    private func executeTogether(
        _ text: String,
        _ parameters: ParameterBuffer,
        _ prepared: (name: String, isNew: Bool)?,
        after pending: inout [String]
    ) throws -> ServerResult {
        guard PQenterPipelineMode(pointer) == 1 else { throw lost(text) }
        defer { PQexitPipelineMode(pointer) }
        try sendInPipeline(pending, text)
        var count = pending.count + 1
        if let prepared, prepared.isNew {
            let isSent = parameters.types.withUnsafeBufferPointer {
                PQsendPrepare(pointer, prepared.name, text, Int32(truncatingIfNeeded: $0.count), $0.baseAddress)
            }
            guard isSent == 1 else { throw lost(text) }
            count += 1
        }
        guard send(text, parameters, prepared?.name), PQpipelineSync(pointer) == 1 else { throw lost(text) }
        var last: OpaquePointer?
        defer { PQclear(last) }
        _ = try readPipeline(text, count, after: &pending) { last = $0 }
        if let prepared, prepared.isNew {
            statements.prepared(PreparedStatementCache.Key(text: text, types: parameters.types), as: prepared.name)
        }
        guard let result = ServerResult(last) else { throw lost(text) }
        last = nil
        return result
    }

    /// Sends statements without parameters within a pipeline.
    func sendInPipeline(_ statements: [String], _ text: String) throws(Broken) {
        for statement in statements {
            guard PQsendQueryParams(pointer, statement, 0, nil, nil, nil, nil, 1) == 1 else { throw lost(text) }
        }
    }

    private func send(_ text: String, _ parameters: ParameterBuffer, _ name: String?) -> Bool {
        let count = Int32(truncatingIfNeeded: parameters.count)
        return parameters.withPointers { p in
            if let name {
                PQsendQueryPrepared(pointer, name, count, p.values, p.lengths, p.formats, 1)
            } else {
                PQsendQueryParams(pointer, text, count, p.types, p.values, p.lengths, p.formats, 1)
            }
        } == 1
    }

    /// Runs what is pending, if anything is.
    func run(_ pending: inout [String]) throws(Broken) {
        guard !pending.isEmpty else { return }
        let text = pending.joined(separator: "; ")
        guard PQsendQuery(pointer, text) == 1 else { throw lost(text) }
        var count = 0
        var failure: Broken?
        while let result = ServerResult(PQgetResult(pointer)) {
            if !result.isSuccess {
                failure = failure ?? Broken(failure: ServerFailure(result, isConnectionLost: isLost, sql: text))
            } else if count < pending.count {
                note(result, of: pending[count])
                count += 1
            }
        }
        if let failure {
            if !failure.failure.isConnectionLost { pending = [] }
            throw failure
        }
        guard count == pending.count else { throw lost(text) }
        pending = []
    }

    /// Sends a query whose rows are then fetched one by one.
    func send(_ statement: RenderedSQL, prepares: Bool) throws {
        let parameters = try encoded(statement.values)
        let name = try preparedName(statement.text, parameters, prepares)
        guard send(statement.text, parameters, name), PQsetSingleRowMode(pointer) == 1 else {
            throw lost(statement.text)
        }
    }

    private func encoded(_ values: [SQLValue]) throws(ButlerError) -> ParameterBuffer {
        var parameters = ParameterBuffer()
        for value in values { try parameters.append(value) }
        return parameters
    }

    /// Name of the prepared statement to run, if it is worth preparing, and whether that has still to be done.
    private func preparation(
        _ text: String,
        _ parameters: ParameterBuffer,
        _ prepares: Bool
    ) -> (name: String, isNew: Bool)? {
        guard prepares, parameters.count <= Self.preparedParameterLimit else { return nil }
        return statements.use(PreparedStatementCache.Key(text: text, types: parameters.types))
    }

    /// Name of the prepared statement to run, if it is worth preparing; prepares it.
    private func preparedName(_ text: String, _ parameters: ParameterBuffer, _ prepares: Bool) throws(Broken) -> String?
    {
        guard let use = preparation(text, parameters, prepares) else { return nil }
        guard use.isNew else { return use.name }
        let count = Int32(truncatingIfNeeded: parameters.count)
        let answer = parameters.types.withUnsafeBufferPointer {
            PQprepare(pointer, use.name, text, count, $0.baseAddress)
        }
        guard let result = ServerResult(answer) else { throw lost(text) }
        try check(result, text)
        statements.prepared(PreparedStatementCache.Key(text: text, types: parameters.types), as: use.name)
        return use.name
    }
}
