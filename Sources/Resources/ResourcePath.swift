import Foundation
import StewardCore

/// Where a file or directory is: an absolute local path, or a URI of another scheme.
///
/// Equal paths have the same scheme, host, path, query and fragment; whether one is known to be a directory does not
/// count. Nothing here touches the file system.
public struct ResourcePath: Sendable {
    /// How the bytes are reached.
    public let scheme: Scheme
    /// Host, bucket or other name before the path; empty for local files.
    public let host: String
    /// Path without percent escapes, beginning with a slash and not ending with one, save the root.
    public let path: String
    /// Whether this is known to be a directory.
    public let isDirectory: Bool
    /// Text after `?`, as given.
    public let query: String?
    /// Text after `#`, as given; names a member of a zip file.
    public let fragment: String?
    /// The path with its escapes, if that was given.
    private let encodedPath: String?

    /// A way to reach bytes.
    public enum Scheme: String, Sendable, Hashable, CaseIterable {
        /// Local files.
        case file
        /// Memory of this process.
        case mem
        /// Plain HTTP.
        case http
        /// HTTP over TLS.
        case https
        /// WebDAV.
        case dav
        /// WebDAV over TLS.
        case davs
        /// Object stores with Amazon's interface.
        case s3
        /// Google Cloud Storage.
        case gs
        /// Files over SSH.
        case sftp
        /// Data packaged with a program.
        case resource
        /// A product of the EUPS environment.
        case eups
    }

    /// Reads a URI or a local path.
    ///
    /// Text with `://`, or beginning with `file:`, is a URI; its path may have percent escapes. Any other text is a
    /// local path and taken literally, whichever characters it has. Local paths are made absolute and `.`, `..` and
    /// doubled slashes are taken out of them. A slash at the end marks a directory.
    ///
    /// - Parameters:
    ///   - text: The URI or path.
    ///   - base: Directory for relative paths; the working directory if nil.
    ///   - isDirectory: Whether this is a directory whatever its last character.
    /// - Throws: ``ButlerError`` with `.invalidArgument` for an unknown scheme, malformed escapes or a NUL character.
    public init(_ text: String, relativeTo base: ResourcePath? = nil, isDirectory: Bool = false) throws {
        guard !text.utf8.contains(0) else { throw ResourcePath.malformed(text, "it contains a NUL character") }
        guard let (name, rest) = ResourcePath.splitScheme(text) else {
            self.init(localPath: text, relativeTo: base?.localPath, isDirectory: isDirectory)
            return
        }
        guard let scheme = Scheme(rawValue: name.lowercased()) else {
            throw ButlerError(
                .invalidArgument,
                "\"\(text)\" has the unknown scheme \"\(name)\".",
                remedy: "Use a local path or one of \(Scheme.allCases.map(\.rawValue).joined(separator: ", ")).",
                candidates: Candidates.nearest(to: String(name), in: Scheme.allCases.map(\.rawValue))
            )
        }
        let pieces = rest.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        let body = pieces[0].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let (host, encoded) = ResourcePath.splitHost(body[0])
        guard let path = PercentEncoding.decode(encoded), !path.utf8.contains(0) else {
            throw ResourcePath.malformed(text, "its escapes are not UTF-8")
        }
        let fragment = pieces.count > 1 ? String(pieces[1]) : nil
        guard scheme == .file else {
            self.init(
                scheme: scheme,
                host: String(host),
                path: path.hasPrefix("/") ? path : "/" + path,
                isDirectory: isDirectory || path.hasSuffix("/"),
                query: body.count > 1 ? String(body[1]) : nil,
                fragment: fragment,
                encodedPath: String(encoded)
            )
            return
        }
        guard ["", "localhost", "localhost.localdomain", "127.0.0.1"].contains(host) else {
            throw ResourcePath.malformed(text, "a file URI cannot name the host \"\(host)\"")
        }
        self.init(localPath: path, relativeTo: base?.localPath, isDirectory: isDirectory, fragment: fragment)
    }

