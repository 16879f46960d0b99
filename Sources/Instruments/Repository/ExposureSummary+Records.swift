internal import AstroTime
internal import Dimensions
internal import StewardCore

extension ExposureSummary {
    /// The records that an exposure needs: its group, its day, itself.
    ///
    /// - Parameters:
    ///   - day: The 24 hours of its observing day; nil when the camera has no convention.
    ///   - universe: The repository's universe; fields that it does not have are left out.
    /// - Returns: The records in dependency order.
    /// - Throws: ``ButlerError`` with `.dimensionValue` for text that is too long, `.dimensionName` for universes
    ///   without exposures.
    func records(day: Timespan?, in universe: DimensionUniverse) throws -> [DimensionRecord] {
        let owner = DimensionRecord.FieldValue.string(instrument)
        func record(_ name: String, _ fields: [String: DimensionRecord.FieldValue]) throws -> DimensionRecord? {
            guard universe.find(name) != nil else { return nil }
            return try InstrumentDefinition.record(name, fields, universe)
        }
        let records = [
            try record("group", ["instrument": owner, "name": .string(group)]),
            try record(
                "day_obs",
                ["instrument": owner, "id": .int(dayObs), "timespan": day.map { .timespan($0) } ?? .null]
            ),
            try record("exposure", try exposureFields()),
        ]
        return records.compactMap { $0 }
    }

    private func exposureFields() throws -> [String: DimensionRecord.FieldValue] {
        func real(_ value: Double?) -> DimensionRecord.FieldValue { value.map { .real($0) } ?? .null }
        func int(_ value: Int64?) -> DimensionRecord.FieldValue { value.map { .int($0) } ?? .null }
        return [
            "instrument": .string(instrument), "id": .int(id), "day_obs": .int(dayObs), "group": .string(group),
            "group_name": .string(group), "physical_filter": .string(physicalFilter), "obs_id": .string(obsID),
            "exposure_time": real(exposureTime), "dark_time": real(darkTime),
            "observation_type": InstrumentDefinition.text(observationType),
            "observation_reason": InstrumentDefinition.text(observationReason), "seq_num": int(seqNum),
            "seq_start": int(seqStart), "seq_end": int(seqEnd), "target_name": InstrumentDefinition.text(targetName),
            "science_program": InstrumentDefinition.text(scienceProgram), "tracking_ra": real(trackingRA),
            "tracking_dec": real(trackingDec), "sky_angle": real(skyAngle), "azimuth": real(azimuth),
            "zenith_angle": real(zenithAngle), "has_simulated": .bool(hasSimulated),
            "can_see_sky": canSeeSky.map { .bool($0) } ?? .null,
            "timespan": .timespan(try Timespan(begin: begin, end: end)),
        ]
    }

    /// The exposure of a record.
    init?(_ record: DimensionRecord) {
        func text(_ field: String) -> String? { record[field]?.dimensionValue?.string }
        func int(_ field: String) -> Int64? { record[field]?.dimensionValue?.int }
        func real(_ field: String) -> Double? {
            guard case .real(let value)? = record[field] else { return nil }
            return value
        }
        func bool(_ field: String) -> Bool? {
            guard case .bool(let value)? = record[field] else { return nil }
            return value
        }
        guard let instrument = text("instrument"), let id = int("exposure"), let obsID = text("obs_id"),
            let day = int("day_obs"), let filter = text("physical_filter"), let span = record.timespan,
            let begin = span.begin, let end = span.end
        else { return nil }
        self.init(
            instrument: instrument,
            id: id,
            obsID: obsID,
            dayObs: day,
            group: text("group") ?? text("group_name") ?? obsID,
            physicalFilter: filter,
            begin: begin,
            end: end
        )
        exposureTime = real("exposure_time")
        darkTime = real("dark_time")
        observationType = text("observation_type")
        observationReason = text("observation_reason")
        seqNum = int("seq_num")
        seqStart = int("seq_start")
        seqEnd = int("seq_end")
        targetName = text("target_name")
        scienceProgram = text("science_program")
        trackingRA = real("tracking_ra")
        trackingDec = real("tracking_dec")
        skyAngle = real("sky_angle")
        azimuth = real("azimuth")
        zenithAngle = real("zenith_angle")
        hasSimulated = bool("has_simulated") ?? false
        canSeeSky = bool("can_see_sky")
    }
}
