internal import Datastores
internal import Registry
public import Resources
internal import StewardCore

extension Butler {
    /// Puts the files of datasets into a new zip file, with an index from which they can be ingested again.
    ///
    /// - Parameters:
    ///   - refs: Datasets; those without files are left out.
    ///   - destination: Path of a folder; made when it does not exist.
    ///   - overwriting: Whether a zip file of the same name is replaced; otherwise it is an error.
    /// - Returns: The path of the zip file, whose name follows from those of its members.
    /// - Throws: ``ButlerError`` with `.invalidArgument` when there are no files, `.fileAccess`, `.fileNotFound`,
    ///   `.diskFull`; database errors.
    public func retrieveZip(
        _ refs: [DatasetRef],
        to destination: String,
        overwriting: Bool = false
    ) async throws -> String {
        let files = try await files(of: refs)
        let expanded = zip(refs, try await expand(refs.map(\.dataID))).map { $0.expanded($1) }
        let items = expanded.flatMap { ref in (files[ref.id] ?? []).map { (ref, $0) } }
        let datastore = datastore
        return try await BlockingPool.run {
            try datastore.retrieveZip(items, to: destination, overwriting: overwriting)
        }
    }

    /// Takes a zip file with an index into the repository; its members become datasets.
    ///
    /// Dataset types are registered first, one transaction does the rest.
    ///
    /// - Parameters:
    ///   - zip: Path or URI of a zip file that ``retrieveZip(_:to:overwriting:)`` or the reference wrote.
    ///   - mode: What happens with the file.
    ///   - insertingDimensions: Whether dimension records that the repository lacks are taken from the index.
    ///   - isDryRun: Whether everything is checked and nothing written.
    /// - Returns: The datasets.
    /// - Throws: ``ButlerError`` with `.conflictingDefinition` when some of the datasets are stored, `.dataIDValue` when
    ///   dimension records are missing, `.corruptFile`, `.fileNotFound`, `.readOnly`; database and file errors.
    @discardableResult
    public func ingestZip(
        _ zip: String,
        mode: TransferMode = .auto,
        insertingDimensions: Bool = false,
        isDryRun: Bool = false
    ) async throws -> [DatasetRef] {
        let datastore = datastore
        let contents = try await BlockingPool.run { try datastore.contents(ofZip: zip) }
        let known = Swift.zip(contents.refs, try await stored(contents.refs)).filter(\.1).map(\.0)
        guard known.isEmpty else { throw Self.storedAlready(known, contents.refs.count) }
        guard !isDryRun else { return contents.refs }
        for type in Set(contents.refs.map(\.datasetType)) { try await register(type) }
        try await storing { connection, rollback in
            if insertingDimensions {
                try self.registry.dimensions.insert(contents.records, onExisting: .skip, on: connection)
            }
            for run in Set(contents.refs.map(\.run)).sorted() { try self.ensureRun(run, on: connection) }
            _ = try self.expanding(contents.refs, known: [], on: connection)
            _ = try self.registry.datasets.importing(contents.refs, on: connection)
            let ids = contents.refs.map(\.id)
            let stored = try self.registry.locations.datastores(holding: ids, on: connection)
            guard stored.isEmpty else {
                throw Self.storedAlready(contents.refs.filter { stored[$0.id] != nil }, ids.count)
            }
            let files = try datastore.ingestZip(
                zip,
                contents,
                mode: mode,
                rollback: rollback,
                claims: self.pathClaims(on: connection)
            )
            try self.record(files, on: connection)
        }
        return contents.refs
    }

    private static func storedAlready(_ refs: [DatasetRef], _ total: Int) -> ButlerError {
        ButlerError(
            .conflictingDefinition,
            "\(refs.count) of the \(total) datasets in the zip file are in the repository already.",
            remedy: "Make a zip file without them.",
            context: refs.prefix(10).map { .init("dataset", $0.description) }
        )
    }
}
