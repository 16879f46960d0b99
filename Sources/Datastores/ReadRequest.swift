public import Datasets
public import Dimensions

/// A value that says what part of a dataset to read.
public enum ReadParameter: Sendable, Hashable {
    /// A rectangle of pixels.
    case box(PixelBox)
    /// Text, for instance the name of a column or a coordinate system.
    case text(String)
    /// A whole number.
    case int(Int64)
    /// A floating-point number.
    case double(Double)
    /// A truth value.
    case bool(Bool)
    /// Several values.
    case list([ReadParameter])
}

/// A rectangle of pixels, both ends included by corner and size.
public struct PixelBox: Sendable, Hashable {
    /// Least column.
    public var x: Int
    /// Least row.
    public var y: Int
    /// Number of columns.
    public var width: Int
    /// Number of rows.
    public var height: Int

    /// Creates a rectangle.
    public init(x: Int, y: Int, width: Int, height: Int) {
        self.x = x
        self.y = y
        self.width = width
        self.height = height
    }
}

/// What a formatter shall read from a file.
public struct ReadRequest: Sendable {
    /// Name of the dataset type.
    public var datasetType: String
    /// Storage class of what was written to the file.
    public var storageClass: StorageClass
    /// Component wanted, one that the formatter says it can read; nil for everything.
    public var component: String?
    /// What part of it is wanted.
    public var parameters: [String: ReadParameter]
    /// Data ID of the dataset, where there is one; files with several datasets need it.
    public var dataID: DataCoordinate?

    /// Creates a request.
    public init(
        datasetType: String,
        storageClass: StorageClass,
        component: String? = nil,
        parameters: [String: ReadParameter] = [:],
        dataID: DataCoordinate? = nil
    ) {
        self.datasetType = datasetType
        self.storageClass = storageClass
        self.component = component
        self.parameters = parameters
        self.dataID = dataID
    }
}
