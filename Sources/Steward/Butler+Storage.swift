internal import Databases
public import Datastores
internal import Foundation
internal import Registry
public import Resources
internal import StewardCore

extension Butler {
    // MARK: Get

    /// Reads a dataset, or a component of it, found by what it is.
    ///
    /// - Parameters:
    ///   - name: Name of the dataset type, with `.component` for a part.
    ///   - dataID: Values by dimension name, `dimension.field` or field name; an exposure or visit gives calibrations
    ///     their time.
    ///   - collections: Names of collections in search order; the defaults if empty.
    ///   - timespan: Time for which calibrations must be valid.
    ///   - parameters: What part of it to read, for instance `bbox` of an image.
    /// - Returns: The object, of a type that follows from the storage class.
    /// - Throws: ``ButlerError`` with `.datasetNotFound`, `.fileNotFound` if it is known but not stored,
    ///   `.corruptFile`, `.formatter`, else as ``resolve(_:_:collections:timespan:)``.
    public func get(
        _ name: String,
        _ dataID: [String: DimensionValue],
        collections: [String] = [],
        timespan: Timespan? = nil,
        parameters: [String: ReadParameter] = [:]
    ) async throws -> any Sendable {
        let search = DatasetLookup(self, name, dataID, collections)
        let found = try await look { connection in
            let outcome = try search.run(timespan: timespan, usesDataIDTime: true, withFiles: true, on: connection)
            guard let ref = outcome.ref else { throw outcome.notFound }
            return (ref, outcome.found?.records ?? [])
        }
        return try await read(found.0, found.1, parameters)
    }

    /// Reads a dataset, or a component of it.
    ///
    /// - Parameters:
    ///   - ref: The dataset.
    ///   - parameters: What part of it to read, for instance `bbox` of an image.
    /// - Returns: The object, of a type that follows from the storage class.
    /// - Throws: ``ButlerError`` with `.fileNotFound` if it is not stored, `.corruptFile`, `.formatter`; database and
    ///   file errors.
    public func get(_ ref: DatasetRef, parameters: [String: ReadParameter] = [:]) async throws -> any Sendable {
        try await read(ref, try await files(of: [ref])[ref.id] ?? [], parameters)
    }

    /// Files of these sizes are read where the caller runs: the way to another thread and back takes longer.
    private static let smallSizes = 0...Int64(65_536)

    private func read(
        _ ref: DatasetRef,
        _ files: [StoredFile],
        _ parameters: [String: ReadParameter]
    ) async throws -> any Sendable {
        guard !files.isEmpty else {
            throw ButlerError(
                .fileNotFound,
                "Dataset \(ref) is known, but it is not stored.",
                remedy: "It may have been pruned with --unstore, or exist in another repository only."
            )
        }
        let datastore = datastore
        var ref = ref
        if try datastore.needsFullDataID(files, ref: ref) {
            ref = ref.expanded(try await expand([ref.dataID])[0])
        }
        let whole = ref
        if files.allSatisfy({ $0.isBelowRoot && Self.smallSizes.contains($0.byteCount ?? -1) }) {
            return try datastore.read(files, ref: whole, parameters: parameters)
        }
        return try await BlockingPool.run { try datastore.read(files, ref: whole, parameters: parameters) }
    }

    // MARK: Files

    /// Where the files of datasets are.
    ///
    /// - Parameter refs: Datasets; their data IDs need records where no file exists yet.
    /// - Returns: For each dataset URIs by component, the empty text for a whole dataset; predicted ones end with
    ///   `#predicted`.
    /// - Throws: Database errors.
    public func uris(of refs: [DatasetRef]) async throws -> [[String: String]] {
        let files = try await files(of: refs)
        let unknown = refs.filter { files[$0.id] == nil }
        let expanded = try await expand(unknown.map(\.dataID))
        var predicted: [DatasetID: String] = [:]
        for (ref, dataID) in zip(unknown, expanded) {
            let path = try datastore.predictedPath(for: ref.expanded(dataID))
            predicted[ref.id] = datastore.uri(ofPath: path) + "#predicted"
        }
        return refs.map { ref in
            guard let files = files[ref.id] else { return ["": predicted[ref.id] ?? ""] }
            return Dictionary(files.map { ($0.component ?? "", datastore.uri(of: $0)) }, uniquingKeysWith: { $1 })
        }
    }

    /// Where files of each scheme are reached.
    package var stores: ResourceStores { datastore.stores }

