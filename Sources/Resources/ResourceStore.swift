public import StewardCore

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

    /// Bytes of a file at some offsets, fewer at its end, with the file's size.
    func part(_ path: ResourcePath, at offsets: Range<Int>) throws -> ResourcePart

    /// Copies a file to a new local one; a part of it may stay when that fails.
    func download(_ path: ResourcePath, to file: String, checksum: Digest.Algorithm?) throws -> FileContent
}

/// Bytes of a file, with what a store learned of the file on the way.
public struct ResourcePart: Hashable, Sendable {
    /// The bytes.
    public let bytes: [UInt8]
    /// Bytes of the whole file, where that is known.
    public let size: Int?

    /// Creates a part.
    public init(bytes: [UInt8], size: Int?) {
        self.bytes = bytes
        self.size = size
    }
}

/// What was written to a file.
public struct FileContent: Hashable, Sendable {
    /// Bytes of the file.
    public let size: Int
    /// Checksum in lower-case hexadecimal digits, if one was asked for.
    public let checksum: String?

    /// Creates a description.
    public init(size: Int, checksum: String?) {
        self.size = size
        self.checksum = checksum
    }
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

    /// Bytes of a file at some offsets, after a look at its size.
    ///
    /// - Parameters:
    ///   - path: A path of this store.
    ///   - offsets: Offsets of bytes; those beyond the end do not count.
    /// - Returns: The bytes, and the size of the file.
    /// - Throws: ``ButlerError`` with `.fileNotFound` if nothing is there.
    public func part(_ path: ResourcePath, at offsets: Range<Int>) throws -> ResourcePart {
        ResourcePart(bytes: try read(path, range: .bounded(offsets)), size: try size(path))
    }

    /// Reads a file and writes it to a new local one.
    ///
    /// - Parameters:
    ///   - path: A path of this store.
    ///   - file: Path of a local file that does not exist, in a directory that does.
    ///   - checksum: The checksum to compute.
    /// - Returns: Size and checksum of the file.
    /// - Throws: ``ButlerError`` with `.fileNotFound`, `.diskFull`, `.readOnly` or `.fileAccess`.
    public func download(_ path: ResourcePath, to file: String, checksum: Digest.Algorithm?) throws -> FileContent {
        let sink = try FileSink(creating: file, for: file, checksum: checksum)
        try read(path).withUnsafeBytes { try sink.write($0) }
        return try sink.finish()
    }
}

/// The stores of a process by scheme; the one place where a path finds its store.
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

    /// Whether there is a store for a path.
    public func reaches(_ path: ResourcePath) -> Bool { stores[path.scheme] != nil }

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
