internal import Databases
internal import Registry
internal import StewardCore

extension Butler {
    /// What is recorded of the versions of reference catalogues, by name.
    ///
    /// - Parameter datasetType: Name of the dataset type of one version; all if nil.
    /// - Returns: The records; a catalogue that other programs ingested has none.
    /// - Throws: ``ButlerError`` with `.incompatibleRepository`; database errors.
    public func referenceCatalogues(_ datasetType: String? = nil) async throws -> [ReferenceCatalogueRecord] {
        try await read { try self.registry.referenceCatalogues.records(of: datasetType, on: $0) }
    }

    /// Makes a version of a reference catalogue visible: its run is put behind those of a chain, and its record added.
    ///
    /// One transaction.
    ///
    /// - Parameters:
    ///   - record: The record; its run holds all shards.
    ///   - chain: Name of the chain, made when it does not exist; nil for none.
    /// - Throws: ``ButlerError`` with `.integrity` if the version is recorded already, `.collectionType` if the chain is
    ///   no chain, `.readOnly`; database errors. Nothing is changed then.
    public func publish(_ record: ReferenceCatalogueRecord, in chain: String?) async throws {
        try await write { connection in
            let tables = self.registry.collections
            if let chain {
                do {
                    _ = try tables.record(chain, kinds: [.chained], on: connection)
                } catch let error as ButlerError where error.code == .missingCollection {
                    _ = try tables.register(chain, kind: .chained, on: connection)
                }
                try tables.change(.extend, chain, [record.run], on: connection)
            }
            try self.registry.referenceCatalogues.insert(record, on: connection)
        }
    }
}
