/// The definition of a storage class, with everything that it inherits.
///
/// Python names are kept as text: they are keys, shared with the reference.
public struct StorageClassDefinition: Hashable, Sendable {
    /// Name, as dataset types refer to it.
    public let name: String
    /// Python type of the objects.
    public let pythonType: String
    /// Storage class from which it inherits.
    public let base: String?
    /// Parts that can be stored on their own.
    public let components: [Component]
    /// Parts that are computed on read.
    public let derivedComponents: [Component]
    /// Names of read parameters, the base's first.
    public let parameters: [String]
    /// Python class that takes composites apart and puts them together.
    public let delegate: String?
    /// Python types that can be turned into ``pythonType``.
    public let converters: [Converter]

    /// A named part of a composite.
    public struct Component: Hashable, Sendable {
        /// Name of the part.
        public let name: String
        /// Its storage class.
        public let storageClass: String

        /// Creates a part.
        public init(name: String, storageClass: String) {
            self.name = name
            self.storageClass = storageClass
        }
    }

    /// A conversion from another Python type.
    public struct Converter: Hashable, Sendable {
        /// Python type that is converted.
        public let pythonType: String
        /// Python function that converts.
        public let function: String

        /// Creates a conversion.
        public init(pythonType: String, function: String) {
            self.pythonType = pythonType
            self.function = function
        }
    }

    /// Creates a definition whose inheritance is resolved.
    public init(
        name: String,
        pythonType: String,
        base: String? = nil,
        components: [Component] = [],
        derivedComponents: [Component] = [],
        parameters: [String] = [],
        delegate: String? = nil,
        converters: [Converter] = []
    ) {
        self.name = name
        self.pythonType = pythonType
        self.base = base
        self.components = components
        self.derivedComponents = derivedComponents
        self.parameters = parameters
        self.delegate = delegate
        self.converters = converters
    }

    /// Whether there are parts that can be stored on their own.
    public var isComposite: Bool { !components.isEmpty }

    /// The stored or derived part of a name.
    public func component(_ name: String) -> Component? {
        components.first { $0.name == name } ?? derivedComponents.first { $0.name == name }
    }
}

/// Storage classes by name.
public struct StorageClassDefinitions: Sendable {
    /// The definitions in the reference's order: what a definition needs comes before it.
    public let definitions: [StorageClassDefinition]
    private let positions: [String: Int]

    /// Orders definitions by name; names are unique.
    init(_ definitions: [StorageClassDefinition]) {
        self.definitions = definitions
        var positions: [String: Int] = [:]
        for (index, definition) in definitions.enumerated() { positions[definition.name] = index }
        self.positions = positions
    }

    /// The definition of a name.
    public subscript(name: String) -> StorageClassDefinition? {
        positions[name].map { definitions[$0] }
    }

    /// Names of all storage classes, in order of ``definitions``.
    public var names: [String] { definitions.map(\.name) }
}
