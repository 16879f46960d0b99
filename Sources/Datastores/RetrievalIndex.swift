internal import AstroTime
internal import Datasets
internal import Dimensions
internal import SphericalGeometry
internal import StewardCore

/// The index that lies beside retrieved files, from which the reference can ingest them again.
///
/// Source: `daf_butler: datastores/file_datastore/retrieve_artifacts.py`, index version V1.
struct RetrievalIndex {
    /// Name of the file.
    static let fileName = "_butler_zip_index.json"

    let universe: DimensionUniverse

    init(_ universe: DimensionUniverse) {
        self.universe = universe
    }

    /// The index of datasets with their stored files; `names` has paths beside the index by recorded path.
    func json(_ files: [(DatasetRef, StoredFile)], names: [String: String]) -> JSONValue {
        .object([
            "index_version": "V1",
            "refs": container(files.map(\.0)),
            "artifact_map": .object(artifacts(files.map(\.1), names)),
        ])
    }

    // MARK: Datasets

    private func container(_ refs: [DatasetRef]) -> JSONValue {
        var types: [JSONValue.Member] = []
        var compact: [JSONValue.Member] = []
        var seenTypes: Set<String> = []
        var seen: Set<DatasetID> = []
        for ref in refs where seen.insert(ref.id).inserted {
            if seenTypes.insert(ref.datasetType.name).inserted {
                types.append(.init(ref.datasetType.name, RetrievalIndex.json(ref.datasetType)))
            }
            let values = ref.dataID.items.map { JSONValue.Member($0.dimension.name, $0.value.json) }
            let entry: JSONValue = .object([
                "dataset_type_name": .string(ref.datasetType.name),
                "run": .string(ref.run),
                "data_id": .object(values),
            ])
            compact.append(.init(ref.id.dashed, entry))
        }
        return .object([
            "container_version": "V1",
            "universe_version": .int(refs.isEmpty ? 0 : Int64(universe.version)),
            "universe_namespace": .string(refs.isEmpty ? "unknown" : universe.namespace),
            "dataset_types": .object(types),
            "compact_refs": .object(compact),
            "dimension_records": records(refs),
        ])
    }

    private static func json(_ type: DatasetType) -> JSONValue {
        .object([
            "name": .string(type.name),
            "storageClass": .string(type.storageClass),
            "dimensions": .array(type.dimensions.required.map { .string($0.name) }),
            "parentStorageClass": type.parentStorageClass.map(JSONValue.string) ?? .null,
            "isCalibration": .bool(type.isCalibration),
        ])
    }

    // MARK: Dimension records

    /// The records of all data IDs, or null if one lacks that of an element: the reference takes all or none.
    private func records(_ refs: [DatasetRef]) -> JSONValue {
        var byElement: [Int: [DimensionRecord]] = [:]
        var seen: Set<DimensionRecord> = []
        for ref in refs {
            for element in ref.datasetType.dimensions.elements where !element.isSkyPixel {
                guard let record = RetrievalIndex.record(of: element, ref.dataID) else { return .null }
                if seen.insert(record).inserted { byElement[element.position, default: []].append(record) }
            }
        }
        guard !refs.isEmpty else { return .null }
        return .object(
            byElement.sorted { $0.key < $1.key }.map { position, records in
                .init(
                    universe.elements[position].name,
                    .array(records.map { .array($0.values.map(RetrievalIndex.json)) })
                )
            }
        )
    }

    /// The record of an element; one that is a view of another has only its key.
    private static func record(of element: DimensionElement, _ dataID: DataCoordinate) -> DimensionRecord? {
        if let record = dataID.records?[element] { return record }
        guard element.viewOf != nil, element.fields.count == 1 else { return nil }
        switch dataID[element.name] {
        case .int(let value): return DimensionRecord(element, values: [.int(value)])
        case .string(let value): return DimensionRecord(element, values: [.string(value)])
        case nil: return nil
        }
    }

    private static func json(_ value: DimensionRecord.FieldValue) -> JSONValue {
        switch value {
        case .null: .null
        case .int(let value): .int(value)
        case .real(let value): .double(value)
        case .string(let value): .string(value)
        case .bool(let value): .bool(value)
        case .bytes(let bytes): .string(Hexadecimal.encode(bytes))
        case .region(let region): .string(Hexadecimal.encode(region.encoded))
        case .timespan(let span): .array([.int(span.beginNanoseconds), .int(span.endNanoseconds)])
        }
    }

    // MARK: Files

    private func artifacts(_ files: [StoredFile], _ names: [String: String]) -> [JSONValue.Member] {
        var order: [String] = []
        var byPath: [String: [StoredFile]] = [:]
        for file in files {
            if byPath[file.path] == nil { order.append(file.path) }
            byPath[file.path, default: []].append(file)
        }
        return order.compactMap { path in
            guard let name = names[path], let group = byPath[path] else { return nil }
            // A dataset of several collections may have been found in each.
            var seen: Set<DatasetID> = []
            let ids = group.map(\.dataset).filter { seen.insert($0).inserted }
            let entry: JSONValue = .object([
                "info": RetrievalIndex.json(group[0]),
                "ids": .array(ids.map { .string($0.dashed) }),
            ])
            return .init(name, entry)
        }
    }

    private static func json(_ file: StoredFile) -> JSONValue {
        .object([
            "formatter": .string(file.formatter),
            "path": .string(file.path),
            "storage_class": .string(file.storageClass),
            "component": file.component.map(JSONValue.string) ?? .null,
            "checksum": file.checksum.map(JSONValue.string) ?? .null,
            "file_size": .int(file.byteCount ?? -1),
        ])
    }
}
