/// One element of a dimension universe: a dimension, or a join of dimensions with data of its own.
///
/// Immutable and compared by identity of content within its universe (name and position).
public final class DimensionElement: Sendable {
    /// What an element is.
    public enum Kind: Sendable, Hashable {
        /// A dimension whose few values must be known before anything else: instrument, skymap.
        case governor
        /// A dimension with rows in the database.
        case database
        /// A join of other dimensions; it has no key of its own.
        case join
        /// A level of a sky pixelisation; its values are pixel numbers and have no rows.
        case skyPixel(system: String, level: Int)
    }

    /// Type of a key or metadata column.
    public enum ColumnType: Sendable, Hashable {
        /// 64-bit integer.
        case int
        /// Text of at most so many characters.
        case string(length: Int)
        /// Double precision number.
        case real
        /// Truth value.
        case bool
        /// Bytes of at most that number.
        case hash(byteCount: Int)
        /// Region on the sky.
        case region
        /// Half-open span of time.
        case timespan
    }

    /// A column of an element's own: key, alternate key or metadata.
    public struct Column: Sendable, Hashable {
        /// Name within the element.
        public let name: String
        /// Type of its values.
        public let type: ColumnType
        /// Whether the universe allows records without a value.
        public let isNullable: Bool
        /// Description for people; may be empty.
        public let documentation: String

        /// Creates a column.
        public init(name: String, type: ColumnType, isNullable: Bool, documentation: String = "") {
            self.name = name
            self.type = type
            self.isNullable = isNullable
            self.documentation = documentation
        }
    }

    /// What a field of a record holds.
    public enum FieldRole: Sendable, Hashable {
        /// Value of a required dimension; the last one of a dimension is its own key.
        case required
        /// Value of a directly implied dimension.
        case implied
        /// Alternate key.
        case alternateKey
        /// Any other fact.
        case metadata
        /// Region on the sky.
        case region
        /// Span of time.
        case timespan
    }

    /// One field of a record, in database column order.
    public struct Field: Sendable, Hashable {
        /// Column name in the element's table: the dimension's name, or for the own key the key's name.
        public let name: String
        /// Role of the field.
        public let role: FieldRole
        /// Type of its values.
        public let type: ColumnType
        /// Whether a record may lack it.
        public let isNullable: Bool
        /// Name of the dimension whose value this is, for required and implied fields.
        public let dimension: String?
    }

    /// Name within the universe.
    public let name: String
    /// Position in the universe's canonical order.
    public let position: Int
    /// What the element is.
    public let kind: Kind
    /// Own key of a dimension; nil for joins.
    public let primaryKey: Column?
    /// Further unique keys, for instance `full_name` of detector.
    public let alternateKeys: [Column]
    /// Other columns.
    public let metadata: [Column]
    /// Names of the required dimensions, closed and in universe order; a dimension is its own last.
    public let required: [String]
    /// Names of the dimensions implied directly, in universe order.
    public let implied: [String]
    /// Positions of ``required``.
    public let requiredSet: DimensionSet
    /// Positions of ``implied``.
    public let impliedSet: DimensionSet
    /// Dimension whose table this one is a view of (`band` of `physical_filter`); nil for elements with a table.
    public let viewOf: String?
    /// Whether a client may keep all records in memory.
    public let isCached: Bool
    /// Whether this join takes part in every query that holds its required dimensions.
    public let alwaysJoins: Bool
    /// Required dimension with which the rows travel in transfers.
    public let populatedBy: String?
    /// Name of the spatial family, if records have regions.
    public let spatialFamily: String?
    /// Name of the temporal family, if records have timespans.
    public let temporalFamily: String?
    /// Description for people; may be empty.
    public let documentation: String
    /// Fields of a record in database column order: required, implied, alternate keys, metadata, region, timespan.
    public let fields: [Field]

    private let fieldPositions: [String: Int]

    init(_ draft: ElementDraft, position: Int, requiredSet: DimensionSet, impliedSet: DimensionSet, fields: [Field]) {
        name = draft.name
        self.position = position
        kind = draft.kind
        primaryKey = draft.keys.first
        alternateKeys = Array(draft.keys.dropFirst())
        metadata = draft.metadata
        required = draft.required
        implied = draft.implied
        self.requiredSet = requiredSet
        self.impliedSet = impliedSet
        viewOf = draft.viewOf
        isCached = draft.isCached
        alwaysJoins = draft.alwaysJoins
        populatedBy = draft.populatedBy
        spatialFamily = draft.spatialFamily
        temporalFamily = draft.temporalFamily
        documentation = draft.documentation
        self.fields = fields
        fieldPositions = Dictionary(fields.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Whether this is a dimension rather than a join.
    public var isDimension: Bool { kind != .join }

    /// Whether this is a governor dimension.
    public var isGovernor: Bool { kind == .governor }

    /// Whether this is a level of a sky pixelisation.
    public var isSkyPixel: Bool {
        guard case .skyPixel = kind else { return false }
        return true
    }

    /// Whether the database holds a table of this name.
    public var hasTable: Bool { !isSkyPixel && viewOf == nil }

    /// Whether records have a region.
    public var isSpatial: Bool { spatialFamily != nil }

    /// Whether records have a timespan.
    public var isTemporal: Bool { temporalFamily != nil }

    /// Whether the rows relate dimensions to each other, so that queries over both must join them.
    public var definesRelationships: Bool { alwaysJoins || !implied.isEmpty }

    /// Whether the key of this dimension is text.
    public var hasStringKey: Bool {
        guard case .string = primaryKey?.type else { return false }
        return true
    }

    /// Index of a field by name in ``fields``.
    ///
    /// The own key answers to its column name and to the dimension's name.
    public func fieldIndex(_ field: String) -> Int? {
        if let index = fieldPositions[field] { return index }
        return field == name && isDimension ? required.count - 1 : nil
    }
}

extension DimensionElement: Hashable, CustomStringConvertible {
    /// Elements are equal when name and definition are.
    public static func == (left: DimensionElement, right: DimensionElement) -> Bool {
        left === right || left.name == right.name && left.fields == right.fields && left.required == right.required
    }

    /// Feeds the name to the hasher.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(name)
    }

    /// The name.
    public var description: String { name }
}

/// An element while the universe is being put together.
struct ElementDraft {
    var name: String
    var kind: DimensionElement.Kind
    var keys: [DimensionElement.Column] = []
    var metadata: [DimensionElement.Column] = []
    var required: [String] = []
    var implied: [String] = []
    var viewOf: String?
    var isCached = false
    var alwaysJoins = false
    var populatedBy: String?
    var spatialFamily: String?
    var temporalFamily: String?
    var documentation = ""
}
