internal import Datastores
internal import Foundation
internal import Registry
public import Resources
internal import StewardCore

extension Butler {
    /// Writes an export file of datasets with everything that another repository needs to take them in.
    ///
    /// That is: the dimension records of their data IDs, with what is populated by these; dataset types; runs; the
    /// collections named, with the datasets' membership and validity in them.
    ///
    /// - Parameters:
    ///   - refs: The datasets; disassembled ones are an error.
    ///   - directory: The folder; made when it does not exist.
    ///   - file: Name of the export file.
    ///   - words: Names and globs of TAGGED, CALIBRATION and CHAINED collections to export along.
    ///   - mode: How data files get into the folder; nil to leave them where they are, with absolute paths.
    /// - Throws: ``ButlerError`` with `.fileAccess`, `.diskFull`, `.missingCollection`; database errors.
    public func export(
        _ refs: [DatasetRef],
        to directory: String,
        file: String = "export.yaml",
        collections words: [String] = [],
        mode: TransferMode? = nil
    ) async throws {
        var seen: Set<DatasetID> = []
        let distinct = refs.filter { seen.insert($0.id).inserted }
        let expanded = zip(distinct, try await expand(distinct.map(\.dataID))).map { $0.expanded($1) }
        var content = ExportFile(universeVersion: universe.version, universeNamespace: universe.namespace)
        content.dimensions = try await recordBlocks(expanded)
        try await addCollections(words, expanded, to: &content)
        try FileStore.makeDirectories(directory)
        content.datasets = try await datasetBlocks(expanded, directory, mode)
        content.datasetTypes = Set(expanded.map(\.datasetType)).sorted { $0.name < $1.name }.map { type in
            .init(
                name: type.name,
                dimensions: type.dimensions.names,
                storageClass: type.storageClass,
                isCalibration: type.isCalibration
            )
        }
        let path = ResourcePath(localPath: directory + "/" + file)
        try FileStore().write(Array(try content.yaml(in: universe).utf8), to: path, overwrite: true)
    }

    private func recordBlocks(_ refs: [DatasetRef]) async throws -> [ExportFile.RecordBlock] {
        var byElement: [Int: [DimensionRecord]] = [:]
        var known: Set<DimensionRecord> = []
        for record in refs.flatMap({ $0.dataID.records?.all ?? [] })
        where record.element.hasTable && known.insert(record).inserted {
            byElement[record.element.position, default: []].append(record)
        }
        for element in universe.elements {
            guard let owner = element.populatedBy.flatMap({ universe.find($0) }), let owners = byElement[owner.position]
            else { continue }
            let found = try await populated(element, by: owners, owner)
            byElement[element.position, default: []] += found.filter { known.insert($0).inserted }
        }
        let others = try await missingRecords(byElement.values.joined().map { $0 }, known)
        for record in others { byElement[record.element.position, default: []].append(record) }
        return byElement.sorted { $0.key < $1.key }.filter { !$0.value.isEmpty }.map { position, records in
            .init(element: universe.elements[position].name, records: records.sortedByKey.map(\.exported))
        }
    }

    /// Records of a join that are populated by records of one of its dimensions.
    private func populated(
        _ element: DimensionElement,
        by owners: [DimensionRecord],
        _ owner: DimensionElement
    ) async throws -> [DimensionRecord] {
        let registry = registry
        return try await read { connection in
            try owners.flatMap { record in
                let fields = Dictionary(
                    zip(owner.required, record.values).map { ($0, $1) },
                    uniquingKeysWith: { first, _ in first }
                )
                return try registry.dimensions.records(of: element, matching: fields, limit: 10_000, on: connection)
            }
        }
    }

    /// Records that the joins refer to and that are not there yet, for instance the exposures of a visit.
    private func missingRecords(
        _ records: [DimensionRecord],
        _ known: Set<DimensionRecord>
    ) async throws -> [DimensionRecord] {
        let joins = records.filter { $0.element.kind == .join }.map { $0.dataID(in: universe) }
        var known = known
        return try await expand(joins).flatMap { $0.records?.all ?? [] }.filter { record in
            record.element.hasTable && record.element.kind != .join && known.insert(record).inserted
        }
    }

    private func addCollections(_ words: [String], _ refs: [DatasetRef], to file: inout ExportFile) async throws {
        let runs = Set(refs.map(\.run)).sorted()
        let named = words.isEmpty ? [] : try await collections.query(words, includingChains: true)
        let inChains = words.isEmpty ? [] : try await collections.query(words, flattening: true)
        let runInfos = runs.isEmpty ? [] : try await collections.query(runs)
        var infos: [String: CollectionInfo] = [:]
        for info in named + inChains + runInfos { infos[info.name] = info }
        let plain = infos.values.filter { $0.kind != .chained }.sorted { $0.name < $1.name }
        let chains = infos.values.filter { $0.kind == .chained }.sorted { $0.name < $1.name }
        file.collections = plain + chains
        file.associations = try await associations(plain.filter { $0.kind != .run }, refs)
    }

