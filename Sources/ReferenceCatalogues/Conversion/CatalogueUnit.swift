internal import StewardCore

/// A unit that input columns may have.
struct CatalogueUnit: Sendable, Hashable {
    /// What is measured.
    enum Quantity: String, Sendable {
        /// An angle; the base unit is the radian.
        case angle
        /// An angle for each Julian year; the base unit is the radian a year.
        case motion = "proper motion"
        /// A flux density; the base unit is the nanojansky.
        case flux
        /// An AB magnitude.
        case magnitude
    }

    /// How it was written.
    let name: String
    /// What is measured.
    let quantity: Quantity
    /// The unit in base units.
    let factor: Double

    private static let angles: [String: Double] = {
        let degree = Double.pi / 180
        return [
            "deg": degree, "degree": degree, "degrees": degree, "rad": 1, "radian": 1, "arcmin": degree / 60,
            "arcsec": degree / 3600, "mas": degree / 3.6e6, "uas": degree / 3.6e9, "hourangle": 15 * degree,
        ]
    }()

    private static let fluxes: [String: Double] = ["Jy": 1e9, "mJy": 1e6, "uJy": 1e3, "nJy": 1]

    /// The units as documented, for messages.
    static let names = [
        "deg", "rad", "arcmin", "arcsec", "mas", "uas", "hourangle", "each of these with /yr", "Jy", "mJy", "uJy",
        "nJy",
        "mag",
    ]

    /// Reads a unit as it is written in configurations, FITS and ECSV files; nil for one that is not known.
    init?(_ text: String) {
        let compact = text.filter { $0 != " " }
        if let factor = Self.angles[compact] {
            self.init(name: text, quantity: .angle, factor: factor)
        } else if let factor = Self.fluxes[compact] {
            self.init(name: text, quantity: .flux, factor: factor)
        } else if compact == "mag" || compact == "mag(AB)" || compact == "ABmag" {
            self.init(name: text, quantity: .magnitude, factor: 1)
        } else {
            let ends = ["/yr", "/year", "/a", "yr-1", "yr**-1", ".yr-1", "*yr**-1", ".yr**-1", "year-1"]
            let stem = ends.filter(compact.hasSuffix).max { $0.count < $1.count }.map { compact.dropLast($0.count) }
            guard let stem, let factor = Self.angles[String(stem)] else { return nil }
            self.init(name: text, quantity: .motion, factor: factor)
        }
    }

    private init(name: String, quantity: Quantity, factor: Double) {
        self.name = name
        self.quantity = quantity
        self.factor = factor
    }
}
