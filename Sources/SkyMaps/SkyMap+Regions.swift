internal import FITS
public import SphericalGeometry
internal import StewardCore

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

/// A tract with some of its patches.
public struct TractPatches: Sendable, Equatable {
    /// The tract.
    public let tract: Tract
    /// Patches of it.
    public let patches: [Patch]
}

extension SkyMap {
    /// The tracts whose pixels hold a direction, in the order of their numbers.
    ///
    /// - Parameter direction: A direction.
    /// - Returns: Tracts; several where they overlap, none where the sky map does not reach.
    /// - Throws: As ``tract(_:)``.
    public func tracts(holding direction: UnitVector3D) throws -> [Tract] {
        try candidates(within: Angle(radians: 0), of: direction).filter { $0.contains(direction) }
    }

    /// The tracts and patches whose outlines overlap a region.
    ///
    /// Unlike ``patches(near:)`` each patch is tested, so that none is listed in vain.
    ///
    /// - Parameter region: A region.
    /// - Returns: Tracts by number, with their patches by number.
    /// - Throws: As ``tract(_:)`` and ``Tract/polygons(of:)``; `ButlerError` of code `invalidArgument` for a region that is
    ///   known to be empty.
    public func patches(overlapping region: Region) throws -> [TractPatches] {
        let circle = region.boundingCircle
        guard !circle.isEmpty else { throw ButlerError(.invalidArgument, "The region is empty.") }
        return try candidates(within: circle.openingAngle, of: circle.center).compactMap { tract in
            guard region.overlaps(.polygon(try tract.polygon(of: tract.reach))).mayOverlap else { return nil }
            let all = Array(tract.patches)
            let outlines = try tract.polygons(of: all.map(\.outerBox))
            let found = zip(all, outlines).filter { region.overlaps(.polygon($0.1)).mayOverlap }.map(\.0)
            return found.isEmpty ? nil : TractPatches(tract: tract, patches: found)
        }
    }

    /// The tracts and patches that may overlap the area spanned by some points, by the reference's rule.
    ///
    /// Of rings only tracts that hold one of the points are looked at, so that the area should be smaller than a tract.
    ///
    /// - Parameter points: Corners of the area.
    /// - Returns: Tracts with patches column by column.
    /// - Throws: As ``tract(_:)``.
    public func patches(near points: [UnitVector3D]) throws -> [TractPatches] {
        var tracts: [Tract] = []
        if case .rings = tables {
            var seen: Set<Int> = []
            for point in points {
                tracts += try self.tracts(holding: point).filter { seen.insert($0.id).inserted }
            }
        } else {
            tracts = try (0..<count).map { try tract($0) }
        }
        return tracts.compactMap { tract in
            let patches = tract.patches(near: points)
            return patches.isEmpty ? nil : TractPatches(tract: tract, patches: patches)
        }
    }

    /// The tracts that may reach within some distance of a direction.
    private func candidates(within distance: Angle, of direction: UnitVector3D) throws -> [Tract] {
        var found: [Tract] = []
        var radius: Double?
        for id in 0..<count {
            if case .rings = tables {
                // All tracts of rings have one size but for rounding; the square's corner is farthest.
                let known = try radius ?? reach(of: tract(id)) * 1.01
                radius = known
                let angle = try Self.angle(tractCenter(id), direction)
                guard angle <= known + distance.radians else { continue }
            }
            found.append(try tract(id))
        }
        return found
    }

    /// The distance from a tract's centre to the farthest corner, patches beyond its edges included, in radians.
    private func reach(of tract: Tract) throws -> Double {
        let center = UnitVector3D(tract.center)
        let corners = try tract.polygon(of: tract.reach).vertices
        return corners.map { Self.angle($0, center) }.max() ?? .pi
    }

    /// The angle between two directions, radians.
    private static func angle(_ one: UnitVector3D, _ other: UnitVector3D) -> Double {
        2 * asin(min(1, 0.5 * (one - other).norm))
    }
}

extension Tract {
    /// The pixels that patches cover, beyond the tract's edges if they do.
    fileprivate var reach: PixelBox { grid.isClipped ? box : box.grown(by: grid.border) }
}
