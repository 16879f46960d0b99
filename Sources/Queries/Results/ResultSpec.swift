public import Datasets
public import Dimensions
internal import StewardCore

/// What each row of a query shows, in which order, and how many.
public struct ResultSpec: Sendable, Hashable {
    /// Kinds of rows.
    public enum Rows: Sendable, Hashable {
        /// Data IDs with required and implied values.
        case dataIDs(DimensionGroup)
        /// Records of one element.
        case records(DimensionElement)
        /// Datasets of one type; with `findFirst`, for each data ID only that of the first collection that has one.
        case datasets(DatasetType, findFirst: Bool)
        /// Any columns.
        case general(GeneralColumns)
    }

    /// What each row shows.
    public var rows: Rows
    /// Whether data IDs come with the records of all their elements.
    public var withRecords = false
    /// Criteria of the order; without any, no order is defined.
    public var order: [OrderTerm] = []
    /// Most rows to return; nil for all.
    public var limit: Int?

    /// Creates a specification.
    public init(_ rows: Rows, withRecords: Bool = false, order: [OrderTerm] = [], limit: Int? = nil) {
        self.rows = rows
        self.withRecords = withRecords
        self.order = order
        self.limit = limit
    }

    /// The dimensions of each row.
    public func dimensions(in universe: DimensionUniverse) -> DimensionGroup {
        switch rows {
        case .dataIDs(let group): group
        case .records(let element): element.minimalGroup(in: universe)
        case .datasets(let type, _): type.dimensions
        case .general(let columns): columns.dimensions
        }
    }

    /// The dataset type of which only the first collection's datasets count, if any.
    public var findFirstType: String? {
        switch rows {
        case .datasets(let type, findFirst: true): type.parentName
        case .general(let columns): columns.findFirst ? columns.datasetFields.keys.first : nil
        default: nil
        }
    }

    /// Dataset fields that the rows show, by dataset type.
    public var datasetFields: [String: Set<DatasetField>] {
        switch rows {
        case .datasets(let type, _): [type.parentName: [.datasetID, .run]]
        case .general(let columns): columns.datasetFields
        default: [:]
        }
    }

    /// What names mean in a condition or an order on this result.
    public func context(in universe: DimensionUniverse, binds: [String: BindValue] = [:]) -> IdentifierContext {
        IdentifierContext(
            dimensions: dimensions(in: universe),
            datasetTypes: Array(datasetFields.keys),
            binds: binds
        )
    }

    /// Checks that a query provides what this specification shows and sorts by.
    ///
    /// - Parameter tree: The query.
    /// - Throws: ``ButlerError`` with `.invalidQuery`.
    public func validate(for tree: QueryTree) throws {
        if let limit, limit < 0 {
            throw ButlerError(
                .invalidQuery,
                "The limit \(limit) is negative.",
                remedy: "Give the most rows that are wanted, or no limit."
            )
        }
        let dimensions = dimensions(in: tree.universe)
        guard dimensions.isSubset(of: tree.dimensions) else {
            throw ButlerError(
                .invalidQuery,
                "The result has dimensions \(dimensions), which are not all in the query's \(tree.dimensions).",
                remedy: "Join them first."
            )
        }
        for type in datasetFields.keys.sorted() { try tree.requireSearch(type) }
        for column in order.flatMap(\.expression.columns) {
            switch column {
            case .key(let element), .field(let element, _):
                guard element.minimalGroup(in: tree.universe).isSubset(of: dimensions) else {
                    throw ButlerError(
                        .invalidQuery,
                        "Rows cannot be sorted by \"\(column)\", because they have only the dimensions \(dimensions).",
                        remedy: "Add \"\(element.name)\" to the dimensions of the result, or sort by something else."
                    )
                }
            case .dataset(let type, _): try tree.requireSearch(type)
            }
        }
    }
}

/// Columns of a general result.
public struct GeneralColumns: Sendable, Hashable {
    /// Dimensions whose keys are shown.
    public let dimensions: DimensionGroup
    /// Record fields shown, by element name.
    public let dimensionFields: [String: Set<String>]
    /// Dataset fields shown, by dataset type.
    public let datasetFields: [String: Set<DatasetField>]
    /// Whether only the datasets of the first collection count.
    public let findFirst: Bool

    /// Creates a selection of columns.
    ///
    /// - Parameters:
    ///   - dimensions: Dimensions whose keys are shown.
    ///   - dimensionFields: Record fields, by element name.
    ///   - datasetFields: Dataset fields, by dataset type.
    ///   - findFirst: Whether only the datasets of the first collection count; needs exactly one dataset type and no
    ///     `timespan`.
    /// - Throws: ``ButlerError`` with `.invalidQuery` or `.dimensionName`.
    public init(
        dimensions: DimensionGroup,
        dimensionFields: [String: Set<String>] = [:],
        datasetFields: [String: Set<DatasetField>] = [:],
        findFirst: Bool = false
    ) throws {
        self.dimensions = dimensions
        self.dimensionFields = dimensionFields
        self.datasetFields = datasetFields
        self.findFirst = findFirst
        try checkFields()
        guard findFirst else { return }
        guard datasetFields.count == 1 else {
            throw ButlerError(
                .invalidQuery,
                "Finding the first dataset needs one dataset type in the result, not "
                    + (datasetFields.isEmpty ? "none." : "\(datasetFields.keys.sorted().joined(separator: ", "))."),
                remedy: "Show fields of one dataset type, or do not find the first."
            )
        }
        guard datasetFields.values.allSatisfy({ !$0.contains(.timespan) }) else {
            throw ButlerError(
                .invalidQuery,
                "The timespan of a dataset cannot be shown when only the first dataset counts.",
                remedy: "Leave it out, or do not find the first."
            )
        }
    }

    private func checkFields() throws {
        for (name, fields) in dimensionFields {
            let element = try dimensions.universe.element(name)
            guard dimensions.elements.contains(element) else {
                throw ButlerError(.invalidQuery, "Element \"\(name)\" is not in the result dimensions \(dimensions).")
            }
            guard !element.isSkyPixel else {
                throw ButlerError(.invalidQuery, "Fields of the sky pixels \"\(name)\" are not stored.")
            }
            for field in fields where !element.fields.contains(where: { $0.name == field }) {
                throw ButlerError(
                    .invalidQuery,
                    "Dimension element \"\(name)\" has no field \"\(field)\".",
                    candidates: Candidates.nearest(to: field, in: element.fields.map(\.name))
                )
            }
        }
    }
}

extension DimensionElement {
    /// The group of the dimensions that a record of the element holds, and those they require or imply.
    public func minimalGroup(in universe: DimensionUniverse) -> DimensionGroup {
        (try? universe.group(required + implied)) ?? universe.emptyGroup
    }
}
