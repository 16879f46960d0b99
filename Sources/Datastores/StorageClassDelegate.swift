public import Datasets
internal import StewardCore

/// Takes objects of a composite storage class apart and puts them together.
public protocol StorageClassDelegate: Sendable {
    /// Python type names of the storage classes that it serves.
    static var pythonTypes: [String] { get }

    /// Creates the delegate.
    init()

    /// A component of an object, stored or derived.
    func component(_ name: String, of object: any Sendable, _ storageClass: StorageClass) throws -> any Sendable

    /// Puts an object together from its components.
    func assemble(_ components: [String: any Sendable], _ storageClass: StorageClass) throws -> any Sendable

    /// The part of an object that parameters ask for, none of which the formatter obeyed.
    func select(
        _ parameters: [String: ReadParameter],
        from object: any Sendable,
        _ storageClass: StorageClass
    ) throws -> any Sendable

    /// The stored component from which a derived one is computed; nil if there is none among those stored.
    func source(ofDerived component: String, among stored: Set<String>) -> String?
}

extension StorageClassDelegate {
    /// Refuses parameters.
    ///
    /// - Parameters:
    ///   - parameters: What part is asked for.
    ///   - object: The object.
    ///   - storageClass: Its storage class.
    /// - Returns: The object if there are no parameters.
    /// - Throws: ``ButlerError`` with `.invalidArgument`.
    public func select(
        _ parameters: [String: ReadParameter],
        from object: any Sendable,
        _ storageClass: StorageClass
    ) throws -> any Sendable {
        guard let name = parameters.keys.min() else { return object }
        throw ButlerError(
            .invalidArgument,
            "Objects of storage class \(storageClass.name) cannot be read in part by \"\(name)\".",
            remedy: "Read it without this parameter."
        )
    }

    /// The only stored component, if there is one only.
    public func source(ofDerived component: String, among stored: Set<String>) -> String? {
        stored.count == 1 ? stored.first : nil
    }
}

/// The delegate of storage classes without one of their own: JSON objects, whose members are the components.
public struct JSONDelegate: StorageClassDelegate {
    /// Every type that has no other delegate.
    public static let pythonTypes: [String] = []

    /// Creates the delegate.
    public init() {}

    /// The member of a name.
    public func component(_ name: String, of object: any Sendable, _ storageClass: StorageClass) throws -> any Sendable
    {
        guard let value = object as? JSONValue, let member = value[name] else {
            throw ButlerError(
                .unknownComponent,
                "An object of type \(type(of: object)) (storage class \(storageClass.name)) has no component \"\(name)\"."
            )
        }
        return member
    }

    /// An object with the components as members, in order of their names.
    public func assemble(_ components: [String: any Sendable], _ storageClass: StorageClass) throws -> any Sendable {
        JSONValue.object(
            try components.sorted { $0.key < $1.key }.map { name, value in
                guard let value = value as? JSONValue else {
                    throw ButlerError(
                        .storageClass,
                        "No way is known to put an object of storage class \(storageClass.name) together.",
                        remedy: "Read its components, for instance \"\(name)\"."
                    )
                }
                return JSONValue.Member(name, value)
            }
        )
    }
}
