internal import ButlerConfig

/// The kind of object a dataset is in memory: its Python type, its components and read parameters.
public struct StorageClass: Sendable, Hashable {
    /// Name.
    public let name: String
    /// Dotted name of the Python type; an opaque key for Steward.
    public let pythonType: String
    /// Names of the stored components and their storage classes.
    public let components: [String: String]
    /// Names of the components computed on read and their storage classes.
    public let derivedComponents: [String: String]
    /// Names of the parameters that reading accepts.
    public let parameters: Set<String>
    /// Storage classes whose objects can be converted into this one, by Python type name.
    public let converters: [String: String]

    /// Storage class of a component, stored or derived; nil when there is none of the name.
    public func storageClass(ofComponent component: String) -> String? {
        components[component] ?? derivedComponents[component]
    }

    /// Names of all components, sorted.
    public var componentNames: [String] { (Array(components.keys) + Array(derivedComponents.keys)).sorted() }

    /// Whether the object has stored parts.
    public var isComposite: Bool { !components.isEmpty }
}

extension StorageClass {
    init(_ definition: StorageClassDefinition) {
        name = definition.name
        pythonType = definition.pythonType
        components = Dictionary(definition.components.map { ($0.name, $0.storageClass) }, uniquingKeysWith: { $1 })
        derivedComponents = Dictionary(
            definition.derivedComponents.map { ($0.name, $0.storageClass) },
            uniquingKeysWith: { $1 }
        )
        parameters = Set(definition.parameters)
        converters = Dictionary(definition.converters.map { ($0.pythonType, $0.function) }, uniquingKeysWith: { $1 })
    }
}
