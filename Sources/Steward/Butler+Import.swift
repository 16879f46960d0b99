internal import Databases
internal import Datastores
internal import Foundation
internal import Registry
public import Resources
internal import StewardCore

extension Butler {
    /// Imports an export file: dimension records, dataset types, collections, datasets, files and associations.
    ///
    /// Dataset types and collections are registered first; then one transaction does the rest, existing dimension
    /// records staying as they are.
    ///
    /// - Parameters:
    ///   - name: The export file, looked for in the directory first.
    ///   - directory: Where the data files are.
    ///   - mode: How they get into the repository; nil when they lie there already.
    ///   - skipped: Names of dimension elements whose records are not imported.
    ///   - recordsFileAttributes: Whether sizes and checksums are recorded.
    /// - Returns: Warnings for people.
    /// - Throws: ``ButlerError`` with `.fileNotFound`, `.corruptFile`, `.conflictingDefinition`, `.readOnly`; database
    ///   and file errors.
    public func importExport(
        _ name: String = "export.yaml",
        in directory: String,
        mode: TransferMode? = nil,
        skippingDimensions skipped: Set<String> = [],
        recordsFileAttributes: Bool = true
    ) async throws -> [String] {
        let path = Self.exportPath(name, in: directory)
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ButlerError(.fileNotFound, "There is no export file \"\(name)\" in \"\(directory)\", nor by itself.")
        }
        var file = try ExportFile(parsing: String(decoding: data, as: UTF8.self), source: path)
        let warnings = try file.migrate(to: universe) { _ in nil }
        try await register(file)
        let plan = try await ImportPlan(file, skipping: skipped, in: self)
        try await storing { connection, rollback in
            try self.run(plan, directory, mode, recordsFileAttributes, connection, rollback)
        }
        return warnings
    }

    private static func exportPath(_ name: String, in directory: String) -> String {
        let inside = directory + "/" + name
        return name.hasPrefix("/") || !FileManager.default.fileExists(atPath: inside) ? name : inside
    }

    private func register(_ file: ExportFile) async throws {
        let types = try file.datasetTypes.map { block in
            try DatasetType(
                name: block.name,
                dimensions: universe.group(block.dimensions),
                storageClass: block.storageClass,
                isCalibration: block.isCalibration
            )
        }
        for type in types { try await write { _ = try self.registry.datasetTypes.register(type, on: $0) } }
        let collections = file.collections
        try await write { connection in
            for info in collections {
                _ = try self.registry.collections.register(
                    info.name,
                    kind: info.kind,
                    documentation: info.documentation,
                    on: connection
                )
            }
            for chain in collections where chain.kind == .chained {
                try self.registry.collections.change(.redefine, chain.name, chain.children, on: connection)
            }
        }
    }

    private func run(
        _ plan: ImportPlan,
        _ directory: String,
        _ mode: TransferMode?,
        _ recordsFileAttributes: Bool,
        _ connection: any Connection,
        _ rollback: FileRollback
    ) throws {
        try registry.dimensions.insert(plan.records, onExisting: .skip, on: connection)
        for run in Set(plan.refs.map(\.run)).sorted() { try ensureRun(run, on: connection) }
        let durability = DurabilityBatch()
        let written = try datastore.ingest(
            try files(of: plan, directory, mode, on: connection),
            mode: mode ?? .none,
            recordsFileAttributes: recordsFileAttributes,
            rollback: rollback,
            durability: durability,
            claims: pathClaims(on: connection)
        )
        secure(durability, on: connection)
        try record(written, on: connection)
        for association in plan.associations { try take(association, on: connection) }
    }

    /// Registers the datasets, and gives the files that the datastore does not have yet.
    private func files(
        of plan: ImportPlan,
        _ directory: String,
        _ mode: TransferMode?,
        on connection: any Connection
    ) throws -> [FileDataset] {
        let fresh = Set(try registry.datasets.importing(plan.refs, on: connection).map(\.id))
        let known = plan.refs.map(\.id).filter { !fresh.contains($0) }
        let stored = Set(try registry.locations.datastores(holding: known, on: connection).keys)
        var files = plan.files.filter { file in file.refs.contains { !stored.contains($0.id) } }
        guard let mode else { return files }
        // Only files that get new names need whole data IDs.
        if mode != .none, mode != .direct {
            let expanded = try expanding(files.flatMap(\.refs), known: plan.records, on: connection)
            var next = expanded[...]
            for index in files.indices {
                let count = files[index].refs.count
                files[index].refs = Array(next.prefix(count))
                next = next.dropFirst(count)
            }
        }
        for index in files.indices where !files[index].path.contains("://") && !files[index].path.hasPrefix("/") {
            files[index].path = directory + "/" + files[index].path
        }
        return files
    }

    private func take(_ association: ImportPlan.Association, on connection: any Connection) throws {
        let (refs, name) = (association.refs, association.collection)
        if let validity = association.validity {
            try registry.datasets.certify(refs, in: name, validity: validity, on: connection)
        } else {
            try registry.datasets.associate(refs, with: name, on: connection)
        }
    }
}

/// An export file as objects of the importing repository.
private struct ImportPlan: Sendable {
    struct Association: Sendable {
        let collection: String
        let validity: Timespan?
        let refs: [DatasetRef]
    }

    let records: [DimensionRecord]
    let files: [FileDataset]
    let refs: [DatasetRef]
    let associations: [Association]

    init(_ file: ExportFile, skipping skipped: Set<String>, in butler: Butler) async throws {
        records = try file.records(in: butler.universe).filter { !skipped.contains($0.element.name) }.flatMap(\.records)
        var types: [String: DatasetType] = [:]
        for name in Set(file.datasets.map(\.datasetType)) { types[name] = try await butler.datasetType(name) }
        var files: [FileDataset] = []
        var refs: [DatasetRef] = []
        for block in file.datasets {
            guard let type = types[block.datasetType] else { continue }
            for item in block.files {
                let own = try item.datasets.map { dataset in
                    let values = dataset.dataID.compactMapValues(\.dimensionValue)
                    return DatasetRef(
                        type,
                        try DataCoordinate(values, for: type.dimensions),
                        run: block.run,
                        id: dataset.id
                    )
                }
                refs += own
                if let path = item.path { files.append(FileDataset(path: path, refs: own, formatter: item.formatter)) }
            }
        }
        self.files = files
        self.refs = refs
        let byID = Dictionary(refs.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        associations = file.associations.flatMap { block in
            block.members.map { members in
                Association(
                    collection: block.collection,
                    validity: members.validity,
                    refs: members.datasets.compactMap { byID[$0] }
                )
            }
        }
    }
}
