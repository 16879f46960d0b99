internal import Databases
internal import Datastores
internal import Registry
internal import StewardCore

extension Butler {
    /// Stores an object together with the dimension records that it defines, all or nothing.
    ///
    /// One transaction: the first record, then the others in batches, which need not be in memory all at once, then the
    /// dataset. Where the first record exists already with equal values nothing is done.
    ///
    /// - Parameters:
    ///   - object: The object; its type must be one that the dataset type's formatter writes.
    ///   - type: Dataset type, of the first record's dimensions.
    ///   - first: The record that the dataset is of.
    ///   - batches: The further records: a batch for each number from 0, and nil after the last.
    ///   - run: RUN collection, registered when it does not exist.
    /// - Returns: The new dataset, or nil if there was nothing to do.
    /// - Throws: ``ButlerError`` with `.conflictingDefinition` if the first record exists with other values, `.integrity`,
    ///   `.missingDatasetType`, `.formatter`, `.diskFull`, `.readOnly`; what `batches` throws; database and file errors.
    public func put(
        _ object: any Sendable,
        as type: DatasetType,
        defining first: DimensionRecord,
        batches: @escaping @Sendable (Int) throws -> [DimensionRecord]?,
        run: String
    ) async throws -> DatasetRef? {
        let ref = DatasetRef(type, first.dataID(in: universe), run: run)
        return try await storing { connection, rollback in
            guard try self.registry.dimensions.sync([first], on: connection).first == .inserted else { return nil }
            var number = 0
            while let records = try batches(number) {
                try self.registry.dimensions.insert(records, on: connection)
                number += 1
            }
            return try self.store([(object, ref)], on: connection, rollback).first
        }
    }
}
