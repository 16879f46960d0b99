public import Datasets
public import Foundation

/// A file of a datastore as its record describes it: one for each dataset, or for each component stored apart.
public struct StoredFileInfo: Sendable, Hashable {
    /// The dataset.
    public var dataset: DatasetID
    /// Path relative to the datastore's root, without escapes, or an absolute URI; with `#zip-path=…` for a member of a
    /// zip file.
    public var path: String
    /// Python class name of the formatter that wrote the file or reads it.
    public var formatter: String
    /// Name of the storage class with which the file was written: the component's for one stored apart.
    public var storageClass: String
    /// Component in the file; nil for a whole dataset.
    public var component: String?
    /// BLAKE2b-512 of the file in lower-case hexadecimal; nil if it was not recorded.
    public var checksum: String?
    /// Size of the file in bytes; nil if it was not recorded.
    public var byteCount: Int64?

    /// Creates a description.
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

    /// Whether the path is an absolute URI, of a file that the datastore refers to but does not own.
    public var isAbsolute: Bool { path.contains("://") }

    /// The path of the file itself: for a member of a zip file that of the zip file.
    public var filePath: String {
        path.firstRange(of: "#zip-path=").map { String(path[..<$0.lowerBound]) } ?? path
    }

    /// Name of the member of a zip file; nil for a file of its own.
    public var zipMember: String? {
        path.firstRange(of: "#zip-path=").map { String(path[$0.upperBound...]) }
    }
}
