internal import ButlerConfig

/// The fields that the reference's configurations of sky maps have, with their defaults.
enum ConfigSchema {
    /// What a field takes.
    enum Kind: Sendable, Hashable {
        case int
        case real
        case bool
        case text
        case ints(count: Int)
        case reals(count: Int?)

        /// The value as the field holds it, or nil if it does not take it.
        func adapted(_ value: TaskConfigValue) -> TaskConfigValue? {
            switch (self, value) {
            case (.int, .int), (.bool, .bool), (.text, .text): return value
            case (.real, _): return value.realValue.map { .real($0) }
            case (.ints(let count), .list(let items)):
                let fits = items.allSatisfy { if case .int = $0 { true } else { false } }
                return fits && items.count == count ? value : nil
            case (.reals(let count), .list(let items)):
                let reals = items.compactMap(\.realValue)
                guard reals.count == items.count, count == nil || count == reals.count else { return nil }
                return .list(reals.map { .real($0) })
            default: return nil
            }
        }

        /// What it takes, for messages.
        var words: String {
            switch self {
            case .int: "a whole number"
            case .real: "a number"
            case .bool: "True or False"
            case .text: "a text"
            case .ints(let count): "a list of \(count) whole numbers"
            case .reals(let count): "a list of \(count.map { "\($0) " } ?? "")numbers"
            }
        }
    }

    /// A field and what it is unless set; nil if it must be set.
    struct Field: Sendable {
        let name: String
        let kind: Kind
        let standard: TaskConfigValue?
    }

    /// The fields of all sky maps but for the tract builder's, as a kind has them.
    static func fields(of kind: SkyMapKind) -> [Field] {
        let standard = SkyMapConfiguration(sample(of: kind))
        return [
            Field(name: "tractOverlap", kind: .real, standard: .real(standard.tractOverlap)),
            Field(name: "pixelScale", kind: .real, standard: .real(standard.pixelScale)),
            Field(name: "projection", kind: .text, standard: .text(standard.projection)),
            Field(name: "rotation", kind: .real, standard: .real(standard.rotation)),
        ] + ownFields(of: kind)
    }

    private static func sample(of kind: SkyMapKind) -> TractLayout {
        switch kind {
        case .rings: .rings(count: 1)
        case .discrete: .discrete([])
        case .dodecahedron: .dodecahedron()
        case .equatorial: .equatorial()
        case .healpix: .healpix(log2NSide: 0)
        }
    }

    private static func ownFields(of kind: SkyMapKind) -> [Field] {
        switch kind {
        case .rings:
            [
                Field(name: "numRings", kind: .int, standard: nil),
                Field(name: "raStart", kind: .real, standard: .real(0)),
            ]
        case .discrete:
            ["raList", "decList", "radiusList"].map {
                Field(name: $0, kind: .reals(count: nil), standard: .list([]))
            }
        case .dodecahedron: [Field(name: "withTractsOnPoles", kind: .bool, standard: .bool(false))]
        case .equatorial:
            [
                Field(name: "numTracts", kind: .int, standard: .int(4)),
                Field(name: "decRange", kind: .reals(count: 2), standard: .list([.real(-1.25), .real(1.25)])),
            ]
        case .healpix:
            [
                Field(name: "log2NSide", kind: .int, standard: .int(0)),
                Field(name: "nest", kind: .bool, standard: .bool(false)),
            ]
        }
    }

    /// The fields of a tract builder, or nil if there is none of that name.
    static func builderFields(_ builder: String, of kind: SkyMapKind) -> [Field]? {
        switch builder {
        case "legacy":
            let border = kind == .dodecahedron ? 250 : 100
            return [
                Field(name: "patchInnerDimensions", kind: .ints(count: 2), standard: .list([.int(4000), .int(4000)])),
                Field(name: "patchBorder", kind: .int, standard: .int(border)),
            ]
        case "cells":
            let cells = CellLayout()
            return [
                Field(
                    name: "cellInnerDimensions",
                    kind: .ints(count: 2),
                    standard: .list([.int(cells.width), .int(cells.height)])
                ),
                Field(name: "cellBorder", kind: .int, standard: .int(cells.border)),
                Field(name: "numCellsPerPatchInner", kind: .int, standard: .int(cells.perPatch)),
                Field(name: "numCellsInPatchBorder", kind: .int, standard: .int(cells.inBorder)),
            ]
        default: return nil
        }
    }
}
