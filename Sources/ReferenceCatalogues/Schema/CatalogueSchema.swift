internal import FITS
internal import StewardCore

/// The fields of a reference catalogue and where each lies in the bytes of a row.
///
/// Rows are those of a FITS binary table: big-endian, the flags first, then the columns in order.
public struct CatalogueSchema: Sendable, Hashable {
    /// Where a field lies in a row.
    public enum Place: Sendable, Hashable {
        /// Bytes from an offset.
        case bytes(Int)
        /// A bit of the flags, counted from 0, the most significant first.
        case bit(Int)
    }

    /// The fields in order.
    public let fields: [CatalogueField]
    /// Where each field lies.
    public let places: [Place]
    /// Bytes of a row.
    public let rowSize: Int
    /// Version of the format that the file names (`REFCAT_FORMAT_VERSION`); nil if it names none.
    public let formatVersion: Int?
    private let indices: [String: Int]

    /// The version that is written: fluxes in nJy, covariances with the full position set.
    public static let currentVersion = 2

    /// The layout that is written for some fields.
    public init(_ fields: [CatalogueField]) {
        let flagCount = fields.count { $0.kind == .flag }
        var (offset, bit) = ((flagCount + 7) / 8, 0)
        var places: [Place] = []
        for field in fields {
            if field.kind == .flag {
                places.append(.bit(bit))
                bit += 1
            } else {
                places.append(.bytes(offset))
                offset += field.kind.byteCount
            }
        }
        self.init(fields, places, rowSize: offset, formatVersion: Self.currentVersion)
    }

    init(_ fields: [CatalogueField], _ places: [Place], rowSize: Int, formatVersion: Int?) {
        self.fields = fields
        self.places = places
        self.rowSize = rowSize
        self.formatVersion = formatVersion
        indices = Dictionary(fields.enumerated().map { ($1.name, $0) }) { first, _ in first }
    }

    /// Position of the field of a name; nil if there is none.
    public func index(_ name: String) -> Int? { indices[name] }

    /// The field of a name.
    public subscript(name: String) -> CatalogueField? { indices[name].map { fields[$0] } }

    /// Position of the field of a name.
    ///
    /// - Parameter name: Name of a field.
    /// - Returns: Its position in ``fields``.
    /// - Throws: ``ButlerError`` with `.invalidArgument` and candidates if there is none.
    public func require(_ name: String) throws -> Int {
        if let index = indices[name] { return index }
        let names = fields.map(\.name)
        throw ButlerError(
            .invalidArgument,
            "The catalogue has no column \"\(name)\".",
            remedy: "It has \(names.joined(separator: ", ")).",
            candidates: Candidates.nearest(to: name, in: names)
        )
    }

    /// Number of flags.
    var flagCount: Int { fields.count { $0.kind == .flag } }

    /// Names of the fields that hold fluxes, without `_flux`.
    public var filters: [String] {
        fields.map(\.name).filter { $0.hasSuffix("_flux") }.map { String($0.dropLast("_flux".count)) }
    }

    /// Offset of a column of double precision; nil if there is no such column.
    func doubleOffset(_ name: String) -> Int? {
        guard let index = indices[name], fields[index].kind.isDouble, case .bytes(let offset) = places[index] else {
            return nil
        }
        return offset
    }

    /// Offset of a column of single precision; nil if there is no such column.
    func floatOffset(_ name: String) -> Int? {
        guard let index = indices[name], fields[index].kind == .float, case .bytes(let offset) = places[index] else {
            return nil
        }
        return offset
    }

    /// Whether rows of both can be put one after the other: names, kinds, units and places agree.
    func matches(_ other: CatalogueSchema) -> Bool {
        rowSize == other.rowSize && places == other.places && differences(to: other).isEmpty
    }

