/// A named algorithm of header translation, for what a table cannot say.
enum TranslationAlgorithm: Sendable {
    /// The exposure number in the `EXP-ID` (or `FRAMEID`) of a Subaru camera with this three-letter prefix.
    case subaruExposureID(prefix: String)
    /// Whether sky reaches the detector, judged by the kind of observation.
    case canSeeSky
    /// `science` for science observations, else `unknown`.
    case observationReason
    /// Group and name of the detector joined by `_`, or the name alone.
    case detectorUniqueName
    /// The date of the beginning, less the day offset.
    case observingDay
    /// The day offset of the instrument; before a month (YYYYMM) that of the laboratory's Pacific time.
    case observingDayOffset(laboratoryBefore: Int64?)
    /// The exposure number of Rubin Observatory, from day, counter and controller.
    case rubinExposureID
    /// The number of an exposure group of Rubin Observatory.
    case rubinVisitID
    /// Exposure and detector in Rubin Observatory's packing with controllers.
    case rubinDetectorExposureID
    /// Counter of the first exposure of a group, by `CURINDEX`.
    case rubinGroupStart
    /// Counter of the last exposure of a group, by `CURINDEX` and `MAXINDEX`.
    case rubinGroupEnd
    /// Whether a keyword about simulation is set, or the controller is a simulated one.
    case rubinSimulated
    /// Filter and version of the throughputs of an image simulation.
    case imsimFilter
    /// The air mass of a plane atmosphere at the beginning.
    case secantOfZenithDistance
    /// Azimuth 0 at the altitude that has the air mass, 45 degrees without one.
    case altitudeOfAirmass
    /// Azimuth and altitude from keywords of hour angle and declination in degrees, at a geodetic latitude.
    case horizonOfHourAngle(String, String, latitude: Double)
    /// The date of the beginning in UTC.
    case utcDate
    /// Run, filter, column and field of SDSS in one number.
    case sdssFrameID
    /// Azimuth and altitude at the beginning of the tracked place.
    case horizontalOfTracking
    /// The place at the azimuth and altitude of the beginning.
    case trackingOfHorizontal

    /// Names in definition files.
    enum Name: String, CaseIterable {
        case subaruExposureID = "subaru-exposure-id"
        case canSeeSky = "can-see-sky"
        case observationReason = "observation-reason"
        case detectorUniqueName = "detector-unique-name"
        case observingDay = "observing-day"
        case observingDayOffset = "observing-day-offset"
        case rubinExposureID = "rubin-exposure-id"
        case rubinVisitID = "rubin-visit-id"
        case rubinDetectorExposureID = "rubin-detector-exposure-id"
        case rubinGroupStart = "rubin-group-start"
        case rubinGroupEnd = "rubin-group-end"
        case rubinSimulated = "rubin-simulated"
        case imsimFilter = "imsim-filter"
        case secantOfZenithDistance = "secant-of-zenith-distance"
        case altitudeOfAirmass = "altitude-of-airmass"
        case utcDate = "utc-date"
        case sdssFrameID = "sdss-frame-id"
        case horizontalOfTracking = "altaz-of-tracking"
        case trackingOfHorizontal = "tracking-of-altaz"
    }

    /// The kind of value that the algorithm gives.
    var kind: ObservationProperty.Kind {
        switch self {
        case .subaruExposureID, .observingDay, .observingDayOffset, .rubinExposureID, .rubinVisitID,
            .rubinDetectorExposureID, .rubinGroupStart, .rubinGroupEnd, .sdssFrameID:
            .integer
        case .canSeeSky, .rubinSimulated: .flag
        case .observationReason, .detectorUniqueName, .imsimFilter, .utcDate: .text
        case .secantOfZenithDistance: .real
        case .altitudeOfAirmass, .horizonOfHourAngle, .horizontalOfTracking, .trackingOfHorizontal: .position
        }
    }

    /// The properties that the algorithm asks for.
    var dependencies: [ObservationProperty] {
        switch self {
        case .subaruExposureID, .rubinExposureID, .rubinSimulated, .imsimFilter: []
        case .canSeeSky, .observationReason: [.observationType]
        case .detectorUniqueName: [.detectorName, .detectorGroup]
        case .observingDay: [.datetimeBegin, .observingDayOffset]
        case .observingDayOffset(let month): month == nil ? [] : [.datetimeBegin]
        case .rubinVisitID: [.exposureGroup]
        case .rubinDetectorExposureID: [.exposureID, .detectorNum]
        case .rubinGroupStart, .rubinGroupEnd: [.observationCounter, .exposureID]
        case .secantOfZenithDistance: [.altazBegin]
        case .altitudeOfAirmass: [.boresightAirmass, .datetimeBegin]
        case .utcDate, .horizonOfHourAngle: [.datetimeBegin]
        case .horizontalOfTracking: [.trackingRadec, .datetimeBegin, .location]
        case .trackingOfHorizontal: [.altazBegin, .datetimeBegin, .location]
        case .sdssFrameID: [.exposureID, .physicalFilter, .observationType]
        }
    }
}
