/// Where one dataset, or one component of it, is stored; what a record of the datastore says.
public struct StoredFile: Sendable, Hashable {
    /// The dataset.
    public var dataset: DatasetID
    /// Path relative to the datastore's root, unquoted, or an absolute URI; with `#zip-path=…` for a member of a zip.
    public var path: String
    /// Python class name of the formatter that reads the file.
    public var formatter: String
    /// Name of the storage class of what is in the file.
    public var storageClass: String
    /// Component in the file; nil for a whole dataset.
    public var component: String?
    /// BLAKE2b-512 of the file in lower-case hexadecimal; nil if it was not recorded.
    public var checksum: String?
    /// Size of the file in bytes; nil if it was not recorded.
    public var byteCount: Int64?

    /// Creates a description of a stored file.
    public init(
        dataset: DatasetID,
        path: String,
        formatter: String,
        storageClass: String,
        component: String? = nil,
        checksum: String? = nil,
        byteCount: Int64? = nil
    ) {
        self.dataset = dataset
        self.path = path
        self.formatter = formatter
        self.storageClass = storageClass
        self.component = component
        self.checksum = checksum
        self.byteCount = byteCount
    }
}
