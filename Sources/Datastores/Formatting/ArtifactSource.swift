public import Resources
internal import StewardCore

/// A file of a datastore, as a formatter reads it: by bytes, by ranges of bytes, or by its path.
public struct ArtifactSource: Sendable {
    /// Where the file is.
    public let location: ResourcePath
    private let store: any ResourceStore

    /// Creates access to a file.
    public init(_ location: ResourcePath, store: any ResourceStore) {
        self.location = location
        self.store = store
    }

    /// All bytes.
    ///
    /// - Returns: The bytes of the file.
    /// - Throws: ``ButlerError`` with `.fileNotFound` or `.fileAccess`.
    public func bytes() throws -> [UInt8] {
        try store.read(location)
    }

    /// Some of the bytes.
    ///
    /// - Parameter range: Which ones.
    /// - Returns: The bytes, fewer than asked for at the end of the file.
    /// - Throws: ``ButlerError`` with `.fileNotFound` or `.fileAccess`.
    public func bytes(_ range: ByteRange) throws -> [UInt8] {
        try store.read(location, range: range)
    }

    /// The path of a local file.
    ///
    /// - Returns: The absolute path.
    /// - Throws: ``ButlerError`` with `.fileAccess` if the file is not local.
    public func localPath() throws -> String {
        if let path = location.localPath { return path }
        throw ButlerError(
            .fileAccess,
            "\"\(location)\" is not a local file, which its formatter needs.",
            remedy: "Retrieve the artifact to a local directory first."
        )
    }
}
