internal import Databases
internal import Dimensions

extension RegistrySchema {
    /// The table of an element's records.
    static func table(of element: DimensionElement, in universe: DimensionUniverse) -> TableSpec {
        let columns = element.fields.map { field -> ColumnSpec in
            let type = columnType(field.type)
            return switch field.role {
            case .required: .key(field.name, type)
            case .implied: .required(field.name, type)
            case .alternateKey, .metadata, .region, .timespan: .optional(field.name, type)
            }
        }
        let others = element.required.filter { $0 != element.name }
        let related = (others + element.implied).compactMap(universe.find)
        return TableSpec(
            element.name,
            columns: columns,
            unique: element.alternateKeys.map { others + [$0.name] },
            foreignKeys: related.compactMap(foreignKey)
        )
    }

    /// The tables that relate a spatial element to sky pixels.
    static func skyPixelOverlap(_ element: DimensionElement, in universe: DimensionUniverse) -> SkyPixelOverlap {
        let required = element.required.compactMap(universe.find)
        let governors = required.filter(\.isGovernor)
        let system: [ColumnSpec] = [.key("skypix_system", .string(16)), .key("skypix_level", .int16)]
        let systemNames = system.map(\.name)
        let summary = TableSpec(
            "\(element.name)_skypix_overlap_summary",
            columns: system + governors.map { .key($0.name, reference(to: $0)) },
            foreignKeys: governors.compactMap(foreignKey)
        )
        let summaryKey = systemNames + governors.map(\.name)
        let table = TableSpec(
            "\(element.name)_skypix_overlap",
            columns: system + required.map { .key($0.name, reference(to: $0)) } + [.key("skypix_index", .int64)],
            indexes: [systemNames + ["skypix_index"] + element.required],
            foreignKeys: [.init(summaryKey, references: summary.name, summaryKey, cascades: true)]
                + required.compactMap(foreignKey)
        )
        return SkyPixelOverlap(element: element, summary: summary, table: table)
    }

    /// Tables that nothing uses but that every repository has: overlaps between two families of spatial elements.
    static func reservedOverlaps(in universe: DimensionUniverse) -> [TableSpec] {
        let families = universe.spatialFamilies.map { family in
            family.members.compactMap(universe.find).filter(\.hasTable)
        }
        var tables: [TableSpec] = []
        for (index, family) in families.enumerated() {
            for other in families[(index + 1)...] {
                for first in family {
                    for second in other {
                        let isOrdered = first.position < second.position
                        tables += reservedOverlap(isOrdered ? first : second, isOrdered ? second : first, in: universe)
                    }
                }
            }
        }
        return tables
    }

    private static func reservedOverlap(
        _ first: DimensionElement,
        _ second: DimensionElement,
        in universe: DimensionUniverse
    ) -> [TableSpec] {
        var names: [String] = []
        for name in first.required + second.required where !names.contains(name) { names.append(name) }
        let required = names.compactMap(universe.find)
        let governors = required.filter(\.isGovernor)
        let ordered = governors + required.filter { !$0.isGovernor }
        let name = "\(first.name)_\(second.name)_overlap"
        return [
            TableSpec(
                "\(name)_summary",
                columns: governors.map { .key($0.name, reference(to: $0)) },
                foreignKeys: governors.compactMap(foreignKey)
            ),
            TableSpec(
                name,
                columns: ordered.map { .key($0.name, reference(to: $0)) },
                foreignKeys: ordered.compactMap(foreignKey)
            ),
        ]
    }
}
