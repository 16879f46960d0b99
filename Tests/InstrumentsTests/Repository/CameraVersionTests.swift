import AstroTime
import Foundation
import SphericalGeometry
import Steward
import StewardCore
import Testing

@testable import Instruments

/// Regions with the camera that is valid at the time of an exposure.
@Suite struct CameraVersionTests {
    private static let first: Int64 = 2_026_031_000_001
    private static let fixture = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Fixtures/cameras/camera.fits")
        .path

    private func instant(_ exposure: Double) throws -> TAI {
        try TAI(61_109.9499 + 0.001 * exposure, format: .mjd, scale: .tai)
    }

    /// A repository with three exposures and the dataset type of cameras.
    private func exposures(_ night: RawNight, storageClass: String) async throws -> (Butler, DatasetType) {
        try night.write(1...3, detectors: 1)
        let butler = try await night.open()
        _ = try await night.ingest(butler)
        let type = try DatasetType(
            name: "camera",
            dimensions: butler.universe.group(["instrument"]),
            storageClass: storageClass,
            isCalibration: true
        )
        try await butler.register(type)
        try await butler.collections.register("SimCam/calib", .calibration)
        return (butler, type)
    }

    private func certify(_ butler: Butler, _ ref: DatasetRef, from begin: Double?, until end: Double?) async throws {
        let validity = try Timespan(begin: begin.map { try instant($0) }, end: end.map { try instant($0) })
        try await butler.certify([ref], in: "SimCam/calib", validity: validity)
    }

    /// A version with detector 2 in another place.
    private func put(
        _ butler: Butler,
        _ type: DatasetType,
        x: Double,
        serial: String,
        run: String
    ) async throws
        -> DatasetRef
    {
        let detector: JSONValue = .object([
            "id": .int(2), "name": .string("R00_S10"), "raft": .string("R00"), "name_in_raft": .string("S10"),
            "serial": .string(serial), "offset_mm": .array([.double(x), .double(7.9)]),
        ])
        let camera: JSONValue = .object(["camera": .object(["detectors": .array([detector])])])
        let dataID = try await butler.dataID(["instrument": "SimCam"], for: type.dimensions)
        return try await butler.put(camera, as: type, dataID, run: run)
    }

    private func regions(_ butler: Butler, _ exposure: Int64) async throws -> [Int64: Region] {
        let records = try await butler.queryDimensionRecords(
            "visit_detector_region",
            where: "instrument = 'SimCam' AND visit = \(exposure)"
        )
        return Dictionary(
            records.compactMap { record in
                record["detector"]?.dimensionValue?.int.flatMap { id in record.region.map { (id, $0) } }
            }
        ) { $1 }
    }

