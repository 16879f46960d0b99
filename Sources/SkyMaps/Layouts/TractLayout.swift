/// Where the tracts of a sky map are.
public enum TractLayout: Sendable, Hashable {
    /// Rings of equal height in declination around two polar caps; right ascension of each ring's first centre, degrees.
    case rings(count: Int, raStart: Double = 0)
    /// Tracts at given places.
    case discrete([DiscreteTract])
    /// The faces of a dodecahedron, with either faces or vertices on the poles.
    case dodecahedron(tractsOnPoles: Bool = false)
    /// Equal parts of a band of declinations, degrees.
    case equatorial(count: Int = 4, south: Double = -1.25, north: Double = 1.25)
    /// The HEALPix pixels of a level, mirrored at the equator as the reference has them, numbered in rings or nested.
    case healpix(log2NSide: Int, isNested: Bool = false)

    /// What kind it is.
    public var kind: SkyMapKind {
        switch self {
        case .rings: .rings
        case .discrete: .discrete
        case .dodecahedron: .dodecahedron
        case .equatorial: .equatorial
        case .healpix: .healpix
        }
    }
}

/// A tract of a discrete sky map: a square that reaches at least `radius` from its centre in four directions.
public struct DiscreteTract: Sendable, Hashable {
    /// Right ascension of the centre, degrees.
    public var ra: Double
    /// Declination of the centre, degrees.
    public var dec: Double
    /// Half the width, degrees.
    public var radius: Double

    /// Creates a tract.
    public init(ra: Double, dec: Double, radius: Double) {
        self.ra = ra
        self.dec = dec
        self.radius = radius
    }
}

/// The kinds of sky maps, by the reference's registry names.
public enum SkyMapKind: String, Sendable, Hashable, CaseIterable {
    /// Rings of declination.
    case rings
    /// Given places.
    case discrete
    /// Faces of a dodecahedron.
    case dodecahedron = "dodeca"
    /// A band along the equator.
    case equatorial = "equat"
    /// HEALPix pixels; deprecated in the reference.
    case healpix

    /// Name of the reference's class, part of the hash.
    public var className: String {
        switch self {
        case .rings: "RingsSkyMap"
        case .discrete: "DiscreteSkyMap"
        case .dodecahedron: "DodecaSkyMap"
        case .equatorial: "EquatSkyMap"
        case .healpix: "HealpixSkyMap"
        }
    }

    /// The Python module of that class and of its configuration.
    var moduleName: String {
        "lsst.skymap." + className.prefix(1).lowercased() + className.dropFirst()
    }
}

/// How tracts are cut into patches.
public enum PatchLayout: Sendable, Hashable {
    /// Patches of width × height pixels, overlapping by a border that ends at the tract's edge.
    case legacy(width: Int, height: Int, border: Int)
    /// Patches made of square cells; their borders run beyond the tract's edge.
    case cells(CellLayout)
}

/// How patches are cut into cells.
public struct CellLayout: Sendable, Hashable {
    /// Columns of a cell's inner part.
    public var width: Int
    /// Rows of a cell's inner part.
    public var height: Int
    /// Pixels around the inner part.
    public var border: Int
    /// Cells along a side of a patch's inner part.
    public var perPatch: Int
    /// Cells along the width of a patch's border.
    public var inBorder: Int

    /// Creates a layout; without arguments the reference's.
    public init(width: Int = 150, height: Int = 150, border: Int = 50, perPatch: Int = 20, inBorder: Int = 1) {
        self.width = width
        self.height = height
        self.border = border
        self.perPatch = perPatch
        self.inBorder = inBorder
    }
}
