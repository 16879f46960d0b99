public import Datasets
internal import StewardCore

/// Knows the objects of some storage classes: their components, how they are put together, what parameters do to them.
///
/// Source: `daf_butler: _storage_class_delegate.py`.
public protocol StorageClassDelegate: Sendable {
    /// A component of an object, stored or derived; nil if the object lacks it.
    func component(_ name: String, of object: any Sendable, _ storageClass: StorageClass) throws -> (any Sendable)?

    /// An object made of its components.
    func assemble(_ parts: [String: any Sendable], _ storageClass: StorageClass) throws -> any Sendable

    /// What parameters that the formatter did not heed make of an object.
    func applying(
        _ parameters: ReadParameters,
        to object: any Sendable,
        _ storageClass: StorageClass
    ) throws -> any Sendable

    /// The stored component from which a derived one can be had; nil if none can give it.
    func source(ofDerived name: String, among stored: Set<String>) -> String?

    /// An object of one storage class as one of another.
    func converted(_ object: any Sendable, from source: StorageClass, to target: StorageClass) throws -> any Sendable
}

extension StorageClassDelegate {
    /// The object itself, as no parameters are left.
    public func applying(
        _ parameters: ReadParameters,
        to object: any Sendable,
        _ storageClass: StorageClass
    ) throws -> any Sendable {
        try parameters.check([], of: "The storage class \"\(storageClass.name)\"")
        return object
    }

    /// None.
    public func source(ofDerived name: String, among stored: Set<String>) -> String? { nil }

    /// The object itself: storage classes that convert into each other share one Swift type.
    public func converted(
        _ object: any Sendable,
        from source: StorageClass,
        to target: StorageClass
    ) throws -> any Sendable {
        object
    }
}

/// Serves storage classes that have no delegate of their own: mappings whose keys are components.
struct MappingDelegate: StorageClassDelegate {
    func component(_ name: String, of object: any Sendable, _ storageClass: StorageClass) throws -> (any Sendable)? {
        if let value = object as? JSONValue, value.members != nil { return value[name] }
        if let parts = object as? [String: any Sendable] { return parts[name] }
        throw ButlerError(
            .storageClass,
            "A \(type(of: object)) of storage class \"\(storageClass.name)\" cannot be taken apart.",
            remedy: "Read the whole dataset."
        )
    }

    func assemble(_ parts: [String: any Sendable], _ storageClass: StorageClass) throws -> any Sendable {
        var members: [JSONValue.Member] = []
        for (name, part) in parts.sorted(by: { $0.key < $1.key }) {
            guard let value = part as? JSONValue else { return parts }
            members.append(.init(name, value))
        }
        return JSONValue.object(members)
    }
}
