import StewardCore

/// What a store knows of a file or directory.
public struct ResourceInfo: Hashable, Sendable {
    /// Bytes; 0 for a directory.
    public let size: Int
    /// Whether this is a directory.
    public let isDirectory: Bool
    /// Last change of content in nanoseconds since 1970-01-01 UTC, where known.
    public let modified: Int64?

    /// Creates a description.
    public init(size: Int, isDirectory: Bool = false, modified: Int64? = nil) {
        self.size = size
        self.isDirectory = isDirectory
        self.modified = modified
    }
}

/// One entry of a directory.
public struct ResourceEntry: Hashable, Sendable {
    /// Name within the directory.
    public let name: String
    /// Whether this is a directory, or a link to one.
    public let isDirectory: Bool

    /// Creates an entry.
    public init(name: String, isDirectory: Bool) {
        self.name = name
        self.isDirectory = isDirectory
    }
}

/// Bytes by path: the few operations that every scheme offers.
///
/// Calls block; run them on a thread that may. All throw ``ButlerError``: `.fileNotFound` with the path where
/// nothing is, `.readOnly` and `.diskFull` where writing is impossible, `.fileAccess` otherwise.
public protocol ResourceStore: Sendable {
    /// What is at a path, or nil if nothing is.
    func info(_ path: ResourcePath) throws -> ResourceInfo?

    /// Bytes of a file.
    func read(_ path: ResourcePath, range: ByteRange) throws -> [UInt8]

    /// Writes a whole file, its directories included; readers see all of it or what was there before.
    func write(_ bytes: [UInt8], to path: ResourcePath, overwrite: Bool) throws

    /// Removes a file.
    func remove(_ path: ResourcePath) throws

    /// The entries of a directory, by name.
    func list(_ path: ResourcePath) throws -> [ResourceEntry]
}

extension ResourceStore {
    /// Whether something is at a path.
    ///
    /// - Parameter path: A path of this store.
    /// - Returns: False as well for a symbolic link that leads nowhere.
    /// - Throws: ``ButlerError`` if that cannot be found out.
    public func exists(_ path: ResourcePath) throws -> Bool {
        try info(path) != nil
    }

    /// The size of a file.
    ///
    /// - Parameter path: A path of this store.
    /// - Returns: Bytes; 0 for a directory.
    /// - Throws: ``ButlerError`` with `.fileNotFound` if nothing is there.
    public func size(_ path: ResourcePath) throws -> Int {
        guard let info = try info(path) else {
            throw ButlerError(.fileNotFound, "There is no file \"\(path)\".", remedy: "Check the path.")
        }
        return info.size
    }

    /// All bytes of a file.
    ///
    /// - Parameter path: A path of this store.
    /// - Returns: The bytes.
    /// - Throws: ``ButlerError`` with `.fileNotFound` if nothing is there.
    public func read(_ path: ResourcePath) throws -> [UInt8] {
        try read(path, range: .all)
    }
}

/// The stores of a process by scheme.
public struct ResourceStores: Sendable {
    private var stores: [ResourcePath.Scheme: any ResourceStore]

    /// Local files only.
    public static let standard = ResourceStores([.file: FileStore()])

    /// Creates a table.
    public init(_ stores: [ResourcePath.Scheme: any ResourceStore]) {
        self.stores = stores
    }

    /// The table with one more store, or another one for a scheme.
    public func adding(_ store: any ResourceStore, for scheme: ResourcePath.Scheme) -> ResourceStores {
        var copy = self
        copy.stores[scheme] = store
        return copy
    }

    /// The store of a path.
    ///
    /// - Parameter path: A path of any scheme.
    /// - Returns: The store of its scheme.
    /// - Throws: ``ButlerError`` with `.fileAccess` if this program has none for the scheme.
    public func store(for path: ResourcePath) throws -> any ResourceStore {
        if let store = stores[path.scheme] { return store }
        let known = stores.keys.map(\.rawValue).sorted().joined(separator: ", ")
        throw ButlerError(
            .fileAccess,
            "\"\(path)\" cannot be reached: the scheme \"\(path.scheme.rawValue)\" is not supported in this build.",
            remedy: "Copy the data to a local disk and use its path. Supported here: \(known)."
        )
    }
}
