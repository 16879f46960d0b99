internal import SphericalGeometry
internal import StewardCore

/// A division of the sky, or of parts of it, into tracts and patches.
///
/// Two sky maps are equal when their ``hash``es are. Tracts are made when they are asked for and cost about a
/// microsecond with the projection TAN; only a few tables are kept.
///
/// ```swift
/// let rings = SkyMapConfiguration(.rings(count: 120), tractOverlap: 1.0 / 60, pixelScale: 0.2, projection: "TAN")
/// let map = try SkyMap(rings)
/// let found = try map.find(ra: [150.1, 53.1], dec: [2.2, -28.1])
/// ```
public struct SkyMap: Sendable {
    /// What defines the sky map.
    public let configuration: SkyMapConfiguration
    /// Version of the numbering; 0 for rings that are off by one, as old repositories have them, else 1.
    public let version: Int
    /// The SHA-1 by which repositories tell sky maps apart, 20 bytes; it does not depend on the version.
    public let hash: [UInt8]
    let tables: Tables
    /// The grid by which patches of all tracts are numbered, nil for each tract's own.
    private var sharedGrid: PatchGrid?

    /// What is kept for the layout.
    enum Tables: Sendable {
        case rings(RingTable)
        case discrete([DiscreteTract])
        case dodecahedron(Dodecahedron)
        case equatorial(count: Int, south: Double, north: Double)
        case healpix(HEALPixPixelization, isNested: Bool)
    }

    /// Creates a sky map.
    ///
    /// - Parameters:
    ///   - configuration: What defines it.
    ///   - version: Version of the numbering; 0 matters to rings only.
    /// - Throws: `ButlerError` of code `configuration` naming the key whose value makes no sense.
    public init(_ configuration: SkyMapConfiguration, version: Int = 1) throws {
        try configuration.check()
        guard (0...1).contains(version) else {
            throw ButlerError(.configuration, "Sky maps of version \"\(version)\" are not known; there are 0 and 1.")
        }
        self.configuration = configuration
        self.version = version
        hash = configuration.hash
        switch configuration.layout {
        case .rings(let count, let raStart):
            let start = Angle(degrees: raStart).radians
            tables = .rings(RingTable(count: count, raStart: start, isVersion0: version == 0))
        case .discrete(let tracts): tables = .discrete(tracts)
        case .dodecahedron(let onPoles): tables = .dodecahedron(Dodecahedron(facesOnPoles: onPoles))
        case .equatorial(let count, let south, let north):
            let (low, high) = (Angle(degrees: south).radians, Angle(degrees: north).radians)
            tables = .equatorial(count: count, south: low, north: high)
        case .healpix(let order, let isNested):
            tables = .healpix(try HEALPixPixelization(level: order), isNested: isNested)
        }
    }

    /// Number of tracts; they are numbered from 0.
    public var count: Int {
        switch tables {
        case .rings(let table): table.tractCount
        case .discrete(let tracts): tracts.count
        case .dodecahedron: 12
        case .equatorial(let count, _, _): count
        case .healpix(let pixels, _): 12 << (2 * pixels.level)
        }
    }

    /// A tract by its number.
    ///
    /// - Parameter id: Number of the tract.
    /// - Returns: The tract.
    /// - Throws: `ButlerError` of code `invalidArgument` if there is none, `configuration` if it does not fit its
    ///   projection.
    public func tract(_ id: Int) throws -> Tract {
        guard (0..<count).contains(id) else {
            throw ButlerError(
                .invalidArgument,
                count == 0
                    ? "The sky map has no tracts."
                    : "The sky map has no tract \(id); its tracts have the numbers 0 to \(count - 1)."
            )
        }
        var tract = try Tract(id, try plan(of: id), configuration)
        if let sharedGrid { tract.grid = tract.grid.numbered(as: sharedGrid) }
        return tract
    }

    /// The same sky map with patches numbered in another way.
    ///
    /// - Parameter numbering: The way.
    /// - Returns: The sky map; equal to this one, because its hash is.
    /// - Throws: As ``tract(_:)``.
    public func numbered(_ numbering: PatchNumbering) throws -> SkyMap {
        var copy = self
        copy.sharedGrid = nil
        if numbering == .byLastTract, count > 0 { copy.sharedGrid = try copy.tract(count - 1).grid }
        return copy
    }

    /// The greatest numbers of columns and of rows of patches that a tract has.
    ///
    /// - Returns: Columns and rows, 0 for a sky map without tracts.
    /// - Throws: As ``tract(_:)``.
    public func greatestPatchCounts() throws -> (columns: Int, rows: Int) {
        var greatest = (columns: 0, rows: 0)
        for id in 0..<count {
            let grid = try tract(id).grid
            greatest = (max(greatest.columns, grid.columns), max(greatest.rows, grid.rows))
        }
        return greatest
    }
}

/// How the patches of a tract are numbered.
public enum PatchNumbering: Sendable, Hashable {
    /// Rows of patches one after the other.
    case byTract
    /// As in repositories that the reference made of discrete sky maps with different radii: its tracts share one builder,
    /// which goes by the width, and the edges, of the tract made last.
    case byLastTract
}

extension SkyMap: Hashable {
    /// Whether both have the same tracts and patches.
    public static func == (left: SkyMap, right: SkyMap) -> Bool { left.hash == right.hash }

    /// Feeds the SHA-1 to the hasher.
    public func hash(into hasher: inout Hasher) { hasher.combine(hash) }
}
