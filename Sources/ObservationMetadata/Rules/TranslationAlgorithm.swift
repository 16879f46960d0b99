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
    /// The day offset of the instrument.
    case observingDayOffset

    /// Names in definition files.
    enum Name: String, CaseIterable {
        case subaruExposureID = "subaru-exposure-id"
        case canSeeSky = "can-see-sky"
        case observationReason = "observation-reason"
        case detectorUniqueName = "detector-unique-name"
        case observingDay = "observing-day"
        case observingDayOffset = "observing-day-offset"
    }

    /// The kind of value that the algorithm gives.
    var kind: ObservationProperty.Kind {
        switch self {
        case .subaruExposureID, .observingDay, .observingDayOffset: .integer
        case .canSeeSky: .flag
        case .observationReason, .detectorUniqueName: .text
        }
    }

    /// The properties that the algorithm asks for.
    var dependencies: [ObservationProperty] {
        switch self {
        case .subaruExposureID, .observingDayOffset: []
        case .canSeeSky, .observationReason: [.observationType]
        case .detectorUniqueName: [.detectorName, .detectorGroup]
        case .observingDay: [.datetimeBegin, .observingDayOffset]
        }
    }
}
