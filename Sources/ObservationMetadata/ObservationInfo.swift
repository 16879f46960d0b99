public import StewardCore

/// What a header says about one exposure of one detector, in standard terms and units.
///
/// A value type without knowledge of headers: translated from one by ``HeaderTranslator``, or read from a sidecar or
/// index file. A property that is not known has no value.
public struct ObservationInfo: Hashable, Sendable {
    /// Registered name of the translator that made it; written into files as `_translator`.
    public var translator: String?
    /// The known properties.
    private(set) var values: [ObservationProperty: PropertyValue]
    /// Properties of one camera beyond the standard set, by name with the prefix `ext_`, as their wire form.
    public private(set) var extensions: [JSONValue.Member]

    /// Creates a description.
    ///
    /// - Parameters:
    ///   - values: The known properties.
    ///   - translator: Registered name of the translator.
    ///   - extensions: Further properties by name with the prefix `ext_`, as their wire form.
    /// - Throws: `ButlerError` of code `header` when a value has not the kind of its property.
    public init(
        _ values: [ObservationProperty: PropertyValue] = [:],
        translator: String? = nil,
        extensions: [JSONValue.Member] = []
    ) throws {
        self.init(unchecked: [:], translator: translator, extensions: extensions)
        for (property, value) in values {
            try set(property, to: value)
        }
    }

    /// Creates a description without looking at the kinds of the values.
    init(
        unchecked values: [ObservationProperty: PropertyValue],
        translator: String?,
        extensions: [JSONValue.Member] = []
    ) {
        self.translator = translator
        self.values = values
        self.extensions = extensions
    }

    /// The value of a property, nil when it is not known.
    public subscript(property: ObservationProperty) -> PropertyValue? { values[property] }

    /// Sets or removes the value of a property.
    ///
    /// - Parameters:
    ///   - property: The property.
    ///   - value: The value, nil to remove it.
    /// - Throws: `ButlerError` of code `header` when the value has not the kind of the property.
    public mutating func set(_ property: ObservationProperty, to value: PropertyValue?) throws {
        guard let value else {
            values[property] = nil
            return
        }
        guard value.kind == property.kind else {
            throw ButlerError(
                .header,
                "Property \"\(property.rawValue)\" cannot be \"\(value)\": that is \(value.kind.rawValue), not "
                    + "\(property.kind.rawValue).",
                context: [.init("property", property.rawValue)]
            )
        }
        values[property] = value
    }

    /// The properties that are known, in the order of the wire form.
    public var properties: [(property: ObservationProperty, value: PropertyValue)] {
        ObservationProperty.allCases.compactMap { property in values[property].map { (property, $0) } }
    }

    /// Those of the given properties that have no value, in the order of the wire form.
    public func missing(of required: Set<ObservationProperty>) -> [ObservationProperty] {
        ObservationProperty.allCases.filter { required.contains($0) && values[$0] == nil }
    }
}
