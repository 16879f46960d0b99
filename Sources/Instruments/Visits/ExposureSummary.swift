public import AstroTime
public import ObservationMetadata
import StewardCore

/// One exposure as the `exposure` table holds it (dimension universe 8), without anything about repositories.
public struct ExposureSummary: Hashable, Sendable {
    /// Name of the instrument.
    public var instrument: String
    /// Number of the exposure.
    public var id: Int64
    /// Observing day as YYYYMMDD.
    public var dayObs: Int64
    /// Name of the exposure group.
    public var group: String
    /// The physical filter.
    public var physicalFilter: String
    /// Label of the observation.
    public var obsID: String
    /// Requested exposure time in seconds.
    public var exposureTime: Double?
    /// Dark time in seconds.
    public var darkTime: Double?
    /// Kind of observation.
    public var observationType: String?
    /// Why it was made.
    public var observationReason: String?
    /// Counter of the observation.
    public var seqNum: Int64?
    /// Counter of the first observation of the group.
    public var seqStart: Int64?
    /// Counter of the last observation of the group.
    public var seqEnd: Int64?
    /// What was pointed at.
    public var targetName: String?
    /// Observing programme.
    public var scienceProgram: String?
    /// ICRS right ascension of the boresight in degrees.
    public var trackingRA: Double?
    /// ICRS declination of the boresight in degrees.
    public var trackingDec: Double?
    /// Rotation of the camera on the sky in degrees.
    public var skyAngle: Double?
    /// Azimuth at the beginning in degrees.
    public var azimuth: Double?
    /// Zenith angle at the beginning in degrees.
    public var zenithAngle: Double?
    /// Whether any part was simulated.
    public var hasSimulated: Bool
    /// Whether light from the sky reached the detectors; nil when it is not known.
    public var canSeeSky: Bool?
    /// When it began.
    public var begin: TAI
    /// When it ended; not before ``begin``.
    public var end: TAI

    /// Creates an exposure with what a visit needs; everything else is not known.
    public init(
        instrument: String,
        id: Int64,
        obsID: String,
        dayObs: Int64,
        group: String,
        physicalFilter: String,
        begin: TAI,
        end: TAI
    ) {
        self.instrument = instrument
        self.id = id
        self.obsID = obsID
        self.dayObs = dayObs
        self.group = group
        self.physicalFilter = physicalFilter
        self.begin = begin
        self.end = max(begin, end)
        hasSimulated = false
    }

    /// The exposure that a translated header describes (`obs_base: _instrument.py`).
    ///
    /// The exposure time is the requested one. The sky angle is known only with a boresight and the rotation frame
    /// `sky`. An end before the beginning becomes the beginning.
    ///
    /// - Parameter info: The properties; all that ingest requires must be known.
    /// - Throws: `ButlerError` of code `header` naming the properties that are missing.
    public init(_ info: ObservationInfo) throws {
        guard let instrument = info.instrument, let id = info.exposureID, let obsID = info.observationID,
            let day = info.observingDay, let group = info.exposureGroup, let filter = info.physicalFilter,
            let begin = info.datetimeBegin, let end = info.datetimeEnd
        else {
            let missing = info.missing(of: ObservationProperty.requiredForIngest).map(\.rawValue)
            throw ButlerError(
                .header,
                "An exposure cannot be described without \(missing.joined(separator: ", ")).",
                context: [.init("property", missing.joined(separator: ", "))]
            )
        }
        self.init(
            instrument: instrument,
            id: id,
            obsID: obsID,
            dayObs: day,
            group: group,
            physicalFilter: filter,
            begin: begin,
            end: end
        )
        exposureTime = info.exposureTimeRequested
        darkTime = info.darkTime
        observationType = info.observationType
        observationReason = info.observationReason
        seqNum = info.observationCounter
        seqStart = info.groupCounterStart
        seqEnd = info.groupCounterEnd
        targetName = info.object
        scienceProgram = info.scienceProgram
        trackingRA = info.trackingRadec?.longitude
        trackingDec = info.trackingRadec?.latitude
        if trackingRA != nil, info.boresightRotationCoord == "sky" { skyAngle = info.boresightRotationAngle }
        azimuth = info.altazBegin?.longitude
        zenithAngle = info.altazBegin.map { 90 - $0.latitude }
        hasSimulated = info.hasSimulatedContent ?? false
        canSeeSky = info.canSeeSky
    }

    /// The 24 hours of the exposure's observing day.
    ///
    /// - Parameter info: The properties the exposure was made of.
    /// - Returns: The hours, nil when the camera has no convention for its days.
    /// - Throws: `ButlerError` of code `time` when the day is no date.
    public static func dayTimespan(_ info: ObservationInfo) throws -> Timespan? {
        guard let day = info.observingDay, let offset = info.observingDayOffset else { return nil }
        return try Timespan(dayOfObservation: Int(day), offset: Int(offset))
    }
}
