import ButlerConfig
import Datasets
import Dimensions
import Foundation
import Resources
import StewardCore

/// The datasets of one small camera; the same as in `Fixtures/datastores/make-fixtures.py`.
struct TestData {
    let universe: DimensionUniverse
    let storageClasses: StorageClassCatalog
    private let records: DataCoordinate.RecordSet

    init(delegate: String? = nil) throws {
        let universe = try DimensionUniverse(definition: DimensionUniverse.defaultDefinition)
        self.universe = universe
        var classes = Self.ownClasses
        if let delegate { classes["Composite", "delegate"] = .string(delegate) }
        storageClasses = StorageClassCatalog(try ButlerDefaults.storageClasses(overridingWith: classes).definitions)
        records = DataCoordinate.RecordSet(
            try Self.fields.map { name, fields in
                try DimensionRecord(try universe.element(name), fields)
            }
        )
    }

    /// A composite of two mappings and a derived part, beside the shipped storage classes.
    static let ownClasses: ConfigTree = [
        "Composite": [
            "pytype": "dict", "components": ["wcs": "StructuredDataDict", "psf": "StructuredDataDict"],
            "derivedComponents": ["size": "int"], "parameters": ["slice"],
        ],
        "Bytes": ["pytype": "builtins.bytes"],
        "OtherBytes": ["pytype": "other.bytes", "converters": ["builtins.bytes": "f"]],
    ]

    /// Values of all data IDs by dimension.
    static let keys: [String: DimensionValue] = [
        "instrument": "Cam1", "band": "g", "physical_filter": "Cam1-G", "detector": 1, "day_obs": 20_250_101,
        "group": "g/1 x", "exposure": 10, "visit": 10, "skymap": "sky1", "tract": 0, "patch": 3, "htm7": 147_103,
        "healpix5": 17,
    ]

    private static let fields: [String: [String: DimensionRecord.FieldValue]] = [
        "instrument": ["name": .string("Cam1"), "visit_max": .int(999)],
        "physical_filter": ["instrument": .string("Cam1"), "name": .string("Cam1-G"), "band": .string("g")],
        "detector": [
            "instrument": .string("Cam1"), "id": .int(1), "full_name": .string("A1"), "name_in_raft": .string("1"),
            "raft": .string("A"),
        ],
        "day_obs": ["instrument": .string("Cam1"), "id": .int(20_250_101)],
        "group": ["instrument": .string("Cam1"), "name": .string("g/1 x")],
        "exposure": [
            "instrument": .string("Cam1"), "id": .int(10), "obs_id": .string("ten"),
            "physical_filter": .string("Cam1-G"), "group": .string("g/1 x"), "day_obs": .int(20_250_101),
            "exposure_time": .real(30), "dark_time": .real(31.25), "observation_reason": .string("a:b?"),
            "target_name": .string("M 31 / \"x\".y#z"), "azimuth": .real(1e-7), "zenith_angle": .real(1e17),
            "has_simulated": .bool(false), "can_see_sky": .bool(true),
        ],
        "visit": [
            "instrument": .string("Cam1"), "id": .int(10), "name": .string("ten"),
            "physical_filter": .string("Cam1-G"), "day_obs": .int(20_250_101), "exposure_time": .real(30),
        ],
        "skymap": ["name": .string("sky1"), "hash": .bytes([1])],
        "tract": ["skymap": .string("sky1"), "id": .int(0)],
        "patch": [
            "skymap": .string("sky1"), "tract": .int(0), "id": .int(3), "cell_x": .int(1), "cell_y": .int(2),
        ],
    ]

    /// A dataset with its records attached.
    func ref(
        _ name: String,
        _ dimensions: [String] = [],
        run: String = "u/run",
        storageClass: String = "StructuredDataDict",
        id: UUID = UUID(),
        keys: [String: DimensionValue] = [:]
    ) throws -> DatasetRef {
        let group = try universe.group(dimensions)
        let values = TestData.keys.merging(keys) { $1 }
        let type = try DatasetType(
            name: name,
            dimensions: group,
            storageClass: storageClass,
            parentStorageClass: name.contains(".") ? "Composite" : nil
        )
        var records = records
        if let detector = keys["detector"]?.int {
            let element = try universe.element("detector")
            let fields = (Self.fields["detector"] ?? [:]).merging([
                "id": .int(detector), "full_name": .string("A\(detector)"),
            ]) { $1 }
            records = DataCoordinate.RecordSet(records.all + [try DimensionRecord(element, fields)])
        }
        let dataID = try DataCoordinate(values, for: group).expanded(records)
        return DatasetRef(type, dataID, run: run, id: id)
    }

    /// The datasets of the fixtures by dataset type.
    func fixtureRefs() throws -> [String: DatasetRef] {
        let rows: [(String, [String], String)] = [
            ("raw", ["exposure", "detector"], "u/me"), ("calexp", ["visit", "detector"], "u/me/20250101T000000Z"),
            ("calexp.wcs", ["visit", "detector"], "u/me/x"), ("visitSummary", ["visit"], "u/me/x y:z"),
            ("deepCoadd", ["patch", "band"], "c/1"), ("skyMap", ["skymap"], "skymaps"),
            ("bias", ["detector"], "Cam1/calib/v1.2#3"), ("flat", ["detector", "physical_filter"], "Cam1/calib/a+b%c"),
            ("gaia", ["htm7"], "refcats"), ("two", ["htm7", "healpix5"], "refcats"), ("isr_config", [], "u/run"),
            ("grp", ["group", "detector"], "u/run"),
        ]
        var refs: [String: DatasetRef] = [:]
        for (number, (name, dimensions, run)) in rows.enumerated() {
            let id = uuid(number + 1)
            refs[name] = try ref(name, dimensions, run: run, storageClass: "Composite", id: id)
        }
        return refs
    }
}

/// The UUID whose 128-bit number is a small one.
func uuid(_ number: Int) -> UUID {
    var bytes = UUID_NULL
    bytes.15 = UInt8(number)
    return UUID(uuid: bytes)
}

private let UUID_NULL: uuid_t = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)

/// A JSON file of `Tests/Fixtures/datastores`.
func fixture(_ name: String) throws -> JSONValue {
    let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let file = directory.appending(path: "Fixtures/datastores/" + name)
    return try JSONValue(parsing: Array(Data(contentsOf: file)), source: name)
}

/// A directory that is removed when the value goes away.
final class Scratch: Sendable {
    let root: ResourcePath

    init(in directory: String? = nil) throws {
        let base = directory ?? FileManager.default.temporaryDirectory.resolvingSymlinksInPath().path
        root = ResourcePath(localPath: base + "/steward-datastores-\(UUID().uuidString)", isDirectory: true)
        try FileStore.makeDirectories(root.path)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: root.path)
    }

    @discardableResult
    func file(_ name: String, _ text: String = "content") throws -> ResourcePath {
        let path = root.appending(name)
        try FileStore().write(Array(text.utf8), to: path, overwrite: true)
        return path
    }

    func text(_ name: String) throws -> String {
        String(decoding: try FileStore().read(root.appending(name)), as: UTF8.self)
    }

    /// Names of the files below the directory, sorted.
    var files: [String] {
        let names = (try? FileManager.default.subpathsOfDirectory(atPath: root.path)) ?? []
        return names.filter { name in
            var isDirectory: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: root.path + "/" + name, isDirectory: &isDirectory)
            return !isDirectory.boolValue
        }.sorted()
    }
}
