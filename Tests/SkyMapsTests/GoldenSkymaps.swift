import Foundation
import SkyMaps
import SphericalGeometry
import StewardCore
import StewardTesting
import Testing

/// Golden sky maps.
enum GoldenSkymaps {
    /// All sky maps of all files of the folder.
    static func all() throws -> [Entry] {
        let entries = Golden.values([Entry].self, "skymaps").flatMap { $0 }
        try #require(!entries.isEmpty, "no golden sky maps")
        return entries
    }

    struct Entry: Decodable {
        let name: String
        let config: Configuration
        let sha1: String
        let sha1Base64: String?
        let tractCount: Int
        let ringNums: [Int]?
        let tracts: [Tract]
        let find: [[Double?]]
    }

    struct Configuration: Decodable {
        let kind: String
        let numRings: Int?
        let raStart: Double?
        let raList: [Double]?
        let decList: [Double]?
        let radiusList: [Double]?
        let withTractsOnPoles: Bool?
        let numTracts: Int?
        let decRange: [Double]?
        let log2NSide: Int?
        let nest: Bool?
        let projection: String
        let tractOverlap: Double
        let pixelScale: Double
        let rotation: Double
        let builder: String
        let patchInnerDimensions: [Int]?
        let patchBorder: Int?
        let cellInnerDimensions: [Int]?
        let cellBorder: Int?
        let numCellsPerPatchInner: Int?
        let numCellsInPatchBorder: Int?
    }

    struct Tract: Decodable {
        let tract: Int
        let center: [Double]
        let numPatches: [Int]
        let bbox: [Int]
        let crpix0: [Double]
        let cd: [[Double]]
        let outer: [[Double]]
        let innerBoxDegrees: [Double]?
        let inner: [[Double]]?
        let patches: [Patch]
    }

    struct Patch: Decodable {
        let patch: Int
        let index: [Int]
        let inner: [Int]
        let outer: [Int]
        let region: [[Double]]
        let numCells: [Int]
    }
}

extension GoldenSkymaps.Configuration {
    /// The configuration in Steward's form.
    func configuration() throws -> SkyMapConfiguration {
        try SkyMapConfiguration(
            layout(),
            tractOverlap: tractOverlap,
            pixelScale: pixelScale,
            projection: projection,
            rotation: rotation,
            patches: patches()
        )
    }

    private func layout() throws -> TractLayout {
        switch try #require(SkyMapKind(rawValue: kind)) {
        case .rings: return .rings(count: try #require(numRings), raStart: raStart ?? 0)
        case .discrete:
            let places = zip(zip(try #require(raList), try #require(decList)), try #require(radiusList))
            return .discrete(places.map { DiscreteTract(ra: $0.0.0, dec: $0.0.1, radius: $0.1) })
        case .dodecahedron: return .dodecahedron(tractsOnPoles: withTractsOnPoles ?? false)
        case .equatorial:
            let range = try #require(decRange)
            return .equatorial(count: try #require(numTracts), south: range[0], north: range[1])
        case .healpix: return .healpix(log2NSide: try #require(log2NSide), isNested: nest ?? false)
        }
    }

    private func patches() throws -> PatchLayout {
        guard builder == "cells" else {
            let size = try #require(patchInnerDimensions)
            return .legacy(width: size[0], height: size[1], border: try #require(patchBorder))
        }
        let size = try #require(cellInnerDimensions)
        return .cells(
            CellLayout(
                width: size[0],
                height: size[1],
                border: try #require(cellBorder),
                perPatch: try #require(numCellsPerPatchInner),
                inBorder: try #require(numCellsInPatchBorder)
            )
        )
    }
}

/// The greatest distance, in degrees, of the vertices of a polygon from positions in the same order.
func distance(_ polygon: ConvexPolygon, _ positions: [[Double]]) -> Double {
    guard polygon.vertices.count == positions.count else { return .infinity }
    return zip(polygon.vertices, positions).map { vertex, position in
        let other = UnitVector3D(
            longitude: Angle(degrees: position[0]),
            latitude: Angle(degrees: position[1])
        )
        return (vertex - other).norm * 180 / .pi
    }.max() ?? .infinity
}
