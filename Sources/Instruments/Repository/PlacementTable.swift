internal import FITS
internal import SphericalGeometry
internal import StewardCore

/// A table of where visits and detectors looked.
///
/// Columns: `visit`; `detector`, empty or absent for the visit itself; and one of `region` and `wcs`. A region is
/// `POLYGON lon lat …` or `CIRCLE lon lat radius` in degrees, or the numbers of a polygon alone, of which the convex hull
/// is taken; empty for one that is not to be trusted. A `wcs` is the path of a FITS file whose first celestial system
/// puts the detector's pixels on the sky. `boresight_ra`, `boresight_dec` and `orientation`, in degrees, may follow.
public struct PlacementTable: Sendable {
    /// The placements in the order of their first rows.
    public let placements: [VisitPlacement]

    private static let columns = ["visit", "detector", "region", "wcs", "boresight_ra", "boresight_dec", "orientation"]

    /// Reads rows.
    ///
    /// - Parameters:
    ///   - rows: For each row its place for messages, and its cells by column.
    ///   - camera: The camera, whose pixels a WCS is of.
    ///   - versions: Other cameras of some visits.
    ///   - padding: Pixels by which detectors are grown; the camera's number if nil.
    /// - Throws: ``ButlerError`` with `.corruptFile` naming the row, `.region`, `.header` for files without a WCS.
    public init(
        _ rows: [(place: String, cells: [String: String])],
        _ camera: CameraDefinition,
        versions: [Int64: CameraDefinition] = [:],
        padding: Double? = nil
    ) throws {
        var order: [Int64] = []
        var found: [Int64: VisitPlacement] = [:]
        for row in rows {
            do {
                let visit = try Self.visit(row.cells)
                if found[visit] == nil { order.append(visit) }
                var placement = found[visit] ?? VisitPlacement(visit: visit)
                let camera = versions[visit] ?? camera
                try Self.read(row.cells, camera, padding ?? camera.regionPadding, into: &placement)
                found[visit] = placement
            } catch let error as ButlerError {
                throw error.adding("row", row.place)
            }
        }
        placements = order.compactMap { found[$0] }
    }

    /// The visits of rows that have a WCS, whose camera matters; rows that are malformed are passed over.
    ///
    /// - Parameter rows: The cells of each row by column.
    /// - Returns: Numbers of visits, each once.
    public static func visitsWithWCS(_ rows: [[String: String]]) -> [Int64] {
        Set(rows.filter { $0["wcs"]?.isEmpty == false }.compactMap { $0["visit"].flatMap { Int64($0) } }).sorted()
    }

    private static func visit(_ cells: [String: String]) throws -> Int64 {
        if let stranger = cells.keys.filter({ !columns.contains($0) }).min() {
            throw ButlerError(
                .corruptFile,
                "Regions have no column \"\(stranger)\".",
                remedy: "The columns are \(columns.joined(separator: ", ")).",
                candidates: Candidates.nearest(to: stranger, in: columns)
            )
        }
        guard let visit = cells["visit"].flatMap({ Int64($0) }) else {
            throw ButlerError(.corruptFile, "\"\(cells["visit"] ?? "")\" is no number of a visit.")
        }
        return visit
    }

    private static func read(
        _ cells: [String: String],
        _ camera: CameraDefinition,
        _ padding: Double,
        into placement: inout VisitPlacement
    ) throws {
        let pointing = try ["boresight_ra", "boresight_dec", "orientation"].map { try number($0, cells) }
        if let rightAscension = pointing[0], let declination = pointing[1], let angle = pointing[2] {
            placement.pointing = Pointing(rightAscension: rightAscension, declination: declination, skyAngle: angle)
        } else if pointing.contains(where: { $0 != nil }) {
            throw ButlerError(.corruptFile, "A boresight needs boresight_ra, boresight_dec and orientation.")
        }
        guard let text = cells["detector"], !text.isEmpty else {
            if cells["region"] != nil { placement.region = try place(cells["region"] ?? "") }
            guard cells["wcs"]?.isEmpty ?? true else {
                throw ButlerError(.corruptFile, "A WCS is of a detector, and the row names none.")
            }
            return
        }
        guard let number = Int64(text), let detector = camera.detector(number) else {
            throw ButlerError(.corruptFile, "\"\(text)\" is no number of a detector of the camera.")
        }
        if let file = cells["wcs"], !file.isEmpty {
            placement.detectors[number] = .region(try region(file, detector, padding))
        } else {
            placement.detectors[number] = try place(cells["region"] ?? "")
        }
    }

    private static func number(_ name: String, _ cells: [String: String]) throws -> Double? {
        guard let text = cells[name], !text.isEmpty else { return nil }
        guard let value = Double(text), value.isFinite else {
            throw ButlerError(.corruptFile, "\"\(text)\" is no number for \(name).")
        }
        return value
    }

    private static func place(_ text: String) throws -> VisitPlacement.Place {
        guard let first = text.first(where: { !$0.isWhitespace }) else { return .unknown }
        return .region(try Region(ivoaPos: first.isLetter ? text : "POLYGON " + text))
    }

    private static func region(_ file: String, _ detector: DetectorDefinition, _ padding: Double) throws -> Region {
        guard let size = detector.geometry?.size else {
            throw ButlerError(.instrument, "The definition does not say how many pixels \(detector.fullName) has.")
        }
        let headers = try FITSHeaderReader.read(file).map(\.header)
        guard let header = headers.first(where: { $0["CTYPE1"] != nil || $0["1CTYP1"] != nil }) else {
            throw ButlerError(.header, "\"\(file)\" has no header with a WCS.")
        }
        let wcs = try WCS(header)
        let low = -0.5 - padding
        let high = SIMD2(Double(size.x) - 0.5 + padding, Double(size.y) - 0.5 + padding)
        let sky = wcs.sky([SIMD2(low, low), SIMD2(high.x, low), high, SIMD2(low, high.y)])
        return .polygon(
            try ConvexPolygon(hullOf: sky.map { UnitVector3D(try LonLat(degrees: $0.x, $0.y)) })
        )
    }
}
