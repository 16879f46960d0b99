internal import Datasets
public import Datastores
internal import StewardCore

/// Files whose content Steward does not interpret, as `[UInt8]`.
public struct OpaqueFormatter: DatasetFormatter {
    /// The suffixes of the kind of file, that of new ones first; empty for files without.
    public let fileExtensions: [String]

    /// Creates the formatter.
    ///
    /// - Parameter fileExtensions: Suffixes with their dots, that of new files first; none for files of any name.
    public init(fileExtensions: [String] = []) {
        self.fileExtensions = fileExtensions
    }

    /// The bytes.
    public func prepared(_ object: any Sendable, for target: WriteTarget) throws -> any Sendable {
        if object is [UInt8] { return object }
        throw ButlerError(
            .storageClass,
            "A \(type(of: object)) cannot be stored as \"\(target.storageClass.name)\", which is kept as bytes here.",
            remedy: "Put the bytes of the file as [UInt8], or ingest the file."
        )
    }

    /// The bytes.
    public func encode(_ object: any Sendable, for target: WriteTarget) throws -> [UInt8]? {
        object as? [UInt8]
    }

    /// The bytes of the file.
    public func read(_ source: ArtifactSource, _ request: ReadRequest) throws -> any Sendable {
        try source.bytes()
    }
}
