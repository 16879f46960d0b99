internal import Registry
internal import StewardCore

extension Butler {
    /// Registers datasets without files, for instance the predicted outputs of a run.
    ///
    /// One transaction, few statements however many datasets there are.
    ///
    /// - Parameter refs: References to new datasets; runs are registered when they do not exist.
    /// - Throws: ``ButlerError`` with `.conflictingDefinition`, `.missingDatasetType`, `.dataIDValue`, `.readOnly`;
    ///   database errors.
    public func insertDatasets(_ refs: [DatasetRef]) async throws {
        try await write { connection in
            for run in Set(refs.map(\.run)).sorted() { try self.ensureRun(run, on: connection) }
            try self.registry.datasets.insert(refs, on: connection)
        }
    }

    /// Makes datasets members of a TAGGED collection; repeating it changes nothing.
    ///
    /// - Parameters:
    ///   - refs: Registered datasets.
    ///   - collection: Name of the collection.
    /// - Throws: ``ButlerError`` with `.missingCollection`, `.collectionType`, `.conflictingDefinition` if the
    ///   collection holds another dataset of the same type and data ID, `.readOnly`; database errors.
    public func associate(_ refs: [DatasetRef], with collection: String) async throws {
        try await write { try self.registry.datasets.associate(refs, with: collection, on: $0) }
    }

    /// Takes datasets out of a TAGGED collection; ones that are not in it do not matter.
    ///
    /// - Parameters:
    ///   - refs: Datasets.
    ///   - collection: Name of the collection.
    /// - Throws: ``ButlerError`` with `.missingCollection`, `.collectionType`, `.readOnly`; database errors.
    public func disassociate(_ refs: [DatasetRef], from collection: String) async throws {
        try await write { try self.registry.datasets.disassociate(refs, from: collection, on: $0) }
    }

    /// Certifies calibrations: for this time they are the right ones to use.
    ///
    /// One transaction; nothing is written if any range overlaps an existing one of the same type and data ID.
    ///
    /// - Parameters:
    ///   - refs: Registered datasets of calibration dataset types.
    ///   - collection: Name of a CALIBRATION collection.
    ///   - validity: Half-open, TAI.
    /// - Throws: ``ButlerError`` with `.missingCollection`, `.collectionType`, `.datasetTypeExpression`,
    ///   `.conflictingDefinition` listing overlaps, `.readOnly`; database errors.
    public func certify(_ refs: [DatasetRef], in collection: String, validity: Timespan) async throws {
        try await write { try self.registry.datasets.certify(refs, in: collection, validity: validity, on: $0) }
    }

    /// Takes a range of time out of the validity of calibrations; what lies outside stays valid.
    ///
    /// - Parameters:
    ///   - type: A calibration dataset type.
    ///   - collection: Name of a CALIBRATION collection.
    ///   - validity: Range to take away, half-open, TAI.
    ///   - dataIDs: Data IDs concerned; nil for all.
    /// - Returns: How many stored ranges were removed or cut.
    /// - Throws: ``ButlerError`` with `.missingCollection`, `.collectionType`, `.datasetTypeExpression`, `.readOnly`;
    ///   database errors.
    @discardableResult
    public func decertify(
        _ type: DatasetType,
        in collection: String,
        validity: Timespan,
        dataIDs: [DataCoordinate]? = nil
    ) async throws -> Int {
        try await write {
            try self.registry.datasets.decertify(type.name, in: collection, range: validity, dataIDs: dataIDs, on: $0)
        }
    }
}

extension ButlerCollections {
    /// Removes a TAGGED, CHAINED or CALIBRATION collection; the datasets stay.
    ///
    /// - Parameters:
    ///   - name: Name of the collection.
    ///   - unlinking: Whether it is taken out of chains that hold it; otherwise they are an error.
    /// - Throws: ``ButlerError`` with `.missingCollection`, `.collectionType` for a RUN, `.integrity`, `.readOnly`;
    ///   database errors.
    public func remove(_ name: String, unlinking: Bool = false) async throws {
        let butler = butler
        try await butler.write { connection in
            let kinds = Set(CollectionKind.allCases).subtracting([.run])
            _ = try butler.registry.collections.record(name, kinds: kinds, on: connection)
            try butler.registry.removeCollections([name], unlinkingChains: unlinking, on: connection)
        }
    }
}
