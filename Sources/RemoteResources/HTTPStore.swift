internal import Foundation
public import Resources
public import StewardCore
internal import Synchronization

/// Files on servers that speak HTTP; on WebDAV servers also directories and writing.
///
/// Parts are read by ranges; a server that knows none sends the beginning, and the connection is closed when enough has
/// come. Connections are reused; calls from several threads go on at the same time.
public final class HTTPStore: ResourceStore {
    let client: HTTPClient
    /// Servers that were asked whether they speak WebDAV.
    let speakers = Mutex<[String: Bool]>([:])

    /// Creates a store.
    ///
    /// - Parameters:
    ///   - settings: Time limits, certificates and attempts.
    ///   - pauseHook: Called instead of waiting between attempts, with the seconds.
    public init(_ settings: HTTPSettings, pauseHook: (@Sendable (Double) -> Void)? = nil) {
        client = HTTPClient(settings, pauseHook: pauseHook)
    }

    /// Creates a store whose requests are signed.
    init(_ settings: HTTPSettings, signer: @escaping @Sendable (HTTPRequest) -> [String]) {
        client = HTTPClient(settings, signer: signer)
    }

    /// What is at a path, or nil if nothing is.
    public func info(_ path: ResourcePath) throws -> ResourceInfo? {
        if path.isDirectory || path.scheme == .dav || path.scheme == .davs, try speaksWebDAV(path) {
            return try properties(path)
        }
        let head = HTTPRequest("HEAD", path)
        guard !path.isPresigned else { return try probed(path) }
        let answer = try client.send(head)
        switch answer.status {
        case 404, 410: return nil
        case 200...299:
            guard let size = answer.head.contentLength else { return try probed(path) }
            return ResourceInfo(size: size, modified: answer.head.modified)
        case 405, 501: return try probed(path)
        default: throw HTTPProblem.refused(head, answer)
        }
    }

    /// Size and time of a file whose server does not answer HEAD, by a request for one byte.
    private func probed(_ path: ResourcePath) throws -> ResourceInfo? {
        let request = HTTPRequest("GET", path, headers: ["Range: bytes=0-0"])
        let receiver = RangeReceiver(path, 0..<1)
        let answer = try client.send(request, receiver)
        switch answer.status {
        case 404, 410: return nil
        case 416: return ResourceInfo(size: answer.head.contentRange?.total ?? 0, modified: answer.head.modified)
        case 200...299:
            guard let size = receiver.size else { throw HTTPProblem.wrong(path, "it does not tell the file's size") }
            return ResourceInfo(size: size, modified: answer.head.modified)
        default: throw HTTPProblem.refused(request, answer)
        }
    }

    /// Bytes of a file.
    public func read(_ path: ResourcePath, range: ByteRange) throws -> [UInt8] {
        switch range {
        case .bounded(let offsets):
            return try part(path, at: max(offsets.lowerBound, 0)..<max(offsets.upperBound, 0)).bytes
        case .from(let offset) where offset > 0: return try part(path, at: offset..<Int.max).bytes
        case .last(let count) where count > 0:
            return try whole(path, BytesReceiver(path, last: count), "Range: bytes=-\(count)")
        case .last: return try exists(path) ? [] : part(path, at: 0..<1).bytes
        case .all, .from: return try whole(path, BytesReceiver(path))
        }
    }

    private func whole(_ path: ResourcePath, _ receiver: BytesReceiver, _ headers: String...) throws -> [UInt8] {
        let request = HTTPRequest("GET", path, headers: headers)
        let answer = try client.send(request, receiver)
        // Of an empty file no range can be had.
        if answer.status == 416 { return [] }
        guard answer.head.isSuccess else { throw HTTPProblem.refused(request, answer) }
        return receiver.content
    }

    /// Bytes of a file at some offsets, by one request.
    ///
    /// - Parameters:
    ///   - path: A file.
    ///   - offsets: Offsets of bytes; those beyond the end do not count.
    /// - Returns: The bytes, and the size of the file if the server tells.
    /// - Throws: ``ButlerError`` with `.fileNotFound` or `.fileAccess`.
    public func part(_ path: ResourcePath, at offsets: Range<Int>) throws -> ResourcePart {
        guard !offsets.isEmpty else { return ResourcePart(bytes: [], size: try size(path)) }
        let end = offsets.upperBound == .max ? "" : String(offsets.upperBound - 1)
        let request = HTTPRequest("GET", path, headers: ["Range: bytes=\(offsets.lowerBound)-\(end)"])
        let receiver = RangeReceiver(path, offsets)
        let answer = try client.send(request, receiver)
        if answer.status == 416 { return ResourcePart(bytes: [], size: answer.head.contentRange?.total) }
        guard answer.head.isSuccess else { throw HTTPProblem.refused(request, answer) }
        let expected = receiver.size.map { offsets.clamped(to: 0..<$0).count }
        guard expected.map({ $0 == receiver.bytes.count }) ?? true else {
            throw HTTPProblem.wrong(path, "it has \(receiver.bytes.count) bytes instead of \(expected ?? 0)")
        }
        return ResourcePart(bytes: receiver.bytes, size: receiver.size)
    }

    /// Copies a file to a new local one as it comes in; a transfer that breaks off is begun again.
    ///
    /// - Parameters:
    ///   - path: A file.
    ///   - file: Path of a local file that does not exist, in a directory that does.
    ///   - checksum: The checksum to compute on the way.
    /// - Returns: Size and checksum.
    /// - Throws: ``ButlerError`` with `.fileNotFound`, `.fileAccess`, `.diskFull` or `.readOnly`.
    public func download(_ path: ResourcePath, to file: String, checksum: Digest.Algorithm?) throws -> FileContent {
        let sink = try FileSink(creating: file, for: file, checksum: checksum)
        let request = HTTPRequest("GET", path)
        let answer = try client.send(request, FileReceiver(sink))
        guard answer.head.isSuccess else { throw HTTPProblem.refused(request, answer) }
        if let size = answer.head.contentLength, size != sink.size {
            throw HTTPProblem.wrong(path, "the server announced \(size) bytes and sent \(sink.size)")
        }
        return try sink.finish()
    }
}

extension ResourcePath {
    /// Whether the URL is signed for one method (GET).
    fileprivate var isPresigned: Bool {
        guard let query else { return false }
        let names = Set(query.split(separator: "&").map { $0.prefix { $0 != "=" } })
        return names.contains("X-Amz-Signature") || names.isSuperset(of: ["Signature", "Expires"])
    }
}
