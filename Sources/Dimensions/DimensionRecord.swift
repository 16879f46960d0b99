public import AstroTime
public import SphericalGeometry
internal import StewardCore

/// One row of a dimension element: keys, implied values, metadata, region, timespan.
public struct DimensionRecord: Sendable, Hashable {
    /// The element.
    public let element: DimensionElement
    /// Values, one for each of the element's fields, in their order.
    public let values: [FieldValue]

    /// Value of one field.
    public enum FieldValue: Sendable, Hashable {
        /// No value.
        case null
        /// Whole number.
        case int(Int64)
        /// Double precision number.
        case real(Double)
        /// Text.
        case string(String)
        /// Truth value.
        case bool(Bool)
        /// Bytes.
        case bytes([UInt8])
        /// Region on the sky.
        case region(Region)
        /// Half-open span of TAI.
        case timespan(Timespan)

        /// The value as a dimension's, if it is a number or text.
        public var dimensionValue: DimensionValue? {
            switch self {
            case .int(let value): .int(value)
            case .string(let value): .string(value)
            default: nil
            }
        }

        /// The same value for a field of the given type: whole numbers serve as reals.
        func fits(_ type: DimensionElement.ColumnType) -> Bool {
            switch (self, type) {
            case (.null, _), (.int, .int), (.real, .real), (.string, .string), (.bool, .bool), (.bytes, .hash),
                (.region, .region), (.timespan, .timespan):
                true
            default:
                false
            }
        }
    }

    /// Creates a record from values in the order of the element's fields.
    ///
    /// - Parameters:
    ///   - element: The element.
    ///   - values: One value for each field, of its type or null.
    public init(_ element: DimensionElement, values: [FieldValue]) {
        precondition(values.count == element.fields.count, "wrong number of values")
        self.element = element
        self.values = values
    }

    /// Creates a record from named values; fields not named are null.
    ///
    /// - Parameters:
    ///   - element: The element.
    ///   - named: Values by field name; the own key answers to its column name and to the dimension's name.
    /// - Throws: ``ButlerError`` with `.dimensionName` for an unknown field, `.dimensionValue` for a required or
    ///   implied value that is missing or of the wrong type, or text that is empty or too long.
    public init(_ element: DimensionElement, _ named: [String: FieldValue]) throws {
        var values = [FieldValue](repeating: .null, count: element.fields.count)
        for (name, value) in named {
            guard let index = element.fieldIndex(name) else {
                throw ButlerError(
                    .dimensionName,
                    "Records of \"\(element.name)\" have no field \"\(name)\".",
                    candidates: Candidates.nearest(to: name, in: element.fields.map(\.name))
                )
            }
            values[index] = try Self.checked(value, for: element.fields[index], of: element)
        }
        for (index, field) in element.fields.enumerated() where field.dimension != nil && values[index] == .null {
            throw ButlerError(.dimensionValue, "A record of \"\(element.name)\" needs a value for \"\(field.name)\".")
        }
        self.init(element, values: values)
    }

    private static func checked(
        _ value: FieldValue,
        for field: DimensionElement.Field,
        of element: DimensionElement
    ) throws -> FieldValue {
        switch (value, field.type) {
        case (.int(let number), .real):
            return .real(Double(number))
        case (.int(let number), .bool) where number == 0 || number == 1:
            return .bool(number == 1)
        case (.string(let text), .string(let length)):
            guard !text.isEmpty, length == 0 || text.unicodeScalars.count <= length else {
                throw ButlerError(
                    .dimensionValue,
                    "\"\(text)\" cannot be stored in \(element.name).\(field.name): it takes 1 to \(length) characters."
                )
            }
            return value
        default:
            guard value.fits(field.type) else {
                throw ButlerError(
                    .dimensionValue,
                    "\(value) has the wrong type for \(element.name).\(field.name), which takes \(field.type)."
                )
            }
            return value
        }
    }

    /// The value of a field, or nil when the element has no such field or it is null.
    public subscript(field: String) -> FieldValue? {
        guard let index = element.fieldIndex(field), values[index] != .null else { return nil }
        return values[index]
    }

    /// The region, if there is one.
    public var region: Region? {
        guard case .region(let region)? = self["region"] else { return nil }
        return region
    }

    /// The span of time, if there is one.
    public var timespan: Timespan? {
        guard case .timespan(let timespan)? = self["timespan"] else { return nil }
        return timespan
    }

    /// The minimal data ID of the record.
    ///
    /// - Parameter universe: The universe of the element.
    /// - Returns: The required values as a data ID.
    public func dataID(in universe: DimensionUniverse) -> DataCoordinate {
        let group = universe.group(element.requiredSet)
        let byName = Dictionary(
            zip(element.required, values.compactMap(\.dimensionValue)),
            uniquingKeysWith: { first, _ in first }
        )
        return DataCoordinate(group, values: group.required.compactMap { byName[$0.name] })
    }
}