    /// Makes the path of a local file from text that is never taken for a URI.
    ///
    /// - Parameters:
    ///   - path: The path; relative ones are taken from `base`.
    ///   - base: Absolute path of a directory; the working directory if nil.
    ///   - isDirectory: Whether this is a directory whatever its last character.
    ///   - fragment: Text after `#` in the URI.
    public init(
        localPath path: String,
        relativeTo base: String? = nil,
        isDirectory: Bool = false,
        fragment: String? = nil
    ) {
        let absolute =
            path.hasPrefix("/") ? path : (base ?? FileManager.default.currentDirectoryPath) + "/" + path
        self.init(
            scheme: .file,
            host: "",
            path: ResourcePath.normalized(absolute),
            isDirectory: isDirectory || path.hasSuffix("/"),
            query: nil,
            fragment: fragment,
            encodedPath: nil
        )
    }

    private init(
        scheme: Scheme,
        host: String,
        path: String,
        isDirectory: Bool,
        query: String?,
        fragment: String?,
        encodedPath: String?
    ) {
        self.scheme = scheme
        self.host = host
        self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        self.isDirectory = isDirectory || path == "/"
        self.query = query
        self.fragment = fragment
        self.encodedPath = encodedPath
    }

    /// The absolute path of a local file; nil for other schemes.
    public var localPath: String? { scheme == .file ? path : nil }

    /// The URI, percent-encoded; directories end with a slash.
    public var url: String {
        var text = encodedPath ?? PercentEncoding.encode(path)
        if isDirectory, !text.hasSuffix("/") { text += "/" }
        text = "\(scheme.rawValue)://\(host)\(text)"
        if let query { text += "?" + query }
        if let fragment { text += "#" + fragment }
        return text
    }
}

extension ResourcePath: Hashable, CustomStringConvertible {
    /// Compares scheme, host, path, query and fragment.
    public static func == (left: ResourcePath, right: ResourcePath) -> Bool {
        left.path == right.path && left.scheme == right.scheme && left.host == right.host
            && left.query == right.query && left.fragment == right.fragment
    }

    /// Feeds scheme, host and path to the hasher.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(scheme)
        hasher.combine(host)
        hasher.combine(path)
    }

    /// The plain path of a local file, the URI of anything else without passwords and signatures; for messages.
    public var description: String {
        if let localPath, fragment == nil { return localPath }
        guard [.http, .https, .dav, .davs].contains(scheme) else { return url }
        let mark = host.utf8.lastIndex(of: UInt8(ascii: "@"))
        return ResourcePath(
            scheme: scheme,
            host: mark.map { String(host[host.utf8.index(after: $0)...]) } ?? host,
            path: path,
            isDirectory: isDirectory,
            query: query == nil ? nil : "…",
            fragment: fragment,
            encodedPath: encodedPath
        ).url
    }
}

// MARK: - Other paths

extension ResourcePath {
    /// A path below this directory.
    ///
    /// - Parameters:
    ///   - relative: Parts between slashes, without escapes and taken literally; `.` and `..` are resolved.
    ///   - isDirectory: Whether the result is a directory whatever the last character of `relative`.
    ///   - fragment: Text after `#` in the URI.
    /// - Returns: The path; it may lie outside this one if `relative` has `..`.
    public func appending(_ relative: String, isDirectory: Bool = false, fragment: String? = nil) -> ResourcePath {
        ResourcePath(
            scheme: scheme,
            host: host,
            path: ResourcePath.normalized(path + "/" + relative),
            isDirectory: isDirectory || relative.isEmpty || relative.hasSuffix("/"),
            query: query,
            fragment: fragment,
            encodedPath: nil
        )
    }

    /// The directory in which this is.
    public var parent: ResourcePath {
        let end = path.utf8.lastIndex(of: UInt8(ascii: "/")) ?? path.startIndex
        return with(path: end == path.startIndex ? "/" : String(path[..<end]), isDirectory: true)
    }

