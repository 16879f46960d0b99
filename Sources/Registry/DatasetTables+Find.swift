public import AstroTime
public import Databases
public import Datasets
public import Dimensions
internal import StewardCore

/// A dataset to look for.
public struct DatasetRequest: Sendable, Hashable {
    /// Data ID with at least the required dimensions of the dataset type.
    public let dataID: DataCoordinate
    /// The time for which a calibration must be valid; nil leaves CALIBRATION collections out.
    public let timespan: Timespan?

    /// Creates a request.
    public init(_ dataID: DataCoordinate, timespan: Timespan? = nil) {
        self.dataID = dataID
        self.timespan = timespan
    }
}

/// A dataset that was looked for.
public struct FoundDataset: Sendable, Hashable {
    /// The dataset, with its required dimension values only.
    public let ref: DatasetRef
    /// Name of the collection in which it was found.
    public let collection: String
    /// Its range of validity there; nil in RUN and TAGGED collections.
    public let validity: Timespan?
    /// The datastore's rows for it, if they were asked for.
    public var records: [StoredFile]
}

extension DatasetTables {
    /// Finds the first dataset for each of some data IDs in an ordered list of collections.
    ///
    /// RUN and TAGGED collections hold at most one for a data ID. In a CALIBRATION collection the ranges that overlap the
    /// request's timespan count; the unbounded timespan matches every range. The first collection with any match
    /// decides. One statement for some thousands of data IDs, datastore's rows included.
    ///
    /// - Parameters:
    ///   - type: The dataset type.
    ///   - requests: What to look for.
    ///   - collections: Where to look, in order; chains must have been replaced by what they hold.
    ///   - records: The datastore's table whose rows to read along; nil for none.
    ///   - connection: Where to read.
    /// - Returns: For each request, in order, what was found or nil.
    /// - Throws: ``ButlerError`` with `.calibrationLookup` if several ranges of the deciding collection match,
    ///   `.dimensionValue` for incomplete data IDs; database errors.
    public func find(
        _ type: DatasetTypeRecord,
        _ requests: [DatasetRequest],
        in collections: [CollectionRecord],
        records: DatastoreRecordTable? = nil,
        on connection: any Connection
    ) throws -> [FoundDataset?] {
        let group = type.type.dimensions
        let keys = try requests.map { request in
            try request.dataID.subset(group).requiredValues.map(\.sqlValue)
        }
        var search = DatasetSearch(type, collections, requests.compactMap(\.timespan), records, format)
        for chunk in Self.chunks(Array(Set(keys)), width: group.required.count, connection.dialect) {
            try search.run(Array(chunk), on: connection)
        }
        return try zip(requests, keys).map { request, key in
            try search.winner(key, request) { try mixes(type, request, collections, on: connection) }
        }
    }

    /// Whether a RUN or TAGGED collection among some may hold datasets of a type and a data ID's governors.
    private func mixes(
        _ type: DatasetTypeRecord,
        _ request: DatasetRequest,
        _ collections: [CollectionRecord],
        on connection: any Connection
    ) throws -> Bool {
        let direct = collections.filter { $0.kind == .run || $0.kind == .tagged }
        return try summaries(of: direct, on: connection).values.contains { summary in
            summary.datasetTypes.contains(type.type.name)
                && type.type.dimensions.governors.allSatisfy { governor in
                    guard let value = request.dataID[governor.name] else { return true }
                    return summary.governors[governor.name]?.contains(value.description) == true
                }
        }
    }

    /// Finds the first dataset for one data ID in an ordered list of collections.
    ///
    /// One statement; rules as for ``find(_:_:in:records:on:)``.
    ///
    /// - Parameters:
    ///   - type: The dataset type.
    ///   - dataID: Data ID with at least the required dimensions of the dataset type.
    ///   - collections: Where to look, in order; chains must have been replaced by what they hold.
    ///   - timespan: The time for which a calibration must be valid; nil leaves CALIBRATION collections out.
    ///   - records: The datastore's table whose rows to read along; nil for none.
    ///   - connection: Where to read.
    /// - Returns: What was found or nil.
    /// - Throws: ``ButlerError`` with `.calibrationLookup` if several ranges of the deciding collection match,
    ///   `.dimensionValue` for an incomplete data ID; database errors.
    public func find(
        _ type: DatasetTypeRecord,
        _ dataID: DataCoordinate,
        in collections: [CollectionRecord],
        timespan: Timespan? = nil,
        records: DatastoreRecordTable? = nil,
        on connection: any Connection
    ) throws -> FoundDataset? {
        let request = DatasetRequest(dataID, timespan: timespan)
        return try find(type, [request], in: collections, records: records, on: connection)[0]
    }
}
