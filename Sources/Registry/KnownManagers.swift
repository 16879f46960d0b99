/// The reference's manager classes whose tables Steward understands.
///
/// Their names stand in `butler.yaml` and in `butler_attributes`, as defined in `daf_butler: registry/managers.py`.
public enum KnownManagers {
    /// A version `X.Y.Z` of a manager's tables.
    public struct Version: Sendable, Hashable, CustomStringConvertible {
        /// Changes that older programs cannot read.
        public let major: Int
        /// Changes that older programs can read but must not write.
        public let minor: Int
        /// Changes of no consequence.
        public let patch: Int

        /// Creates a version.
        public init(_ major: Int, _ minor: Int, _ patch: Int) {
            self.major = major
            self.minor = minor
            self.patch = patch
        }

        /// Reads `X.Y.Z`; nil if the text is not of that form.
        public init?(_ text: String) {
            let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
            guard parts.count == 3, let major = parts[0], let minor = parts[1], let patch = parts[2],
                min(major, minor, patch) >= 0
            else { return nil }
            self.init(major, minor, patch)
        }

        /// `X.Y.Z`.
        public var description: String { "\(major).\(minor).\(patch)" }

        /// Whether tables of a stored version can be used by code that knows this one.
        ///
        /// The major versions must be equal; the minor ones too, but a reader may be newer.
        func supports(stored: Version, writing: Bool) -> Bool {
            major == stored.major && (minor == stored.minor || (minor > stored.minor && !writing))
        }
    }

    /// One manager class.
    public struct Manager: Sendable, Hashable {
        /// Its role, as in `registry.managers.ROLE`.
        public let role: String
        /// Class name in `butler_attributes`: the module that defines it.
        public let storedName: String
        /// Class name in `butler.yaml`.
        public let configuredName: String
        /// Versions of its tables that are understood, oldest first; the last one is written to new repositories.
        public let versions: [Version]
    }

    private static let prefix = "lsst.daf.butler.registry."

    /// All managers, in the order in which a new repository lists them.
    public static let all: [Manager] = [
        manager("attributes", "attributes.DefaultButlerAttributeManager", [.init(1, 0, 1)]),
        manager("dimensions", "dimensions.static.StaticDimensionRecordStorageManager", [.init(6, 0, 2)]),
        manager("collections", "collections.synthIntKey.SynthIntKeyCollectionManager", [.init(2, 0, 0)]),
        manager("collections", "collections.nameKey.NameKeyCollectionManager", [.init(2, 0, 0)]),
        manager(
            "datasets",
            "datasets.byDimensions._manager.ByDimensionsDatasetRecordStorageManagerUUID",
            configured: "datasets.byDimensions.ByDimensionsDatasetRecordStorageManagerUUID",
            [.init(1, 0, 0), .init(2, 0, 0)]
        ),
        manager("opaque", "opaque.ByNameOpaqueTableStorageManager", [.init(0, 2, 0)]),
        manager("datastores", "bridge.monolithic.MonolithicDatastoreRegistryBridgeManager", [.init(0, 2, 1)]),
    ]

    /// The managers of repositories with a variant of the tables.
    public static func managers(of format: RegistryFormat) -> [Manager] {
        all.filter { manager in
            let hasNames = manager.storedName.hasSuffix("NameKeyCollectionManager")
            return manager.role != "collections" || hasNames == (format.collectionKeys == .names)
        }
    }

    /// Roles that every repository must name.
    static let requiredRoles = ["attributes", "dimensions", "collections", "datasets", "opaque", "datastores"]

    /// The manager of a role whose stored or configured name this is, or nil.
    static func find(_ role: String, _ name: String) -> Manager? {
        all.first { $0.role == role && ($0.storedName == name || $0.configuredName == name) }
    }

    private static func manager(
        _ role: String,
        _ stored: String,
        configured: String? = nil,
        _ versions: [Version]
    ) -> Manager {
        Manager(
            role: role,
            storedName: prefix + stored,
            configuredName: prefix + (configured ?? stored),
            versions: versions
        )
    }
}
