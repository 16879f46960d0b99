public import Databases
public import Datasets
internal import Dimensions
internal import StewardCore

extension DatasetTables {
    /// Makes datasets members of a TAGGED collection.
    ///
    /// Repeating it changes nothing. The statements of the summaries, then one for each group of dimensions.
    ///
    /// - Parameters:
    ///   - refs: Registered datasets.
    ///   - name: Name of the collection.
    ///   - connection: A write connection.
    /// - Throws: ``ButlerError`` with `.missingCollection`, `.collectionType`, `.missingDatasetType`,
    ///   `.conflictingDefinition` if the collection holds another dataset of the same type and data ID,
    ///   `.datasetNotFound` if one is not registered; database errors.
    public func associate(_ refs: [DatasetRef], with name: String, on connection: any Connection) throws {
        let collection = try collections.record(name, kinds: [.tagged], on: connection)
        let batches = try batches(refs, on: connection)
        guard !batches.isEmpty else { return }
        try noteMemberships(batches.map { Membership($0.type, $0.refs, in: collection) }, on: connection)
        for batch in batches {
            var rows = tagsRows(batch.type)
            for ref in batch.refs {
                rows.append(row: [.int(batch.type.id), .uuid(ref.id), collection.key.sqlValue])
                rows.append(row: Self.key(ref))
            }
            do {
                try connection.recoverably { try connection.replace(rows, in: batch.type.tags) }
            } catch let error as ButlerError where error.code == .integrity {
                throw explain(error, batch, collection, on: connection)
            }
        }
    }

    /// Takes datasets out of a TAGGED collection; ones that are not in it do not matter.
    ///
    /// One statement for each group of dimensions and some thousands of datasets.
    ///
    /// - Parameters:
    ///   - refs: Datasets.
    ///   - name: Name of the collection.
    ///   - connection: A write connection.
    /// - Throws: ``ButlerError`` with `.missingCollection`, `.collectionType`, `.missingDatasetType`; database errors.
    public func disassociate(_ refs: [DatasetRef], from name: String, on connection: any Connection) throws {
        let collection = try collections.record(name, kinds: [.tagged], on: connection)
        for batch in try batches(refs, on: connection) {
            for chunk in Self.chunks(batch.refs.map(\.id), width: 1, connection.dialect) {
                let sql: SQL = """
                    DELETE FROM \(table: batch.type.tags.name) \
                    WHERE \(id: format.collectionColumn) = \(collection.key) AND \(id: "dataset_id") \(in: Array(chunk))
                    """
                try connection.execute(sql)
            }
        }
    }

    /// What stands in the way of an association that a constraint refused.
    private func explain(
        _ error: ButlerError,
        _ batch: Batch,
        _ collection: CollectionRecord,
        on connection: any Connection
    ) -> ButlerError {
        cache.forgetSummaries()
        do {
            let stored = try identifiers(batch.type, batch.refs.map(Self.key), in: collection.key, on: connection)
            var given: [[SQLValue]: DatasetID] = [:]
            for ref in batch.refs {
                let key = Self.key(ref)
                let other = stored[key] == ref.id ? given[key] : stored[key] ?? given[key]
                if let other, other != ref.id {
                    return ButlerError(
                        .conflictingDefinition,
                        "Collection \"\(collection.name)\" cannot hold two datasets of type \"\(batch.type.type.name)\" "
                            + "with data ID \(ref.dataID).",
                        remedy: "Disassociate the one that should go first.",
                        context: [.init("other dataset", other.dashed), .init("dataset", ref.id.dashed)],
                        cause: error
                    )
                }
                given[key] = ref.id
            }
            let existing = try existingDatasets(batch.refs.map(\.id), on: connection)
            if let unknown = batch.refs.first(where: { existing[$0.id] == nil }) {
                return ButlerError(
                    .datasetNotFound,
                    "Dataset \(unknown.id.dashed) is not registered in this repository.",
                    remedy: "Put or import it first.",
                    context: [.init("dataset", unknown.description)],
                    cause: error
                )
            }
        } catch {
            return ButlerError(.integrity, "Datasets cannot be associated with \"\(collection.name)\".", cause: error)
        }
        return ButlerError(.integrity, "Datasets cannot be associated with \"\(collection.name)\".", cause: error)
    }

    /// Deletes datasets from the registry, with their memberships in all collections.
    ///
    /// One statement for some thousands. Summaries stay as they are. See
    /// ``unlinks(ofDatasets:on:)`` for what other collections lose.
    ///
    /// - Parameters:
    ///   - ids: Identifiers; unknown ones do not matter.
    ///   - connection: A write connection.
    /// - Throws: ``ButlerError`` with `.integrity` if a datastore still holds one; database errors.
    public func delete(_ ids: [DatasetID], on connection: any Connection) throws {
        for chunk in Self.chunks(ids, width: 1, connection.dialect) {
            let sql: SQL = "DELETE FROM \(table: "dataset") WHERE \(id: "id") \(in: Array(chunk))"
            do {
                try connection.execute(sql)
            } catch let error as ButlerError where error.code == .integrity {
                throw ButlerError(
                    .integrity,
                    "Datasets cannot be deleted while a datastore holds them.",
                    remedy: "Remove them from the datastore first.",
                    cause: error
                )
            }
        }
    }
}
