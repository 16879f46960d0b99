internal import StewardCore

/// The formatters of a program by the names of the Python classes that they stand for.
///
/// A name is looked up as it is, then by its last word if that is unique: modules move, class names stay.
public struct FormatterCatalog: Sendable {
    private var types: [String: any FileFormatter.Type] = [:]
    private var typesByLastWord: [Substring: [any FileFormatter.Type]] = [:]
    private var delegates: [String: any StorageClassDelegate] = [:]

    /// Creates a catalog.
    ///
    /// - Parameters:
    ///   - formatters: Formatters; of several with one name the last wins.
    ///   - delegates: Delegates of storage classes.
    public init(_ formatters: [any FileFormatter.Type], delegates: [any StorageClassDelegate.Type] = []) {
        for formatter in formatters { add(formatter) }
        for delegate in delegates { add(delegate) }
    }

    /// The catalog with more formatters and delegates, which win over those of equal names.
    public func adding(
        _ formatters: [any FileFormatter.Type],
        delegates: [any StorageClassDelegate.Type] = []
    ) -> FormatterCatalog {
        var copy = self
        for formatter in formatters { copy.add(formatter) }
        for delegate in delegates { copy.add(delegate) }
        return copy
    }

    /// Full names of all Python classes, sorted.
    public var names: [String] { types.keys.sorted() }

    /// The formatter of a Python class, or nil.
    public func find(_ name: String) -> (any FileFormatter.Type)? {
        if let type = types[name] { return type }
        guard let candidates = typesByLastWord[FormatterCatalog.lastWord(of: name)], candidates.count == 1 else {
            return nil
        }
        return candidates[0]
    }

    /// The formatter of a Python class.
    ///
    /// - Parameter options: The class name with write parameters and recipes.
    /// - Returns: A formatter.
    /// - Throws: ``ButlerError`` with `.formatter` for an unknown class, or for parameters that it does not take.
    public func formatter(_ options: FormatterOptions) throws -> any FileFormatter {
        if let type = find(options.className) { return try type.init(options) }
        throw ButlerError(
            .formatter,
            "The formatter class \"\(options.className)\" is not known.",
            remedy: "Its files can be copied, but not read or written. Known are: \(names.joined(separator: ", ")).",
            candidates: Candidates.nearest(to: options.className, in: names)
        )
    }

    /// The delegate of the storage classes of a Python type.
    func delegate(of pythonType: String) -> any StorageClassDelegate { delegates[pythonType] ?? JSONDelegate() }

    private mutating func add(_ formatter: any FileFormatter.Type) {
        for name in formatter.referenceNames {
            types[name] = formatter
            let word = FormatterCatalog.lastWord(of: name)
            typesByLastWord[word, default: []].removeAll { ObjectIdentifier($0) == ObjectIdentifier(formatter) }
            typesByLastWord[word, default: []].append(formatter)
        }
    }

    private mutating func add(_ delegate: any StorageClassDelegate.Type) {
        for name in delegate.pythonTypes { delegates[name] = delegate.init() }
    }

    private static func lastWord(of name: String) -> Substring {
        name[(name.lastIndex(of: ".").map(name.index(after:)) ?? name.startIndex)...]
    }
}
