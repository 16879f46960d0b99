internal import Datasets
internal import Dimensions
internal import StewardCore

/// What the fields of a template stand for in one dataset.
struct TemplateValues {
    private let ref: DatasetRef
    /// The only sky pixel dimension, to which `skypix` refers.
    private let skyPixel: String?

    init(_ ref: DatasetRef) {
        self.ref = ref
        let skyPixels = ref.datasetType.dimensions.skyPixels
        skyPixel = skyPixels.count == 1 ? skyPixels[0].name : nil
    }

    /// The first name whose part before the dot has a value; the first of all if none has.
    func choose(_ names: [FileTemplate.Name]) -> FileTemplate.Name {
        guard names.count > 1 else { return names[0] }
        return names.first { hasValue($0.primary) } ?? names[0]
    }

    private func hasValue(_ name: String) -> Bool {
        switch name {
        case "run", "id", "datasetType": true
        case "component": ref.datasetType.component != nil
        default: ref.dataID[dimension(name)] != nil
        }
    }

    private func dimension(_ name: String) -> String {
        name == "skypix" ? skyPixel ?? name : name
    }

    /// The value of a name; nil if there is none.
    ///
    /// - Throws: `ButlerError` with `.configuration` if it is in a record and the data ID has no records.
    func value(_ name: FileTemplate.Name, template: String) throws -> TemplateValue? {
        guard let column = name.column else {
            switch name.primary {
            case "run": return .text(ref.run)
            case "id": return .fixed(ref.id.dashed)
            case "datasetType": return .text(ref.datasetType.parentName)
            case "component": return ref.datasetType.component.map { .text($0) }
            default: return ref.dataID[dimension(name.primary)].map(Self.value)
            }
        }
        let dimension = dimension(name.primary)
        guard ref.dataID[dimension] != nil else { return nil }
        guard let records = ref.dataID.records, let element = ref.dataID.group.universe.find(dimension) else {
            throw ButlerError(
                .configuration,
                "The file template \"\(template)\" needs \"\(name.text)\", but \(ref) has no dimension records.",
                remedy: "Expand the data ID first."
            )
        }
        guard let record = records[element], let index = element.fieldIndex(column) else { return nil }
        return try Self.value(record.values[index], name)
    }

    private static func value(_ value: DimensionValue) -> TemplateValue {
        switch value {
        case .int(let number): .int(number)
        case .string(let text): .text(text)
        }
    }

    private static func value(_ value: DimensionRecord.FieldValue, _ name: FileTemplate.Name) throws -> TemplateValue {
        switch value {
        case .null: return .fixed("None")
        case .int(let number): return .int(number)
        case .real(let number): return .real(number)
        case .string(let text): return .text(text)
        case .bool(let flag): return .bool(flag)
        case .bytes, .region, .timespan:
            throw ButlerError(.configuration, "\"\(name.text)\" cannot be part of a file name.")
        }
    }
}
