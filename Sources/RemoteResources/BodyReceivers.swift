internal import Resources
internal import StewardCore

/// Keeps those bytes of a body that a range asks for, whether or not the server knows ranges.
final class RangeReceiver: BodyReceiver {
    private let path: ResourcePath
    private let wanted: Range<Int>
    /// Offset in the file of the next byte of the body.
    private var position = 0
    /// Whether the server sends only what was asked for; the connection can be used again after the end of the body.
    private var isPart = false
    private(set) var bytes: [UInt8] = []
    /// Bytes of the whole file, if the server told.
    private(set) var size: Int?

    init(_ path: ResourcePath, _ wanted: Range<Int>) {
        self.path = path
        self.wanted = wanted
    }

    func begin(_ head: HTTPHead) throws {
        bytes = []
        position = 0
        size = head.contentLength
        isPart = head.status == 206
        guard isPart else { return }
        guard let range = head.contentRange, range.start == wanted.lowerBound else {
            throw HTTPProblem.wrong(path, "it is not the part that was asked for")
        }
        position = wanted.lowerBound
        size = range.total
    }

    func take(_ body: UnsafeRawBufferPointer) -> Bool {
        let start = min(max(wanted.lowerBound - position, 0), body.count)
        let end = min(max(wanted.upperBound - position, start), body.count)
        bytes += body[start..<end]
        position += body.count
        return isPart || position < wanted.upperBound || position == size
    }
}

/// Keeps a whole body, or the bytes at its end.
final class BytesReceiver: BodyReceiver {
    private let path: ResourcePath
    private let last: Int?
    private let limit: Int
    private(set) var bytes: [UInt8] = []

    init(_ path: ResourcePath, last: Int? = nil, limit: Int = .max) {
        self.path = path
        self.last = last
        self.limit = limit
    }

    func begin(_ head: HTTPHead) {
        bytes = []
        bytes.reserveCapacity(min(head.contentLength ?? 0, last ?? 1 << 26))
    }

    func take(_ body: UnsafeRawBufferPointer) throws -> Bool {
        bytes += body
        guard bytes.count <= limit else { throw HTTPProblem.wrong(path, "it is longer than \(limit) bytes") }
        if let last, bytes.count > 2 * last + 65_536 { bytes.removeFirst(bytes.count - last) }
        return true
    }

    /// The bytes, of which only the last ones count if so many were asked for.
    var content: [UInt8] { last.map { Array(bytes.suffix($0)) } ?? bytes }
}

/// Writes a body to a file.
final class FileReceiver: BodyReceiver {
    private let sink: FileSink

    init(_ sink: FileSink) {
        self.sink = sink
    }

    func begin(_ head: HTTPHead) throws {
        if sink.size > 0 { try sink.restart() }
    }

    func take(_ body: UnsafeRawBufferPointer) throws -> Bool {
        try sink.write(body)
        return true
    }
}
