internal import Databases
internal import Datastores
internal import Registry
internal import StewardCore

/// What pruning does with datasets.
public struct Pruning: Sendable {
    /// TAGGED collections to take them out of.
    public var disassociatingFrom: [String]
    /// Whether their files are removed.
    public var unstoring: Bool
    /// Whether they are removed from the repository altogether, with their files.
    public var purging: Bool
    /// Whether datasets that are certified are purged, too; otherwise they are an error.
    public var unlinkingCertified: Bool

    /// Creates a description.
    public init(
        disassociatingFrom: [String] = [],
        unstoring: Bool = false,
        purging: Bool = false,
        unlinkingCertified: Bool = false
    ) {
        self.disassociatingFrom = disassociatingFrom
        self.unstoring = unstoring
        self.purging = purging
        self.unlinkingCertified = unlinkingCertified
    }
}

/// Runs to be removed, and what goes with them.
public struct RunRemoval: Sendable {
    /// The runs, with the chains that hold each.
    public let runs: [(name: String, parents: [String])]
    /// How many datasets of each type are in them, by type.
    public let datasetCounts: [(datasetType: String, count: Int)]
    /// CALIBRATION collections in which datasets of the runs are certified.
    public let certified: [String]
}

extension Butler {
    /// Takes datasets out of collections, out of storage, or out of the repository.
    ///
    /// Rows change in one transaction; files are removed after it, so that a crash loses nothing that is known:
    /// what is left lies in the trash and goes with the next emptying.
    ///
    /// - Parameters:
    ///   - refs: The datasets.
    ///   - pruning: What to do with them.
    /// - Throws: ``ButlerError`` with `.integrity` for certified datasets, `.collectionType`, `.readOnly`; database and
    ///   file errors.
    public func prune(_ refs: [DatasetRef], _ pruning: Pruning) async throws {
        let tables = registry
        let store = datastore.name
        try await write { connection in
            for tag in pruning.disassociatingFrom {
                try tables.datasets.disassociate(refs, from: tag, on: connection)
            }
            if pruning.unstoring || pruning.purging {
                try tables.locations.trash(refs.map(\.id), from: store, on: connection)
            }
            if pruning.purging {
                if !pruning.unlinkingCertified { try self.refuseCertified(refs, on: connection) }
                try tables.datasets.delete(refs.map(\.id), on: connection)
            }
        }
        if pruning.unstoring || pruning.purging { try await emptyTrash() }
    }

    private func refuseCertified(_ refs: [DatasetRef], on connection: any Connection) throws {
        let certified = try registry.consequences(ofRemoving: refs, on: connection).certified
        guard !certified.isEmpty else { return }
        throw ButlerError(
            .integrity,
            "Datasets that are certified in CALIBRATION collections cannot be purged.",
            remedy: "Decertify them first, or ask for that with --unlink-certified.",
            context: certified.map { .init($0.collection, "\($0.count) validity ranges of \"\($0.datasetType)\"") }
        )
    }

    /// The runs that names and globs mean, with what their removal takes along.
    ///
    /// - Parameter words: Names and globs; a name that does not exist gives an empty answer.
    /// - Returns: What would be removed.
    /// - Throws: Database errors.
    public func runs(matching words: [String]) async throws -> RunRemoval {
        let infos = try await collections.query(words, kinds: [.run], withParents: true, missingIsEmpty: true)
        let names = infos.map(\.name)
        let registry = registry
        let (counts, certified) = try await read { connection in
            let records = try registry.collections.resolve(CollectionExpression(names: names), on: connection)
            let consequences = try registry.consequences(ofRemoving: records, on: connection)
            return (
                try registry.datasets.counts(in: records, on: connection),
                Set(consequences.certified.map(\.collection)).sorted()
            )
        }
        return RunRemoval(
            runs: infos.map { ($0.name, $0.parents ?? []) },
            datasetCounts: counts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) },
            certified: certified
        )
    }

    /// Removes runs with all their datasets and files.
    ///
    /// - Parameters:
    ///   - removal: The runs.
    ///   - unlinkingCertified: Whether runs with certified datasets are removed, too.
    /// - Throws: ``ButlerError`` with `.integrity`, `.missingCollection`, `.readOnly`; database and file errors.
    public func remove(_ removal: RunRemoval, unlinkingCertified: Bool = false) async throws {
        let names = removal.runs.map(\.name)
        try await write {
            _ = try self.registry.removeRuns(
                names,
                unlinkingChains: true,
                unlinkingCertified: unlinkingCertified,
                on: $0
            )
        }
        try await emptyTrash()
    }

    /// Removes the files of trashed datasets that nothing else needs, then their rows.
    ///
    /// One transaction for each ten thousand datasets. Its locks keep others from taking the paths of these files until
    /// rows and files are gone; a crash in between leaves rows whose files are gone, which the next emptying takes.
    ///
    /// - Throws: ``ButlerError`` with `.readOnly`, `.fileAccess`; database errors.
    public func emptyTrash() async throws {
        let (name, table, locations, datastore) = (datastore.name, records, registry.locations, datastore)
        var place: DatasetID?
        repeat {
            let start = place
            place = try await write { connection in
                let contents = try table.trashContents(of: name, after: start, on: connection)
                guard !contents.datasets.isEmpty else { return nil }
                _ = try datastore.remove(paths: contents.records.map(\.path), keeping: contents.pathsInUse)
                try table.delete(contents.datasets, on: connection)
                try locations.clearTrash(contents.datasets, of: name, on: connection)
                return contents.end
            }
        } while place != nil
    }
}