    /// The last part of the path; empty for the root.
    public var name: String {
        String(path[(path.utf8.lastIndex(of: UInt8(ascii: "/")).map(path.utf8.index(after:)) ?? path.startIndex)...])
    }

    /// A name for a file that is being written: random, and with the suffix of the final one.
    public static func temporaryName(for name: String) -> String {
        FileName.temporary(for: String(name.split(separator: "/").last ?? ""))
    }

    /// The suffix with its dot, for instance `.fits`; one of `.gz .bz2 .xz .fz` counts together with the one before.
    public var fileExtension: String { FileName.fileExtension(of: name) }

    /// The path with another suffix; an empty text removes it, a missing dot is added.
    public func replacingExtension(_ suffix: String) -> ResourcePath {
        let stem = path.dropLast(name == fileExtension ? 0 : fileExtension.count)
        let dotted = suffix.isEmpty || suffix.hasPrefix(".") ? suffix : "." + suffix
        return with(path: stem + dotted, isDirectory: false)
    }

    /// The same path with another fragment.
    public func replacingFragment(_ fragment: String?) -> ResourcePath {
        ResourcePath(
            scheme: scheme,
            host: host,
            path: path,
            isDirectory: isDirectory,
            query: query,
            fragment: fragment,
            encodedPath: encodedPath
        )
    }

    /// The part of this path below a directory, without escapes; nil if it is not inside, `.` if it is the same.
    public func relativePath(to root: ResourcePath) -> String? {
        guard scheme == root.scheme, host == root.host else { return nil }
        if path == root.path { return "." }
        let prefix = root.path == "/" ? "/" : root.path + "/"
        return path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : nil
    }

    private func with(path: String, isDirectory: Bool) -> ResourcePath {
        ResourcePath(
            scheme: scheme,
            host: host,
            path: path,
            isDirectory: isDirectory,
            query: query,
            fragment: nil,
            encodedPath: nil
        )
    }
}

// MARK: - Reading

extension ResourcePath {
    /// Scheme and rest of a URI, or nil for a local path.
    private static func splitScheme(_ text: String) -> (name: Substring, rest: Substring)? {
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        let name = text[..<colon]
        let rest = text[text.utf8.index(after: colon)...]
        guard let first = name.utf8.first, 0x61...0x7A ~= first | 0x20,
            name.utf8.allSatisfy({ 0x61...0x7A ~= $0 | 0x20 || 0x30...0x39 ~= $0 || "+-.".utf8.contains($0) })
        else { return nil }
        guard rest.hasPrefix("//") || name.lowercased() == "file" else { return nil }
        return (name, rest)
    }

    /// Host and path of what follows the scheme's colon.
    private static func splitHost(_ text: Substring) -> (host: Substring, path: Substring) {
        guard text.hasPrefix("//") else { return ("", text) }
        let rest = text.dropFirst(2)
        let host = rest.prefix { $0 != "/" }
        return (host, rest[host.endIndex...])
    }

    /// An absolute path without empty parts, `.` and `..`.
    private static func normalized(_ path: String) -> String {
        guard !isNormal(path) else { return path }
        var parts: [Substring] = []
        for part in path.utf8.split(separator: UInt8(ascii: "/")).map({ Substring($0) }) where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return "/" + parts.joined(separator: "/")
    }

    /// Whether a path begins with a slash, and no slash has another one or a dot after it.
    ///
    /// Looks at bytes: to the system a slash counts whatever character combines with it.
    private static func isNormal(_ path: String) -> Bool {
        guard path.utf8.first == UInt8(ascii: "/") else { return false }
        var isAfterSlash = false
        for byte in path.utf8 {
            if isAfterSlash, byte == UInt8(ascii: "/") || byte == UInt8(ascii: ".") { return false }
            isAfterSlash = byte == UInt8(ascii: "/")
        }
        return true
    }

    private static func malformed(_ text: String, _ reason: String) -> ButlerError {
        ButlerError(
            .invalidArgument,
            "\"\(text)\" is not a usable path: \(reason).",
            remedy: "Give a local path, or a URI with percent-encoded characters."
        )
    }
}
