internal import Foundation
public import Resources
internal import StewardCore
internal import Synchronization

extension HTTPStore {
    /// Bytes of a listing that are taken at most.
    private static let listingLimit = 256 << 20

    /// Writes a whole file, under a temporary name first where the server speaks WebDAV.
    public func write(_ bytes: [UInt8], to path: ResourcePath, overwrite: Bool) throws {
        guard try speaksWebDAV(path) else { return try put(bytes, to: path, overwrite: overwrite) }
        if !overwrite, try properties(path) != nil { throw HTTPStore.exists(path) }
        try makeDirectories(path.parent)
        let temporary = path.parent.appending(".\(UUID().uuidString.lowercased()).tmp")
        do {
            let type = ["Content-Type: application/octet-stream"]
            try done(HTTPRequest("PUT", temporary, headers: type, body: bytes), at: path)
            try move(temporary, to: path, overwrite: overwrite)
        } catch {
            try? remove(temporary)
            throw error
        }
    }

    /// Writes a whole file by one request.
    func put(_ bytes: [UInt8], to path: ResourcePath, overwrite: Bool) throws {
        let condition = overwrite ? [] : ["If-None-Match: *"]
        let headers = ["Content-Type: application/octet-stream"] + condition
        try done(HTTPRequest("PUT", path, headers: headers, body: bytes), at: path)
    }

    /// Gives a file another name on the same server.
    ///
    /// - Parameters:
    ///   - path: A file.
    ///   - target: Its new path, in a directory that exists.
    ///   - overwrite: Whether a file that is there is replaced.
    /// - Throws: ``ButlerError`` with `.fileAccess` if the target exists, `.fileNotFound`, `.diskFull`.
    public func move(_ path: ResourcePath, to target: ResourcePath, overwrite: Bool) throws {
        let headers = ["Destination: \(HTTPRequest.url(of: target))", "Overwrite: \(overwrite ? "T" : "F")"]
        try done(HTTPRequest("MOVE", path, headers: headers), at: target)
    }

    /// Removes a file.
    public func remove(_ path: ResourcePath) throws {
        try done(HTTPRequest("DELETE", path), at: path)
    }

    /// The entries of a directory of a WebDAV server, sorted by name.
    public func list(_ path: ResourcePath) throws -> [ResourceEntry] {
        guard try speaksWebDAV(path) else {
            throw ButlerError(
                .fileAccess,
                "\"\(path)\" cannot be listed: its server does not speak WebDAV.",
                remedy: "Name the files one by one."
            )
        }
        let directory = path.isDirectory ? path : path.parent.appending(path.name, isDirectory: true)
        let (request, answer, body) = try find(directory, depth: 1)
        guard answer.status == 207 else { throw HTTPProblem.refused(request, answer) }
        let entries = try Multistatus.entries(body, of: directory)
        return entries.compactMap { entry in
            guard let name = entry.path.relativePath(to: directory), name != ".", !name.contains("/") else {
                return nil
            }
            return ResourceEntry(name: name, isDirectory: entry.info.isDirectory)
        }
        .sorted { $0.name < $1.name }
    }

    // MARK: Requests

    /// Whether the server of a path speaks WebDAV, as it says of its root.
    func speaksWebDAV(_ path: ResourcePath) throws -> Bool {
        guard path.scheme != .dav, path.scheme != .davs else { return true }
        let server = path.scheme.rawValue + "://" + path.host
        if let known = speakers.withLock({ $0[server] }) { return known }
        let answer = try client.send(HTTPRequest("OPTIONS", try ResourcePath(server + "/")))
        let classes = answer.head["dav"]?.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) } ?? []
        let speaks = answer.head.isSuccess && classes.contains("1")
        speakers.withLock { $0[server] = speaks }
        return speaks
    }

    /// What a WebDAV server knows of a path.
    func properties(_ path: ResourcePath) throws -> ResourceInfo? {
        let (request, answer, body) = try find(path, depth: 0)
        if answer.status == 404 || answer.status == 410 { return nil }
        guard answer.status == 207 else { throw HTTPProblem.refused(request, answer) }
        return try Multistatus.entries(body, of: path).first?.info
    }

    private func find(_ path: ResourcePath, depth: Int) throws -> (HTTPRequest, HTTPAnswer, [UInt8]) {
        let properties = "<D:resourcetype/><D:getcontentlength/><D:getlastmodified/>"
        let body =
            #"<?xml version="1.0" encoding="utf-8"?><D:propfind xmlns:D="DAV:"><D:prop>\#(properties)</D:prop></D:propfind>"#
        let headers = ["Depth: \(depth)", "Content-Type: application/xml; charset=utf-8"]
        let request = HTTPRequest("PROPFIND", path, headers: headers, body: Array(body.utf8))
        let receiver = BytesReceiver(path, limit: HTTPStore.listingLimit)
        let answer = try client.send(request, receiver)
        return (request, answer, receiver.content)
    }

    private func makeDirectories(_ path: ResourcePath) throws {
        let request = HTTPRequest("MKCOL", path)
        let answer = try client.send(request)
        switch answer.status {
        // 405: it is there.
        case 200...299, 405: return
        case 409 where path.parent != path:
            try makeDirectories(path.parent)
            let again = try client.send(request)
            guard again.head.isSuccess || again.status == 405 else { throw HTTPProblem.refused(request, again) }
        default: throw HTTPProblem.refused(request, answer)
        }
    }

    /// Sends a request that changes something.
    private func done(_ request: HTTPRequest, at path: ResourcePath) throws {
        let answer = try client.send(request)
        if answer.status == 412 { throw HTTPStore.exists(path) }
        guard answer.head.isSuccess else { throw HTTPProblem.refused(request, answer) }
    }

    private static func exists(_ path: ResourcePath) -> ButlerError {
        ButlerError(.fileAccess, "\"\(path)\" exists already.", remedy: "Remove it, or allow overwriting.")
    }
}
