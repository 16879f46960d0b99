/// Which file names a search takes.
public struct FileFilter: Sendable {
    private let matches: @Sendable (String) -> Bool

    /// Creates a filter from a rule for names.
    public init(_ matches: @escaping @Sendable (String) -> Bool) {
        self.matches = matches
    }

    /// Every name.
    public static let all = FileFilter { _ in true }

    /// Names with `.fit` or `.fits` that a letter, digit or underscore does not follow, such as `a.fits.fz`.
    ///
    /// Source: `obs_base: ingest.py`, pattern `\.fit[s]?\b`.
    public static let fits = FileFilter { name in
        let text = Array(name.utf8)
        return text.indices.contains { start in
            guard text[start...].starts(with: ".fit".utf8) else { return false }
            let ends = [start + 4, start + 5].filter { $0 == start + 4 || ($0 <= text.count && text[$0 - 1] == 0x73) }
            return ends.contains { $0 == text.count || !isWord(text[$0]) }
        }
    }

    /// Names that end with one of the given texts.
    public static func suffixes(_ suffixes: [String]) -> FileFilter {
        FileFilter { name in suffixes.contains { name.hasSuffix($0) } }
    }

    /// Names that match a shell pattern.
    public static func pattern(_ pattern: String) -> FileFilter {
        let glob = GlobPattern(pattern)
        return FileFilter { glob.matches($0) }
    }

    /// Whether a name passes.
    public func accepts(_ name: String) -> Bool { matches(name) }

    /// Whether a byte belongs to a word; those of non-ASCII letters do.
    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x80...: true
        default: false
        }
    }
}
