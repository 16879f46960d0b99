internal import CPostgreSQL
internal import Databases
internal import StewardCore

extension ServerLink {
    /// Rows of a batch that are sent before their results are read; few enough that neither side's buffers fill up.
    private static let pipelineRows = 256
    /// Rows that one statement takes as arrays.
    private static let arrayRows = 20_000

    /// The types that the server gives the parameters of a statement.
    func parameterTypes(of text: String, prepares: Bool) throws -> [Oid] {
        try described(text, prepares).types
    }

    /// Inserts rows with one array for each value of a row; returns how many were inserted.
    func insertArrays(
        _ text: String,
        _ rows: RowBatch,
        _ elements: [ArrayElement],
        after pending: inout [String],
        prepares: Bool
    ) throws -> Int {
        let values = rows.values
        var total = 0
        for start in stride(from: 0, to: rows.count, by: Self.arrayRows) {
            let range = start..<min(rows.count, start + Self.arrayRows)
            let arrays = try elements.enumerated().map { column, element in
                SQLValue.blob(try element.array(of: values, column: column, width: rows.width, rows: range))
            }
            var parameters = ParameterBuffer()
            for array in arrays { try parameters.append(array, as: TypeIdentifier.inferred) }
            let result = try execute(text, parameters, after: &pending, prepares: prepares)
            total += result.changedRows
        }
        return total
    }

    /// Runs a statement once for each row, many of them on one way to the server and back.
    func executeBatch(
        _ text: String,
        _ rows: RowBatch,
        after pending: inout [String],
        prepares: Bool
    ) throws -> Int {
        // Without a name the statement would be replaced by those before it.
        if !prepares { try run(&pending) }
        let (name, types) = try described(text, prepares)
        guard types.count == rows.width else {
            throw ButlerError(
                .invalidArgument,
                "A statement with \(types.count) parameters was run with rows of \(rows.width) values.",
                context: [.init("SQL", text)]
            )
        }
        let values = rows.values
        var total = 0
        guard PQenterPipelineMode(pointer) == 1 else { throw lost(text) }
        do {
            for start in stride(from: 0, to: rows.count, by: Self.pipelineRows) {
                let end = min(rows.count, start + Self.pipelineRows)
                total += try runPipeline(text, name, types, values, start..<end, after: &pending)
            }
        } catch {
            PQexitPipelineMode(pointer)
            throw error
        }
        guard PQexitPipelineMode(pointer) == 1 else { throw lost(text) }
        return total
    }

    /// A prepared statement and the types that the server gave its parameters.
    private func described(_ text: String, _ prepares: Bool) throws -> (name: String, types: [Oid]) {
        let key = PreparedStatementCache.Key(text: text, types: [])
        let use = prepares ? statements.use(key, atOnce: true) : nil
        if let use, !use.isNew, let types = statements.parameterTypes(key) { return (use.name, types) }
        let name = use?.name ?? ""
        if use?.isNew ?? true {
            guard let result = ServerResult(PQprepare(pointer, name, text, 0, nil)) else { throw lost(text) }
            try check(result, text)
            if use != nil { statements.prepared(key, as: name) }
        }
        guard let description = ServerResult(PQdescribePrepared(pointer, name)) else { throw lost(text) }
        try check(description, text)
        let types = description.parameterTypes
        if use != nil { statements.inferred(key, types) }
        return (name, types)
    }

    private func runPipeline(
        _ text: String,
        _ name: String,
        _ types: [Oid],
        _ values: [SQLValue],
        _ rows: Range<Int>,
        after pending: inout [String]
    ) throws -> Int {
        var parameters = ParameterBuffer()
        var unsent: (any Error)?
        try sendInPipeline(pending, text)
        var sentCount = pending.count
        for row in rows {
            parameters.removeAll()
            do {
                for index in types.indices {
                    try parameters.append(values[row * types.count + index], as: types[index])
                }
            } catch {
                unsent = error
                break
            }
            let isSent = parameters.withPointers { p in
                let count = Int32(truncatingIfNeeded: types.count)
                return PQsendQueryPrepared(pointer, name, count, p.values, p.lengths, p.formats, 1)
            }
            guard isSent == 1 else { throw lost(text) }
            sentCount += 1
        }
        guard PQpipelineSync(pointer) == 1 else { throw lost(text) }
        let total = try readPipeline(text, sentCount, after: &pending)
        if let unsent { throw unsent }
        return total
    }

    /// Reads the results of so many statements and of the synchronization after them.
    ///
    /// - Parameters:
    ///   - text: The statement, for errors.
    ///   - statementCount: How many statements were sent.
    ///   - pending: Those of them that had been waiting; empty once the server has answered.
    ///   - last: Takes the result of the last one, if all went well.
    /// - Returns: How many rows were changed in all.
    /// - Throws: ``Broken`` with the first failure.
    func readPipeline(
        _ text: String,
        _ statementCount: Int,
        after pending: inout [String],
        last: ((OpaquePointer) -> Void)? = nil
    ) throws -> Int {
        var total = 0
        var failure: Broken?
        for number in 1...max(1, statementCount) where statementCount > 0 {
            while let pointer = PQgetResult(self.pointer) {
                if let last, number == statementCount, failure == nil, ServerResult.isSuccess(pointer) {
                    last(pointer)
                    continue
                }
                guard let result = ServerResult(pointer) else { continue }
                if result.isSuccess, number <= pending.count {
                    note(result, of: pending[number - 1])
                } else if result.isSuccess {
                    total += result.changedRows
                } else if failure == nil, !result.isSkipped {
                    failure = Broken(failure: ServerFailure(result, isConnectionLost: isLost, sql: text))
                }
                if isLost { throw failure ?? lost(text) }
            }
        }
        while let result = ServerResult(PQgetResult(pointer)), result.status != PGRES_PIPELINE_SYNC {
            if isLost { throw failure ?? lost(text) }
        }
        pending = []
        if let failure { throw failure }
        return total
    }
}
