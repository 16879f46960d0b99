internal import ArgumentParser
internal import Foundation
internal import SkyMapRegistration
internal import SkyMaps
internal import SphericalGeometry
internal import Steward
internal import StewardCore

/// `find-tracts`: tracts and patches of positions and regions.
struct FindTractsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "find-tracts",
        abstract: "Find the tracts and patches of positions, of the rows of a table, or of regions.",
        discussion: """
            A position has one tract, in whose inner region it lies, and one patch; where a tract does not reach, the \
            patch is left out. A region has all tracts and patches that overlap it. Tables are CSV or ECSV with \
            positions in degrees. Where the dataset of the sky map is not at hand, -C gives its configuration.
            Examples:
              steward find-tracts REPO --skymap hsc_rings_v1 --position 150.1,2.2 --position 53.1,-28.1
              steward find-tracts REPO --skymap hsc_rings_v1 --table stars.csv --format csv
              steward find-tracts REPO --skymap hsc_rings_v1 --region "CIRCLE 150.1 2.2 0.3"
            """
    )

    @OptionGroup var repository: RepositoryArgument

    @Option(help: "Name of the sky map.")
    var skymap: String

    @OptionGroup var options: SkyMapOptions

    @Option(
        name: .customLong("position"),
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Right ascension and declination in degrees (repeatable).", valueName: "ra,dec")
    )
    var positions: [String] = []

    @Option(help: "Table of positions.", completion: .file())
    var table: String?

    @Option(help: "Column of right ascensions.")
    var raColumn = "ra"

    @Option(help: "Column of declinations.")
    var decColumn = "dec"

    @Option(
        name: .customLong("region"),
        help: ArgumentHelp(
            "CIRCLE ra dec radius, RANGE ra1 ra2 dec1 dec2 or POLYGON ra dec … (repeatable).",
            valueName: "shape"
        )
    )
    var regions: [String] = []

    @Option(
        name: .customLong("collections"),
        help: "Collections that hold the sky map (comma-separated); the run skymaps when left out."
    )
    var collectionLists: [String] = []

    @OptionGroup var output: OutputOptions

    func run() async throws {
        guard [!positions.isEmpty, table != nil, !regions.isEmpty].count(where: { $0 }) == 1 else {
            throw ButlerError(
                .invalidArgument,
                "Positions come from --position, from --table, or regions from --region.",
                remedy: "Give exactly one of them."
            )
        }
        let shapes = try regions.map { try Region(ivoaPos: $0) }
        let points = try table.map { try PositionTable(readingFrom: $0, ra: raColumn, dec: decColumn) }
        let given = try points ?? PositionTable(positions)
        let butler = try await repository.open()
        let map = try await skyMap(in: butler)
        if shapes.isEmpty {
            try list(given, in: map)
        } else {
            try list(shapes, in: map)
        }
    }

    /// The sky map from its configuration if one is given, which must be that of the registered one, else from its dataset.
    private func skyMap(in butler: Butler) async throws -> SkyMap {
        guard !options.isEmpty else {
            return try await butler.skyMap(skymap, collections: collectionLists.splitAtCommas)
        }
        return try await butler.skyMap(skymap, from: options.read().skyMap)
    }

    private func list(_ points: PositionTable, in map: SkyMap) throws {
        let found = try map.find(ra: points.ra, dec: points.dec)
        var rows = try RowOutput(["ra", "dec", "skymap", "tract", "patch"].map { .init($0) }, output)
        for index in points.ra.indices {
            let patch = found.patches[index]
            rows.add([
                .real(points.ra[index]), .real(points.dec[index]), .text(skymap), .int(found.tracts[index]),
                patch < 0 ? .null : .int(patch),
            ])
        }
        try rows.end()
    }

    private func list(_ shapes: [Region], in map: SkyMap) throws {
        var rows = try RowOutput(["region", "skymap", "tract", "patch"].map { .init($0) }, output)
        for (text, shape) in zip(regions, shapes) {
            for item in try map.patches(overlapping: shape) {
                for patch in item.patches {
                    rows.add([.text(text), .text(skymap), .int(Int64(item.tract.id)), .int(Int64(patch.id))])
                }
            }
        }
        try rows.end()
    }
}
