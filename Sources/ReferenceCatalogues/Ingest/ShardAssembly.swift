internal import Dispatch
internal import StewardCore
internal import Synchronization

/// Makes shards of buckets, several buckets at once.
struct ShardAssembly: Sendable {
    let schema: CatalogueSchema
    let header: ShardHeader
    /// Whether identifiers come from the input and could repeat.
    let checksIdentifiers: Bool
    /// Existing folder for the files, which are named by their trixels.
    let folder: String
    let jobs: Int
    /// Bytes of a bucket to hold in memory at once.
    let pieceSize: Int

    /// Shards in the order of their trixels, and rows left out because their identifiers came before.
    struct Result: Sendable {
        var shards: [WrittenShard] = []
        var bad: [BadRow] = []
    }

    func run(_ buckets: Buckets, progress: @escaping @Sendable (Int, Int) -> Void) throws -> Result {
        let filled = buckets.filled
        let state = Mutex<(next: Int, done: Int, result: Result, failure: (any Error)?)>((0, 0, Result(), nil))
        DispatchQueue.concurrentPerform(iterations: max(1, min(jobs, filled.count))) { _ in
            while true {
                let index = state.withLock { state -> Int? in
                    guard state.failure == nil, state.next < filled.count else { return nil }
                    state.next += 1
                    return state.next - 1
                }
                guard let index else { return }
                do {
                    let part = try assemble(filled[index], buckets)
                    let done = state.withLock { state in
                        state.result.shards += part.shards
                        state.result.bad += part.bad
                        state.done += 1
                        return state.done
                    }
                    progress(done, filled.count)
                } catch {
                    state.withLock { $0.failure = $0.failure ?? error }
                }
            }
        }
        return try state.withLock { state in
            if let failure = state.failure { throw failure }
            state.result.shards.sort { $0.trixel < $1.trixel }
            state.result.bad.sort { ($0.file, $0.reason) < ($1.file, $1.reason) }
            return state.result
        }
    }

    private func assemble(_ bucket: Int, _ buckets: Buckets) throws -> Result {
        var writers = [ShardWriter?](repeating: nil, count: 1 << Int(BucketStore.innerBits))
        let idOffset = checksIdentifiers ? schema.identifierOffset : nil
        try buckets.forEachPiece(of: bucket, atMost: pieceSize) { piece in
            let sorted = sorted(piece)
            try sorted.rows.withUnsafeBytes { rows in
                for inner in writers.indices where sorted.starts[inner] < sorted.starts[inner + 1] {
                    let trixel = Buckets.trixel(bucket: bucket, inner: UInt8(inner))
                    let writer =
                        try writers[inner]
                        ?? ShardWriter(
                            trixel,
                            path: "\(folder)/\(trixel).fits",
                            rowSize: schema.rowSize,
                            header: header,
                            idOffset: idOffset
                        )
                    writers[inner] = writer
                    let range = sorted.starts[inner] * schema.rowSize..<sorted.starts[inner + 1] * schema.rowSize
                    try writer.append(UnsafeRawBufferPointer(rebasing: rows[range]))
                }
            }
        }
        buckets.remove(bucket)
        var result = Result()
        for writer in writers {
            guard let writer else { continue }
            let shard = try writer.finish()
            result.shards.append(shard)
            result.bad += writer.repeated.map {
                BadRow(file: "trixel \(shard.trixel)", place: "", reason: "the identifier \($0) occurs again")
            }
        }
        return result
    }

    /// The rows of a piece by trixel, in the order of arrival within each, and where each trixel's rows begin.
    private func sorted(_ piece: UnsafeRawBufferPointer) -> (rows: [UInt8], starts: [Int]) {
        let (rowSize, recordSize) = (schema.rowSize, schema.rowSize + 1)
        let count = piece.count / recordSize
        var starts = [Int](repeating: 0, count: 1 << Int(BucketStore.innerBits) + 1)
        for record in 0..<count { starts[Int(piece[record * recordSize]) + 1] += 1 }
        for inner in 1..<starts.count { starts[inner] += starts[inner - 1] }
        var next = starts
        let rows = [UInt8](unsafeUninitializedCapacity: count * rowSize) { rows, filled in
            let target = UnsafeMutableRawBufferPointer(rows)
            for record in 0..<count {
                let start = record * recordSize
                let inner = Int(piece[start])
                let place = next[inner] * rowSize
                next[inner] += 1
                UnsafeMutableRawBufferPointer(rebasing: target[place..<place + rowSize])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: piece[start + 1..<start + recordSize]))
            }
            filled = count * rowSize
        }
        return (rows, starts)
    }
}

extension CatalogueSchema {
    /// Offset of the identifier; nil if it is not of 64 bits.
    var identifierOffset: Int? {
        guard let index = index("id"), fields[index].kind == .int64, case .bytes(let offset) = places[index] else {
            return nil
        }
        return offset
    }
}
