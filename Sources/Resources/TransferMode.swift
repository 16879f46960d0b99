import StewardCore

/// What happens to a file when it becomes part of a repository, or leaves it.
public enum TransferMode: String, Sendable, Hashable, CaseIterable {
    /// A copy is made.
    case copy
    /// The file is renamed, or copied and removed.
    case move
    /// A hard link is made, or a symbolic one where that is impossible.
    case link
    /// A hard link is made.
    case hardlink
    /// A symbolic link with an absolute path is made.
    case symlink
    /// A symbolic link with a relative path is made.
    case relsymlink
    /// Nothing; the file's URI is recorded.
    case direct
    /// Nothing; a relative path is recorded inside the root, the URI outside.
    case split
    /// The mode that suits the stores: ``link`` between local files, ``copy`` otherwise.
    case auto
    /// Nothing; the file must be inside the root.
    case none

    /// The mode of a name, in either case.
    ///
    /// - Parameter name: One of the raw values.
    /// - Throws: ``ButlerError`` with `.invalidArgument` for any other name.
    public init(name: String) throws {
        if let mode = TransferMode(rawValue: name.lowercased()) {
            self = mode
            return
        }
        let names = TransferMode.allCases.map(\.rawValue)
        throw ButlerError(
            .invalidArgument,
            "There is no transfer mode \"\(name)\".",
            remedy: "Use one of \(names.joined(separator: ", ")).",
            candidates: Candidates.nearest(to: name, in: names)
        )
    }

    /// Whether a file is made at the target.
    public var makesFile: Bool {
        switch self {
        case .direct, .split, .none: false
        default: true
        }
    }
}
