internal import AstroTime
internal import ButlerConfig
internal import Datasets
internal import Foundation
internal import SphericalGeometry
internal import StewardCore

extension ExportFile {
    /// Reads the YAML text of an export file.
    ///
    /// - Parameters:
    ///   - text: The text; file versions 0 and 1.0.x.
    ///   - source: Name of the file, for messages.
    /// - Throws: ``ButlerError`` with `.corruptFile` that names line and reason, or `.incompatibleRepository` for a
    ///   newer form.
    public init(parsing text: String, source: String) throws {
        let root: YAMLNode?
        do {
            root = try YAMLDocument(parsing: Array(text.utf8)).root
        } catch let problem as YAMLProblem {
            throw ButlerError(.corruptFile, "\(source) is not readable as YAML: \(problem).")
        }
        guard let root, root.isMapping else {
            throw ButlerError(.corruptFile, "\(source) is not an export file: it holds no mapping.")
        }
        let reader = ExportFileReader(source: source)
        try reader.check(version: root["version"])
        self.init(
            universeVersion: root["universe_version"]?.string.flatMap(Int.init) ?? 0,
            universeNamespace: root["universe_namespace"]?.string ?? "daf_butler"
        )
        guard let blocks = root["data"]?.items else {
            throw ButlerError(.corruptFile, "\(source) is not an export file: it has no list \"data\".")
        }
        for block in blocks {
            try reader.read(block, into: &self)
        }
    }
}

/// Turns YAML nodes into the parts of an export file.
private struct ExportFileReader {
    let source: String

    func check(version: YAMLNode?) throws {
        let text = version?.string ?? ""
        let parts = text.split(separator: ".").compactMap { Int($0) }
        if text == "0" || parts.count >= 2 && parts[0] == 1 && parts[1] == 0 { return }
        throw ButlerError(
            .incompatibleRepository,
            "\(source) has export format version \"\(text)\"; this version of Steward reads 1.0.",
            remedy: "Export again with an older reference, or update Steward."
        )
    }

    func read(_ block: YAMLNode, into file: inout ExportFile) throws {
        switch try text(block, "type") {
        case "dimension":
            let records = try list(block, "records").map { try values($0) }
            file.dimensions.append(.init(element: try text(block, "element"), records: records))
        case "collection": file.collections.append(try collection(block))
        case "run": file.collections.append(CollectionInfo(name: try text(block, "name"), kind: .run))
        case "dataset_type": file.datasetTypes.append(try datasetType(block))
        case "dataset": file.datasets.append(try datasets(block))
        case "associations": file.associations.append(try associations(block))
        case let other: throw malformed(block, "unknown block type \"\(other)\"")
        }
    }

    private func collection(_ block: YAMLNode) throws -> CollectionInfo {
        let word = try text(block, "collection_type")
        guard let kind = CollectionKind(word: word) else {
            throw malformed(block, "unknown collection type \"\(word)\"")
        }
        return CollectionInfo(
            name: try text(block, "name"),
            kind: kind,
            documentation: block["doc"].flatMap(optionalText) ?? "",
            children: kind == .chained
                ? try list(block, "children").compactMap { $0.string ?? $0.items?.first?.string } : []
        )
    }

    private func datasetType(_ block: YAMLNode) throws -> ExportFile.DatasetTypeBlock {
        .init(
            name: try text(block, "name"),
            dimensions: try list(block, "dimensions").compactMap(\.string),
            storageClass: try text(block, "storage_class"),
            isCalibration: block["is_calibration"].map { kind($0) == .bool(true) } ?? false
        )
    }

    private func datasets(_ block: YAMLNode) throws -> ExportFile.DatasetBlock {
        let files = try list(block, "records").map { record in
            let ids = try items(record, "dataset_id").map { try datasetID($0) }
            let dataIDs = try items(record, "data_id").map { try values($0) }
            guard ids.count == dataIDs.count else {
                throw malformed(record, "\(ids.count) identifiers for \(dataIDs.count) data IDs")
            }
            return ExportFile.File(
                path: record["path"]?.string,
                formatter: record["formatter"].flatMap(optionalText),
                datasets: Array(zip(ids, dataIDs)).map { (id: $0, dataID: $1) }
            )
        }
        return .init(datasetType: try text(block, "dataset_type"), run: try text(block, "run"), files: files)
    }

