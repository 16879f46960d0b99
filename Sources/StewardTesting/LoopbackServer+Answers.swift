internal import Foundation
internal import Synchronization

extension LoopbackServer {
    /// Answers a request; false if the connection ends.
    func answer(_ request: Request, _ body: [UInt8], _ connection: Int32) -> Bool {
        let target = String(request.target.prefix { $0 != "?" })
        let path = target.removingPercentEncoding ?? target
        var request = request
        let fault = state.withLock { $0.faults[path] }
        if case .slow(let seconds) = fault { Thread.sleep(forTimeInterval: seconds) }
        var answer = faulty(path, fault, request) ?? reply(request, path, body, fault)
        var announced = answer.body.count
        if case .announces(let more, let times) = fault, times > 0, request.method == "GET" {
            announced += more
            state.withLock { $0.faults[path] = .announces(more: more, times: times - 1) }
        }
        let isBroken = announced != answer.body.count
        if request.method == "HEAD" {
            announced = answer.size ?? announced
            answer.body = []
        }
        request.status = answer.status
        request.sent = answer.body.count
        state.withLock { $0.log.append(request) }
        var lines = ["HTTP/1.1 \(answer.status) Reply", "Content-Length: \(announced)"] + answer.fields
        if isBroken { lines.append("Connection: close") }
        let head = Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
        return SocketCalls.write(connection, head + answer.body) && !isBroken
    }

    private struct Answer {
        var status: Int
        var fields: [String] = []
        var body: [UInt8] = []
        var size: Int?
    }

    private func faulty(_ path: String, _ fault: Fault?, _ request: Request) -> Answer? {
        switch fault {
        case .status(let status, let times, let retryAfter) where times > 0:
            state.withLock { $0.faults[path] = .status(status, times: times - 1, retryAfter: retryAfter) }
            return Answer(
                status: status,
                fields: retryAfter.map { ["Retry-After: \($0)"] } ?? [],
                body: Array("go away".utf8)
            )
        case .redirect(let target): return Answer(status: 302, fields: ["Location: \(target)"], body: [1, 2, 3])
        case .noHead where request.method == "HEAD": return Answer(status: 405)
        case .partsOnly where request.fields["range"] == nil: return Answer(status: 410)
        default: return nil
        }
    }

    private func reply(_ request: Request, _ path: String, _ body: [UInt8], _ fault: Fault?) -> Answer {
        switch request.method {
        case "OPTIONS": return Answer(status: 200, fields: speaksWebDAV ? ["DAV: 1, 2"] : [])
        case "GET", "HEAD": return get(request, path, fault)
        case "PUT", "DELETE", "MKCOL", "MOVE", "PROPFIND":
            guard speaksWebDAV || request.method == "PUT" else { return Answer(status: 405) }
            return state.withLock { change(request, path, body, &$0) }
        default: return Answer(status: 501)
        }
    }

    private func get(_ request: Request, _ path: String, _ fault: Fault?) -> Answer {
        guard let bytes = file(path) else { return Answer(status: 404) }
        var fields = ["Last-Modified: Tue, 10 Mar 2026 12:00:00 GMT"]
        if case .noRanges = fault { return Answer(status: 200, fields: fields, body: bytes, size: bytes.count) }
        fields.append("Accept-Ranges: bytes")
        guard request.method == "GET", let range = request.fields["range"], range.hasPrefix("bytes=") else {
            return Answer(status: 200, fields: fields, body: bytes, size: bytes.count)
        }
        let ends = range.dropFirst(6).split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        let start = Int(ends[0]) ?? max(bytes.count - (Int(ends[1]) ?? 0), 0)
        let end = ends[0].isEmpty ? bytes.count : min((Int(ends[1]) ?? .max - 1) + 1, bytes.count)
        guard start < end else { return Answer(status: 416, fields: ["Content-Range: bytes */\(bytes.count)"]) }
        fields.append("Content-Range: bytes \(start)-\(end - 1)/\(bytes.count)")
        return Answer(status: 206, fields: fields, body: Array(bytes[start..<end]), size: end - start)
    }

    // MARK: WebDAV

    private func change(_ request: Request, _ path: String, _ body: [UInt8], _ state: inout State) -> Answer {
        let name = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        let parent = name.lastIndex(of: "/").map { $0 == name.startIndex ? "/" : String(name[..<$0]) } ?? "/"
        switch request.method {
        case "PUT":
            if request.fields["if-none-match"] == "*", state.files[name] != nil { return Answer(status: 412) }
            guard !speaksWebDAV || state.folders.contains(parent) else { return Answer(status: 409) }
            state.files[name] = body
            return Answer(status: 201)
        case "DELETE": return Answer(status: state.files.removeValue(forKey: name) == nil ? 404 : 204)
        case "MKCOL":
            guard !state.folders.contains(name) else { return Answer(status: 405) }
            guard state.folders.contains(parent) else { return Answer(status: 409) }
            state.folders.insert(name)
            return Answer(status: 201)
        case "MOVE":
            let url = request.fields["destination"].flatMap { URL(string: $0) }
            guard let target = url?.path, let bytes = state.files[name] else { return Answer(status: 404) }
            if request.fields["overwrite"] == "F", state.files[target] != nil { return Answer(status: 412) }
            state.files[name] = nil
            state.files[target] = bytes
            return Answer(status: 201)
        default: return LoopbackServer.properties(name, depth: request.fields["depth"] ?? "0", state)
        }
    }

    private static func properties(_ name: String, depth: String, _ state: State) -> Answer {
        func response(_ path: String, _ size: Int?) -> String {
            let encoded = path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? path
            let kind = size == nil ? "<d:resourcetype><d:collection/></d:resourcetype>" : "<d:resourcetype/>"
            let length = size.map { "<d:getcontentlength>\($0)</d:getcontentlength>" } ?? ""
            let status = "<d:status>HTTP/1.1 200 OK</d:status>"
            let target = encoded.replacing("&", with: "&amp;") + (size == nil && path != "/" ? "/" : "")
            return "<d:response><d:href>\(target)</d:href><d:propstat><d:prop>"
                + "\(kind)\(length)</d:prop>\(status)</d:propstat></d:response>"
        }
        var responses: [String] = []
        if let bytes = state.files[name] {
            responses.append(response(name, bytes.count))
        } else if state.folders.contains(name) {
            responses.append(response(name, nil))
            let start = name == "/" ? "/" : name + "/"
            let isChild = { (path: String) in
                path.hasPrefix(start) && path != start && !path.dropFirst(start.count).contains("/")
            }
            if depth == "1" {
                responses += state.files.filter { isChild($0.key) }.map { response($0.key, $0.value.count) }
                responses += state.folders.filter(isChild).map { response($0, nil) }
            }
        } else {
            return Answer(status: 404)
        }
        let xml = #"<?xml version="1.0"?><d:multistatus xmlns:d="DAV:">\#(responses.joined())</d:multistatus>"#
        return Answer(status: 207, fields: ["Content-Type: application/xml"], body: Array(xml.utf8))
    }
}
