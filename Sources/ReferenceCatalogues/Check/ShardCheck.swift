internal import Resources
internal import SphericalGeometry
internal import StewardCore

/// What is wrong with a reference catalogue.
public struct CatalogueFinding: Sendable, Hashable {
    /// Kinds of findings.
    public enum Kind: String, Sendable, CaseIterable {
        /// A file cannot be read, or is no table of sources.
        case unreadable
        /// The fields are not those of the other shards.
        case schema
        /// The format version is missing or too new.
        case version
        /// A flux is not in nJy.
        case unit
        /// A position is not finite, or beyond the poles.
        case position
        /// A source is not in its trixel.
        case trixel
        /// An identifier occurs again.
        case identifier
        /// Size or checksum are not those recorded.
        case file
        /// Totals are not those recorded.
        case total
    }

    /// What kind of problem it is.
    public let kind: Kind
    /// The shard or catalogue.
    public let subject: String
    /// What is wrong.
    public let message: String
    /// Whether pipelines can use the catalogue all the same.
    public let isWarning: Bool

    init(_ kind: Kind, _ subject: String, _ message: String, isWarning: Bool = false) {
        self.kind = kind
        self.subject = subject
        self.message = message
        self.isWarning = isWarning
    }
}

/// What one shard holds, and what is wrong with it.
struct ShardCheck: Sendable {
    let trixel: UInt64
    let path: ResourcePath
    private(set) var schema: CatalogueSchema?
    private(set) var rowCount = 0
    private(set) var byteCount = 0
    private(set) var extent = CatalogueExtent()
    private(set) var identifiers: [Int64] = []
    private(set) var findings: [CatalogueFinding] = []

    /// Distance from a trixel's edge within which the two ways of numbering may disagree, in radians.
    private static let edgeTolerance = 1e-14

    /// Reads a shard.
    ///
    /// - Parameters:
    ///   - trixel: Number of the trixel.
    ///   - path: The file.
    ///   - pixels: The trixels of the catalogue's level.
    ///   - known: Headers of another shard.
    init(_ trixel: UInt64, _ path: ResourcePath, _ pixels: HTMPixelization, known: HeaderMemory) {
        self.trixel = trixel
        self.path = path
        do {
            let file = try ShardFile.read(path, known: known)
            (schema, rowCount, byteCount) = (file.rows.schema, file.rows.rowCount, file.byteCount)
            check(file.rows.schema)
            try check(file.rows, pixels)
        } catch let error as ButlerError {
            add(.unreadable, error.message)
        } catch {
            add(.unreadable, "\(error)")
        }
    }

    private mutating func add(_ kind: CatalogueFinding.Kind, _ message: String, isWarning: Bool = false) {
        findings.append(CatalogueFinding(kind, "trixel \(trixel)", message, isWarning: isWarning))
    }

    private mutating func check(_ schema: CatalogueSchema) {
        if let version = schema.formatVersion {
            if version > CatalogueSchema.currentVersion {
                add(.version, "The format version is \(version), later than \(CatalogueSchema.currentVersion).")
            }
        } else {
            add(.version, "The file names no format version.", isWarning: true)
        }
        let isFlux = { (name: String) in
            ["_flux", "_camFlux", "_fluxErr", "_camFluxErr"].contains { name.hasSuffix($0) }
        }
        for field in schema.fields where isFlux(field.name) && field.unit != "nJy" {
            add(.unit, "\"\(field.name)\" is in \"\(field.unit)\", not in nJy.")
        }
    }

    private mutating func check(_ rows: CatalogueRows, _ pixels: HTMPixelization) throws {
        guard let longitudes = rows.doubles("coord_ra"), let latitudes = rows.doubles("coord_dec"),
            let ids = rows.integers("id")
        else { return }
        let outline = try pixels.pixel(trixel)
        let near = try PaddedRegion(.polygon(outline), padding: Angle(radians: Self.edgeTolerance))
        var (lost, outside) = ([Int64](), [Int64]())
        for row in 0..<rows.rowCount {
            guard longitudes[row].isFinite, latitudes[row].isFinite, latitudes[row].magnitude <= .pi / 2 else {
                lost.append(ids[row])
                continue
            }
            let point = UnitVector3D(
                longitude: Angle(radians: longitudes[row]),
                latitude: Angle(radians: latitudes[row])
            )
            if pixels.index(of: point) != trixel, !near.contains(point) { outside.append(ids[row]) }
        }
        if let first = lost.first { add(.position, "\(lost.count) sources have no position; the first is \(first).") }
        if let first = outside.first {
            add(.trixel, "\(outside.count) sources lie in another trixel; the first is \(first).")
        }
        var seen: Set<Int64> = []
        let repeated = ids.filter { !seen.insert($0).inserted }
        if let first = repeated.first {
            add(.identifier, "\(repeated.count) identifiers occur again; the first is \(first).")
        }
        identifiers = ids
        measure(rows)
    }

    private mutating func measure(_ rows: CatalogueRows) {
        for epoch in rows.doubles("epoch") ?? [] { extent.add(epoch: epoch) }
        guard let east = rows.doubles("pm_ra"), let north = rows.doubles("pm_dec") else { return }
        for row in east.indices { extent.add(motion: (east[row] * east[row] + north[row] * north[row]).squareRoot()) }
    }

    /// Compares the fields with those of the first shard.
    mutating func compare(to first: CatalogueSchema?) {
        guard let first, let schema, !schema.matches(first) else { return }
        let difference = schema.differences(to: first).first ?? "the columns have another order"
        add(.schema, "The fields are not those of the other shards: \(difference).")
    }

    /// Compares the file with what is recorded of it.
    mutating func compare(size: Int64?, checksum: String?) {
        if let size, size >= 0, size != Int64(byteCount) {
            add(.file, "The file has \(byteCount) bytes, recorded are \(size).")
        } else if let checksum, let found = try? FileStore.checksum(of: path), found != checksum {
            add(.file, "The checksum is not the one recorded.")
        }
    }

    /// Frees what only the check of all identifiers needs.
    mutating func forgetIdentifiers() { identifiers = [] }
}