    private func associations(
        _ infos: [CollectionInfo],
        _ refs: [DatasetRef]
    ) async throws -> [ExportFile.AssociationBlock] {
        let ids = Set(refs.map(\.id))
        let types = Set(refs.map(\.datasetType.parentName)).sorted()
        let registry = registry
        return try await read { connection in
            try infos.compactMap { info in
                let record = try registry.collections.record(info.name, on: connection)
                var members: [Timespan?: [DatasetID]] = [:]
                for type in types {
                    let table = try registry.datasetTypes.record(type, on: connection)
                    for item in try registry.datasets.associations(of: table, in: [record], on: connection)
                    where ids.contains(item.ref.id) {
                        members[item.validity, default: []].append(item.ref.id)
                    }
                }
                guard !members.isEmpty else { return nil }
                let sorted = members.sorted {
                    ($0.key?.beginNanoseconds ?? 0, $0.key?.endNanoseconds ?? 0)
                        < ($1.key?.beginNanoseconds ?? 0, $1.key?.endNanoseconds ?? 0)
                }
                return .init(
                    collection: info.name,
                    kind: info.kind,
                    members: sorted.map { .init(validity: $0.key, datasets: $0.value) }
                )
            }
        }
    }

    private func datasetBlocks(
        _ refs: [DatasetRef],
        _ directory: String,
        _ mode: TransferMode?
    ) async throws -> [ExportFile.DatasetBlock] {
        let files = try await files(of: refs)
        var blocks: [[String]: [(path: String?, formatter: String?, refs: [DatasetRef])]] = [:]
        for ref in refs {
            let own = files[ref.id] ?? []
            guard own.count <= 1 else {
                throw ButlerError(
                    .invalidArgument,
                    "Dataset \(ref) is stored in \(own.count) files; the export format cannot say that."
                )
            }
            let key = [ref.datasetType.name, ref.run]
            if let path = own.first?.path, let index = blocks[key]?.lastIndex(where: { $0.path == path }) {
                blocks[key]?[index].refs.append(ref)
            } else {
                blocks[key, default: []].append((own.first?.path, own.first?.formatter, [ref]))
            }
        }
        let stored = Dictionary(files.values.joined().map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
        return try blocks.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { key, items in
            let entries = try items.map { item in
                ExportFile.File(
                    path: try item.path.flatMap { stored[$0] }.map { try exported($0, to: directory, mode) },
                    formatter: item.formatter,
                    datasets: item.refs.map { ($0.id, $0.exportedDataID) }
                )
            }
            return .init(datasetType: key[0], run: key[1], files: entries)
        }
    }

    /// The path of a file in the export; the file is brought there unless it stays.
    private func exported(_ file: StoredFile, to directory: String, _ mode: TransferMode?) throws -> String {
        guard let source = datastore.localPath(of: file) else { return datastore.uri(of: file) }
        guard let mode, !file.path.contains("://") else { return source }
        let target = ResourcePath(localPath: directory + "/" + file.path)
        try FileStore.makeDirectories(target.parent.path)
        _ = try FileTransfer(overwrite: true).run(ResourcePath(localPath: source), to: target, mode: mode)
        return file.path
    }
}

extension DatasetRef {
    fileprivate var exportedDataID: [String: ExportFile.Value] {
        var values: [String: ExportFile.Value] = [:]
        for (dimension, value) in zip(dataID.group.required, dataID.requiredValues) {
            values[dimension.name] = value.exported
        }
        return values
    }
}

extension DimensionValue {
    fileprivate var exported: ExportFile.Value {
        switch self {
        case .int(let value): .int(value)
        case .string(let value): .string(value)
        }
    }
}

extension [DimensionRecord] {
    fileprivate var sortedByKey: [DimensionRecord] {
        let keys = map { record in record.values.prefix(record.element.required.count).compactMap(\.dimensionValue) }
        return indices.sorted { keys[$0].lexicographicallyPrecedes(keys[$1]) }.map { self[$0] }
    }
}

extension DimensionRecord {
    fileprivate var exported: [String: ExportFile.Value] {
        var result: [String: ExportFile.Value] = [:]
        for (field, value) in zip(element.fields, values) {
            switch value {
            case .null: result[field.name] = .null
            case .int(let value): result[field.name] = .int(value)
            case .real(let value): result[field.name] = .real(value)
            case .string(let value): result[field.name] = .string(value)
            case .bool(let value): result[field.name] = .bool(value)
            case .bytes(let value): result[field.name] = .bytes(value)
            case .region(let value): result[field.name] = .region(value)
            case .timespan(let value):
                result["datetime_begin"] = .time(TAI(nanoseconds: value.beginNanoseconds))
                result["datetime_end"] = .time(TAI(nanoseconds: value.endNanoseconds))
            }
        }
        return result
    }
}
