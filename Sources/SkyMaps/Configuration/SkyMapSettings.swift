internal import ButlerConfig
internal import StewardCore

/// The fields of one kind of sky map while a configuration file sets them.
struct SkyMapSettings: Sendable {
    let kind: SkyMapKind
    private var values: [String: TaskConfigValue] = [:]
    private var builder = "legacy"
    private var builderValues: [String: [String: TaskConfigValue]] = [:]

    init(_ kind: SkyMapKind) {
        self.kind = kind
    }

    /// Sets a field.
    ///
    /// - Parameters:
    ///   - path: Names and keys that lead to it.
    ///   - assignment: The assignment, for its value and for errors.
    ///   - source: What the file is called in errors.
    /// - Throws: `ButlerError` of code `configuration` naming key and line.
    mutating func set(_ path: ArraySlice<String>, _ assignment: TaskConfigText.Assignment, source: String) throws {
        switch Array(path) {
        case ["tractBuilder"], ["tractBuilder", "name"]:
            guard case .text(let name) = assignment.value, ConfigSchema.builderFields(name, of: kind) != nil else {
                throw Self.wrong(assignment, "'legacy' or 'cells'", source)
            }
            builder = name
        case let keys where keys.count == 3 && keys[0] == "tractBuilder":
            let name = keys[1] == "active" ? builder : keys[1]
            guard let fields = ConfigSchema.builderFields(name, of: kind) else {
                throw Self.unknown(assignment, among: ["tractBuilder.legacy", "tractBuilder.cells"], source)
            }
            builderValues[name, default: [:]][keys[2]] = try Self.value(of: keys[2], fields, assignment, source)
        case let keys where keys.count == 1 && ["patchInnerDimensions", "patchBorder"].contains(keys[0]):
            let fields = ConfigSchema.builderFields("legacy", of: kind) ?? []
            builderValues["legacy", default: [:]][keys[0]] = try Self.value(of: keys[0], fields, assignment, source)
        case let keys where keys.count == 1:
            values[keys[0]] = try Self.value(of: keys[0], ConfigSchema.fields(of: kind), assignment, source)
        default: throw Self.unknown(assignment, among: ConfigSchema.fields(of: kind).map(\.name), source)
        }
    }

    private static func value(
        of name: String,
        _ fields: [ConfigSchema.Field],
        _ assignment: TaskConfigText.Assignment,
        _ source: String
    ) throws -> TaskConfigValue {
        guard let field = fields.first(where: { $0.name == name }) else {
            throw unknown(assignment, among: fields.map(\.name), source)
        }
        guard let value = field.kind.adapted(assignment.value) else {
            throw wrong(assignment, field.kind.words, source)
        }
        return value
    }

    /// The configuration.
    ///
    /// - Parameter source: What the file is called in errors.
    /// - Returns: The configuration; its numbers are not checked yet.
    /// - Throws: `ButlerError` of code `configuration` for a field without a default that is not set, and for lists of
    ///   different lengths.
    func configuration(source: String) throws -> SkyMapConfiguration {
        let resolved = try FieldValues(ConfigSchema.fields(of: kind), values, source)
        let fields = ConfigSchema.builderFields(builder, of: kind) ?? []
        let patches = try FieldValues(fields, builderValues[builder] ?? [:], source)
        return SkyMapConfiguration(
            try layout(resolved, source),
            tractOverlap: resolved.real("tractOverlap"),
            pixelScale: resolved.real("pixelScale"),
            projection: resolved.text("projection"),
            rotation: resolved.real("rotation"),
            patches: builder == "cells" ? patches.cells : patches.legacy
        )
    }

    private func layout(_ values: FieldValues, _ source: String) throws -> TractLayout {
        switch kind {
        case .rings: return .rings(count: values.int("numRings"), raStart: values.real("raStart"))
        case .dodecahedron: return .dodecahedron(tractsOnPoles: values.bool("withTractsOnPoles"))
        case .equatorial:
            let range = values.reals("decRange")
            return .equatorial(count: values.int("numTracts"), south: range.first ?? .nan, north: range.last ?? .nan)
        case .healpix: return .healpix(log2NSide: values.int("log2NSide"), isNested: values.bool("nest"))
        case .discrete:
            let (ra, dec, radius) = (values.reals("raList"), values.reals("decList"), values.reals("radiusList"))
            guard ra.count == radius.count, dec.count == radius.count else {
                throw ButlerError(
                    .configuration,
                    "raList, decList and radiusList have \(ra.count), \(dec.count) and \(radius.count) values.",
                    remedy: "Give as many of each as there are tracts.",
                    context: [.init("file", source)]
                )
            }
            return .discrete(radius.indices.map { DiscreteTract(ra: ra[$0], dec: dec[$0], radius: radius[$0]) })
        }
    }

    // MARK: Errors

    static func unknown(
        _ assignment: TaskConfigText.Assignment,
        among names: [String],
        _ source: String
    ) -> ButlerError {
        ButlerError(
            .configuration,
            "There is no key \"\(assignment.key)\" in the configuration.",
            candidates: Candidates.nearest(to: assignment.path.last ?? "", in: names),
            context: [.init("file", source), .init("line", String(assignment.line))]
        )
    }

    static func wrong(_ assignment: TaskConfigText.Assignment, _ rule: String, _ source: String) -> ButlerError {
        ButlerError(
            .configuration,
            "The key \"\(assignment.key)\" cannot be \(assignment.value.pythonText); it takes \(rule).",
            context: [.init("file", source), .init("line", String(assignment.line))]
        )
    }
}

/// Values of all fields of a configuration, each of its field's kind.
private struct FieldValues {
    private var values: [String: TaskConfigValue]

    init(_ fields: [ConfigSchema.Field], _ given: [String: TaskConfigValue], _ source: String) throws {
        values = given
        for field in fields where given[field.name] == nil {
            guard let standard = field.standard else {
                throw ButlerError(
                    .configuration,
                    "The configuration sets no \"\(field.name)\", which has no default.",
                    context: [.init("file", source)]
                )
            }
            values[field.name] = standard
        }
    }

    func int(_ name: String) -> Int {
        guard case .int(let value)? = values[name] else { return 0 }
        return value
    }

    func bool(_ name: String) -> Bool { values[name] == .bool(true) }

    func real(_ name: String) -> Double { values[name]?.realValue ?? .nan }

    func text(_ name: String) -> String {
        guard case .text(let value)? = values[name] else { return "" }
        return value
    }

    func reals(_ name: String) -> [Double] {
        guard case .list(let items)? = values[name] else { return [] }
        return items.compactMap(\.realValue)
    }

    var legacy: PatchLayout {
        let size = reals("patchInnerDimensions").compactMap { Int(exactly: $0) }
        return .legacy(width: size.first ?? 0, height: size.last ?? 0, border: int("patchBorder"))
    }

    var cells: PatchLayout {
        let size = reals("cellInnerDimensions").compactMap { Int(exactly: $0) }
        return .cells(
            CellLayout(
                width: size.first ?? 0,
                height: size.last ?? 0,
                border: int("cellBorder"),
                perPatch: int("numCellsPerPatchInner"),
                inBorder: int("numCellsInPatchBorder")
            )
        )
    }
}