    /// What differs from another schema in names, kinds and units, one phrase each.
    public func differences(to other: CatalogueSchema) -> [String] {
        var found: [String] = []
        for field in fields {
            guard let old = other[field.name] else {
                found.append("\"\(field.name)\" is new")
                continue
            }
            if old.kind != field.kind {
                found.append("\"\(field.name)\" is \(field.kind.name) instead of \(old.kind.name)")
            }
            if old.unit != field.unit {
                found.append("\"\(field.name)\" is in \"\(field.unit)\" instead of \"\(old.unit)\"")
            }
        }
        for field in other.fields where self[field.name] == nil { found.append("\"\(field.name)\" is gone") }
        return found
    }
}

extension CatalogueSchema {
    /// The part of the fields that every catalogue has, and those that follow from the configuration, in the order of
    /// the reference (`meas_algorithms: convertReferenceCatalog.py`, format version 2).
    ///
    /// - Parameters:
    ///   - filters: Names of the fluxes.
    ///   - flags: Which of `photometric`, `resolved` and `variable` there are.
    ///   - hasMotion: Whether epoch, proper motion, parallax and covariances are there.
    ///   - extra: Further fields.
    init(filters: [String], flags: Set<String>, hasMotion: Bool, extra: [CatalogueField]) {
        var fields = [
            CatalogueField("id", .int64, "unique ID"),
            CatalogueField("coord_ra", .angle, unit: "rad", "position in ra/dec"),
            CatalogueField("coord_dec", .angle, unit: "rad", "position in ra/dec"),
        ]
        fields += filters.map { CatalogueField("\($0)_flux", .double, unit: "nJy", "flux in filter \($0)") }
        fields += filters.map {
            CatalogueField("\($0)_fluxErr", .double, unit: "nJy", "flux uncertainty in filter \($0)")
        }
        let texts = [
            ("photometric", "set if the object can be used for photometric calibration"),
            ("resolved", "set if the object is spatially resolved"),
            ("variable", "set if the object has variable brightness"),
        ]
        fields += texts.filter { flags.contains($0.0) }.map { CatalogueField($0.0, .flag, $0.1) }
        fields.append(CatalogueField("coord_raErr", .float, unit: "rad", "1-sigma uncertainty on ra"))
        fields.append(CatalogueField("coord_decErr", .float, unit: "rad", "1-sigma uncertainty on dec"))
        if hasMotion { fields += Self.motionFields }
        self.init(fields + extra)
    }

    /// The quantities whose covariances are stored.
    static let correlated = ["coord_ra", "coord_dec", "pm_ra", "pm_dec", "parallax"]

    /// The pairs of ``correlated`` in the order of their fields, by position.
    static let correlatedPairs = (0..<5).flatMap { first in (first + 1..<5).map { (first, $0) } }

    private static var motionFields: [CatalogueField] {
        let fields = [
            CatalogueField("epoch", .double, unit: "day", "date of observation (TAI, MJD)"),
            CatalogueField(
                "pm_ra",
                .angle,
                unit: "rad",
                "proper motion in the right ascension direction = dra/dt * cos(dec)"
            ),
            CatalogueField("pm_dec", .angle, unit: "rad", "proper motion in the declination direction"),
            CatalogueField("pm_raErr", .float, unit: "rad/year", "1-sigma uncertainty on ra"),
            CatalogueField("pm_decErr", .float, unit: "rad/year", "1-sigma uncertainty on dec"),
            CatalogueField("pm_flag", .flag, "Set if proper motion or proper motion error is bad"),
            CatalogueField("parallax", .angle, unit: "rad", "parallax"),
            CatalogueField("parallaxErr", .angle, unit: "rad", "uncertainty in parallax"),
            CatalogueField("parallax_flag", .flag, "Set if parallax or parallax error is bad"),
        ]
        return fields
            + correlatedPairs.map { first, second in
                let (a, b) = (correlated[first], correlated[second])
                let years = [a, b].count { $0.hasPrefix("pm_") }
                let unit = ["rad^2", "rad^2/year", "rad^2/year^2"][years]
                return CatalogueField("\(a)_\(b)_Cov", .float, unit: unit, "Covariance between \(a) and \(b)")
            }
    }
}
