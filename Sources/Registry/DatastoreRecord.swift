internal import Databases
public import Datasets
public import Foundation

/// A row of a file datastore: where one dataset, or one component of it, is stored.
public struct DatastoreRecord: Sendable, Hashable {
    /// The dataset.
    public var dataset: DatasetID
    /// Path relative to the datastore's root, unquoted, or an absolute URI; with `#…` for a member of an archive.
    public var path: String
    /// Class name of the formatter that wrote the file.
    public var formatter: String
    /// Name of the storage class of the file.
    public var storageClass: String
    /// Component in the file; nil for a whole dataset.
    public var component: String?
    /// BLAKE2b-512 of the file in lower-case hexadecimal; nil if it was not recorded.
    public var checksum: String?
    /// Size of the file in bytes; nil if it was not recorded.
    public var byteCount: Int64?

    /// What the table holds for "no component".
    static let wholeDataset = "__NULL_STRING__"

    /// Columns of the table in the order of ``values``.
    static let columns = [
        "dataset_id", "path", "formatter", "storage_class", "component", "checksum", "file_size",
    ]

    /// How the columns are fetched.
    static let kinds: [ColumnKind] = [.uuid, .text, .label, .label, .label, .text, .integer]

    /// Creates a record.
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

    /// The record in a row of a page whose columns from `start` on are ``columns``; nil if there is none.
    init?(_ page: ColumnPage, _ row: Int, from start: Int = 0) {
        guard let dataset = page.uuid(row, start), let path = page.text(row, start + 1),
            let formatter = page.text(row, start + 2), let storageClass = page.text(row, start + 3)
        else { return nil }
        let component = page.text(row, start + 4) ?? ""
        let size = page.integer(row, start + 6) ?? -1
        self.init(
            dataset: dataset,
            path: path,
            formatter: formatter,
            storageClass: storageClass,
            component: component.isEmpty || component == Self.wholeDataset ? nil : component,
            checksum: page.text(row, start + 5),
            byteCount: size < 0 ? nil : size
        )
    }

    /// The values of the record's row.
    var values: [SQLValue] {
        [
            .uuid(dataset), .text(path), .text(formatter), .text(storageClass),
            .text(component ?? Self.wholeDataset), checksum.sqlValue, .int(byteCount ?? -1),
        ]
    }
}
