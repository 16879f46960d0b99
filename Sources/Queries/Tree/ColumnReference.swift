public import Dimensions

/// A column that a query can show or constrain.
public enum ColumnReference: Sendable, Hashable {
    /// Key of a dimension.
    case key(DimensionElement)
    /// Any other field of an element's records.
    case field(DimensionElement, String)
    /// A fact about the datasets of a type.
    case dataset(String, DatasetField)
}

/// Facts about datasets that queries can show or constrain.
public enum DatasetField: String, Sendable, Hashable, CaseIterable {
    /// Identifier.
    case datasetID = "dataset_id"
    /// When the dataset was registered.
    case ingestDate = "ingest_date"
    /// RUN collection that holds it.
    case run
    /// Collection in which it was found.
    case collection
    /// Range of validity in a CALIBRATION collection; unbounded elsewhere.
    case timespan

    /// Type of the values.
    public var type: ExpressionType {
        switch self {
        case .datasetID: .uuid
        case .ingestDate: .ingestDate
        case .run, .collection: .string
        case .timespan: .timespan
        }
    }
}

extension ColumnReference {
    /// Type of the values.
    public var type: ExpressionType {
        switch self {
        case .key(let dimension): dimension.hasStringKey ? .string : .int
        case .field(let element, let name):
            element.fieldIndex(name).map { ExpressionType(element.fields[$0].type) } ?? .region
        case .dataset(_, let field): field.type
        }
    }

    /// The element whose key or field this is, if any.
    public var element: DimensionElement? {
        switch self {
        case .key(let element), .field(let element, _): element
        case .dataset: nil
        }
    }
}

extension ColumnReference: CustomStringConvertible {
    /// `dimension`, `element.field` or `type.field`.
    public var description: String {
        switch self {
        case .key(let dimension): dimension.name
        case .field(let element, let name): "\(element.name).\(name)"
        case .dataset(let type, let field): "\(type).\(field.rawValue)"
        }
    }
}

extension ExpressionType {
    /// The type of a column of a dimension element.
    public init(_ type: DimensionElement.ColumnType) {
        self =
            switch type {
            case .int: .int
            case .string: .string
            case .real: .real
            case .bool: .bool
            case .hash: .hash
            case .region: .region
            case .timespan: .timespan
            }
    }
}
