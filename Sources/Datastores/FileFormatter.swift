public import ButlerConfig
public import Datasets
internal import Resources
public import StewardCore

/// Reads and writes files of one format.
///
/// To add one: make a type, list the Python class names that it stands for in ``referenceNames``, and pass it to
/// ``FormatterCatalog/adding(_:delegates:)``.
public protocol FileFormatter: Sendable {
    /// Full names of the Python classes that it stands for, former ones included.
    static var referenceNames: [String] { get }

    /// Creates a formatter as the configuration asks.
    init(_ options: FormatterOptions) throws

    /// Suffix of the files that it writes, with its dot.
    var fileExtension: String { get }

    /// Suffixes of the files that can be ingested; empty for any.
    var supportedExtensions: Set<String> { get }

    /// The types that ``write(_:to:)`` takes, for messages.
    var writtenTypes: String { get }

    /// Whether an object can be written.
    func canWrite(_ object: any Sendable) -> Bool

    /// Fails if an object cannot be written as one of a storage class; called before anything is written.
    func check(_ object: any Sendable, for storageClass: StorageClass) throws

    /// Components that ``read(_:_:)`` can read by itself.
    func readableComponents(of storageClass: StorageClass) -> Set<String>

    /// Whether ``read(_:_:)`` takes implied values of the data ID, such as the filter of an exposure.
    func needsFullDataID(for component: String?) -> Bool

    /// Names of the parameters that ``read(_:_:)`` obeys.
    func readableParameters(of storageClass: StorageClass) -> Set<String>

    /// Reads what is asked for.
    func read(_ source: FileSource, _ request: ReadRequest) throws -> any Sendable

    /// The bytes of the file of an object, if they are made in memory; nil if only ``write(_:to:)`` can make it.
    func encode(_ object: any Sendable) throws -> [UInt8]?

    /// Writes an object to a new file.
    func write(_ object: any Sendable, to path: String) throws
}

extension FileFormatter {
    /// Any suffix.
    public var supportedExtensions: Set<String> { [] }

    /// Fails unless ``canWrite(_:)``.
    ///
    /// - Parameters:
    ///   - object: The object.
    ///   - storageClass: What it is to be.
    /// - Throws: ``ButlerError`` with `.formatter`.
    public func check(_ object: any Sendable, for storageClass: StorageClass) throws {
        guard canWrite(object) else { throw unwritable(object) }
    }

    /// No components.
    public func readableComponents(of storageClass: StorageClass) -> Set<String> { [] }

    /// Never.
    public func needsFullDataID(for component: String?) -> Bool { false }

    /// No parameters.
    public func readableParameters(of storageClass: StorageClass) -> Set<String> { [] }

    /// Nothing in memory.
    public func encode(_ object: any Sendable) throws -> [UInt8]? { nil }

    /// Writes the bytes that ``encode(_:)`` gives.
    ///
    /// - Parameters:
    ///   - object: An object of the types it takes.
    ///   - path: Path of a file that does not exist.
    /// - Throws: ``ButlerError`` with `.formatter` if it cannot be written, or errors of the file system.
    public func write(_ object: any Sendable, to path: String) throws {
        guard let bytes = try encode(object) else { throw unwritable(object) }
        try FileStore().write(bytes, to: ResourcePath(localPath: path), overwrite: false)
    }

    /// The error of an object that cannot be written.
    ///
    /// - Parameter object: The object.
    /// - Returns: The error, with the type it has and those that are taken.
    public func unwritable(_ object: any Sendable) -> ButlerError {
        ButlerError(
            .formatter,
            "\(Self.self) cannot write an object of type \(type(of: object)).",
            remedy: "It writes \(writtenTypes)."
        )
    }
}

/// What the configuration says of a formatter.
public struct FormatterOptions: Sendable, Hashable {
    /// Python class name, as records hold it.
    public var className: String
    /// Write parameters.
    public var parameters: ConfigMap
    /// Write recipes by name.
    public var recipes: ConfigMap

    /// Creates options.
    public init(className: String, parameters: ConfigMap = ConfigMap(), recipes: ConfigMap = ConfigMap()) {
        self.className = className
        self.parameters = parameters
        self.recipes = recipes
    }
}
