public import Dimensions
public import StewardCore

/// What kind of data a dataset is: name, dimensions, storage class, and whether it is a calibration.
public struct DatasetType: Sendable, Hashable {
    /// Name; with a component after the first dot for component dataset types.
    public let name: String
    /// Dimensions of the data IDs.
    public let dimensions: DimensionGroup
    /// Name of the storage class of the dataset, or of the component.
    public let storageClass: String
    /// Name of the storage class of the composite, for component dataset types.
    public let parentStorageClass: String?
    /// Whether datasets can be certified in CALIBRATION collections.
    public let isCalibration: Bool

    /// Creates a dataset type.
    ///
    /// - Parameters:
    ///   - name: Letters, digits and underscores, not beginning with a digit; `PARENT.COMPONENT` for components.
    ///   - dimensions: Dimensions of the data IDs.
    ///   - storageClass: Name of the storage class.
    ///   - parentStorageClass: Name of the composite's storage class; required exactly for components.
    ///   - isCalibration: Whether datasets can be certified.
    /// - Throws: ``ButlerError`` with `.datasetTypeExpression` when the name is not of that form.
    public init(
        name: String,
        dimensions: DimensionGroup,
        storageClass: String,
        parentStorageClass: String? = nil,
        isCalibration: Bool = false
    ) throws {
        try Self.check(name: name)
        guard name.contains(".") == (parentStorageClass != nil) else {
            throw ButlerError(
                .datasetTypeExpression,
                "Dataset type \"\(name)\" must name its composite's storage class exactly when it has a component."
            )
        }
        self.name = name
        self.dimensions = dimensions
        self.storageClass = storageClass
        self.parentStorageClass = parentStorageClass
        self.isCalibration = isCalibration
    }

    /// Checks a name against the reference's rule `^[a-zA-Z_][a-zA-Z0-9_]*(\.[a-zA-Z_][a-zA-Z0-9_]*)*$`.
    ///
    /// - Parameter name: The name to check.
    /// - Throws: ``ButlerError`` with `.datasetTypeExpression`.
    public static func check(name: String) throws {
        let isValid = name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { part in
            guard let first = part.utf8.first, isLetter(first) else { return false }
            return part.utf8.allSatisfy { isLetter($0) || 0x30...0x39 ~= $0 }
        }
        guard isValid else {
            throw ButlerError(
                .datasetTypeExpression,
                "\"\(name)\" is not a valid dataset type name.",
                remedy: "Use letters, digits and underscores; the first character must not be a digit."
            )
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        0x41...0x5A ~= byte || 0x61...0x7A ~= byte || byte == 0x5F
    }

    /// Parent name and component (nil for whole datasets).
    ///
    /// - Parameter name: A dataset type name.
    /// - Returns: The parts before and after the first dot.
    public static func split(name: String) -> (parent: String, component: String?) {
        guard let dot = name.utf8.firstIndex(of: UInt8(ascii: ".")) else { return (name, nil) }
        return (String(name[..<dot]), String(name[name.utf8.index(after: dot)...]))
    }

    /// Name without component.
    public var parentName: String { Self.split(name: name).parent }

    /// Component, or nil for a whole dataset.
    public var component: String? { Self.split(name: name).component }

    /// The dataset type of a component of this one.
    ///
    /// - Parameters:
    ///   - component: Name of the component.
    ///   - catalog: The repository's storage classes.
    /// - Returns: The component's dataset type.
    /// - Throws: ``ButlerError`` with `.unknownComponent` and the known ones as candidates or context.
    public func component(_ component: String, in catalog: StorageClassCatalog) throws -> DatasetType {
        let parent = try catalog.storageClass(storageClass)
        guard let componentClass = parent.storageClass(ofComponent: component) else {
            let known = parent.componentNames
            throw ButlerError(
                .unknownComponent,
                "Dataset type \"\(name)\" (storage class \(storageClass)) has no component \"\(component)\".",
                remedy: known.isEmpty ? "It has no components at all." : "It has \(known.joined(separator: ", ")).",
                candidates: Candidates.nearest(to: component, in: known)
            )
        }
        return try DatasetType(
            name: "\(name).\(component)",
            dimensions: dimensions,
            storageClass: componentClass,
            parentStorageClass: storageClass,
            isCalibration: isCalibration
        )
    }

    /// This dataset type seen with another storage class.
    ///
    /// - Parameter storageClass: Name of the other storage class.
    /// - Returns: The changed dataset type.
    public func overriding(storageClass: String) -> DatasetType {
        DatasetType(self, storageClass: storageClass)
    }

    private init(_ other: DatasetType, storageClass: String) {
        name = other.name
        dimensions = other.dimensions
        self.storageClass = storageClass
        parentStorageClass = other.parentStorageClass
        isCalibration = other.isCalibration
    }

    /// The reference's serialised form, with the required dimensions only.
    public var json: JSONValue {
        var members: [JSONValue.Member] = [
            .init("name", .string(name)),
            .init("storageClass", .string(storageClass)),
            .init("dimensions", .array(dimensions.required.map { .string($0.name) })),
        ]
        if let parentStorageClass { members.append(.init("parentStorageClass", .string(parentStorageClass))) }
        if isCalibration { members.append(.init("isCalibration", .bool(true))) }
        return .object(members)
    }
}
