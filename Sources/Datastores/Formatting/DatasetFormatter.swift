public import ButlerConfig
public import Datasets
internal import StewardCore

/// Reads and writes one file format.
///
/// One value serves all datasets of the format; what differs from dataset to dataset comes with each call. Calls block
/// and may come from several threads at once. Objects travel as `any Sendable`, one box for a whole dataset.
public protocol DatasetFormatter: Sendable {
    /// Suffixes of files that can be read, each with its dot; empty if any can.
    var fileExtensions: [String] { get }

    /// The suffix of a new file, with its dot; empty for none.
    func fileExtension(for target: WriteTarget) throws -> String

    /// The object as this formatter writes it.
    ///
    /// Called before anything is written, so that an object of the wrong type leaves no trace. Gives the object itself,
    /// or a form that is equal in content.
    func prepared(_ object: any Sendable, for target: WriteTarget) throws -> any Sendable

    /// The bytes of a new file, or nil if the format needs a file to write to.
    func encode(_ object: any Sendable, for target: WriteTarget) throws -> [UInt8]?

    /// Writes a new file; called if ``encode(_:for:)`` gives nil. Nothing is at the path yet.
    func write(_ object: any Sendable, to path: String, for target: WriteTarget) throws

    /// Reads a whole dataset, or the component that is asked for.
    func read(_ source: ArtifactSource, _ request: ReadRequest) throws -> any Sendable

    /// The components that can be read without the rest, derived ones included.
    func readableComponents(of storageClass: StorageClass) -> Set<String>

    /// The parameters that reading heeds; all others go to the storage class's delegate.
    func readParameters(of storageClass: StorageClass) -> Set<String>
}

extension DatasetFormatter {
    /// The first of ``fileExtensions``.
    public func fileExtension(for target: WriteTarget) throws -> String { fileExtensions.first ?? "" }

    /// No bytes: the format needs a file to write to.
    public func encode(_ object: any Sendable, for target: WriteTarget) throws -> [UInt8]? { nil }

    /// Fails: the format can only be read.
    public func write(_ object: any Sendable, to path: String, for target: WriteTarget) throws {
        throw ButlerError(
            .formatter,
            "\"\(target.formatter)\" cannot write \"\(target.ref.datasetType.name)\": the format is read only here.",
            remedy: "Ingest a file of the format instead."
        )
    }

    /// No components.
    public func readableComponents(of storageClass: StorageClass) -> Set<String> { [] }

    /// No parameters.
    public func readParameters(of storageClass: StorageClass) -> Set<String> { [] }
}

/// A dataset that is to be written, and how.
public struct WriteTarget: Sendable {
    /// The dataset; a component's for a part of a composite that is stored in parts.
    public let ref: DatasetRef
    /// Its storage class.
    public let storageClass: StorageClass
    /// Class name of the formatter, as the configuration gives it and the record will hold it.
    public let formatter: String
    /// Write parameters of the configuration: the formatter's defaults with the entry's own laid over them.
    public let parameters: ConfigTree
    /// Write recipes of the formatter's class, by name.
    public let recipes: ConfigTree

    /// Creates a description of what is to be written.
    public init(
        ref: DatasetRef,
        storageClass: StorageClass,
        formatter: String,
        parameters: ConfigTree = .empty,
        recipes: ConfigTree = .empty
    ) {
        self.ref = ref
        self.storageClass = storageClass
        self.formatter = formatter
        self.parameters = parameters
        self.recipes = recipes
    }
}

/// What is to be read from a file.
public struct ReadRequest: Sendable {
    /// The dataset as the repository knows it, never a component of it.
    public let ref: DatasetRef
    /// Storage class with which the file was written.
    public let storageClass: StorageClass
    /// The component wanted of the file's content; nil for all of it.
    public let component: String?
    /// Storage class of what is wanted: of the component, or ``storageClass``.
    public let resultClass: StorageClass
    /// Those of the parameters given that the formatter heeds.
    public let parameters: ReadParameters

    /// Creates a request.
    public init(
        ref: DatasetRef,
        storageClass: StorageClass,
        component: String? = nil,
        resultClass: StorageClass? = nil,
        parameters: ReadParameters = ReadParameters()
    ) {
        self.ref = ref
        self.storageClass = storageClass
        self.component = component
        self.resultClass = resultClass ?? storageClass
        self.parameters = parameters
    }
}
