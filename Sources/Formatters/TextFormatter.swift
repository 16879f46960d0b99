internal import Datasets
public import Datastores
internal import StewardCore

/// Text files as `String`: configurations of tasks as Python source, regions, and the like.
public struct TextFormatter: DatasetFormatter {
    /// The suffix of the kind of text.
    public let fileExtensions: [String]

    /// Creates the formatter.
    ///
    /// - Parameter fileExtension: Suffix of the files, with its dot.
    public init(fileExtension: String) {
        fileExtensions = [fileExtension]
    }

    /// The text.
    public func prepared(_ object: any Sendable, for target: WriteTarget) throws -> any Sendable {
        if object is String { return object }
        throw ButlerError(
            .storageClass,
            "A \(type(of: object)) cannot be stored as \"\(target.storageClass.name)\", which is text here.",
            remedy: "Put a String."
        )
    }

    /// The text in UTF-8.
    public func encode(_ object: any Sendable, for target: WriteTarget) throws -> [UInt8]? {
        (object as? String).map { Array($0.utf8) }
    }

    /// The text of the file.
    public func read(_ source: ArtifactSource, _ request: ReadRequest) throws -> any Sendable {
        try UTF8Text.read(source)
    }
}
