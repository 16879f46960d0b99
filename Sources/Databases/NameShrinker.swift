internal import StewardCore

/// Shortens names of database objects that are longer than a database allows.
///
/// A long name keeps its beginning and ends in `_` and eight hexadecimal digits of a 4-byte BLAKE2b digest over the
/// whole name (`daf_butler: name_shrinker.py`).
public struct NameShrinker: Sendable, Hashable {
    /// Longest name in characters.
    public let maximumLength: Int

    /// Creates a shrinker for names of at most this many characters.
    public init(maximumLength: Int) {
        self.maximumLength = maximumLength
    }

    /// The name itself, or its short form if it is too long.
    public func shrink(_ name: String) -> String {
        guard name.count > maximumLength else { return name }
        let digest = BLAKE2b.digest(of: Array(name.utf8), length: 4)
        let suffix = "_" + Hexadecimal.encode(digest)
        return name.prefix(max(0, maximumLength - suffix.count)) + suffix
    }
}
