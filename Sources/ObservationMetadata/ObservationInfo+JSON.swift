import AstroTime
public import StewardCore

extension ObservationInfo {
    /// Key of the translator's name in the wire form.
    static let translatorKey = "_translator"
    /// Prefix of properties beyond the standard set.
    static let extensionPrefix = "ext_"

    /// The wire form, as sidecars and indexes hold it: known properties in fixed order, instants as TAI Julian Dates.
    public var json: JSONValue {
        var members: [JSONValue.Member] = []
        if let translator { members.append(.init(Self.translatorKey, .string(translator))) }
        for (property, value) in properties {
            members.append(.init(property.rawValue, value.json))
        }
        return .object(members + extensions)
    }

    /// Reads the wire form.
    ///
    /// Null counts as not known. As in the reference, group counters that are not given are the observation counter,
    /// and simulated content is false.
    ///
    /// - Parameters:
    ///   - json: An object of property names and values.
    ///   - source: Name of the file for error messages.
    /// - Throws: `ButlerError` of code `header` for an unknown property or a value of the wrong form.
    public init(json: JSONValue, source: String? = nil) throws {
        guard let members = json.members else {
            throw Self.error("A translated header must be an object of properties.", source)
        }
        self.init(unchecked: [:], translator: nil)
        var extensions: [JSONValue.Member] = []
        for member in members where !member.value.isNull {
            if member.key == Self.translatorKey {
                translator = member.value.string
            } else if member.key.hasPrefix(Self.extensionPrefix) {
                extensions.append(member)
            } else {
                try read(member, source)
            }
        }
        self.init(unchecked: Self.completed(values, given: members), translator: translator, extensions: extensions)
    }

    private mutating func read(_ member: JSONValue.Member, _ source: String?) throws {
        guard let property = ObservationProperty(rawValue: member.key) else {
            let names = ObservationProperty.allCases.map(\.rawValue)
            throw Self.error(
                "\"\(member.key)\" is not an observation property.",
                source,
                candidates: Candidates.nearest(to: member.key, in: names)
            )
        }
        guard let value = PropertyValue(json: member.value, kind: property.kind) else {
            throw Self.error(
                "Property \"\(member.key)\" cannot be \(member.value.text()): it must be \(property.kind.wireForm).",
                source
            )
        }
        try set(property, to: value)
    }

    private static func completed(
        _ values: [ObservationProperty: PropertyValue],
        given: [JSONValue.Member]
    ) -> [ObservationProperty: PropertyValue] {
        var values = values
        let names = Set(given.map(\.key))
        for counter in [ObservationProperty.groupCounterStart, .groupCounterEnd]
        where !names.contains(counter.rawValue) {
            values[counter] = values[.observationCounter]
        }
        if !names.contains(ObservationProperty.hasSimulatedContent.rawValue) {
            values[.hasSimulatedContent] = .flag(false)
        }
        return values
    }

    private static func error(_ message: String, _ source: String?, candidates: [String] = []) -> ButlerError {
        let error = ButlerError(.header, message, candidates: candidates)
        return source.map { error.adding("file", $0) } ?? error
    }
}

extension ObservationProperty.Kind {
    /// What a value of this kind looks like in a file.
    fileprivate var wireForm: String {
        switch self {
        case .text: "a string"
        case .integer: "a whole number"
        case .flag: "true or false"
        case .real: "a number"
        case .instant: "a TAI Julian Date of 1970 to 2099 as [day, fraction]"
        case .location: "three numbers [x, y, z] in metres"
        case .position: "two angles in degrees, the second in -90 to 90"
        }
    }
}

extension PropertyValue {
    /// The wire form.
    public var json: JSONValue {
        switch self {
        case .text(let value): return .string(value)
        case .integer(let value): return .int(value)
        case .flag(let value): return .bool(value)
        case .real(let value): return .double(value)
        case .instant(let value):
            let date = JulianDatePair(value)
            return .array([.double(date.day), .double(date.fraction)])
        case .location(let place): return .array([.double(place.x), .double(place.y), .double(place.z)])
        case .position(let angles): return .array([.double(angles.longitude), .double(angles.latitude)])
        }
    }

    /// Reads the wire form; nil when it has not the form of the kind.
    init?(json: JSONValue, kind: ObservationProperty.Kind) {
        let value: PropertyValue? =
            switch kind {
            case .text: json.string.map { .text($0) }
            case .integer: (json.int ?? json.double.flatMap { Int64(exactly: $0) }).map { .integer($0) }
            case .flag: json.bool.map { .flag($0) }
            case .real: json.double.map { .real($0) }
            case .instant, .location, .position: Self.read(json, kind)
            }
        guard let value else { return nil }
        self = value
    }

    private static func read(_ json: JSONValue, _ kind: ObservationProperty.Kind) -> PropertyValue? {
        let numbers = json.array?.compactMap(\.double) ?? []
        guard numbers.count == json.array?.count else { return nil }
        switch (kind, numbers.count) {
        case (.instant, 2):
            return JulianDatePair(day: numbers[0], fraction: numbers[1]).map { .instant($0.instant) }
        case (.location, 3):
            return .location(GeocentricLocation(x: numbers[0], y: numbers[1], z: numbers[2]))
        case (.position, 2):
            return SkyPosition(longitude: numbers[0], latitude: numbers[1]).map { .position($0) }
        default:
            return nil
        }
    }
}
