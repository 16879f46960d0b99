internal import Databases
internal import Registry
internal import StewardCore

/// Which calibration of one type a data ID gets, and why.
public struct CalibrationChoice: Sendable {
    /// The calibration dataset type.
    public let datasetType: DatasetType
    /// The part of the data ID that the calibration is looked up by.
    public let dataID: DataCoordinate?
    /// The calibration, if exactly one fits.
    public let dataset: DatasetRef?
    /// The collection that it was found in.
    public let collection: String?
    /// Its range of validity there; nil in RUN and TAGGED collections.
    public let validity: Timespan?
    /// Why this one, or why none: one sentence for people.
    public let reason: String
    /// All ranges of validity for this data ID in the collections searched, for pictures and for near misses.
    public let ranges: [Range]

    /// One range of validity.
    public struct Range: Sendable {
        /// The collection.
        public let collection: String
        /// The calibration.
        public let dataset: DatasetRef
        /// When it is valid.
        public let validity: Timespan
    }
}

extension CalibrationChoice {
    fileprivate static func none(
        of type: DatasetType,
        _ dataID: DataCoordinate? = nil,
        _ ranges: [Range] = [],
        because reason: String
    ) -> CalibrationChoice {
        CalibrationChoice(
            datasetType: type,
            dataID: dataID,
            dataset: nil,
            collection: nil,
            validity: nil,
            reason: reason,
            ranges: ranges
        )
    }
}

extension Butler {
    /// Says for every calibration dataset type which dataset a data ID gets at a time, and why no other.
    ///
    /// - Parameters:
    ///   - values: Values by dimension name, `dimension.field` or field name; an exposure or visit gives the time.
    ///   - words: Names and globs of collections in search order; all CALIBRATION collections if empty.
    ///   - timespan: Time, instead of that of the data ID.
    ///   - names: Dataset types; all calibrations if empty.
    /// - Returns: One answer for each dataset type, by name.
    /// - Throws: ``ButlerError`` as for look-ups, but not for calibrations that are missing or ambiguous; database
    ///   errors.
    public func calibrations(
        for values: [String: DimensionValue],
        collections words: [String] = [],
        timespan: Timespan? = nil,
        datasetTypes names: [String] = []
    ) async throws -> [CalibrationChoice] {
        let types = try await datasetTypes(matching: names).filter(\.isCalibration)
        var searched = words.isEmpty ? defaults.collections : words
        if searched.isEmpty { searched = try await collections.query(["*"], kinds: [.calibration]).map(\.name) }
        guard !searched.isEmpty else {
            throw ButlerError(
                .missingCollection,
                "There are no CALIBRATION collections in this repository.",
                remedy: "Make one with \"steward certify-calibrations\"."
            )
        }
        let path = searched
        let known = try await expandedValues(values)
        return try await read { connection in
            let records = try self.registry.collections.resolve(CollectionExpression(path), on: connection)
            return try types.map { type in
                try self.choice(type, known.values, records, timespan ?? known.timespan, on: connection)
            }
        }
    }

    /// All dimension values that follow from those given, and the time of the exposure or visit among them.
    private func expandedValues(
        _ values: [String: DimensionValue]
    ) async throws -> (values: [String: DimensionValue], timespan: Timespan?) {
        let defaults = defaults
        return try await read { connection in
            let universe = self.universe
            let named = Set(values.keys.map { String($0.split(separator: ".")[0]) }.filter { universe.find($0) != nil })
            let context = try universe.group(named.union(["exposure", "detector"].filter { universe.find($0) != nil }))
            var resolution = DataIDResolution(self.registry.dimensions, group: context, isCalibration: true)
            let keys = try resolution.keys(values, defaults, on: connection)
            let group = try universe.group(keys.keys)
            let complete = group.required.allSatisfy { keys[$0.name] != nil }
            guard complete else {
                let missing = group.required.map(\.name).filter { keys[$0] == nil }
                throw ButlerError(.dimensionValue, "The data ID lacks \(missing.joined(separator: ", ")).")
            }
            let minimal = try DataCoordinate(keys.filter { group.required.map(\.name).contains($0.key) }, for: group)
            let full = try self.registry.dimensions.expand([minimal], on: connection)[0]
            let timespan = group.temporalElements.first.flatMap { full.records?[$0]?.timespan }
            // What is given stands before what follows, as in look-ups.
            return (full.dictionary.merging(keys) { $1 }, timespan)
        }
    }

    private func choice(
        _ type: DatasetType,
        _ values: [String: DimensionValue],
        _ collections: [CollectionRecord],
        _ timespan: Timespan?,
        on connection: any Connection
    ) throws -> CalibrationChoice {
        let missing = type.dimensions.required.map(\.name).filter { values[$0] == nil }
        guard missing.isEmpty else {
            return .none(of: type, because: "The data ID has no value for \(missing.joined(separator: ", ")).")
        }
        let dataID = try DataCoordinate(values, for: type.dimensions)
        let record = try registry.datasetTypes.record(type.name, on: connection)
        let datasets = registry.datasets
        let ranges = try datasets.associations(of: record, in: collections, dataID: dataID, on: connection)
            .compactMap { item in
                item.validity.map {
                    CalibrationChoice.Range(collection: item.collection, dataset: item.ref, validity: $0)
                }
            }
        do {
            let time = timespan ?? .all
            guard let found = try datasets.find(record, dataID, in: collections, timespan: time, on: connection) else {
                return .none(of: type, dataID, ranges, because: Self.reason(ranges, timespan, collections))
            }
            return CalibrationChoice(
                datasetType: type,
                dataID: dataID,
                dataset: found.ref,
                collection: found.collection,
                validity: found.validity,
                reason: Self.reason(found, collections),
                ranges: ranges
            )
        } catch let error as ButlerError where error.code == .calibrationLookup {
            return .none(of: type, dataID, ranges, because: error.message)
        }
    }

    private static func reason(_ found: FoundDataset, _ collections: [CollectionRecord]) -> String {
        let place = collections.firstIndex { $0.name == found.collection } ?? 0
        let order =
            place == 0 ? "the first collection searched" : "collection \(place + 1) of \(collections.count) searched"
        guard let validity = found.validity else { return "Found in \(order); valid for all time there." }
        return "Found in \(order); valid in \(validity)."
    }

    /// Why nothing fits: nothing certified for the data ID at all, or how far away the nearest range is.
    private static func reason(
        _ ranges: [CalibrationChoice.Range],
        _ timespan: Timespan?,
        _ collections: [CollectionRecord]
    ) -> String {
        guard !ranges.isEmpty, let timespan else {
            return "Nothing is certified for this data ID in \(collections.map(\.name).joined(separator: ", "))."
        }
        func gap(_ range: Timespan) -> Int64 {
            if range.endNanoseconds <= timespan.beginNanoseconds {
                return timespan.beginNanoseconds - range.endNanoseconds
            }
            return range.beginNanoseconds - timespan.endNanoseconds
        }
        guard let nearest = ranges.min(by: { gap($0.validity) < gap($1.validity) }) else { return "" }
        let days = Double(gap(nearest.validity)) / 86_400e9
        let side = nearest.validity.endNanoseconds <= timespan.beginNanoseconds ? "ends" : "begins"
        let distance = days < 1 ? "\(Int(days * 86_400)) s" : "\(Int(days)) days"
        return "Out of validity: the nearest range, \(nearest.validity) in \(nearest.collection), \(side) \(distance) "
            + (side == "ends" ? "before." : "after.")
    }
}
