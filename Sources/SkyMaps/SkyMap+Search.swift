internal import SphericalGeometry
internal import StewardCore

/// Tracts and patches of many positions, in their order.
public struct FoundPatches: Sendable, Hashable {
    /// Numbers of the tracts.
    public var tracts: [Int64]
    /// Numbers of the patches within their tracts; -1 where a tract does not reach the position.
    public var patches: [Int64]
}

extension SkyMap {
    /// The tracts of many positions: those whose inner region holds them, or whose centre is nearest.
    ///
    /// Where a sky map does not cover the sky, a tract may not reach its position.
    ///
    /// - Parameters:
    ///   - ra: Right ascensions, degrees.
    ///   - dec: Declinations, degrees; as many.
    /// - Returns: The number of a tract for each position.
    /// - Throws: `ButlerError` of code `invalidArgument` naming the first position that is not on the sky, and for a sky
    ///   map without tracts.
    public func findTracts(ra: [Double], dec: [Double]) throws -> [Int64] {
        try check(ra, dec)
        switch tables {
        case .rings(let table):
            return zip(ra, dec).map { position in
                Int64(table.tract(ra: position.0 * Self.degree, dec: position.1 * Self.degree))
            }
        case .dodecahedron(let solid):
            return zip(ra, dec).map { Int64(solid.face(nearest: Self.direction($0.0, $0.1))) }
        case .healpix(let pixels, let isNested):
            return zip(ra, dec).map { position in
                // What the reference takes for a colatitude grows from the south pole.
                let colatitude = Angle(radians: position.1 * Self.degree + .pi / 2)
                let index = pixels.index(colatitude: colatitude, longitude: Angle(degrees: position.0))
                return Int64(isNested ? index : pixels.ringIndex(ofNested: index))
            }
        case .discrete, .equatorial:
            let centers = try (0..<count).map { try tractCenter($0) }
            return zip(ra, dec).map { Int64(Self.nearest(to: Self.direction($0.0, $0.1), in: centers)) }
        }
    }

    /// The tracts and patches of many positions.
    ///
    /// - Parameters:
    ///   - ra: Right ascensions, degrees.
    ///   - dec: Declinations, degrees; as many.
    /// - Returns: The numbers of tract and patch of each position.
    /// - Throws: As ``findTracts(ra:dec:)`` and ``tract(_:)``.
    public func find(ra: [Double], dec: [Double]) throws -> FoundPatches {
        let tracts = try findTracts(ra: ra, dec: dec)
        var patches = [Int64](repeating: -1, count: tracts.count)
        let order = sorted(tracts)
        var directions: [UnitVector3D] = []
        var begin = 0
        while begin < order.count {
            let id = tracts[order[begin]]
            var end = begin
            directions.removeAll(keepingCapacity: true)
            while end < order.count, tracts[order[end]] == id {
                directions.append(Self.direction(ra[order[end]], dec[order[end]]))
                end += 1
            }
            let tract = try tract(Int(id))
            for (offset, pixel) in tract.projection.pixels(directions).enumerated() {
                patches[order[begin + offset]] = tract.patch(atPixel: pixel).map(Int64.init) ?? -1
            }
            begin = end
        }
        return FoundPatches(tracts: tracts, patches: patches)
    }

    /// The tract and patch of one position.
    ///
    /// - Parameters:
    ///   - ra: Right ascension, degrees.
    ///   - dec: Declination, degrees.
    /// - Returns: Numbers of tract and patch; the patch is nil if the tract does not reach the position.
    /// - Throws: As ``find(ra:dec:)``.
    public func find(ra: Double, dec: Double) throws -> (tract: Int, patch: Int?) {
        let id = Int(try findTracts(ra: [ra], dec: [dec])[0])
        return (id, try tract(id).patch(holding: Self.direction(ra, dec)))
    }

    /// The positions in the order of their tracts (a counting sort).
    private func sorted(_ tracts: [Int64]) -> [Int] {
        guard tracts.count > 1 else { return Array(tracts.indices) }
        var starts = [Int](repeating: 0, count: count + 1)
        for tract in tracts { starts[Int(tract) + 1] += 1 }
        for id in 1..<starts.count { starts[id] += starts[id - 1] }
        var order = [Int](repeating: 0, count: tracts.count)
        for (index, tract) in tracts.enumerated() {
            order[starts[Int(tract)]] = index
            starts[Int(tract)] += 1
        }
        return order
    }

    // MARK: Positions

    static let degree = Angle(degrees: 1).radians

    @inline(__always)
    static func direction(_ ra: Double, _ dec: Double) -> UnitVector3D {
        UnitVector3D(longitude: Angle(degrees: ra), latitude: Angle(degrees: dec))
    }

    /// The direction of a tract's centre.
    func tractCenter(_ id: Int) throws -> UnitVector3D {
        let center = try plan(of: id).center
        return UnitVector3D(longitude: Angle(radians: center[0]), latitude: Angle(radians: center[1]))
    }

    private static func nearest(to direction: UnitVector3D, in centers: [UnitVector3D]) -> Int {
        var best = (index: 0, distance: Double.infinity)
        for (index, center) in centers.enumerated() {
            let distance = (direction - center).squaredNorm
            if distance < best.distance { best = (index, distance) }
        }
        return best.index
    }

    private func check(_ ra: [Double], _ dec: [Double]) throws {
        guard ra.count == dec.count else {
            throw ButlerError(
                .invalidArgument,
                "\(ra.count) right ascensions and \(dec.count) declinations are not positions."
            )
        }
        guard count > 0 || ra.isEmpty else { throw ButlerError(.invalidArgument, "The sky map has no tracts.") }
        for index in ra.indices where !(ra[index].isFinite && dec[index].magnitude <= 90) {
            throw ButlerError(
                .invalidArgument,
                "The position (\(ra[index]), \(dec[index])) with the number \(index) is not on the sky.",
                remedy: "Give right ascensions as finite numbers and declinations from -90 to 90, in degrees."
            )
        }
    }
}
