internal import Dimensions
internal import SkyMaps
internal import SphericalGeometry

/// The dimension records of the tracts and patches of a sky map.
struct SkyMapRows: Sendable {
    private let map: SkyMap
    private let name: String
    private let tractElement: DimensionElement
    private let patchElement: DimensionElement

    init(_ map: SkyMap, name: String, universe: DimensionUniverse) throws {
        self.map = map
        self.name = name
        tractElement = try universe.element("tract")
        patchElement = try universe.element("patch")
    }

    /// The records of some tracts, then those of their patches.
    func records(of tracts: Range<Int>) throws -> [DimensionRecord] {
        var records: [DimensionRecord] = []
        var patches: [DimensionRecord] = []
        for id in tracts {
            let tract = try map.tract(id)
            records.append(try record(tract))
            patches += try self.patches(tract)
        }
        return records + patches
    }

    /// The number of patches of all tracts.
    func patchCount() throws -> Int {
        try (0..<map.count).reduce(0) { try $0 + map.tract($1).grid.count }
    }

    private func record(_ tract: Tract) throws -> DimensionRecord {
        try DimensionRecord(
            tractElement,
            [
                "skymap": .string(name), "tract": .int(Int64(tract.id)),
                "region": .region(.polygon(try tract.outerPolygon())),
            ]
        )
    }

    private func patches(_ tract: Tract) throws -> [DimensionRecord] {
        let patches = Array(tract.patches)
        let regions = try tract.polygons(of: patches.map(\.outerBox))
        return try zip(patches, regions).map { patch, region in
            try DimensionRecord(
                patchElement,
                [
                    "skymap": .string(name), "tract": .int(Int64(tract.id)), "patch": .int(Int64(patch.id)),
                    "cell_x": .int(Int64(patch.x)), "cell_y": .int(Int64(patch.y)), "region": .region(.polygon(region)),
                ]
            )
        }
    }
}
