public import ButlerConfig
public import Datasets
public import Dimensions
public import Resources
internal import StewardCore

/// The files of a repository below one local directory.
///
/// It knows files, not the database: what it stored it returns as ``StoredFile`` values, for the caller to record in
/// the transaction of the datasets. Calls block. Safe to use from several threads.
public final class FileDatastore: Sendable {
    /// Name by which the database knows it.
    public let name: String
    /// Name of the table of its records.
    public let recordTable: String
    /// Absolute path of the directory.
    public let root: String

    let rootPath: ResourcePath
    let universe: DimensionUniverse
    let storageClasses: StorageClassCatalog
    let rules: StorageRules
    let zips = ZipDirectories()
    /// Where files of each scheme are reached.
    public let stores: ResourceStores
    /// Tells which files transactions make, for the case that this process is killed.
    public let journal: FileJournal
    let isWriteable: Bool
    /// Whether checksums are recorded: nil for those of written files only.
    let recordsChecksums: Bool?

    /// Creates the datastore that a repository's configuration describes; touches no file.
    ///
    /// - Parameters:
    ///   - config: The repository's configuration.
    ///   - universe: Dimensions of the repository.
    ///   - storageClasses: Storage classes of the repository.
    ///   - formatters: What can read and write files.
    ///   - isWriteable: Whether files may be made and removed.
    ///   - root: Absolute path or URI of the directory; nil for what the configuration says.
    ///   - stores: Where files that are not below the root are reached.
    /// - Throws: ``ButlerError`` with `.incompatibleRepository` for a datastore of another kind or a root that is not
    ///   local, `.configuration` if its configuration is malformed.
    public init(
        _ config: RepositoryConfig,
        universe: DimensionUniverse,
        storageClasses: StorageClassCatalog,
        formatters: FormatterCatalog,
        isWriteable: Bool,
        root: String? = nil,
        stores: ResourceStores = .standard
    ) throws {
        let section = config.tree["datastore"] ?? .empty
        try FileDatastore.check(section)
        let given = try section.string("root") ?? "<butlerRoot>/datastore"
        rootPath = try FileDatastore.rootPath(root ?? given, config.location)
        self.root = rootPath.path
        journal = FileJournal(in: rootPath.path)
        name = try section.string("name") ?? "FileDatastore@" + given
        recordTable = try section.string("records", "table") ?? "file_datastore_records"
        recordsChecksums = try section.bool("checksum")
        self.universe = universe
        self.stores = stores
        self.storageClasses = storageClasses
        self.isWriteable = isWriteable
        rules = StorageRules(
            templates: try FileTemplates(try section.map("templates") ?? ConfigMap(), in: universe),
            choice: try FormatterChoice(try section.map("formatters") ?? ConfigMap(), in: universe),
            composites: try CompositeChoice(section["composites"], in: universe),
            constraints: try Constraints(section["constraints"], in: universe),
            storageClasses: storageClasses,
            catalog: formatters
        )
    }

    private static func check(_ section: ConfigTree) throws {
        guard let name = try section.string("cls"), name != ButlerDefaults.fileDatastore else { return }
        throw ButlerError(
            .incompatibleRepository,
            "The repository's datastore is of class \"\(name)\"; this version handles file datastores.",
            remedy: "Use a repository whose \"datastore.cls\" is \"\(ButlerDefaults.fileDatastore)\"."
        )
    }

    private static func rootPath(_ given: String, _ location: RepositoryLocation) throws -> ResourcePath {
        let base = StoredPath.hasScheme(location.root) ? nil : ResourcePath(localPath: location.root)
        let path = try ResourcePath(location.substituting(given), relativeTo: base, isDirectory: true)
        guard path.scheme == .file else {
            throw ButlerError(
                .incompatibleRepository,
                "The repository's files are at \"\(path)\"; this version handles local files.",
                remedy: "Copy the repository to a local disk."
            )
        }
        return path
    }

    func checkWriteable() throws {
        guard !isWriteable else { return }
        throw ButlerError(
            .readOnly,
            "The repository at \"\(root)\" was opened for reading only.",
            remedy: "Open it for writing."
        )
    }
}
