import AstroTime
import SphericalGeometry
import ObservationMetadata
import StewardCore
import StewardTesting
import Testing

@testable import Instruments

/// Visits and their regions against the reference's.
@Suite struct GoldenVisitsTests {
    /// Files of groupings, told by their content.
    static let groupings = files(with: "groupings")
    /// Files of camera geometry with regions.
    static let regions = files(with: "visit_detector_regions")

    private static func files(with key: String) -> [String] {
        Golden.names("visits").filter { (try? Golden.json("visits", $0)[key]) != nil }
    }

    @Test("both kinds of file are here")
    func present() {
        #expect(!Self.groupings.isEmpty)
        #expect(!Self.regions.isEmpty)
    }

    // MARK: Groupings

    @Test("exposures become the same visits", arguments: groupings, VisitGrouping.allCases)
    func grouping(_ file: String, _ grouping: VisitGrouping) throws {
        let golden = try Golden.json("visits", file)
        guard let expected = golden["groupings"]?[grouping.rawValue] else { return }
        let exposures = try #require(golden["exposures"]?.array).map { try exposure($0) }
        let visits = try grouping.visits(of: exposures, numbering: .lsst).visits
        let rows = try #require(expected["visits"]?.array)
        #expect(visits.map(\.id) == rows.compactMap { $0["id"]?.int }.sorted())
        for (visit, row) in zip(visits, rows.sorted { ($0["id"]?.int ?? 0) < ($1["id"]?.int ?? 0) }) {
            try compare(visit, row)
        }
        let definitions = Set(visits.flatMap { visit in visit.exposures.map { [visit.id, $0.id] } })
        #expect(
            definitions == Set(expected["visit_definition"]?.array?.map { $0.array?.compactMap(\.int) ?? [] } ?? [])
        )
        let membership = Set(visits.flatMap { visit in visit.systems.map { [$0.rawValue, visit.id] } })
        #expect(membership == Set(expected["membership"]?.array?.map { $0.array?.compactMap(\.int) ?? [] } ?? []))
        let systems = try #require(expected["visit_system"]?.array).compactMap(\.array)
        #expect(grouping.systems.map(\.rawValue) == systems.compactMap { $0[0].int })
        #expect(grouping.systems.map(\.name) == systems.compactMap { $0[1].string })
    }

    private func compare(_ visit: Visit, _ row: JSONValue) throws {
        #expect(visit.name == row["name"]?.string)
        #expect(visit.seqNum == row["seq_num"]?.int)
        #expect(visit.exposureTime == row["exposure_time"]?.double)
        #expect(visit.targetName == row["target_name"]?.string)
        #expect(visit.observationReason == row["observation_reason"]?.string)
        #expect(visit.azimuth == row["azimuth"]?.double)
        #expect(visit.zenithAngle == row["zenith_angle"]?.double)
        #expect(visit.begin == (try TAI(#require(row["begin"]?.string), format: .isot, scale: .tai)))
        #expect(visit.end == (try TAI(#require(row["end"]?.string), format: .isot, scale: .tai)))
    }

    private func exposure(_ row: JSONValue) throws -> ExposureSummary {
        let begin = try TAI(#require(row["begin"]?.string), format: .isot, scale: .tai)
        let time = try #require(row["exposure_time"]?.double)
        var exposure = ExposureSummary(
            instrument: try #require(row["instrument"]?.string),
            id: try #require(row["id"]?.int),
            obsID: try #require(row["obs_id"]?.string),
            dayObs: try #require(row["day_obs"]?.int),
            group: try #require(row["group"]?.string),
            physicalFilter: row["physical_filter"]?.string ?? "any",
            begin: begin,
            end: begin.advanced(bySeconds: time)
        )
        exposure.exposureTime = time
        exposure.seqNum = row["seq_num"]?.int
        exposure.seqStart = row["seq_start"]?.int
        exposure.seqEnd = row["seq_end"]?.int
        exposure.azimuth = row["azimuth"]?.double
        exposure.zenithAngle = row["zenith_angle"]?.double
        exposure.targetName = row["target_name"]?.string
        exposure.observationReason = row["observation_reason"]?.string
        exposure.scienceProgram = row["science_program"]?.string
        return exposure
    }

    // MARK: Regions

    @Test("corners agree to 1e-9 arcsec, regions of real rows too", arguments: regions)
    func detectorRegions(_ file: String) throws {
        let golden = try Golden.json("visits", file)
        let camera = try camera(golden)
        let footprint = try CameraFootprint(camera, padding: golden.at("padding").double)
        for row in try #require(golden["visit_detector_regions"]?.array) {
            let pointing = try pointing(row)
            let detector = try #require(row["detector"]?.int)
            let index = try #require(footprint.detectors.firstIndex(of: detector))
            let corners = try footprint.directions(pointing)[4 * index..<4 * index + 4]
            for (corner, vector) in zip(corners, try row.at("corners_unit_vectors").array ?? []) {
                let expected = try #require(vector.array).compactMap(\.double)
                let distance = Self.distance(corner, expected)
                #expect(distance < 1e-9 / 206_265, "\(distance * 206_265) arcsec")
            }
            let regions = try footprint.regions([pointing])
            let region = try #require(regions.detectors.first { $0.id == detector }?.region)
            #expect(region.matches(try polygon(row), tolerance: 1e-14))
        }
    }

    @Test("visit regions are those of real rows", arguments: regions)
    func visitRegions(_ file: String) throws {
        let golden = try Golden.json("visits", file)
        let footprint = try CameraFootprint(camera(golden), padding: golden.at("padding").double)
        let rows = try #require(golden["visit_detector_regions"]?.array)
        for row in try #require(golden["visit_regions"]?.array) {
            let visit = try #require(row["visit"]?.int)
            let pointing = try pointing(#require(rows.first { $0["visit"]?.int == visit }))
            let region = try footprint.regions([pointing]).visit
            #expect(region.vertices.count == row["vertex_count"]?.int.map { Int($0) })
            #expect(region.matches(try polygon(row), tolerance: 1e-14))
        }
    }

    private func pointing(_ row: JSONValue) throws -> Pointing {
        Pointing(
            rightAscension: try #require(row["tracking_ra"]?.double),
            declination: try #require(row["tracking_dec"]?.double),
            skyAngle: try #require(row["sky_angle"]?.double)
        )
    }

    private func polygon(_ row: JSONValue) throws -> ConvexPolygon {
        let bytes = try #require(Hexadecimal.decode(row.at("reference_region_hex").string ?? ""))
        guard case .polygon(let polygon) = try Region(encoded: bytes) else {
            throw ButlerError(.region, "not a polygon")
        }
        return polygon
    }

    private func camera(_ golden: JSONValue) throws -> CameraDefinition {
        let scale = try #require(golden["plate_scale_arcsec_per_mm"]?.double) / 3600 / 180 * .pi
        let coefficients = try #require(golden["radial_coefficients"]?.array).compactMap(\.double)
        return CameraDefinition(
            detectors: try #require(golden["detectors"]?.array).map { try detector($0) },
            flipsX: golden["flip_x"] == true,
            regionPadding: 0,
            distortion: .radial(coefficients.map { $0 * scale })
        )
    }

    private func detector(_ row: JSONValue) throws -> DetectorDefinition {
        let box = try #require(row["bbox"]?.array).map { $0.array?.compactMap(\.int) ?? [] }
        let (pitch, reference) = (try pair(row, "pixelSize"), try pair(row, "refpos"))
        let geometry = DetectorGeometry(
            size: (box[1][0] + 1, box[1][1] + 1),
            pixelSize: pitch,
            reference: reference,
            offset: try pair(row, "offset"),
            yaw: try #require(row["yaw"]?.double)
        )
        let name = try #require(row["name"]?.string)
        return DetectorDefinition(
            id: try #require(row["id"]?.int),
            fullName: name,
            nameInRaft: name,
            raft: nil,
            purpose: .science,
            serial: "",
            geometry: geometry
        )
    }

    private func pair(_ row: JSONValue, _ key: String) throws -> (x: Double, y: Double) {
        let numbers = try #require(row[key]?.array).compactMap(\.double)
        return (numbers[0], numbers[1])
    }

    private static func distance(_ a: UnitVector3D, _ b: [Double]) -> Double {
        let (dx, dy, dz) = (a.x - b[0], a.y - b[1], a.z - b[2])
        return (dx * dx + dy * dy + dz * dz).squareRoot()
    }
}
