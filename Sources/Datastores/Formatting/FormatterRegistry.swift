internal import StewardCore

/// The formatters and delegates of a program, by the Python class names that stand in repositories.
///
/// Names are found as they are, else by their last word if that means one formatter only: modules move, class names
/// stay. Never by a file's suffix.
public struct FormatterRegistry: Sendable {
    private var formatters: [String: any DatasetFormatter] = [:]
    private var lastWords: [String: [String]] = [:]
    private var delegates: [String: any StorageClassDelegate] = [:]

    /// Creates a registry without entries.
    public init() {}

    /// Names of all known formatter classes, sorted.
    public var names: [String] { formatters.keys.sorted() }

    /// Adds a formatter, or replaces the one of a name.
    public mutating func register(_ formatter: any DatasetFormatter, for names: String...) {
        for name in names where formatters.updateValue(formatter, forKey: name) == nil {
            lastWords[Self.lastWord(name), default: []].append(name)
        }
    }

    /// Adds a delegate, or replaces the one of a name.
    public mutating func register(_ delegate: any StorageClassDelegate, for names: String...) {
        for name in names { delegates[name] = delegate }
    }

    /// The formatter of a class name, or nil.
    public func find(_ name: String) -> (any DatasetFormatter)? {
        if let formatter = formatters[name] { return formatter }
        let candidates = (lastWords[Self.lastWord(name)] ?? []).compactMap { formatters[$0] }
        guard let first = candidates.first,
            candidates.allSatisfy({ ObjectIdentifier(type(of: $0)) == ObjectIdentifier(type(of: first)) })
        else { return nil }
        return first
    }

    /// The formatter of a class name.
    ///
    /// - Parameter name: The Python class name of a record or of the configuration.
    /// - Returns: The formatter.
    /// - Throws: ``ButlerError`` with `.formatter`, listing the known class names.
    public func formatter(_ name: String) throws -> any DatasetFormatter {
        if let formatter = find(name) { return formatter }
        let words = Set(names.map(Self.lastWord))
        throw ButlerError(
            .formatter,
            "The formatter class \"\(name)\" is not known to this program.",
            remedy: """
                The file itself can be retrieved, and other formats read: \(words.sorted().joined(separator: ", ")).
                """,
            candidates: Candidates.nearest(to: Self.lastWord(name), in: words)
        )
    }

    /// The delegate of a class name; one that takes mappings apart if there is none.
    public func delegate(_ name: String?) -> any StorageClassDelegate {
        name.flatMap { delegates[$0] } ?? MappingDelegate()
    }

    private static func lastWord(_ name: String) -> String {
        name.lastIndex(of: ".").map { String(name[name.index(after: $0)...]) } ?? name
    }
}
