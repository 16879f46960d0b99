import Datasets
import Dimensions
import Foundation
import StewardCore
import Testing

@testable import Datastores

/// Cases that Python and the reference computed; `Fixtures/datastores/make-fixtures.py` makes them.
@Suite struct ReferenceFixtureTests {
    private static func fixture(_ name: String) throws -> [JSONValue] {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let file = tests.appending(path: "Fixtures/datastores/" + name)
        return try #require(try JSONValue(parsing: Array(Data(contentsOf: file)), source: name).array)
    }

    @Test("format specifications give what Python gives")
    func formatSpecs() throws {
        var failures: [String] = []
        for row in try Self.fixture("format-specs.json") {
            let given = try #require(row.array?[1])
            let text = try #require(row.array?[2].string)
            // Truth values without a specification never come to one.
            if given.bool != nil, text.isEmpty { continue }
            let spec = FormatSpec(text)
            let actual =
                switch row.array?[0].string {
                case "int": given.string.flatMap { Int64($0) }.flatMap { number in spec?.format(number) }
                case "float": given.double.flatMap { number in spec?.format(number) }
                case "bool": given.bool.flatMap { flag in spec?.format(flag ? 1 : Int64(0)) }
                default: given.string.flatMap { string in spec?.format(string) }
                }
            let expected = row.array?[3].string
            if actual != expected {
                failures.append("format(\(given.text()), '\(text)') is \(actual ?? "nil"), not \(expected ?? "nil")")
            }
        }
        #expect(failures == [])
    }

    @Test("paths are those of the reference, and what it refuses is refused")
    func paths() throws {
        let refs = try references()
        var failures: [String] = []
        for row in try Self.fixture("templates.json") {
            let text = try #require(row.array?[0].string)
            guard let paths = row.array?[1].members else {
                #expect(throws: ButlerError(.configuration, ""), "\(text)") { try FileTemplate(text) }
                continue
            }
            for member in paths {
                let ref = try #require(refs[member.key])
                let path = try? BoundTemplate(FileTemplate(text), for: ref.datasetType).path(of: ref)
                if path != member.value.string {
                    failures.append("\(text) for \(member.key) is \(path ?? "nil"), not \(member.value.text())")
                }
            }
        }
        #expect(failures == [])
    }

    // MARK: Datasets

    private static let keys: [String: DimensionValue] = [
        "instrument": "Cam1", "band": "g", "physical_filter": "Cam1-G", "detector": 1, "day_obs": 20_250_101,
        "group": "g/1 x", "exposure": 10, "visit": 10, "skymap": "sky1", "tract": 0, "patch": 3, "htm7": 147_103,
        "healpix5": 17,
    ]

    private static let fields: [String: [String: DimensionRecord.FieldValue]] = [
        "instrument": ["name": .string("Cam1")],
        "physical_filter": ["instrument": .string("Cam1"), "name": .string("Cam1-G"), "band": .string("g")],
        "detector": ["instrument": .string("Cam1"), "id": .int(1), "full_name": .string("A1")],
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

    private static let types: [(name: String, dimensions: [String], run: String)] = [
        ("raw", ["exposure", "detector"], "u/me"), ("calexp", ["visit", "detector"], "u/me/20250101T000000Z"),
        ("calexp.wcs", ["visit", "detector"], "u/me/x"), ("visitSummary", ["visit"], "u/me/x y:z"),
        ("deepCoadd", ["patch", "band"], "c/1"), ("skyMap", ["skymap"], "skymaps"),
        ("bias", ["detector"], "Cam1/calib/v1.2#3"), ("flat", ["detector", "physical_filter"], "Cam1/calib/a+b%c"),
        ("gaia", ["htm7"], "refcats"), ("two", ["htm7", "healpix5"], "refcats"), ("isr_config", [], "u/run"),
        ("grp", ["group", "detector"], "u/run"),
    ]

    /// The datasets of the cases by dataset type, their identifiers counted from 1.
    private func references() throws -> [String: DatasetRef] {
        let records = try Self.fields.map { try DimensionRecord(Sample.universe.element($0), $1) }
        var refs: [String: DatasetRef] = [:]
        for (index, row) in Self.types.enumerated() {
            let type = try DatasetType(
                name: row.name,
                dimensions: try Sample.universe.group(row.dimensions),
                storageClass: "StructuredDataDict",
                parentStorageClass: row.name.contains(".") ? "Exposure" : nil
            )
            let dataID = try DataCoordinate(Self.keys, for: type.dimensions).expanded(.init(records))
            let id = UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, UInt8(index + 1)))
            refs[row.name] = DatasetRef(type, dataID, run: row.run, id: id)
        }
        return refs
    }
}
