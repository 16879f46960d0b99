internal import Databases
internal import Datastores
internal import Dimensions
public import Foundation
internal import Registry
internal import StewardCore

extension Butler {
    /// Finds a dataset by its identifier.
    ///
    /// - Parameter id: Identifier.
    /// - Returns: The dataset, or nil.
    /// - Throws: Database errors.
    public func find(id: DatasetID) async throws -> DatasetRef? {
        try await look { try self.registry.datasets.find(ids: [id], on: $0)[id] }
    }

    /// Finds a dataset by what it is.
    ///
    /// Without a timespan CALIBRATION collections are not searched and times in the data ID are not looked at; that is
    /// what ``resolve(_:_:collections:timespan:)`` does.
    ///
    /// - Parameters:
    ///   - name: Name of the dataset type, with `.component` for a part.
    ///   - dataID: Values by dimension name, `dimension.field` or field name.
    ///   - collections: Names and globs of collections, in search order; the defaults if empty.
    ///   - timespan: Time for which calibrations must be valid.
    /// - Returns: The dataset, or nil.
    /// - Throws: ``ButlerError`` with `.missingDatasetType`, `.unknownComponent`, `.missingCollection`,
    ///   `.dimensionName`, `.dimensionValue`, `.calibrationLookup`; database errors.
    public func find(
        _ name: String,
        _ dataID: [String: DimensionValue],
        collections: [String] = [],
        timespan: Timespan? = nil
    ) async throws -> DatasetRef? {
        let search = DatasetLookup(self, name, dataID, collections)
        return try await look { try search.run(timespan: timespan, usesDataIDTime: false, on: $0).ref }
    }

    /// Finds the dataset that a get means: calibrations by the time of the data ID.
    ///
    /// For calibration dataset types the timespan is, in this order, the one given, that of the data ID's exposure,
    /// visit or day of observation, or unbounded.
    ///
    /// - Parameters:
    ///   - name: Name of the dataset type, with `.component` for a part.
    ///   - dataID: Values by dimension name, `dimension.field` or field name.
    ///   - collections: Names and globs of collections, in search order; the defaults if empty.
    ///   - timespan: Time for which calibrations must be valid.
    /// - Returns: The dataset.
    /// - Throws: ``ButlerError`` with `.datasetNotFound` naming what was searched, else as ``find(_:_:collections:timespan:)``.
    public func resolve(
        _ name: String,
        _ dataID: [String: DimensionValue],
        collections: [String] = [],
        timespan: Timespan? = nil
    ) async throws -> DatasetRef {
        let search = DatasetLookup(self, name, dataID, collections)
        return try await look { connection in
            let outcome = try search.run(timespan: timespan, usesDataIDTime: true, on: connection)
            guard let found = outcome.ref else { throw outcome.notFound }
            return found
        }
    }
}

/// One look-up of a dataset by name, values and collections.
struct DatasetLookup: Sendable {
    private let butler: Butler
    private let name: String
    private let values: [String: DimensionValue]
    private let words: [String]

    init(_ butler: Butler, _ name: String, _ values: [String: DimensionValue], _ collections: [String]) {
        self.butler = butler
        self.name = name
        self.values = values
        words = collections.isEmpty ? butler.defaults.collections : collections
    }

    /// What a look-up came to.
    struct Outcome {
        let type: DatasetType
        let dataID: DataCoordinate
        let searched: [CollectionRecord]
        let timespan: Timespan?
        /// What the tables hold: the whole dataset, where it was found, its files if asked for.
        let found: FoundDataset?

        /// The dataset or component that was looked for.
        var ref: DatasetRef? {
            found.map { DatasetRef(type, $0.ref.dataID, run: $0.ref.run, id: $0.ref.id) }
        }

        /// The error of a look-up without result.
        var notFound: ButlerError {
            ButlerError(
                .datasetNotFound,
                "No dataset \"\(type.name)\" with data ID \(dataID) was found.",
                remedy: "\"steward explain\" tells why.",
                context: [
                    .init("collections searched", searched.map(\.name).joined(separator: ", ")),
                    .init("time", timespan.map(\.description) ?? "none"),
                ]
            )
        }
    }

    /// Runs the look-up; two statements, three with a time in the data ID, more for alternate keys.
    func run(
        timespan: Timespan?,
        usesDataIDTime: Bool,
        withFiles: Bool = false,
        on connection: any Connection
    ) throws -> Outcome {
        let (parent, component) = DatasetType.split(name: name)
        let tables = butler.registry
        let record = try tables.datasetTypes.record(parent, on: connection)
        let whole = record.type
        let type = try component.map { try whole.component($0, in: butler.storageClasses) } ?? whole
        var resolution = DataIDResolution(
            tables.dimensions,
            group: whole.dimensions,
            isCalibration: whole.isCalibration
        )
        let keys = try resolution.keys(values, butler.defaults, on: connection)
        let dataID = try DataCoordinate(keys, for: whole.dimensions)
        guard !words.isEmpty else {
            throw ButlerError(
                .missingCollection,
                "No collections were given to search for \"\(name)\", and there are no defaults.",
                remedy: "Name collections with --collections, or open the repository with defaults."
            )
        }
        let searched = try tables.collections.resolve(CollectionExpression(words), on: connection)
        var time = timespan
        var isTimeless = false
        if whole.isCalibration, time == nil, usesDataIDTime {
            let own = try self.timespan(of: keys, on: connection)
            time = own.timespan ?? .all
            isTimeless = own.isNull
        }
        let found = try tables.datasets.find(
            record,
            dataID,
            in: searched,
            timespan: whole.isCalibration && !isTimeless ? time : nil,
            records: withFiles ? butler.records : nil,
            on: connection
        )
        return Outcome(type: type, dataID: dataID, searched: searched, timespan: time, found: found)
    }

    /// The time that the data ID names: its exposure's, visit's or day's.
    private func timespan(
        of keys: [String: DimensionValue],
        on connection: any Connection
    ) throws -> (timespan: Timespan?, isNull: Bool) {
        let universe = butler.universe
        for family in universe.temporalFamilies {
            for name in family.members where keys[name] != nil {
                let element = try universe.element(name)
                let values = element.required.compactMap { keys[$0] }
                guard values.count == element.required.count else { continue }
                let records = try butler.registry.dimensions.records(of: element, keys: [values], on: connection)
                guard let record = records[values] else {
                    throw ButlerError(
                        .dataIDValue,
                        "There is no \(name) \(keys[name].map(\.description) ?? "") in this repository.",
                        remedy: "List them with \"steward query-dimension-records REPO \(name)\"."
                    )
                }
                return (record.timespan, record.timespan == nil)
            }
        }
        return (nil, false)
    }
}
