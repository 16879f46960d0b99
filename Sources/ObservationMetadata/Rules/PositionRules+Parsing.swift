import StewardCore

extension LocationRule {
    private static let forms = ["geodetic", "geocentric"]
    /// The keys of a location rule.
    static let keys = forms + ["otherwise"]

    /// Reads `{geodetic: {longitude: ..., latitude: ..., height: ...}, otherwise: {geocentric: [...]}}`.
    init(_ mapping: DefinitionMapping) throws {
        let form: Form
        if let geodetic = mapping["geodetic"] {
            let values = try geodetic.mapping(["longitude", "latitude", "height"])
            form = .geodetic(
                try HeaderNumber(values.required("longitude")),
                try HeaderNumber(values.required("latitude")),
                try HeaderNumber(values.required("height"))
            )
        } else {
            let node = try mapping.required("geocentric")
            let values = try node.list().map { try HeaderNumber($0) }
            guard values.count == 3 else { throw node.error("X, Y and Z must be given") }
            form = .geocentric(values[0], values[1], values[2])
        }
        let rest = try mapping["otherwise"].map { try LocationRule($0.mapping(Self.keys)).forms } ?? []
        self.init(forms: [form] + rest)
    }
}

extension HeaderNumber {
    /// Reads a number, a keyword, or `{keyword: K, factor: F}`.
    init(_ node: DefinitionNode) throws {
        if let number = try? node.real() {
            self = .constant(number)
        } else if node.entries == nil {
            self = .keyword(try node.text(), factor: 1)
        } else {
            let mapping = try node.mapping(["keyword", "factor"])
            self = .keyword(try mapping.required("keyword").text(), factor: try mapping["factor"]?.real() ?? 1)
        }
    }
}

extension EquatorialRule {
    /// The keys of a rule for right ascension and declination.
    static let keys = ["radec", "units", "frame", "missing"]

    /// Reads `{radec: [RA, DEC], units: [hours, degrees], frame: RADESYS, missing: ...}`.
    init(_ mapping: DefinitionMapping) throws {
        pairs = try mapping.required("radec").pairs().map { (try $0[0].text(), try $0[1].text()) }
        let units = try mapping["units"]?.list() ?? []
        guard units.isEmpty || units.count == 2 else {
            throw mapping.node.error("units must be those of right ascension and declination")
        }
        rightAscensionUnit = try units.first?.choice() ?? .degrees
        declinationUnit = try units.last?.choice() ?? .degrees
        frames = try mapping["frame"]?.oneOrMore().map { try $0.text() } ?? []
        absence = try ValueRule.Absence(mapping["missing"])
    }
}

extension HorizontalRule {
    /// The keys of a rule for azimuth and altitude.
    static let keys = [
        "altaz", "zenith_distance_azimuth", "altitude_range", "azimuth_factor", "azimuth_offset", "missing",
    ]

    /// Reads `{altaz: [ALT, AZ], altitude_range: [0, 90], missing: ...}`.
    init(_ mapping: DefinitionMapping) throws {
        let direct = try mapping["altaz"]?.pairs() ?? []
        let complements = try mapping["zenith_distance_azimuth"]?.pairs() ?? []
        guard !(direct + complements).isEmpty else { throw mapping.node.error("altaz must be given") }
        pairs =
            try direct.map { Pair(altitude: try $0[0].text(), isZenithDistance: false, azimuth: try $0[1].text()) }
            + complements.map { Pair(altitude: try $0[0].text(), isZenithDistance: true, azimuth: try $0[1].text()) }
        let range = try mapping["altitude_range"]?.reals(2) ?? [0, 90]
        guard range[0] <= range[1], range[0] >= -90, range[1] <= 90 else {
            throw mapping.node.error("altitude_range must be ascending and within -90 to 90")
        }
        altitudes = range[0]...range[1]
        azimuth = ValueRule.Linear(
            factor: try mapping["azimuth_factor"]?.real() ?? 1,
            offset: try mapping["azimuth_offset"]?.real() ?? 0
        )
        absence = try ValueRule.Absence(mapping["missing"])
    }
}

extension DefinitionNode {
    /// A list of pairs, or a single pair.
    fileprivate func pairs() throws -> [[DefinitionNode]] {
        let items = try list()
        let pairs = items.allSatisfy { $0.items == nil } ? [items] : try items.map { try $0.list() }
        guard !pairs.isEmpty, pairs.allSatisfy({ $0.count == 2 }) else {
            throw error("pairs of two keywords must be given")
        }
        return pairs
    }
}