    /// The regions that a camera gives.
    private func expected(_ camera: CameraDefinition, _ butler: Butler, _ id: Int64) async throws -> [Int64: Region] {
        let record = try #require(
            try await butler.queryDimensionRecords("exposure", where: "instrument = 'SimCam' AND exposure = \(id)")
                .first
        )
        let pointing = try #require(ExposureSummary(record).flatMap { Pointing($0) })
        let regions = try CameraFootprint(camera).regions([pointing])
        return Dictionary(regions.detectors.map { ($0.id, .polygon($0.region)) }) { $1 }
    }

    @Test("each exposure gets the version that is valid at its time, else the definition")
    func structured() async throws {
        let night = try await RawNight()
        let (butler, type) = try await exposures(night, storageClass: "StructuredDataDict")
        let early = try await put(butler, type, x: -9.9, serial: "SIM-0013", run: "u/early")
        let late = try await put(butler, type, x: -12.9, serial: "SIM-0023", run: "u/late")
        try await certify(butler, early, from: nil, until: 2)
        try await certify(butler, late, from: 3, until: nil)
        let report = try await night.defineVisits(butler) { $0.cameraCollections = ["SimCam/calib"] }
        #expect(report.inserted == 3)
        #expect(report.remarks.count == 1 && report.remarks.first?.contains("1 visits") == true)
        let nominal = try RawNight.camera().camera
        let versions = CameraVersions(butler, try RawNight.camera(), collections: ["SimCam/calib"])
        for (offset, serial) in [(0, "SIM-0013"), (1, nil), (2, "SIM-0023")] as [(Int64, String?)] {
            let version = try await versions.version(
                during: Timespan(begin: instant(Double(1 + offset) + 0.2), end: instant(Double(1 + offset) + 0.3))
            )
            #expect(version?.serials[2] == serial && version?.serials[1] == serial.map { _ in "SIM-0002" })
            let camera = version?.camera ?? nominal
            let found = try await regions(butler, Self.first + offset)
            #expect(found == (try await expected(camera, butler, Self.first + offset)))
            let plain = try await expected(nominal, butler, Self.first + offset)
            #expect((found[2] == plain[2]) == (serial == nil) && found[1] == plain[1])
        }
        #expect(try await versions.validity(at: instant(1)) == Timespan(begin: nil, end: instant(2)))
        let cameras = try await versions.cameras(of: [Self.first, Self.first + 1, Self.first + 2])
        #expect(cameras.keys.sorted() == [Self.first, Self.first + 2])
        let again = try await night.defineVisits(butler) { $0.cameraCollections = ["SimCam/calib"] }
        #expect(again.unchanged == 3)
        let error = await failure { _ = try await night.defineVisits(butler) }
        #expect(error?.code == .conflictingDefinition)
    }

    @Test("a camera of the reference is read, with places and serial numbers")
    func archive() async throws {
        let night = try await RawNight()
        let (butler, type) = try await exposures(night, storageClass: "Camera")
        let dataID = try await butler.dataID(["instrument": "SimCam"], for: type.dimensions)
        let ref = DatasetRef(type, dataID, run: "u/camera")
        try await butler.ingest([FileDataset(path: Self.fixture, refs: [ref])], IngestOptions(mode: .copy))
        try await certify(butler, ref, from: nil, until: nil)
        let report = try await night.defineVisits(butler) { options in
            options.cameraCollections = ["SimCam/calib"]
            options.requiresCameraVersion = true
        }
        #expect(report.inserted == 3 && report.remarks.isEmpty)
        let found = try await regions(butler, Self.first)
        let plain = try await expected(RawNight.camera().camera, butler, Self.first)
        for detector in 0..<3 as Range<Int64> {
            guard case .polygon(let stored)? = found[detector], case .polygon(let nominal)? = plain[detector] else {
                Issue.record("no polygon of \(detector)")
                continue
            }
            #expect(stored.matches(nominal), "the same but for rounding")
        }
        // Half a millimetre is 10.3 arc seconds.
        guard case .polygon(let moved)? = found[3], case .polygon(let nominal)? = plain[3] else {
            Issue.record("no polygon")
            return
        }
        let (there, here) = (try #require(moved.centroid), try #require(nominal.centroid))
        let squares = [there.x - here.x, there.y - here.y, there.z - here.z].map { $0 * $0 }
        let shift = squares.reduce(0, +).squareRoot() * 180 / .pi * 3600
        #expect(abs(shift - 10.313) < 0.01, "\(shift)")
        let versions = CameraVersions(butler, try RawNight.camera(), collections: ["SimCam/calib"])
        let version = try #require(try await versions.version(during: Timespan(instant: instant(1))))
        #expect(version.serials == [0: "SIM-0001", 1: "SIM-0002", 2: "SIM-0003", 3: "SIM-0104"])
        #expect(version.camera.detector(1)?.raft == "R00")
    }

    @Test("a version that is required, ambiguous, or of strangers is an error that says so")
    func errors() async throws {
        let night = try await RawNight()
        let (butler, type) = try await exposures(night, storageClass: "StructuredDataDict")
        func problem() async -> ButlerError? {
            await failure {
                _ = try await night.defineVisits(butler) { options in
                    options.cameraCollections = ["SimCam/calib"]
                    options.requiresCameraVersion = true
                }
            }
        }
        #expect(await problem()?.code == .datasetNotFound)
        let dataID = try await butler.dataID(["instrument": "SimCam"], for: type.dimensions)
        let stranger: JSONValue = .object([
            "camera": .object([
                "detectors": .array([
                    .object(["id": .int(7), "name": .string("new"), "offset_mm": .array([.int(0), .int(0)])])
                ])
            ])
        ])
        let wrong = try await butler.put(stranger, as: type, dataID, run: "u/stranger")
        try await certify(butler, wrong, from: nil, until: 1.2)
        #expect(await problem()?.message.contains("detector 7 (new)") == true)
        let shapeless = try await butler.put(JSONValue.object(["detectors": .array([])]), as: type, dataID, run: "u/no")
        _ = try await butler.decertify(type, in: "SimCam/calib", validity: .all)
        try await certify(butler, shapeless, from: nil, until: nil)
        #expect(await problem()?.message.contains("\"camera\"") == true)
        _ = try await butler.decertify(type, in: "SimCam/calib", validity: .all)
        let versions = try await [
            put(butler, type, x: -9.9, serial: "A", run: "u/a"), put(butler, type, x: -8.9, serial: "B", run: "u/b"),
        ]
        try await certify(butler, versions[0], from: nil, until: 1.3)
        try await certify(butler, versions[1], from: 1.3, until: nil)
        #expect(await problem()?.code == .calibrationLookup, "two versions during one exposure")
        #expect(try await butler.queryDimensionRecords("visit").isEmpty)
    }
}
