import StewardCore

/// The parts of a database URL, `dialect[+driver]://[user[:password]@][host[:port]]/database[?key=value&…]`.
///
/// For SQLite the database is the file's path: three slashes before a relative path, four before an absolute one.
public struct DatabaseURL: Hashable, Sendable {
    /// Kind of database in lower case, `sqlite` or `postgresql`.
    public var dialect: String
    /// Client library after the plus sign.
    public var driver: String?
    /// Name of the user.
    public var username: String?
    /// Password of the user.
    public var password: String?
    /// Machine; nil for a file.
    public var host: String?
    /// Network port.
    public var port: Int?
    /// Name of the database, or path of the file; nil for a database in memory.
    public var database: String?
    /// Parameters after the question mark, in order.
    public var query: [Parameter] = []

    /// One parameter of a URL.
    public struct Parameter: Hashable, Sendable {
        /// Name.
        public let name: String
        /// Value.
        public let value: String

        /// Creates a parameter.
        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// Reads a URL.
    ///
    /// - Parameter text: The URL; user, password and query values may be percent-encoded.
    /// - Throws: ``ButlerError`` with `.configuration` if it is malformed, or asks SQLite to read the path as a URI.
    public init(_ text: String) throws {
        let parts = text.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty else { throw DatabaseURL.malformed(text) }
        let names = parts[0].split(separator: "+", maxSplits: 1)
        dialect = names[0].lowercased()
        driver = names.count > 1 ? String(names[1]) : nil
        let pieces = parts[1].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let body = pieces[0].split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        if body.count > 1, !body[1].isEmpty { database = String(body[1]) }
        guard readAuthority(body[0]) else { throw DatabaseURL.malformed(text) }
        if pieces.count > 1 { query = DatabaseURL.parameters(pieces[1]) }
        guard dialect == "sqlite" else { return }
        guard host == nil else { throw DatabaseURL.malformed(text) }
        guard !query.contains(where: { $0.name == "uri" && $0.value.lowercased() == "true" }) else {
            throw ButlerError(
                .configuration,
                "The database URL \"\(text)\" asks SQLite to read its path as a URI, which is not supported.",
                remedy: "Remove \"uri=true\" and write sqlite:/// and the plain path."
            )
        }
        if database == ":memory:" { database = nil }
    }

    /// Reads user, password, host and port; false if they are malformed.
    private mutating func readAuthority(_ text: Substring) -> Bool {
        var location = text
        if let at = text.lastIndex(of: "@") {
            let user = text[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            username = ConfigPath.percentDecoded(user[0])
            if user.count > 1 { password = ConfigPath.percentDecoded(user[1]) }
            location = text[text.index(after: at)...]
        }
        if location.hasPrefix("[") {
            guard let end = location.firstIndex(of: "]") else { return false }
            host = String(location[location.index(after: location.startIndex)..<end])
            location = location[location.index(after: end)...]
        } else {
            let name = location.prefix { $0 != ":" }
            if !name.isEmpty { host = String(name) }
            location = location[name.endIndex...]
        }
        guard location.hasPrefix(":"), location.count > 1 else { return location.isEmpty || location == ":" }
        port = Int(location.dropFirst())
        return port.map { 0...65_535 ~= $0 } ?? false
    }

    private static func parameters(_ text: Substring) -> [Parameter] {
        text.split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let value = parts.count > 1 ? parts[1] : ""
            return Parameter(name: ConfigPath.percentDecoded(parts[0]), value: ConfigPath.percentDecoded(value))
        }
    }

    private static func malformed(_ text: String) -> ButlerError {
        let shown = text.contains("@") ? text.prefix { $0 != ":" } + "://…" : text[...]
        return ButlerError(
            .configuration,
            "\"\(shown)\" is not a database URL.",
            remedy: "Write sqlite:///relative/path, sqlite:////absolute/path or postgresql://user@host:port/database."
        )
    }
}

extension DatabaseURL: CustomStringConvertible {
    /// The URL without its password and query, for messages.
    public var description: String {
        var text = dialect + (driver.map { "+" + $0 } ?? "") + "://"
        if let username { text += username + "@" }
        text += (host ?? "") + (port.map { ":\($0)" } ?? "")
        return text + (database.map { "/" + $0 } ?? "")
    }
}
