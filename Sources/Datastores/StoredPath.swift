public import Datasets
internal import Foundation
internal import Resources

/// The parts of a path as records hold it.
struct StoredPath: Hashable {
    /// Marks a member of a zip file, at the end of a path.
    private static let memberMark = "#zip-path="

    /// Path relative to the root, unquoted, or an absolute URI.
    let file: String
    /// Name of the member of a zip file.
    let member: String?
    /// Whether this is an absolute URI.
    let isAbsolute: Bool

    init(_ path: String) {
        isAbsolute = StoredPath.hasScheme(path)
        guard path.utf8.contains(UInt8(ascii: "#")),
            let mark = path.range(of: StoredPath.memberMark, options: .backwards)
        else {
            file = path
            member = nil
            return
        }
        file = String(path[..<mark.lowerBound])
        let name = String(path[mark.upperBound...])
        member = name.removingPercentEncoding ?? name
    }

    /// What of a path names the file that holds it.
    ///
    /// The reference cuts at the last `#`, and so misses files below a run with `#` in its name.
    static func container(of path: String) -> String { StoredPath(path).file }

    /// The fragment of a URI that names a member.
    static func fragment(_ member: String) -> String {
        let escaped = member.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? member
        return memberMark.dropFirst() + escaped
    }

    /// The fragment of a relative path that names a member, as the reference writes it: without escapes.
    static func rawFragment(_ member: String) -> String { memberMark.dropFirst() + member }

    /// The member that a URI's fragment names; nil if it names none.
    static func member(ofFragment fragment: String?) -> String? {
        fragment.flatMap { StoredPath("#" + $0).member }
    }

    /// Whether text begins with a scheme and `://`.
    static func hasScheme(_ text: String) -> Bool {
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")), text.utf8[colon...].starts(with: "://".utf8),
            let first = text.utf8.first, 0x61...0x7A ~= first | 0x20
        else { return false }
        return text.utf8[..<colon].allSatisfy {
            0x61...0x7A ~= $0 | 0x20 || 0x30...0x39 ~= $0 || "+-.".utf8.contains($0)
        }
    }
}

extension ResourcePath {
    /// The member of a zip file that this names by its fragment.
    var zipMember: String? { StoredPath.member(ofFragment: fragment) }
}

extension StoredFile {
    /// Whether this lies below the datastore's root, and not at a URI of its own.
    public var isBelowRoot: Bool { !StoredPath.hasScheme(path) }
}
