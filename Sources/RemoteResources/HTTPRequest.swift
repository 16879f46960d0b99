internal import Foundation
internal import Resources
internal import StewardCore

/// One request to a server.
struct HTTPRequest: Sendable {
    var method: String
    let path: ResourcePath
    var headers: [String] = []
    var body: [UInt8]?

    init(_ method: String, _ path: ResourcePath, headers: [String] = [], body: [UInt8]? = nil) {
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body
    }

    /// Whether doing it twice does no more than doing it once; the reference repeats the same methods.
    var isRepeatable: Bool {
        ["GET", "HEAD", "OPTIONS", "PROPFIND", "PUT", "DELETE", "MKCOL"].contains(method)
    }

    /// The URL as it goes to the server.
    var url: String { HTTPRequest.url(of: path) }

    /// The URL of a path: without fragment, `dav` as `http`, and all bytes escaped that a URL cannot have.
    static func url(of path: ResourcePath) -> String {
        let text = path.replacingFragment(nil).url
        let plain = text.hasPrefix("dav") ? "http" + text.dropFirst(3) : text
        guard plain.utf8.contains(where: { !isAllowed($0) }) else { return plain }
        var bytes: [UInt8] = []
        for byte in plain.utf8 {
            if isAllowed(byte) {
                bytes.append(byte)
            } else {
                bytes += "%\(Hexadecimal.encode(CollectionOfOne(byte)).uppercased())".utf8
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        0x21..<0x7F ~= byte && !#""<>\^`{|}"#.utf8.contains(byte)
    }
}

/// Status and header fields of an answer.
struct HTTPHead: Sendable, Hashable {
    var status = 0
    /// By names in lower case.
    private(set) var fields: [String: String] = [:]

    /// Reads a line of the header; a status line begins a new answer.
    mutating func add(_ line: String) {
        let text = line.trimmingCharacters(in: .whitespacesAndNewlines)
        if text.hasPrefix("HTTP/") {
            self = HTTPHead()
            status = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        } else if let colon = text.firstIndex(of: ":") {
            let value = text[text.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            fields[text[..<colon].lowercased()] = value
        }
    }

    subscript(name: String) -> String? { fields[name] }

    /// Whether the request was done.
    var isSuccess: Bool { 200...299 ~= status }

    /// Bytes of the body that the server announced.
    var contentLength: Int? { self["content-length"].flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil } }

    /// What `Content-Range` says: the offset of the first byte, nil for an unsatisfied range, and the size of the whole.
    var contentRange: (start: Int?, total: Int?)? {
        guard let text = self["content-range"], text.lowercased().hasPrefix("bytes") else { return nil }
        let rest = text.dropFirst(5).trimmingCharacters(in: .whitespaces)
        let parts = rest.split(separator: "/", maxSplits: 1)
        guard parts.count == 2 else { return nil }
        return (parts[0].split(separator: "-").first.flatMap { Int($0) }, Int(parts[1]))
    }

    /// Last change in nanoseconds since 1970-01-01 UTC.
    var modified: Int64? {
        guard let date = self["last-modified"].flatMap(HTTPHead.date) else { return nil }
        return Int64(exactly: date.timeIntervalSince1970.rounded()).map { $0 * 1_000_000_000 }
    }

    /// Seconds until the server wants to be asked again.
    func pause(now: Date = Date()) -> Double? {
        guard let text = self["retry-after"] else { return nil }
        return Double(text) ?? HTTPHead.date(text).map { max($0.timeIntervalSince(now), 0) }
    }

    private static func date(_ text: String) -> Date? {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(secondsFromGMT: 0)
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        return format.date(from: text)
    }
}
