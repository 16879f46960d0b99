public import Foundation
import StewardCore

/// Users and passwords of databases, from the file that all butler programs of a user share.
///
/// Taken from the environment variable `LSST_DB_AUTH_CREDENTIALS` (JSON text), else from the YAML file that
/// `LSST_DB_AUTH` names, else from `~/.lsst/db-auth.yaml`: a list of `{url, username, password}` of which the first match
/// counts. Without file or match a URL stays as it is. Source: `utils: db_auth.py`.
public struct DatabaseCredentials: Sendable {
    fileprivate struct Entry {
        let pattern: DatabaseURL
        let username: String?
        let password: String
    }

    private let entries: [Entry]

    /// Reads the credentials that the environment names.
    ///
    /// - Parameter environment: Environment variables.
    /// - Throws: ``ButlerError`` with `.configuration` if the list is malformed, or other users may read the file.
    public init(environment: [String: String] = ProcessInfo.processInfo.environment) throws {
        if let text = environment["LSST_DB_AUTH_CREDENTIALS"], !text.isEmpty {
            entries = try Self.entries(
                try ConfigTree(yaml: text, source: "LSST_DB_AUTH_CREDENTIALS"),
                "LSST_DB_AUTH_CREDENTIALS"
            )
            return
        }
        let home = environment["HOME"] ?? NSHomeDirectory()
        var path = environment["LSST_DB_AUTH"] ?? "~/.lsst/db-auth.yaml"
        if path == "~" || path.hasPrefix("~/") { path = home + path.dropFirst() }
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), !isDirectory.boolValue else {
            entries = []
            return
        }
        try Self.checkPermissions(path)
        let text = String(decoding: try ConfigLoader.localContents(path), as: UTF8.self)
        entries = try Self.entries(try ConfigTree(yaml: text, source: path), path)
    }

    /// The URL with user and password of the first entry that matches; a user in the URL stays.
    ///
    /// Only URLs with host and database are looked up.
    ///
    /// - Parameter url: A URL.
    /// - Returns: The completed URL, or the given one.
    public func completing(_ url: DatabaseURL) -> DatabaseURL {
        guard let host = url.host, let database = url.database else { return url }
        guard let entry = entries.first(where: { $0.matches(url, host, database) }) else { return url }
        var result = url
        if url.username?.isEmpty ?? true { result.username = entry.username }
        result.password = entry.password
        return result
    }

    private static func checkPermissions(_ path: String) throws {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        guard let permissions = attributes?[.posixPermissions] as? Int, permissions & 0o077 != 0 else { return }
        throw ButlerError(
            .configuration,
            "The file \"\(path)\" holds passwords, but others may use it: its permissions are "
                + "\(String(permissions & 0o777, radix: 8)).",
            remedy: "Run: chmod 600 \(path)"
        )
    }

    private static func entries(_ tree: ConfigTree, _ source: String) throws -> [Entry] {
        guard let list = tree.list else { throw malformed(source, "it is not a list") }
        return try list.enumerated().map { index, item in
            let place = "entry \(index + 1)"
            guard let text = try item.string("url") else { throw malformed(source, "\(place) has no \"url\"") }
            guard let password = try item.string("password") else {
                throw malformed(source, "\(place) has no \"password\"")
            }
            guard let pattern = try? DatabaseURL(text), pattern.driver == nil, pattern.host != nil else {
                throw malformed(source, "the \"url\" of \(place) is not of the form dialect://host/database")
            }
            return Entry(pattern: pattern, username: try item.string("username"), password: password)
        }
    }

    private static func malformed(_ source: String, _ reason: String) -> ButlerError {
        ButlerError(
            .configuration,
            "The database credentials of \"\(source)\" are malformed: \(reason).",
            remedy: "Write a list of mappings with the keys url, username and password."
        )
    }
}

extension DatabaseCredentials.Entry {
    /// Whether the entry is for a URL: equal dialect, database and host as patterns, and user and port if it has them.
    fileprivate func matches(_ url: DatabaseURL, _ host: String, _ database: String) -> Bool {
        guard pattern.dialect == url.dialect, Self.matches(host, pattern.host ?? "") else { return false }
        if let wanted = pattern.database, !Self.matches(database, wanted) { return false }
        if let wanted = pattern.username, wanted != url.username { return false }
        return pattern.port == nil || pattern.port == url.port
    }

    /// Whether a text fits a pattern with `*`, `?` and `[…]`.
    private static func matches(_ text: String, _ pattern: String) -> Bool {
        fnmatch(pattern, text, FNM_NOESCAPE) == 0
    }
}
