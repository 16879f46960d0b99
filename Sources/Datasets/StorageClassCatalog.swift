public import ButlerConfig
internal import StewardCore
internal import Synchronization

/// The storage classes of one repository: the shipped ones and those of its configuration.
public final class StorageClassCatalog: Sendable {
    private let definitions: [String: StorageClassDefinition]
    private let resolved = Mutex<[String: StorageClass]>([:])

    /// Creates a catalog.
    ///
    /// - Parameter definitions: Definitions with inheritance resolved.
    public init(_ definitions: [StorageClassDefinition]) {
        self.definitions = Dictionary(definitions.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
    }

    /// The storage class of this name.
    ///
    /// - Parameter name: Name of a storage class.
    /// - Returns: The storage class.
    /// - Throws: ``ButlerError`` with `.storageClass` and candidates.
    public func storageClass(_ name: String) throws -> StorageClass {
        if let found = find(name) { return found }
        throw ButlerError(
            .storageClass,
            "No storage class \"\(name)\" is defined.",
            remedy: "Define it under \"storageClasses\" in the repository's butler.yaml.",
            candidates: Candidates.nearest(to: name, in: names)
        )
    }

    /// The storage class of this name, or nil.
    public func find(_ name: String) -> StorageClass? {
        resolved.withLock { resolved in
            if let known = resolved[name] { return known }
            guard let definition = definitions[name] else { return nil }
            let storageClass = StorageClass(definition)
            resolved[name] = storageClass
            return storageClass
        }
    }

    /// Names of all storage classes, sorted.
    public var names: [String] { definitions.keys.sorted() }

    /// Whether objects of one storage class serve as the other: the same, the same Python type, or convertible.
    ///
    /// - Parameters:
    ///   - source: Name of the storage class of the object at hand.
    ///   - target: Name of the storage class asked for.
    /// - Returns: Whether a conversion exists; false for unknown names.
    public func canConvert(_ source: String, to target: String) -> Bool {
        guard source != target else { return true }
        guard let from = find(source), let to = find(target) else { return false }
        return from.pythonType == to.pythonType || to.converters[from.pythonType] != nil
    }
}
