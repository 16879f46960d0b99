internal import Databases
internal import Dimensions

extension RegistrySchema {
    static func collectionTable(_ format: RegistryFormat) -> TableSpec {
        let kind = ColumnSpec.required("type", .int16)
        let documentation = ColumnSpec.optional("doc", .text)
        switch format.collectionKeys {
        case .numbers:
            let name = ColumnSpec.required("name", .string(64))
            let key = ColumnSpec.key("collection_id", .serial)
            return TableSpec("collection", columns: [key, name, kind, documentation], unique: [["name"]])
        case .names:
            return TableSpec("collection", columns: [.key("name", .string(64)), kind, documentation])
        }
    }

    static func runTable(_ format: RegistryFormat) -> TableSpec {
        let key = format.collectionTableKey
        return TableSpec(
            "run",
            columns: [
                .key(key, format.collectionType), .optional("host", .string(128)), .optional("timespan", .timespan),
            ],
            foreignKeys: [reference([key], format, cascades: true)]
        )
    }

    static func chainTable(_ format: RegistryFormat) -> TableSpec {
        TableSpec(
            "collection_chain",
            columns: [
                .key("parent", format.collectionType), .key("position", .int16),
                .required("child", format.collectionType),
            ],
            foreignKeys: [
                reference(["parent"], format, cascades: true), reference(["child"], format, cascades: false),
            ]
        )
    }

    static func typeSummaryTable(_ format: RegistryFormat) -> TableSpec {
        TableSpec(
            "collection_summary_dataset_type",
            columns: [.key(format.collectionColumn, format.collectionType), .key("dataset_type_id", .int64)],
            foreignKeys: [
                reference([format.collectionColumn], format, cascades: true),
                .init(["dataset_type_id"], references: "dataset_type", ["id"], cascades: true),
            ]
        )
    }

    static func governorSummary(_ governor: DimensionElement, _ format: RegistryFormat) -> GovernorSummary {
        let table = TableSpec(
            "collection_summary_\(governor.name)",
            columns: [
                .key(format.collectionColumn, format.collectionType), .key(governor.name, reference(to: governor)),
            ],
            foreignKeys: [reference([format.collectionColumn], format, cascades: true)]
                + [foreignKey(to: governor)].compactMap { $0 }
        )
        return GovernorSummary(governor: governor, table: table)
    }

    /// A foreign key to table `collection`.
    static func reference(_ source: [String], _ format: RegistryFormat, cascades: Bool) -> ForeignKeySpec {
        ForeignKeySpec(source, references: "collection", [format.collectionTableKey], cascades: cascades)
    }
}
