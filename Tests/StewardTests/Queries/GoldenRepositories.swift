import AstroTime
import Databases
import Datasets
import Dimensions
import Foundation
import Registry
import StewardCore
import StewardTesting
import Testing

@testable import Steward

/// The repositories of the golden query cases: the reference's registry test data, imported without data files, and the
/// steps that each group of cases adds.
actor GoldenRepositories {
    /// All of them, gone when the process ends.
    static let shared: GoldenRepositories = {
        atexit { try? FileManager.default.removeItem(atPath: GoldenRepositories.shared.path) }
        return GoldenRepositories()
    }()

    private let folder = NSTemporaryDirectory() + "steward-queries-" + UUID().uuidString
    private var made: [String: Task<String, any Error>] = [:]
    private var opened: [String: Task<Butler, any Error>] = [:]

    /// The folder with all repositories made so far.
    nonisolated var path: String { folder }

    /// The repository of a group of cases.
    func root(of group: JSONValue) async throws -> String {
        let name = group["group"]?.string ?? ""
        if let task = made[name] { return try await task.value }
        let task = Task { try await fresh(group, as: name) }
        made[name] = task
        return try await task.value
    }

    /// The repository of a group of cases, opened once for all its readers.
    func butler(of group: JSONValue) async throws -> Butler {
        let name = group["group"]?.string ?? ""
        if let task = opened[name] { return try await task.value }
        let task = Task { try await Butler.open(try await self.root(of: group)) }
        opened[name] = task
        return try await task.value
    }

    /// Makes a repository for a group of cases, of which nobody else knows; returns its root.
    func fresh(_ group: JSONValue, as name: String) async throws -> String {
        let root = "\(folder)/\(name)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try await Self.make(group, at: root)
        return root
    }

    /// Folder with the data files that come with the reference.
    private static func data() throws -> String {
        let library = Reference.environment + "/lib"
        let versions = try FileManager.default.contentsOfDirectory(atPath: library)
        let paths = versions.map { "\(library)/\($0)/site-packages/lsst/daf/butler/tests/registry_data" }
        return try #require(paths.first { FileManager.default.fileExists(atPath: $0) })
    }

    private static func make(_ group: JSONValue, at root: String) async throws {
        try await Butler.create(root, RepositoryCreation(seedConfig: TestBackend.current.seedConfig(for: root)))
        let butler = try await Butler.open(root, writeable: true)
        for name in (group["load"]?.array ?? []).compactMap(\.string) {
            let path = try data() + "/" + name
            let text = try String(contentsOfFile: path, encoding: .utf8)
            try await load(try ExportFile(parsing: text, source: path), into: butler)
        }
        for step in group["setup"]?.array ?? [] { try await apply(step, to: butler) }
    }

    /// Imports records, dataset types, collections and datasets, no files.
    private static func load(_ export: ExportFile, into butler: Butler) async throws {
        var file = export
        _ = try file.migrate(to: butler.universe) { _ in nil }
        try await butler.insert(try file.records(in: butler.universe).flatMap(\.records), onExisting: .skip)
        for block in file.datasetTypes {
            let type = try DatasetType(
                name: block.name,
                dimensions: butler.universe.group(block.dimensions),
                storageClass: block.storageClass,
                isCalibration: block.isCalibration
            )
            try await butler.register(type)
        }
        for info in file.collections where info.kind != .chained {
            try await butler.collections.register(info.name, info.kind)
        }
        for info in file.collections where info.kind == .chained {
            try await butler.collections.register(info.name, .chained)
            try await butler.collections.redefineChain(info.name, info.children)
        }
        for block in file.datasets {
            let type = try await butler.datasetType(block.datasetType)
            let rows = try block.files.flatMap(\.datasets).map { dataset in
                (
                    dataset.id,
                    try DataCoordinate(dataset.dataID.compactMapValues(\.dimensionValue), for: type.dimensions)
                )
            }
            try await insert(rows, type, block.run, butler)
        }
        for block in file.associations {
            try await butler.collections.register(block.collection, block.kind)
            for members in block.members {
                try await associate(members.datasets, block.collection, members.validity, butler)
            }
        }
    }

    private static func insert(
        _ rows: [(DatasetID, DataCoordinate)],
        _ type: DatasetType,
        _ run: String,
        _ butler: Butler
    ) async throws {
        try await butler.collections.register(run, .run)
        let refs = rows.map { DatasetRef(type, $1, run: run, id: $0) }
        _ = try await butler.write { try butler.registry.datasets.importing(refs, on: $0) }
    }

    private static func associate(
        _ ids: [DatasetID],
        _ collection: String,
        _ validity: Timespan?,
        _ butler: Butler
    ) async throws {
        var refs: [DatasetRef] = []
        for id in ids { refs.append(try #require(try await butler.find(id: id))) }
        if let validity {
            try await butler.certify(refs, in: collection, validity: validity)
        } else {
            try await butler.associate(refs, with: collection)
        }
    }

    // MARK: Steps

    private static func apply(_ step: JSONValue, to butler: Butler) async throws {
        let name = step["name"]?.string ?? ""
        switch step["op"]?.string {
        case "dimension":
            let element = try butler.universe.element(step["element"]?.string ?? "")
            try await butler.insert(try (step["records"]?.array ?? []).map { try record($0, of: element) })
        case "collection":
            let kind = try #require(CollectionKind(word: step["type"]?.string ?? ""))
            try await butler.collections.register(name, kind)
        case "chain":
            try await butler.collections.register(name, .chained)
            try await butler.collections.redefineChain(name, (step["children"]?.array ?? []).compactMap(\.string))
        case "dataset_type":
            let group = try butler.universe.group((step["dimensions"]?.array ?? []).compactMap(\.string))
            let type = try DatasetType(name: name, dimensions: group, storageClass: step["storage_class"]?.string ?? "")
            try await butler.register(type)
        case "datasets":
            let type = try await butler.datasetType(step["dataset_type"]?.string ?? "")
            let rows = try (step["rows"]?.array ?? []).map { row -> (DatasetID, DataCoordinate) in
                let values = try GoldenValues.dataID(row["data_id"]).compactMapValues(\.dimensionValue)
                return (try identifier(row["id"]), try DataCoordinate(values, for: type.dimensions))
            }
            try await insert(rows, type, step["run"]?.string ?? "", butler)
        case "associate", "certify":
            let ids = try (step["ids"]?.array ?? []).map(identifier)
            let validity = try step["timespan"].map(GoldenValues.timespan)
            try await associate(ids, step["collection"]?.string ?? "", validity, butler)
        default: Issue.record("unknown step \(step.text())")
        }
    }

    private static func identifier(_ json: JSONValue?) throws -> DatasetID {
        try #require(UUID(uuidString: json?.string ?? ""))
    }

    private static func record(_ json: JSONValue, of element: DimensionElement) throws -> DimensionRecord {
        var fields: [String: DimensionRecord.FieldValue] = [:]
        for member in json.members ?? [] {
            switch member.value {
            case .null: fields[member.key] = .null
            case .bool(let value): fields[member.key] = .bool(value)
            default:
                switch try GoldenValues.literal(member.value) {
                case .int(let value): fields[member.key] = .int(value)
                case .real(let value): fields[member.key] = .real(value)
                case .string(let value): fields[member.key] = .string(value)
                case .timespan(let value): fields[member.key] = .timespan(value)
                case .region(let value): fields[member.key] = .region(value)
                default: Issue.record("unusable value \(member.value.text())")
                }
            }
        }
        return try DimensionRecord(element, fields)
    }
}
