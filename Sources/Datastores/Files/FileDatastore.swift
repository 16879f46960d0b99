public import ButlerConfig
public import Datasets
public import Dimensions
public import Resources
internal import StewardCore

/// Files below one root directory, each with a record in the registry's database.
///
/// Knows files, never SQL: rows come in and go out as ``StoredFileInfo``. Immutable and cheap to copy. Functions that
/// wait for the disk are `async` and run on threads that may wait.
public struct FileDatastore: Sendable {
    /// Name under which the registry notes what it holds, such as `FileDatastore@<butlerRoot>`.
    public let name: String
    /// The root directory.
    public let root: ResourcePath
    /// Name of the table with the records.
    public let recordTable: String
    /// Whether files can be added and removed.
    public let isWriteable: Bool
    /// How files are named.
    public let templates: FileTemplates
    /// Which formatters write what.
    public let catalog: FormatterCatalog
    /// The formatters of this program.
    public let formatters: FormatterRegistry

    let storageClasses: StorageClassCatalog
    let stores: ResourceStores
    let constraints: DatasetConstraints
    let composites: CompositesMap
    /// Whether the configuration asks for checksums; nil if it does not say.
    let checksumRule: Bool?

    /// Opens the datastore of a repository.
    ///
    /// - Parameters:
    ///   - config: The repository's configuration.
    ///   - universe: The dimensions.
    ///   - storageClasses: The repository's storage classes.
    ///   - formatters: The formatters of the program.
    ///   - isWriteable: Whether files will be added or removed.
    ///   - stores: How files are reached.
    /// - Throws: ``ButlerError`` with `.configuration` if a section is malformed or the datastore is of another kind,
    ///   `.fileNotFound` if the root is missing and may not be made.
    public init(
        _ config: RepositoryConfig,
        universe: DimensionUniverse,
        storageClasses: StorageClassCatalog,
        formatters: FormatterRegistry,
        isWriteable: Bool,
        stores: ResourceStores = .standard
    ) throws {
        try self.init(
            config.tree["datastore"] ?? .empty,
            location: config.location,
            universe: universe,
            storageClasses: storageClasses,
            formatters: formatters,
            isWriteable: isWriteable,
            stores: stores
        )
    }

    /// Opens a datastore from its section of the configuration, defaults included.
    init(
        _ section: ConfigTree,
        location: RepositoryLocation,
        universe: DimensionUniverse,
        storageClasses: StorageClassCatalog,
        formatters: FormatterRegistry,
        isWriteable: Bool,
        stores: ResourceStores
    ) throws {
        guard try section.string("cls") ?? ButlerDefaults.fileDatastore == ButlerDefaults.fileDatastore else {
            throw ButlerError(
                .configuration,
                "The datastore class \"\(section["cls"]?.string ?? "")\" is not one that keeps files.",
                remedy: "Use a repository with a FileDatastore."
            )
        }
        let configuredRoot = try section.string("root") ?? RepositoryLocation.rootTag
        name = try section.string("name") ?? "FileDatastore@" + configuredRoot
        root = try ResourcePath(location.substituting(configuredRoot), isDirectory: true)
        recordTable = try section.string("records", "table") ?? "file_datastore_records"
        templates = try FileTemplates(section["templates"], in: universe)
        catalog = try FormatterCatalog(section["formatters"], in: universe)
        constraints = try DatasetConstraints(section["constraints"], in: universe)
        composites = try CompositesMap(section["composites"], in: universe)
        checksumRule = try section.bool("checksum")
        self.storageClasses = storageClasses
        self.formatters = formatters
        self.isWriteable = isWriteable
        self.stores = stores
        if try section.bool("create") == false, try stores.store(for: root).info(root) == nil {
            throw ButlerError(
                .fileNotFound,
                "The datastore's root \"\(root)\" does not exist, and may not be made.",
                remedy: "Make the directory, or set \"datastore.create\" to true."
            )
        }
    }

    // MARK: Places

    /// Where the file of a record is.
    ///
    /// - Parameter info: The record.
    /// - Returns: The path or URI, with the record's fragment for a member of a zip file.
    /// - Throws: ``ButlerError`` with `.corruptFile` if the record's path leads out of the root, `.invalidArgument` if
    ///   its URI is malformed.
    public func location(of info: StoredFileInfo) throws -> ResourcePath {
        let place = try location(ofPath: info.filePath)
        return info.zipMember.map { place.replacingFragment("zip-path=" + $0) } ?? place
    }

    /// Where a path of a record leads, which names a file and not a member of one.
    func location(ofPath path: String) throws -> ResourcePath {
        if path.contains("://") { return try ResourcePath(path) }
        let place = root.appending(path)
        guard !path.isEmpty, !path.utf8.contains(0), !PathParts.of(path).contains(".."), place != root else {
            throw ButlerError(
                .corruptFile,
                "The recorded path \"\(path)\" leads out of the datastore's root \"\(root)\".",
                remedy: "Have the repository's records checked."
            )
        }
        return place
    }

    /// Where a dataset's file would be if it were put.
    ///
    /// - Parameter ref: The dataset, its data ID expanded.
    /// - Returns: The path below the root.
    /// - Throws: ``ButlerError`` with `.configuration`, `.formatter` or `.invalidArgument` if that cannot be told.
    public func predictedLocation(of ref: DatasetRef) throws -> ResourcePath {
        try location(ofPath: path(of: try plan(for: ref)))
    }

    /// Whether the datastore's constraints admit a dataset.
    public func accepts(_ ref: DatasetRef) -> Bool {
        constraints.accepts(LookupKey.keys(for: ref))
    }

    func requireWriteable() throws {
        guard isWriteable else {
            throw ButlerError(
                .readOnly,
                "The datastore at \"\(root)\" was opened for reading only.",
                remedy: "Open the repository for writing."
            )
        }
    }

    func requireAccepted(_ ref: DatasetRef, _ keys: [LookupKey]) throws {
        guard constraints.accepts(keys) else {
            throw ButlerError(
                .configuration,
                "The datastore \"\(name)\" does not accept \"\(ref.datasetType.name)\" (\(ref.datasetType.storageClass)).",
                remedy: "Change \"datastore.constraints\" in butler.yaml."
            )
        }
    }
}
