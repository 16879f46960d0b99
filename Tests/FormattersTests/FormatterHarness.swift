import AstroTime
import ButlerConfig
import Datasets
import Datastores
import Dimensions
import Formatters
import Foundation
import Resources
import StewardCore

/// Reads and writes files with the shipped formatters, outside a repository.
struct FormatterHarness {
    let storageClasses: StorageClassCatalog
    let catalog: FormatterCatalog
    let universe: DimensionUniverse

    init() throws {
        universe = try DimensionUniverse(definition: DimensionUniverse.defaultDefinition)
        storageClasses = StorageClassCatalog(try ButlerDefaults.storageClasses().definitions)
        catalog = try FormatterCatalog(ButlerDefaults.datastore["formatters"], in: universe)
    }

    /// Files that the reference wrote, made by `Tests/Peers/reference_formatters.py write`.
    static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures/formatters").path

    func ref(_ storageClass: String) throws -> DatasetRef {
        let type = try DatasetType(name: "x", dimensions: universe.emptyGroup, storageClass: storageClass)
        return DatasetRef(type, .empty(in: universe), run: "r", id: UUID())
    }

    func target(_ storageClass: String, parameters: ConfigTree? = nil) throws -> WriteTarget {
        let ref = try ref(storageClass)
        let entry = try catalog.entry(for: LookupKey.keys(for: ref))
        return WriteTarget(
            ref: ref,
            storageClass: try storageClasses.storageClass(storageClass),
            formatter: entry.formatter,
            parameters: parameters ?? entry.parameters
        )
    }

    func encode(_ object: any Sendable, _ storageClass: String, parameters: ConfigTree? = nil) throws -> [UInt8] {
        let target = try target(storageClass, parameters: parameters)
        let formatter = try FormatterRegistry.shipped.formatter(target.formatter)
        return try formatter.encode(try formatter.prepared(object, for: target), for: target) ?? []
    }

    func decode(_ bytes: [UInt8], _ storageClass: String, suffix: String? = nil) throws -> any Sendable {
        let target = try target(storageClass)
        let formatter = try FormatterRegistry.shipped.formatter(target.formatter)
        let store = MemoryStore()
        let path = try ResourcePath("mem://m/x" + (suffix ?? formatter.fileExtension(for: target)))
        try store.write(bytes, to: path, overwrite: true)
        let request = ReadRequest(ref: target.ref, storageClass: target.storageClass)
        return try formatter.read(ArtifactSource(path, store: store), request)
    }

    func decode(_ text: String, _ storageClass: String, suffix: String? = nil) throws -> any Sendable {
        try decode(Array(text.utf8), storageClass, suffix: suffix)
    }

    /// The bytes of a file that the reference wrote.
    static func fixture(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: fixtures + "/" + name)))
    }
}

/// Runs the reference, if it is there.
enum Reference {
    /// Path of the Python with the reference, from the environment variable `STEWARD_REFERENCE`.
    static let python: String? = {
        guard let root = ProcessInfo.processInfo.environment["STEWARD_REFERENCE"], !root.isEmpty else { return nil }
        let path = root + "/bin/python"
        return FileManager.default.isExecutableFile(atPath: path) ? path : nil
    }()

    /// What a peer script prints.
    static func run(_ script: String, _ arguments: [String]) throws -> [UInt8] {
        let peers = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: python ?? "/nowhere")
        process.arguments = [peers.appending(path: "Peers/" + script).path] + arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw ButlerError(.unknown, "\(script) \(arguments) failed.") }
        return Array(data)
    }
}
