internal import ButlerConfig
internal import StewardCore

extension SkyMapConfiguration {
    /// Reads the configuration of a sky map of a known kind, as the reference writes it (`config.numRings=120`).
    ///
    /// - Parameters:
    ///   - text: The file's text: assignments, comments, imports.
    ///   - kind: The kind of sky map that it configures.
    ///   - source: What it is called in errors.
    /// - Throws: `ButlerError` of code `configuration` naming line and key of what is not understood.
    public init(_ text: String, kind: SkyMapKind, source: String = "configuration") throws {
        var settings = SkyMapSettings(kind)
        for assignment in try TaskConfigText(text, source: source).assignments {
            try settings.set(assignment.path[...], assignment, source: source)
        }
        self = try settings.configuration(source: source)
        try check()
    }

    /// The configuration as the reference reads it: one assignment a line, all fields of this kind.
    ///
    /// - Parameter root: What stands before each name.
    /// - Returns: Lines that end with a line break.
    public func text(root: String = "config") -> String {
        fields.map { "\(root).\($0.0)=\($0.1.pythonText)\n" }.joined()
    }

    /// All fields in the reference's order.
    private var fields: [(String, TaskConfigValue)] {
        var fields: [(String, TaskConfigValue)] = []
        switch patches {
        case .legacy(let width, let height, let border):
            fields += [
                ("tractBuilder['legacy'].patchInnerDimensions", .list([.int(width), .int(height)])),
                ("tractBuilder['legacy'].patchBorder", .int(border)),
                ("tractBuilder.name", .text("legacy")),
            ]
        case .cells(let cells):
            fields += [
                ("tractBuilder['cells'].cellInnerDimensions", .list([.int(cells.width), .int(cells.height)])),
                ("tractBuilder['cells'].cellBorder", .int(cells.border)),
                ("tractBuilder['cells'].numCellsPerPatchInner", .int(cells.perPatch)),
                ("tractBuilder['cells'].numCellsInPatchBorder", .int(cells.inBorder)),
                ("tractBuilder.name", .text("cells")),
            ]
        }
        fields += [
            ("tractOverlap", .real(tractOverlap)), ("pixelScale", .real(pixelScale)),
            ("projection", .text(projection)), ("rotation", .real(rotation)),
        ]
        return fields + layoutFields
    }

    private var layoutFields: [(String, TaskConfigValue)] {
        switch layout {
        case .rings(let count, let raStart): return [("numRings", .int(count)), ("raStart", .real(raStart))]
        case .discrete(let tracts):
            return [
                ("raList", .list(tracts.map { .real($0.ra) })), ("decList", .list(tracts.map { .real($0.dec) })),
                ("radiusList", .list(tracts.map { .real($0.radius) })),
            ]
        case .dodecahedron(let onPoles): return [("withTractsOnPoles", .bool(onPoles))]
        case .equatorial(let count, let south, let north):
            return [("numTracts", .int(count)), ("decRange", .list([.real(south), .real(north)]))]
        case .healpix(let order, let isNested): return [("log2NSide", .int(order)), ("nest", .bool(isNested))]
        }
    }
}
