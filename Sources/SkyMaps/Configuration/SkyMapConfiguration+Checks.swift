internal import StewardCore

extension SkyMapConfiguration {
    /// Bounds that keep numbers of tracts and pixels within what one machine and 32 bits hold.
    private enum Bound {
        static let rings = 2000
        static let healpixOrder = 9
        static let equatorialTracts = 1_000_000
        static let patchSide = 1 << 24
    }

    /// Fails unless all numbers make sense.
    func check() throws {
        let numbers = [("tractOverlap", tractOverlap), ("pixelScale", pixelScale), ("rotation", rotation)]
        for (name, value) in numbers where !value.isFinite { throw Self.wrong(name, "\(value)", "a finite number") }
        guard pixelScale > 0 else { throw Self.wrong("pixelScale", "\(pixelScale)", "a positive number") }
        guard (0..<90).contains(tractOverlap) else {
            throw Self.wrong("tractOverlap", "\(tractOverlap)", "from 0 to 90 degrees")
        }
        guard projection.utf8.count == 3, projection.utf8.allSatisfy({ (0x41...0x5A).contains($0) }) else {
            throw Self.wrong("projection", projection, "a FITS projection code of three capital letters, such as TAN")
        }
        try checkPatches()
        try checkLayout()
    }

    private func checkPatches() throws {
        switch patches {
        case .legacy(let width, let height, let border):
            try Self.check("patchInnerDimensions", width, 1...Bound.patchSide)
            try Self.check("patchInnerDimensions", height, 1...Bound.patchSide)
            try Self.check("patchBorder", border, 0...Bound.patchSide)
        case .cells(let cells):
            try Self.check("cellInnerDimensions", cells.width, 1...4096)
            guard cells.width == cells.height else {
                throw Self.wrong("cellInnerDimensions", "[\(cells.width), \(cells.height)]", "two equal numbers")
            }
            try Self.check("cellBorder", cells.border, 0...4096)
            try Self.check("numCellsPerPatchInner", cells.perPatch, 1...4096)
            try Self.check("numCellsInPatchBorder", cells.inBorder, 0...4096)
        }
    }

    private func checkLayout() throws {
        switch layout {
        case .rings(let count, let raStart):
            try Self.check("numRings", count, 1...Bound.rings)
            guard (0..<360).contains(raStart) else {
                throw Self.wrong("raStart", "\(raStart)", "from 0 to 360 degrees")
            }
        case .discrete(let tracts):
            for tract in tracts {
                guard tract.ra.isFinite else { throw Self.wrong("raList", "\(tract.ra)", "finite numbers") }
                guard abs(tract.dec) <= 90 else {
                    throw Self.wrong("decList", "\(tract.dec)", "from -90 to 90 degrees")
                }
                guard tract.radius > 0, tract.radius < 90 else {
                    throw Self.wrong("radiusList", "\(tract.radius)", "above 0 and below 90 degrees")
                }
            }
        case .dodecahedron: break
        case .equatorial(let count, let south, let north):
            try Self.check("numTracts", count, 1...Bound.equatorialTracts)
            guard -90 <= south, south < north, north <= 90 else {
                throw Self.wrong("decRange", "[\(south), \(north)]", "two rising numbers from -90 to 90 degrees")
            }
        case .healpix(let order, _):
            try Self.check("log2NSide", order, 0...Bound.healpixOrder)
        }
    }

    private static func check(_ name: String, _ value: Int, _ range: ClosedRange<Int>) throws {
        guard range.contains(value) else {
            throw wrong(name, "\(value)", "from \(range.lowerBound) to \(range.upperBound)")
        }
    }

    private static func wrong(_ name: String, _ value: String, _ rule: String) -> ButlerError {
        ButlerError(
            .configuration,
            "The sky map's \"\(name)\" is \"\(value)\"; it must be \(rule).",
            context: [.init("key", name)]
        )
    }
}
