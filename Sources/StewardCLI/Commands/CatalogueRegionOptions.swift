internal import ArgumentParser
internal import SphericalGeometry
internal import Steward
internal import StewardCore

/// Where to look for sources: one of several ways to name a region.
struct CatalogueRegionOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Circle; degrees, the radius also with \" or '.", valueName: "ra,dec,radius"))
    var circle: String?

    @Option(help: ArgumentHelp("Convex polygon, in degrees.", valueName: "ra,dec,ra,dec,…"))
    var polygon: String?

    @Option(help: ArgumentHelp("Region as an IVOA POS string: CIRCLE, RANGE or POLYGON.", valueName: "pos"))
    var pos: String?

    @Option(help: ArgumentHelp("Tract or patch of a sky map, with its border.", valueName: "skymap,tract[,patch]"))
    var patch: String?

    @Option(help: ArgumentHelp("Visit, or one detector of it.", valueName: "instrument,visit[,detector]"))
    var visit: String?

    @Option(
        name: .customLong("where"),
        help: ArgumentHelp("The regions of all data IDs that match this expression.", valueName: "expression")
    )
    var condition: String?

    func validate() throws {
        guard [circle, polygon, pos, patch, visit, condition].count(where: { $0 != nil }) <= 1 else {
            throw ValidationError("Only one of --circle, --polygon, --pos, --patch, --visit and --where can be given.")
        }
    }

    /// The region; nil if none is named.
    func region(in butler: Butler) async throws -> Region? {
        if let circle { return try Self.circle(circle) }
        if let polygon { return try Self.polygon(polygon) }
        if let pos { return try Region(ivoaPos: pos) }
        if let patch { return try await Self.region(patch, ["skymap", "tract", "patch"], in: butler) }
        if let visit { return try await Self.region(visit, ["instrument", "visit", "detector"], in: butler) }
        if let condition { return try await Self.regions(condition, in: butler) }
        return nil
    }

    private static func numbers(_ texts: some Sequence<Substring>, in whole: String) throws -> [Double] {
        try texts.map { text in
            guard let number = Double(text.filter { $0 != " " }), number.isFinite else {
                throw ButlerError(.region, "\"\(text)\" in \"\(whole)\" is not a number.", remedy: "Give degrees.")
            }
            return number
        }
    }

    private static func circle(_ text: String) throws -> Region {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        guard parts.count == 3 else {
            throw ButlerError(
                .region,
                "\"\(text)\" is no circle.",
                remedy: "Write right ascension, declination and radius, such as 53.1,-28.1,0.2 or 53.1,-28.1,30\"."
            )
        }
        let center = try numbers(parts.prefix(2), in: text)
        let radius = try AngleText.angle(String(parts[2]))
        return .circle(Circle(center: UnitVector3D(try LonLat(degrees: center[0], center[1])), openingAngle: radius))
    }

    private static func polygon(_ text: String) throws -> Region {
        let values = try numbers(text.split(separator: ",", omittingEmptySubsequences: false), in: text)
        guard values.count >= 6, values.count.isMultiple(of: 2) else {
            throw ButlerError(
                .region,
                "\"\(text)\" is no polygon.",
                remedy: "Write three or more pairs of right ascension and declination in degrees."
            )
        }
        let corners = try stride(from: 0, to: values.count, by: 2).map {
            UnitVector3D(try LonLat(degrees: values[$0], values[$0 + 1]))
        }
        return .polygon(try ConvexPolygon(hullOf: corners))
    }

    /// The region of a data ID whose values are given in the order of some dimensions; the last may be left out.
    private static func region(_ text: String, _ dimensions: [String], in butler: Butler) async throws -> Region {
        let words = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        guard words.count == 2 || words.count == 3, !words.contains("") else {
            throw ButlerError(
                .dataIDValue,
                "\"\(text)\" does not name a region.",
                remedy: "Write \(dimensions.joined(separator: ",")); the last may be left out."
            )
        }
        let names = Array(dimensions.prefix(words.count))
        let values = zip(names, words).map { name, word in
            (name, Int64(word).map { DimensionValue.int($0) } ?? .string(word))
        }
        let dataID = try await butler.dataID(
            Dictionary(values) { first, _ in first },
            for: try butler.universe.group(names)
        )
        guard let region = try await butler.expand([dataID])[0].region else {
            throw ButlerError(
                .dataIDValue,
                "\(dataID) has no region.",
                remedy: "Define visits first, or register the sky map."
            )
        }
        return region
    }

    private static func regions(_ condition: String, in butler: Butler) async throws -> Region {
        let found = try await butler.query().filtered(where: condition).dataIDs().all()
        let regions = try await butler.expand(found).compactMap(\.region)
        guard !regions.isEmpty else {
            throw ButlerError(
                .dataIDValue,
                found.isEmpty
                    ? "No data ID matches \"\(condition)\"."
                    : "The data IDs that match \"\(condition)\" have no regions.",
                remedy: "Ask for data IDs with query-data-ids first."
            )
        }
        return regions.count == 1 ? regions[0] : .union(of: regions)
    }
}

extension DataCoordinate {
    /// The region of the most special element that has one.
    fileprivate var region: Region? { records?.all.last { $0.region != nil }?.region }
}
