public import Databases
public import Dimensions

extension RegistrySchema {
    static var groupDefinitionTable: TableSpec {
        TableSpec(
            "dimension_graph_definition",
            columns: [.key("dimension_graph_id", .int64), .key("dimension_name", .text)],
            foreignKeys: [.init(["dimension_graph_id"], references: "dimension_graph_key", ["id"], cascades: true)]
        )
    }

    static var datasetTypeTable: TableSpec {
        TableSpec(
            "dataset_type",
            columns: [
                .key("id", .serial), .required("name", .string(128)), .required("storage_class", .string(64)),
                .required("dimensions_key", .int64), .required("tag_association_table", .string(128)),
                .optional("calibration_association_table", .string(128)),
            ],
            unique: [["name"]]
        )
    }

    static func datasetTable(_ format: RegistryFormat) -> TableSpec {
        TableSpec(
            "dataset",
            columns: [
                .key("id", .uuid), .required("dataset_type_id", .int64),
                .required("ingest_date", format.ingestDates == .nanoseconds ? .int64 : .text),
                .required(format.runColumn, format.collectionType),
            ],
            foreignKeys: [
                .init(["dataset_type_id"], references: "dataset_type", ["id"]),
                .init([format.runColumn], references: "run", [format.collectionTableKey], cascades: true),
            ]
        )
    }

    /// Name of the table of RUN and TAGGED memberships for the datasets of a dimension group.
    static func tagsTableName(groupKey: Int64) -> String { "dataset_tags_" + padded(groupKey) }

    /// Name of the table of CALIBRATION memberships for the datasets of a dimension group.
    static func calibrationsTableName(groupKey: Int64) -> String { "dataset_calibs_" + padded(groupKey) }

    private static func padded(_ key: Int64) -> String {
        let digits = String(key)
        return String(repeating: "0", count: max(0, 8 - digits.count)) + digits
    }

    /// The table of RUN and TAGGED memberships for datasets with the given dimensions.
    ///
    /// - Parameters:
    ///   - name: The table's name, as stored with the dataset type.
    ///   - group: The dimensions.
    /// - Returns: The definition.
    public func tags(named name: String, _ group: DimensionGroup) -> TableSpec {
        let dimensions = group.required.map(\.name)
        return TableSpec(
            name,
            columns: [
                .required("dataset_type_id", .int64), .key("dataset_id", .uuid),
                .key(format.collectionColumn, format.collectionType),
            ] + Self.columns(group),
            unique: [["dataset_type_id", format.collectionColumn] + dimensions],
            foreignKeys: associationKeys(group)
        )
    }

    /// The table of CALIBRATION memberships for datasets with the given dimensions.
    ///
    /// - Parameters:
    ///   - name: The table's name, as stored with the dataset type.
    ///   - group: The dimensions.
    /// - Returns: The definition.
    public func calibrations(named name: String, _ group: DimensionGroup) -> TableSpec {
        let dimensions = group.required.map(\.name)
        return TableSpec(
            name,
            columns: [
                .key("id", .serial), .required("dataset_type_id", .int64), .required("dataset_id", .uuid),
                .required(format.collectionColumn, format.collectionType),
            ] + Self.columns(group) + [.required("timespan", .timespan)],
            indexes: [["dataset_type_id", format.collectionColumn] + dimensions + ["timespan"]],
            foreignKeys: associationKeys(group)
        )
    }

    /// The table of a file datastore's records.
    ///
    /// - Parameter name: The table's name, by default `file_datastore_records`.
    /// - Returns: The definition.
    public static func datastoreRecords(named name: String) -> TableSpec {
        TableSpec(
            name,
            columns: [
                .key("dataset_id", .uuid), .required("path", .string(256)), .required("formatter", .string(128)),
                .required("storage_class", .string(64)), .key("component", .string(32)),
                .optional("checksum", .string(128)), .optional("file_size", .int64),
            ],
            indexes: [["path"]]
        )
    }

    private static func columns(_ group: DimensionGroup) -> [ColumnSpec] {
        group.required.map { .required($0.name, reference(to: $0)) }
    }

    private func associationKeys(_ group: DimensionGroup) -> [ForeignKeySpec] {
        let collection = format.collectionColumn
        var keys: [ForeignKeySpec] = [
            .init(["dataset_type_id"], references: "dataset_type", ["id"]),
            .init(["dataset_id"], references: "dataset", ["id"], cascades: true),
            Self.reference([collection], format, cascades: true),
            .init([collection, "dataset_type_id"], references: typeSummary.name, [collection, "dataset_type_id"]),
        ]
        for dimension in group.required {
            if let key = Self.foreignKey(to: dimension) { keys.append(key) }
            if let summary = governorSummaries.first(where: { $0.governor.name == dimension.name }) {
                let columns = [collection, dimension.name]
                keys.append(.init(columns, references: summary.table.name, columns))
            }
        }
        return keys
    }
}
