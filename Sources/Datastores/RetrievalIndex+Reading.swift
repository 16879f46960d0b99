internal import AstroTime
internal import Datasets
internal import Dimensions
internal import Foundation
internal import SphericalGeometry
internal import StewardCore

extension RetrievalIndex {
    /// Namespace of the names of zip files, that of the reference's identifiers.
    private static let namespace = UUID(uuidString: "840b31d9-05cd-5161-b2c8-00d32b280d0f")

    /// Name of a zip file with some members, the index not counted.
    static func zipName(_ members: some Sequence<String>) -> String {
        let names = members.sorted().joined(separator: ",")
        let id = namespace.map { UUID(version5: $0, name: names) } ?? UUID()
        return id.uuidString.lowercased() + ".zip"
    }

    /// Reads an index.
    ///
    /// - Throws: ``ButlerError`` with `.corruptFile` for another version or a malformed index; `.dimensionName`,
    ///   `.dimensionValue` for what the universe does not have.
    func read(_ json: JSONValue, source: String) throws -> RetrievedDatasets {
        let reader = Reader(source: source, universe: universe)
        guard json["index_version"]?.string == "V1", let container = json["refs"],
            container["container_version"]?.string == "V1"
        else { throw reader.malformed("its version is not V1") }
        guard container["universe_namespace"]?.string == universe.namespace,
            container["universe_version"]?.int == Int64(universe.version)
        else { throw reader.malformed("its universe of dimensions is not that of the repository") }
        let refs = try reader.refs(container)
        let byID = Dictionary(refs.map { ($0.id.dashed, $0) }, uniquingKeysWith: { first, _ in first })
        return RetrievedDatasets(
            refs: refs,
            records: try reader.records(container["dimension_records"] ?? .null),
            files: try reader.files(json["artifact_map"] ?? .null, byID)
        )
    }

    /// Reads the parts of an index.
    private struct Reader {
        let source: String
        let universe: DimensionUniverse

        func malformed(_ problem: String) -> ButlerError {
            ButlerError(
                .corruptFile,
                "The index in \"\(source)\" cannot be used: \(problem).",
                remedy: "Make the zip file again."
            )
        }

        private func text(_ value: JSONValue?, _ name: String) throws -> String {
            guard let text = value?.string else { throw malformed("\"\(name)\" is missing or no text") }
            return text
        }

        func refs(_ container: JSONValue) throws -> [DatasetRef] {
            var types: [String: DatasetType] = [:]
            for member in container["dataset_types"]?.members ?? [] {
                let names = member.value["dimensions"]?.array?.compactMap(\.string) ?? []
                types[member.key] = try DatasetType(
                    name: text(member.value["name"], "name"),
                    dimensions: universe.group(names),
                    storageClass: text(member.value["storageClass"], "storageClass"),
                    isCalibration: member.value["isCalibration"]?.bool ?? false
                )
            }
            return try (container["compact_refs"]?.members ?? []).map { member in
                let name = try text(member.value["dataset_type_name"], "dataset_type_name")
                guard let type = types[name] else { throw malformed("it lacks the dataset type \"\(name)\"") }
                guard let id = UUID(uuidString: member.key) else { throw malformed("\"\(member.key)\" is no UUID") }
                var values: [String: DimensionValue] = [:]
                for item in member.value["data_id"]?.members ?? [] {
                    values[item.key] = item.value.int.map { .int($0) } ?? item.value.string.map { .string($0) }
                }
                return DatasetRef(
                    type,
                    try DataCoordinate(values, for: type.dimensions),
                    run: try text(member.value["run"], "run"),
                    id: id
                )
            }
        }

        func records(_ json: JSONValue) throws -> [DimensionRecord] {
            var rows = Dictionary(uniqueKeysWithValues: (json.members ?? []).map { ($0.key, $0.value.array ?? []) })
            var records: [DimensionRecord] = []
            for element in universe.elements {
                for row in rows.removeValue(forKey: element.name) ?? [] {
                    guard let cells = row.array, cells.count == element.fields.count else {
                        throw malformed("a record of \"\(element.name)\" has another number of values")
                    }
                    // What is a view of another element's records has none of its own.
                    guard element.viewOf == nil else { continue }
                    let values = try zip(cells, element.fields).map { try value($0, $1) }
                    records.append(DimensionRecord(element, values: values))
                }
            }
            if let name = rows.keys.min() { throw malformed("there is no dimension \"\(name)\"") }
            return records
        }

        private func value(
            _ json: JSONValue,
            _ field: DimensionElement.Field
        ) throws -> DimensionRecord.FieldValue {
            if case .null = json { return .null }
            let value: DimensionRecord.FieldValue? =
                switch field.type {
                case .int: json.int.map { .int($0) }
                case .string: json.string.map { .string($0) }
                case .real: json.double.map { .real($0) }
                case .bool: json.bool.map { .bool($0) }
                case .hash: json.string.flatMap { Hexadecimal.decode($0) }.map { .bytes($0) }
                case .region:
                    try json.string.flatMap { Hexadecimal.decode($0) }.map { .region(try Region(encoded: $0)) }
                case .timespan:
                    json.array.flatMap { ends in
                        guard ends.count == 2, let begin = ends[0].int, let end = ends[1].int else { return nil }
                        return .timespan(Timespan(beginNanoseconds: begin, endNanoseconds: end))
                    }
                }
            guard let value else { throw malformed("\"\(field.name)\" has the value \(json.text())") }
            return value
        }

        func files(_ json: JSONValue, _ refs: [String: DatasetRef]) throws -> [StoredFile] {
            try (json.members ?? []).flatMap { member in
                guard let info = member.value["info"], let ids = member.value["ids"]?.array else {
                    throw malformed("\"\(member.key)\" has no description")
                }
                let size = info["file_size"]?.int ?? -1
                return try ids.map { id in
                    guard let ref = id.string.flatMap({ refs[$0.lowercased()] }) else {
                        throw malformed("\"\(member.key)\" belongs to a dataset that it lacks")
                    }
                    return StoredFile(
                        dataset: ref.id,
                        path: member.key,
                        formatter: try text(info["formatter"], "formatter"),
                        storageClass: try text(info["storage_class"], "storage_class"),
                        component: info["component"]?.string,
                        checksum: info["checksum"]?.string,
                        byteCount: size < 0 ? nil : size
                    )
                }
            }
        }
    }
}
