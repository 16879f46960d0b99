import ButlerConfig
import Datasets
import Datastores
import Dimensions
import Foundation
import StewardCore

/// The little observatory of the golden paths: Cam1 with exposure and visit 10, detectors 1 and 2, sky1.
enum Sample {
    static let universe: DimensionUniverse = {
        guard let universe = try? DimensionUniverse(definition: DimensionUniverse.defaultDefinition) else {
            preconditionFailure("the default universe does not read")
        }
        return universe
    }()

    static let values: [String: DimensionValue] = [
        "instrument": "Cam1", "detector": 1, "exposure": 10, "visit": 10, "day_obs": 20_250_101,
        "physical_filter": "Cam1-G", "band": "g", "group": "g1", "skymap": "sky1", "tract": 0, "patch": 3,
        "htm7": 147_103,
    ]

    static func records(_ values: [String: DimensionValue]) throws -> [DimensionRecord] {
        let instrument = values["instrument"] ?? ""
        func record(_ element: String, _ named: [String: DimensionRecord.FieldValue]) throws -> DimensionRecord {
            var all = named
            if case .string(let name) = instrument { all["instrument"] = .string(name) }
            return try DimensionRecord(universe.element(element), all)
        }
        let detector = values["detector"]?.int ?? 1
        let exposure: [String: DimensionRecord.FieldValue] = [
            "day_obs": .int(20_250_101), "physical_filter": .string("Cam1-G"), "exposure_time": .real(30),
        ]
        let filter = values["physical_filter"]?.string ?? ""
        let band = values["band"]?.string ?? ""
        return [
            try record("instrument", ["detector_max": .int(4)]),
            try record("physical_filter", ["physical_filter": .string(filter), "band": .string(band)]),
            try record("day_obs", ["day_obs": .int(20_250_101)]),
            try record("visit_detector_region", ["visit": .int(10), "detector": .int(detector)]),
            try record("detector", ["detector": .int(detector), "full_name": .string("A\(detector)")]),
            try record(
                "exposure",
                exposure.merging(["exposure": .int(10), "obs_id": .string("ten"), "group": .string("g1")]) { $1 }
            ),
            try record("visit", exposure.merging(["visit": .int(10), "name": .string("ten")]) { $1 }),
        ]
    }

    static func ref(
        _ name: String,
        _ dimensions: [String],
        run: String,
        storageClass: String = "StructuredDataDict",
        _ own: [String: DimensionValue] = [:],
        id: UUID = UUID(),
        parent: String? = nil
    ) throws -> DatasetRef {
        let group = try universe.group(dimensions)
        let values = values.merging(own) { $1 }
        let dataID = try DataCoordinate(values.filter { group.contains($0.key) }, for: group)
        let expanded = dataID.expanded(.init(try records(values)))
        let type = try DatasetType(
            name: name,
            dimensions: group,
            storageClass: storageClass,
            parentStorageClass: parent
        )
        return DatasetRef(type, expanded, run: run, id: id)
    }

    static func templates(_ section: ConfigTree) throws -> FileTemplates {
        try FileTemplates(section.map ?? ConfigMap(), in: universe)
    }
}

/// A directory for one test, removed with the value.
final class Scratch: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/steward-datastore-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Opens a datastore whose configuration has more than the defaults.
    func datastore(
        _ section: ConfigTree = .empty,
        storageClasses: ConfigTree = .empty,
        formatters: FormatterCatalog = FormatterCatalog([BytesFormatter.self, PairFormatter.self]),
        isWriteable: Bool = true
    ) throws -> FileDatastore {
        let repository = path + "/repo"
        try FileManager.default.createDirectory(atPath: repository, withIntermediateDirectories: true)
        let own: ConfigTree = ["cls": .string(ButlerDefaults.fileDatastore), "root": "<butlerRoot>"]
        let config: ConfigTree = [
            "datastore": own.merging(section),
            "registry": ["db": "sqlite:///<butlerRoot>/gen3.sqlite3"],
            "storageClasses": storageClasses,
        ]
        try Data(config.yaml().utf8).write(to: URL(fileURLWithPath: repository + "/butler.yaml"))
        let loaded = try RepositoryConfig(repository)
        return try FileDatastore(
            loaded,
            universe: Sample.universe,
            storageClasses: StorageClassCatalog(try loaded.storageClasses().definitions),
            formatters: formatters,
            isWriteable: isWriteable
        )
    }

    /// Makes a file with some content.
    func file(_ name: String, _ text: String = "mean: 101.1\n") throws -> String {
        let file = path + "/" + name
        let folder = URL(fileURLWithPath: file).deletingLastPathComponent()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
        return file
    }

    /// Files below the repository other than its configuration.
    func stored() -> [String] {
        let found = FileManager.default.enumerator(atPath: path + "/repo")?.compactMap { $0 as? String } ?? []
        return found.filter { $0 != "butler.yaml" && $0.contains(".") && !isDirectory($0) }.sorted()
    }

    private func isDirectory(_ name: String) -> Bool {
        var isDirectory: ObjCBool = false
        return FileManager.default.fileExists(atPath: path + "/repo/" + name, isDirectory: &isDirectory)
            && isDirectory.boolValue
    }
}

/// Text files under the name of the reference's YAML formatter.
struct BytesFormatter: FileFormatter {
    static let referenceNames = ["lsst.daf.butler.formatters.yaml.YamlFormatter"]
    let fileExtension = ".yaml"
    let supportedExtensions: Set<String> = [".yaml"]
    let writtenTypes = "String"

    init(_ options: FormatterOptions) {}

    func canWrite(_ object: any Sendable) -> Bool { object is String }
    func read(_ source: FileSource, _ request: ReadRequest) throws -> any Sendable { try source.text() }

    func encode(_ object: any Sendable) throws -> [UInt8]? {
        guard let text = object as? String else { throw unwritable(object) }
        return Array(text.utf8)
    }
}

/// JSON files under the name of the reference's JSON formatter, written by path.
struct PairFormatter: FileFormatter {
    static let referenceNames = ["lsst.daf.butler.formatters.json.JsonFormatter"]
    let fileExtension = ".json"
    let writtenTypes = "JSONValue"

    init(_ options: FormatterOptions) {}

    func canWrite(_ object: any Sendable) -> Bool { object is JSONValue }

    func read(_ source: FileSource, _ request: ReadRequest) throws -> any Sendable {
        try JSONValue(parsing: source.bytes(), source: source.name)
    }

    func write(_ object: any Sendable, to path: String) throws {
        guard let value = object as? JSONValue else { throw unwritable(object) }
        try Data(value.text().utf8).write(to: URL(fileURLWithPath: path))
    }
}
