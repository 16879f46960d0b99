import AstroTime
import StewardCore

extension InstantRule {
    /// Reads `{instant: [...], not_before: {...}, missing: ...}`.
    init(_ mapping: DefinitionMapping) throws {
        sources = try mapping.required("instant").oneOrMore().map { try InstantSource($0) }
        notBefore = try mapping["not_before"].map { try InstantSource($0) }
        absence = try ValueRule.Absence(mapping["missing"])
    }

    /// The properties that the rule asks for.
    var dependencies: [ObservationProperty] {
        (sources + [notBefore].compactMap { $0 }).flatMap(\.dependencies) + absence.dependencies
    }
}

extension InstantSource {
    /// Reads `{date: K}`, `{mjd: K}` or `{property: P}` with `time`, `scale` and `plus`.
    init(_ node: DefinitionNode) throws {
        let mapping = try node.mapping(["date", "mjd", "property", "time", "scale", "plus", "forward_only"])
        switch try mapping.alternative(of: ["date", "mjd", "property"]) {
        case "date": origin = .date(try mapping.required("date").text())
        case "mjd": origin = .modifiedJulianDate(try mapping.required("mjd").text())
        case "property": origin = .property(try Self.property(mapping.required("property"), kind: .instant))
        default: throw node.error("one of date, mjd, property must be given")
        }
        timeOfDay = try mapping["time"]?.text()
        goesForwardOnly = try mapping["forward_only"]?.flag() ?? false
        if timeOfDay != nil, !mapping.contains("date") { throw node.error("\"time\" needs \"date\"") }
        if let scale = mapping["scale"], try scale.text() != "header" {
            self.scale = try TimeScale(definition: scale)
        }
        plus =
            try mapping["plus"]?.dictionary().map { entry in
                guard let property = ObservationProperty(rawValue: entry.key), property.unit == "s" else {
                    throw entry.value.error("\"\(entry.key)\" is not a property in seconds")
                }
                return (property, try entry.value.real())
            } ?? []
    }

    /// A property of a kind.
    private static func property(
        _ node: DefinitionNode,
        kind: ObservationProperty.Kind
    ) throws -> ObservationProperty {
        let property: ObservationProperty = try node.choice()
        guard property.kind == kind else {
            throw node.error("\"\(property.rawValue)\" is \(property.kind.rawValue), not \(kind.rawValue)")
        }
        return property
    }

    /// The properties that the source asks for.
    var dependencies: [ObservationProperty] {
        let added = plus.map(\.property)
        guard case .property(let property) = origin else { return added }
        return [property] + added
    }
}

extension TimeScale {
    /// Reads the name of a scale.
    init(definition node: DefinitionNode) throws {
        let name = try node.text()
        guard let scale = try? TimeScale(name: name) else {
            throw node.error("\"\(name)\" is not a time scale; these are utc, tai, tt and header")
        }
        self = scale
    }
}

/// Instants between which something holds, both excluded.
struct InstantBounds: Sendable {
    let after: TAI?
    let before: TAI?

    /// Reads `{after: 2013-02-10, before: 2013-02-14}`, ISO dates in UTC.
    init(_ node: DefinitionNode) throws {
        let mapping = try node.mapping(["after", "before"])
        after = try mapping["after"].map(Self.instant)
        before = try mapping["before"].map(Self.instant)
    }

    /// Whether an instant lies between.
    func contains(_ instant: TAI) -> Bool {
        (after.map { instant > $0 } ?? true) && (before.map { instant < $0 } ?? true)
    }

    private static func instant(_ node: DefinitionNode) throws -> TAI {
        let text = try node.text()
        guard let instant = try? TAI(text, format: .isot, scale: .utc) else {
            throw node.error("\"\(text)\" is not an ISO date such as 2013-02-10T12:00:00")
        }
        return instant
    }
}
