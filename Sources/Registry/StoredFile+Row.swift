internal import Databases
internal import Datasets

/// The row of a stored file in the table of a datastore.
extension StoredFile {
    /// What the table holds for "no component".
    static let wholeDataset = "__NULL_STRING__"

    /// Columns of the table in the order of ``values``.
    static let columns = [
        "dataset_id", "path", "formatter", "storage_class", "component", "checksum", "file_size",
    ]

    /// How the columns are fetched.
    static let kinds: [ColumnKind] = [.uuid, .text, .label, .label, .label, .text, .integer]

    /// The file in a row of a page whose columns from `start` on are ``columns``; nil if there is none.
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

    /// The values of the row.
    var values: [SQLValue] {
        [
            .uuid(dataset), .text(path), .text(formatter), .text(storageClass),
            .text(component ?? Self.wholeDataset), checksum.sqlValue, .int(byteCount ?? -1),
        ]
    }
}
