internal import ButlerConfig
internal import Databases
internal import Dimensions
internal import Foundation
internal import Registry
internal import Resources
internal import StewardCore

/// How a new repository is made.
public struct RepositoryCreation: Sendable {
    /// YAML file applied on top of the defaults.
    public var seedConfig: String?
    /// YAML or JSON file with the definition of the dimension universe.
    public var dimensionConfig: String?
    /// Whether all defaults are written into the repository's configuration.
    public var isStandalone: Bool
    /// Whether the seed may set the datastore's root and the database, too.
    public var overrides: Bool
    /// Where the configuration goes instead of the repository's directory.
    public var outfile: String?

    /// Creates a description of how a repository is made.
    public init(
        seedConfig: String? = nil,
        dimensionConfig: String? = nil,
        isStandalone: Bool = false,
        overrides: Bool = false,
        outfile: String? = nil
    ) {
        self.seedConfig = seedConfig
        self.dimensionConfig = dimensionConfig
        self.isStandalone = isStandalone
        self.overrides = overrides
        self.outfile = outfile
    }
}

extension Butler {
    /// Creates an empty repository.
    ///
    /// The database is made first and the configuration file last, so that what an interrupted creation leaves is not
    /// taken for a repository.
    ///
    /// - Parameters:
    ///   - root: Directory of the repository; made when it does not exist.
    ///   - options: How it is made.
    /// - Throws: ``ButlerError`` with `.repositoryExists`, `.readOnly`, `.diskFull`, `.configuration`; database errors.
    public static func create(_ root: String, _ options: RepositoryCreation = RepositoryCreation()) async throws {
        let loader = ConfigLoader()
        let seed = try options.seedConfig.map { try loader.load($0) } ?? .empty
        let new = try NewRepository(
            root: root,
            seed: seed,
            keepsRoots: options.overrides,
            isStandalone: options.isStandalone,
            loader: loader
        )
        let configFile = options.outfile ?? new.location.configFile
        guard !FileManager.default.fileExists(atPath: configFile) else {
            throw ButlerError(
                .repositoryExists,
                "There is a repository at \"\(root)\" already: \(configFile) exists.",
                remedy: "Choose another directory, or remove the old repository first."
            )
        }
        let universe = try DimensionUniverse(
            definition: try definition(options.dimensionConfig),
            source: options.dimensionConfig ?? "the default universe"
        )
        try FileStore.makeDirectories(new.location.root)
        var text = new.yaml
        if options.outfile != nil {
            var stored = new.stored
            stored["root"] = .string(new.location.root)
            text = stored.yaml()
        }
        let config = try RepositoryConfig(at: new.location, stored: new.stored)
        let database = try await RepositoryDatabase(config).open(.create)
        let schema = RegistrySchema(universe: universe)
        try await database.write { try schema.create(on: $0) }
        try await database.close()
        try FileStore().write(Array(text.utf8), to: ResourcePath(localPath: configFile), overwrite: false)
    }

    private static func definition(_ file: String?) throws -> String {
        guard let file else { return DimensionUniverse.defaultDefinition }
        return try ConfigLoader().load(file).json
    }
}
