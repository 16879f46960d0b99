import ButlerConfig
import Datasets
import Datastores
import Dimensions
import Foundation
import Resources
import StewardCore

/// Text as bytes.
struct BytesFormatter: DatasetFormatter {
    let fileExtensions = [".bin", ".dat", ".fits.gz"]

    func prepared(_ object: any Sendable, for target: WriteTarget) throws -> any Sendable {
        guard object is String else { throw ButlerError(.storageClass, "A \(type(of: object)) is not text.") }
        return object
    }

    func encode(_ object: any Sendable, for target: WriteTarget) throws -> [UInt8]? {
        (object as? String).map { Array($0.utf8) }
    }

    func read(_ source: ArtifactSource, _ request: ReadRequest) throws -> any Sendable {
        String(decoding: try source.bytes(), as: UTF8.self)
    }
}

/// Mappings through a file; reads `wcs` alone and heeds `first`.
struct PartsFormatter: DatasetFormatter {
    let fileExtensions = [".parts"]

    func prepared(_ object: any Sendable, for target: WriteTarget) throws -> any Sendable {
        guard object is JSONValue else { throw ButlerError(.storageClass, "A \(type(of: object)) is no mapping.") }
        return object
    }

    func write(_ object: any Sendable, to path: String, for target: WriteTarget) throws {
        guard let value = object as? JSONValue else { return }
        try Data(value.text().utf8).write(to: URL(fileURLWithPath: path))
        if value["fail"] != nil { throw ButlerError(.fileAccess, "failed half-way") }
    }

    func read(_ source: ArtifactSource, _ request: ReadRequest) throws -> any Sendable {
        let value = try JSONValue(parsing: try source.bytes(), source: source.location.description)
        let part = request.component.flatMap { value[$0] } ?? value
        if let count: Int = try request.parameters.value("first"), let items = part.array {
            return JSONValue.array(Array(items.prefix(count)))
        }
        return part
    }

    func readableComponents(of storageClass: StorageClass) -> Set<String> {
        storageClass.name == "Composite" ? ["wcs"] : []
    }

    func readParameters(of storageClass: StorageClass) -> Set<String> { ["first"] }
}

/// Counts members for the derived component `size`, and keeps the first members for the parameter `slice`.
struct CountingDelegate: StorageClassDelegate {
    func component(_ name: String, of object: any Sendable, _ storageClass: StorageClass) throws -> (any Sendable)? {
        let value = object as? JSONValue
        return name == "size" ? value?.members?.count : value?[name]
    }

    func assemble(_ parts: [String: any Sendable], _ storageClass: StorageClass) throws -> any Sendable {
        JSONValue.object(
            parts.sorted { $0.key < $1.key }.compactMap { name, part in
                (part as? JSONValue).map { .init(name, $0) }
            }
        )
    }

    func applying(
        _ parameters: ReadParameters,
        to object: any Sendable,
        _ storageClass: StorageClass
    ) throws -> any Sendable {
        guard let count: Int = try parameters.value("slice"), let members = (object as? JSONValue)?.members else {
            return object
        }
        return JSONValue.object(Array(members.prefix(count)))
    }

    func source(ofDerived name: String, among stored: Set<String>) -> String? {
        name == "size" ? stored.sorted().first : nil
    }
}

extension FormatterRegistry {
    static let testing: FormatterRegistry = {
        var registry = FormatterRegistry()
        registry.register(BytesFormatter(), for: "test.BytesFormatter")
        registry.register(PartsFormatter(), for: "test.PartsFormatter")
        registry.register(CountingDelegate(), for: "test.Delegate")
        return registry
    }()
}

/// A datastore in a directory of its own.
struct TestDatastore {
    let scratch: Scratch
    let data: TestData
    let datastore: FileDatastore

    init(
        _ section: ConfigTree = .empty,
        isWriteable: Bool = true,
        data: TestData? = nil,
        in directory: String? = nil
    ) throws {
        scratch = try Scratch(in: directory)
        self.data = try data ?? TestData()
        datastore = try TestDatastore.open(section, isWriteable: isWriteable, scratch, self.data)
    }

    /// Opens the datastore of a directory; a given section is laid over the tests' own.
    static func open(
        _ section: ConfigTree,
        isWriteable: Bool = true,
        _ scratch: Scratch,
        _ data: TestData
    ) throws -> FileDatastore {
        let seed: ConfigTree = [
            "datastore":
                ([
                    "formatters": [
                        "Bytes": "test.BytesFormatter", "StructuredDataDict": "test.PartsFormatter",
                        "Composite": "test.PartsFormatter", "unknown": "nobody.KnowsThisFormatter",
                    ]
                ] as ConfigTree).merging(section),
            "storageClasses": TestData.ownClasses,
        ]
        let root = scratch.root.appending("repo")
        let new = try NewRepository(root: root.path, seed: seed)
        try FileStore().write(Array(new.yaml.utf8), to: root.appending("butler.yaml"), overwrite: true)
        return try FileDatastore(
            try RepositoryConfig(root.path),
            universe: data.universe,
            storageClasses: data.storageClasses,
            formatters: .testing,
            isWriteable: isWriteable
        )
    }

    /// Files of the repository but for its configuration.
    var files: [String] {
        scratch.files.filter { $0.hasPrefix("repo/") && $0 != "repo/butler.yaml" }.map { String($0.dropFirst(5)) }
    }

    func bytes(_ name: String = "b", _ detector: Int64 = 1, run: String = "r") throws -> DatasetRef {
        try data.ref(name, ["detector"], run: run, storageClass: "Bytes", keys: ["detector": .int(detector)])
    }

    /// Puts an object as a transaction would.
    @discardableResult
    func put(_ object: any Sendable, _ ref: DatasetRef) async throws -> [StoredFileInfo] {
        let pending = try await datastore.prepare([NewDataset(object, ref)])
        try pending.install()
        pending.commit()
        return pending.infos
    }
}
