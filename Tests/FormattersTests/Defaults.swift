import ButlerConfig

enum Defaults {
    /// The shipped storage classes.
    static func storageClasses() throws -> [StorageClassDefinition] {
        try ButlerDefaults.storageClasses(overridingWith: nil).definitions
    }
}
