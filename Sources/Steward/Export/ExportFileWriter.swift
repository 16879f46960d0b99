internal import AstroTime
internal import ButlerConfig
internal import Dimensions
internal import Foundation
internal import SphericalGeometry
internal import StewardCore

extension ExportFile {
    /// The YAML text of the file, in the form that the reference writes and reads.
    ///
    /// - Parameter universe: Gives the order of a record's fields.
    /// - Returns: The text, format version 1.0.2.
    /// - Throws: ``ButlerError`` with `.dimensionName` for an element that the universe does not have.
    public func yaml(in universe: DimensionUniverse) throws -> String {
        var writer = ExportFileWriter(universe: universe)
        try writer.write(self)
        return writer.text
    }
}

/// Writes the parts of an export file one below the other.
private struct ExportFileWriter {
    let universe: DimensionUniverse
    var text = ""

    mutating func write(_ file: ExportFile) throws {
        line("description: Butler Data Repository Export")
        line("version: 1.0.2")
        line("universe_version: \(file.universeVersion)")
        line("universe_namespace: \(scalar(file.universeNamespace))")
        line("data:")
        for block in file.dimensions { try write(block) }
        for collection in file.collections { write(collection) }
        for block in file.datasets {
            if let type = file.datasetTypes.first(where: { $0.name == block.datasetType }) { write(type) }
            write(block)
        }
        for block in file.associations { write(block) }
    }

    private mutating func line(_ content: String) {
        text += content
        text += "\n"
    }

    private mutating func write(_ block: ExportFile.RecordBlock) throws {
        let element = try universe.element(block.element)
        line("- type: dimension\n  element: \(scalar(block.element))\n  records:")
        var names = element.fields.filter { $0.type != .timespan }.map(\.name)
        if element.isTemporal { names += ["datetime_begin", "datetime_end"] }
        for record in block.records { writeMapping(names, record, first: "  - ", next: "    ") }
    }

    private mutating func writeMapping(
        _ names: [String],
        _ values: [String: ExportFile.Value],
        first: String,
        next: String
    ) {
        var indent = first
        for name in names {
            write(name, values[name] ?? .null, indent)
            indent = next
        }
    }

    private mutating func write(_ name: String, _ value: ExportFile.Value, _ indent: String) {
        let key = indent + name + ": "
        switch value {
        case .null: line(key + "null")
        case .int(let number): line(key + String(number))
        case .real(let number): line(key + ConfigTree.double(number).yaml().trimmed)
        case .bool(let flag): line(key + (flag ? "true" : "false"))
        case .string(let string): line(key + scalar(string))
        case .bytes(let bytes):
            line(
                key + "!!binary |\n" + String(repeating: " ", count: indent.count + 2)
                    + Data(bytes).base64EncodedString()
            )
        case .time(let time): line(key + "\(TAI.yamlTag) '\(time.yamlText)'")
        case .region(let region):
            let hex = Hexadecimal.encode(region.encoded)
            let quoted = hex.utf8.allSatisfy { 0x30...0x39 ~= $0 } ? "'\(hex)'" : hex
            line(key + "!<lsst.sphgeom.\(region.className)>")
            line(String(repeating: " ", count: indent.count + 2) + "encoded: \(quoted)")
        }
    }

    private mutating func write(_ collection: CollectionInfo) {
        line("- type: collection\n  collection_type: \(collection.kind)\n  name: \(scalar(collection.name))")
        if !collection.documentation.isEmpty { line("  doc: \(scalar(collection.documentation))") }
        if collection.kind == .run { line("  host: null\n  timespan_begin: null\n  timespan_end: null") }
        guard collection.kind == .chained else { return }
        line(collection.children.isEmpty ? "  children: []" : "  children:")
        for child in collection.children { line("  - \(scalar(child))") }
    }

    private mutating func write(_ type: ExportFile.DatasetTypeBlock) {
        line("- type: dataset_type\n  name: \(scalar(type.name))")
        line(type.dimensions.isEmpty ? "  dimensions: []" : "  dimensions:")
        for dimension in type.dimensions { line("  - \(dimension)") }
        line("  storage_class: \(scalar(type.storageClass))\n  is_calibration: \(type.isCalibration)")
    }

    private mutating func write(_ block: ExportFile.DatasetBlock) {
        line("- type: dataset\n  dataset_type: \(scalar(block.datasetType))\n  run: \(scalar(block.run))\n  records:")
        for file in block.files {
            line("  - dataset_id:")
            for dataset in file.datasets { line("    - !uuid '\(dataset.id.dashed)'") }
            line("    data_id:")
            for dataset in file.datasets {
                let names = universe.dimensions.map(\.name).filter { dataset.dataID[$0] != nil }
                if names.isEmpty { line("    - {}") }
                writeMapping(names, dataset.dataID, first: "    - ", next: "      ")
            }
            line("    path: \(file.path.map(scalar) ?? "null")")
            line("    formatter: \(file.formatter.map(scalar) ?? "null")")
        }
    }

    private mutating func write(_ block: ExportFile.AssociationBlock) {
        line("- type: associations\n  collection: \(scalar(block.collection))\n  collection_type: \(block.kind)")
        guard block.kind == .calibration else {
            line("  dataset_ids:")
            for id in block.members.flatMap(\.datasets) { line("  - !uuid '\(id.dashed)'") }
            return
        }
        line("  validity_ranges:")
        for members in block.members {
            write(validity: members.validity ?? .all)
            line("    dataset_ids:")
            for id in members.datasets { line("    - !uuid '\(id.dashed)'") }
        }
    }

    private mutating func write(validity: Timespan) {
        guard !validity.isEmpty else {
            return line("  - timespan: \(Timespan.yamlTag) '\(Timespan.yamlEmpty)'")
        }
        line("  - timespan: \(Timespan.yamlTag)")
        write("begin", validity.begin.map { .time($0) } ?? .null, "      ")
        write("end", validity.end.map { .time($0) } ?? .null, "      ")
    }

    private func scalar(_ text: String) -> String {
        ConfigTree.string(text).yaml(allowsUnicode: true).trimmed
    }
}

extension String {
    /// Without line breaks at the end, and without the mark of the end of a document.
    fileprivate var trimmed: String {
        var text = trimmingCharacters(in: .newlines)
        if text.hasSuffix("\n...") { text.removeLast(4) }
        return text
    }
}

extension Region {
    /// Name of the reference's class.
    fileprivate var className: String {
        switch self {
        case .circle: "Circle"
        case .box: "Box"
        case .ellipse: "Ellipse"
        case .polygon: "ConvexPolygon"
        case .union: "UnionRegion"
        case .intersection: "IntersectionRegion"
        }
    }
}