    /// Which datasets are stored, as far as the records say; those that wait in the trash are not.
    ///
    /// - Parameters:
    ///   - refs: Datasets.
    ///   - checkingFiles: Whether to look whether the files are there, too.
    /// - Returns: For each dataset whether it is stored.
    /// - Throws: Database errors.
    public func stored(_ refs: [DatasetRef], checkingFiles: Bool = false) async throws -> [Bool] {
        let ids = refs.map(\.id)
        let (files, holders) = try await read { connection in
            (
                try self.records.records(of: ids, on: connection),
                try self.registry.locations.datastores(holding: ids, on: connection)
            )
        }
        let datastore = datastore
        let held = files.filter { holders[$0.key]?.contains(datastore.name) ?? false }
        guard checkingFiles else { return refs.map { held[$0.id] != nil } }
        let all = held.values.flatMap { $0 }
        let exists = try await BlockingPool.run { datastore.exists(all) }
        let missing = Set(zip(all, exists).filter { !$1 }.map(\.0.dataset))
        return refs.map { held[$0.id] != nil && !missing.contains($0.id) }
    }

    /// Copies the file of a whole dataset that lies in one file of the same suffix.
    ///
    /// - Parameters:
    ///   - ref: The dataset.
    ///   - target: Path of the copy.
    /// - Returns: Whether it was copied; false if the dataset has no such file.
    /// - Throws: ``ButlerError`` with `.fileAccess`, `.diskFull`; database errors.
    public func copyFile(of ref: DatasetRef, to target: String) async throws -> Bool {
        let files = try await files(of: [ref])[ref.id] ?? []
        guard files.count == 1, files[0].component == nil else { return false }
        let (file, datastore) = (files[0], datastore)
        return try await BlockingPool.run { try datastore.copy(file, to: target) }
    }

    /// Copies the files of datasets to a folder.
    ///
    /// - Parameters:
    ///   - refs: Datasets; those without files are left out.
    ///   - destination: The folder; made when it does not exist.
    ///   - mode: How files get there.
    ///   - preservingPaths: Whether the folders of the datastore are kept.
    ///   - overwriting: Whether files that exist are replaced; otherwise they are an error.
    /// - Returns: The paths written, in order.
    /// - Throws: ``ButlerError`` with `.fileAccess`, `.fileNotFound`, `.diskFull`; database errors.
    public func retrieveArtifacts(
        _ refs: [DatasetRef],
        to destination: String,
        mode: TransferMode = .copy,
        preservingPaths: Bool = true,
        overwriting: Bool = false
    ) async throws -> [String] {
        let files = try await files(of: refs)
        let expanded = zip(refs, try await expand(refs.map(\.dataID))).map { $0.expanded($1) }
        let items = expanded.flatMap { ref in (files[ref.id] ?? []).map { (ref, $0) } }
        let datastore = datastore
        return try await BlockingPool.run {
            try datastore.retrieve(
                items,
                to: destination,
                mode: mode,
                preservingPaths: preservingPaths,
                overwriting: overwriting
            )
        }
    }

    // MARK: Parts that all writes share

    func targetRun(_ run: String?) throws -> String {
        if let run = run ?? defaults.run { return run }
        throw ButlerError(
            .missingCollection,
            "No run was given to put datasets into, and there is no default.",
            remedy: "Name one with --run, or open the repository with a default run."
        )
    }

    func ensureRun(_ name: String, on connection: any Connection) throws {
        do {
            _ = try registry.collections.record(name, kinds: [.run], on: connection)
        } catch let error as ButlerError where error.code == .missingCollection {
            _ = try registry.collections.register(name, kind: .run, on: connection)
        }
    }

    func expanding(
        _ refs: [DatasetRef],
        known: [DimensionRecord] = [],
        on connection: any Connection
    ) throws -> [DatasetRef] {
        let expanded = try registry.dimensions.expand(refs.map(\.dataID), known: known, on: connection)
        return zip(refs, expanded).map { $0.expanded($1) }
    }

    /// Writes the datastore's rows of new files.
    func record(_ files: [StoredFile], replacing: Bool = false, on connection: any Connection) throws {
        var seen: Set<DatasetID> = []
        let ids = files.map(\.dataset).filter { seen.insert($0).inserted }
        try registry.locations.insert(ids, in: datastore.name, ignoringExisting: replacing, on: connection)
        try records.insert(files, replacing: replacing, on: connection)
    }

    /// The stored files of datasets.
    package func files(of refs: [DatasetRef]) async throws -> [DatasetID: [StoredFile]] {
        let ids = refs.map(\.id)
        let body: @Sendable (any Connection) throws -> [DatasetID: [StoredFile]] = { connection in
            try self.records.records(of: ids, on: connection)
        }
        return ids.count == 1 ? try await look(body) : try await read(body)
    }
}
