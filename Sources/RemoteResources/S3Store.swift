internal import Foundation
public import Resources
public import StewardCore
internal import Synchronization

/// Files in object stores with Amazon's interface, as `s3://BUCKET/KEY` and `s3://PROFILE@BUCKET/KEY`.
///
/// Requests go over the connections of an ``HTTPStore`` for each profile, with its attempts, and are signed. The bucket is
/// part of the path, as servers other than Amazon's want it.
public final class S3Store: ResourceStore {
    private let settings: S3Settings
    private let connections: HTTPSettings
    private let servers = Mutex<[String: Server]>([:])

    private struct Server {
        let access: S3Settings.Access
        let http: HTTPStore
    }

    /// Creates a store.
    ///
    /// - Parameters:
    ///   - settings: Servers and credentials.
    ///   - connections: Time limits, certificates and attempts; its token is not used.
    public init(_ settings: S3Settings, connections: HTTPSettings) {
        self.settings = settings
        var connections = connections
        connections.token = nil
        self.connections = connections
    }

    /// What is at a path, or nil if nothing is; the common beginning of keys is a directory.
    public func info(_ path: ResourcePath) throws -> ResourceInfo? {
        let (server, bucket) = try place(path)
        if !path.isDirectory, let info = try server.http.info(object(path, server, bucket)) { return info }
        let hasKeys = try !page(path, server, bucket, after: nil, limit: 1).entries.isEmpty
        return hasKeys ? ResourceInfo(size: 0, isDirectory: true) : nil
    }

    /// Bytes of a file.
    public func read(_ path: ResourcePath, range: ByteRange) throws -> [UInt8] {
        let (server, bucket) = try place(path)
        return try server.http.read(object(path, server, bucket), range: range)
    }

    /// Bytes of a file at some offsets, by one request.
    ///
    /// - Parameters:
    ///   - path: A file.
    ///   - offsets: Offsets of bytes; those beyond the end do not count.
    /// - Returns: The bytes and the size of the file.
    /// - Throws: ``ButlerError`` with `.fileNotFound` or `.fileAccess`.
    public func part(_ path: ResourcePath, at offsets: Range<Int>) throws -> ResourcePart {
        let (server, bucket) = try place(path)
        return try server.http.part(object(path, server, bucket), at: offsets)
    }

    /// Copies a file to a new local one as it comes in.
    ///
    /// - Parameters:
    ///   - path: A file.
    ///   - file: Path of a local file that does not exist, in a directory that does.
    ///   - checksum: The checksum to compute on the way.
    /// - Returns: Size and checksum.
    /// - Throws: ``ButlerError`` with `.fileNotFound`, `.fileAccess`, `.diskFull` or `.readOnly`.
    public func download(_ path: ResourcePath, to file: String, checksum: Digest.Algorithm?) throws -> FileContent {
        let (server, bucket) = try place(path)
        return try server.http.download(object(path, server, bucket), to: file, checksum: checksum)
    }

    /// Writes a whole file by one request; it appears complete or not at all.
    public func write(_ bytes: [UInt8], to path: ResourcePath, overwrite: Bool) throws {
        let (server, bucket) = try place(path)
        let object = try object(path, server, bucket)
        // Not all servers know the condition that HTTPStore sends.
        if !overwrite, try server.http.info(object) != nil {
            throw ButlerError(.fileAccess, "\"\(path)\" exists already.", remedy: "Remove it, or allow overwriting.")
        }
        try server.http.put(bytes, to: object, overwrite: overwrite)
    }

    /// Removes a file.
    public func remove(_ path: ResourcePath) throws {
        let (server, bucket) = try place(path)
        let object = try object(path, server, bucket)
        // Servers answer alike whether or not there is such a key.
        guard try server.http.info(object) != nil else {
            throw ButlerError(.fileNotFound, "There is no file \"\(path)\".", remedy: "Check the path.")
        }
        try server.http.remove(object)
    }

    /// The entries of a directory, sorted by name.
    public func list(_ path: ResourcePath) throws -> [ResourceEntry] {
        let (server, bucket) = try place(path)
        var entries: [ResourceEntry] = []
        var token: String?
        repeat {
            let page = try page(path, server, bucket, after: token, limit: 1000)
            entries += page.entries
            token = page.next
        } while token != nil
        guard !entries.isEmpty else {
            throw ButlerError(.fileNotFound, "There is no directory \"\(path)\".", remedy: "Check the path.")
        }
        return entries.sorted { $0.name < $1.name }
    }

    // MARK: Requests

    /// The server and the bucket of a path.
    private func place(_ path: ResourcePath) throws -> (Server, bucket: String) {
        let parts = path.host.split(separator: "@", maxSplits: 1).map(String.init)
        guard let bucket = parts.last, !bucket.isEmpty else {
            throw ButlerError(.invalidArgument, "\"\(path)\" names no bucket.", remedy: "Write s3://BUCKET/KEY.")
        }
        let profile = parts.count == 2 ? parts[0] : ""
        if let known = servers.withLock({ $0[profile] }) { return (known, bucket) }
        let access = try settings.access(profile: profile.isEmpty ? nil : profile)
        let server = Server(access: access, http: HTTPStore(connections) { S3Store.signature(of: $0, access) })
        servers.withLock { $0[profile] = server }
        return (server, bucket)
    }

    private static func signature(of request: HTTPRequest, _ access: S3Settings.Access) -> [String] {
        guard let credentials = access.credentials else { return [] }
        let rest = request.url.drop { $0 != ":" }.dropFirst(3).drop { $0 != "/" }
        return S3Signature(credentials: credentials, region: access.region, time: time(Date())).headers(
            request.method,
            host: request.path.host,
            path: String(rest.prefix { $0 != "?" }),
            query: request.path.query ?? "",
            body: request.body ?? []
        )
    }

    private static func time(_ date: Date) -> String {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(secondsFromGMT: 0)
        format.dateFormat = "yyyyMMdd'T'HHmmss'Z'"
        return format.string(from: date)
    }

    private func object(_ path: ResourcePath, _ server: Server, _ bucket: String) throws -> ResourcePath {
        let key = S3Signature.escaped(path.path, keepingSlashes: true)
        return try ResourcePath("\(server.access.endpoint)/\(bucket)\(key)")
    }

    private func page(
        _ path: ResourcePath,
        _ server: Server,
        _ bucket: String,
        after token: String?,
        limit: Int
    ) throws -> (entries: [ResourceEntry], next: String?) {
        let prefix = path.path == "/" ? "" : path.path.dropFirst() + "/"
        var query = [("delimiter", "/"), ("list-type", "2"), ("max-keys", String(limit)), ("prefix", prefix)]
        if let token { query.append(("continuation-token", token)) }
        let url = try ResourcePath("\(server.access.endpoint)/\(bucket)?\(S3Signature.text(query))")
        do {
            return try S3Listing.entries(server.http.read(url), below: prefix, of: path)
        } catch let error as ButlerError where error.code == .fileNotFound {
            return ([], nil)
        }
    }
}