    private func associations(_ block: YAMLNode) throws -> ExportFile.AssociationBlock {
        let word = try text(block, "collection_type")
        let name = try text(block, "collection")
        switch CollectionKind(word: word) {
        case .tagged:
            let ids = try list(block, "dataset_ids").map { try datasetID($0) }
            return .init(collection: name, kind: .tagged, members: [.init(validity: nil, datasets: ids)])
        case .calibration:
            let members = try list(block, "validity_ranges").map { range in
                ExportFile.AssociationBlock.Members(
                    validity: try timespan(range),
                    datasets: try list(range, "dataset_ids").map { try datasetID($0) }
                )
            }
            return .init(collection: name, kind: .calibration, members: members)
        default:
            throw malformed(block, "associations of a collection of type \"\(word)\"")
        }
    }

    /// The range of validity of an association: `timespan`, or in old files `begin` and `end`.
    private func timespan(_ range: YAMLNode) throws -> Timespan {
        let bounds = range["timespan"] ?? range
        if bounds.string == Timespan.yamlEmpty { return .empty }
        return try Timespan(begin: try time(bounds["begin"]), end: try time(bounds["end"]))
    }

    private func time(_ node: YAMLNode?) throws -> TAI? {
        guard let node, kind(node) != .null, case .time(let time) = try value(node) else { return nil }
        return time
    }

    /// Identifier of a dataset; a number in old files is the name-based (version 3) identifier of its digits.
    private func datasetID(_ node: YAMLNode) throws -> DatasetID {
        let text = node.string ?? ""
        if let id = UUID(uuidString: text) { return id }
        if let number = Int64(text), let namespace = UUID(uuidString: "4d4851f4-2890-4d41-8779-5f38a3f5062b") {
            return UUID(version3: namespace, name: String(number))
        }
        throw malformed(node, "\"\(text)\" is not a dataset identifier")
    }

    private func values(_ node: YAMLNode) throws -> [String: ExportFile.Value] {
        guard node.isMapping else { throw malformed(node, "expected a mapping") }
        var values: [String: ExportFile.Value] = [:]
        try node.forEachPair { values[$0.string ?? ""] = try value($1) }
        return values
    }

    private func value(_ node: YAMLNode) throws -> ExportFile.Value {
        guard let text = node.string else { return try region(node) }
        switch node.tag {
        case "!butler_time/tai/iso": return .time(try TAI(yaml: text))
        case "tag:yaml.org,2002:binary":
            guard let data = Data(base64Encoded: text.filter { !$0.isWhitespace }) else {
                throw malformed(node, "expected base64")
            }
            return .bytes(Array(data))
        default: break
        }
        switch kind(node) {
        case .null: return .null
        case .bool(let value): return .bool(value)
        case .int(let value): return .int(Int64(value))
        case .double(let value): return .real(value)
        case .timestamp: return .time(try TAI(text, format: .iso, scale: .utc))
        case .hugeInt: throw malformed(node, "the number \(text) does not fit 64 bits")
        case .merge, .value, .text: return .string(text)
        }
    }

    /// What a node without a tag stands for; text if it is quoted, tagged as text or no scalar.
    private func kind(_ node: YAMLNode) -> YAMLScalarKind {
        guard node.isPlain, let text = node.string, node.tag != "tag:yaml.org,2002:str" else { return .text }
        return YAMLScalarKind(plain: text)
    }

    private func optionalText(_ node: YAMLNode) -> String? { kind(node) == .null ? nil : node.string }

    private func region(_ node: YAMLNode) throws -> ExportFile.Value {
        guard let text = node["encoded"]?.string, let bytes = Hexadecimal.decode(text) else {
            throw malformed(node, "expected a value or an encoded region")
        }
        return .region(try Region(encoded: bytes))
    }

    private func text(_ node: YAMLNode, _ key: String) throws -> String {
        guard let text = node[key]?.string else { throw malformed(node, "missing \"\(key)\"") }
        return text
    }

    private func list(_ node: YAMLNode, _ key: String) throws -> [YAMLNode] {
        guard let items = node[key]?.items else { throw malformed(node, "missing list \"\(key)\"") }
        return items
    }

    /// The items of a list, or the single value that old files have in its place.
    private func items(_ node: YAMLNode, _ key: String) throws -> [YAMLNode] {
        guard let value = node[key] else { throw malformed(node, "missing \"\(key)\"") }
        return value.items ?? [value]
    }

    private func malformed(_ node: YAMLNode, _ reason: String) -> ButlerError {
        ButlerError(.corruptFile, "\(source), line \(node.line) is not a readable export file: \(reason).")
    }
}
