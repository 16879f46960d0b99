import Foundation
import StewardCore

/// Names of configuration files and of repository roots: local paths and URIs as text.
enum ConfigPath {
    /// Whether a name is a URI of another scheme than `file`.
    static func isRemote(_ name: String) -> Bool {
        guard let end = name.range(of: "://"), let first = name.first, first.isASCII, first.isLetter else {
            return false
        }
        let scheme = name[..<end.lowerBound]
        guard scheme.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) }) else {
            return false
        }
        return scheme.lowercased() != "file"
    }

    /// The path of a `file:` URI; other names as they are.
    static func decodingFileURI(_ name: String) throws -> String {
        guard name.lowercased().hasPrefix("file:") else { return name }
        var rest = name.dropFirst("file:".count)
        if rest.hasPrefix("//") {
            rest = rest.dropFirst(2)
            if rest.hasPrefix("localhost/") { rest = rest.dropFirst("localhost".count) }
        }
        guard rest.hasPrefix("/"), let path = rest.removingPercentEncoding else {
            throw ButlerError(
                .configuration,
                "\"\(name)\" is not a usable file URI.",
                remedy: "Write file:///absolute/path with percent-encoded characters, or a plain path."
            )
        }
        return path
    }

    /// An absolute path without empty parts, `.` and `..`, and without a slash at the end.
    static func normalized(_ path: String) -> String {
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return "/" + parts.joined(separator: "/")
    }

    /// The directory of a file, without a slash at the end.
    static func directory(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Text with `$NAME` and `${NAME}` replaced by environment variables; unknown ones stay.
    static func expandingVariables(_ text: String, _ environment: [String: String]) -> String {
        var result = ""
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            let after = rest[dollar...].dropFirst()
            let isBraced = after.hasPrefix("{")
            let name = (isBraced ? after.dropFirst() : after).prefix {
                isBraced ? $0 != "}" : $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_")
            }
            let tail = rest[name.endIndex...]
            if let value = environment[String(name)], !isBraced || tail.hasPrefix("}") {
                result += value
                rest = isBraced ? tail.dropFirst() : tail
            } else {
                result += "$"
                rest = after
            }
        }
        return result + rest
    }
}

extension ConfigPath {
    /// Text with percent escapes replaced; as it is where they are malformed.
    static func percentDecoded(_ text: Substring) -> String {
        text.removingPercentEncoding ?? String(text)
    }
}
