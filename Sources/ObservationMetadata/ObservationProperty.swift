/// A standard property of an observation; the raw value is its name in files and in rules.
///
/// The order is that of the wire form. Source: `astro_metadata_translator: properties.py`.
public enum ObservationProperty: String, CaseIterable, Hashable, Sendable {
    /// Full name of the telescope.
    case telescope
    /// Name of the instrument, the value of the `instrument` dimension.
    case instrument
    /// Where the observatory stands, geocentric, in metres.
    case location
    /// Number of the exposure, unique within the instrument.
    case exposureID = "exposure_id"
    /// Number of the visit that the exposure belongs to.
    case visitID = "visit_id"
    /// Name of the filter in the beam, or of the combination of filters.
    case physicalFilter = "physical_filter"
    /// When the exposure began.
    case datetimeBegin = "datetime_begin"
    /// When the exposure ended.
    case datetimeEnd = "datetime_end"
    /// How long the exposure took, in seconds.
    case exposureTime = "exposure_time"
    /// How long the exposure was to take, in seconds.
    case exposureTimeRequested = "exposure_time_requested"
    /// Seconds during which dark current was gathered.
    case darkTime = "dark_time"
    /// Air mass at the boresight.
    case boresightAirmass = "boresight_airmass"
    /// Angle of the instrument in the frame of ``boresightRotationCoord``, in degrees.
    case boresightRotationAngle = "boresight_rotation_angle"
    /// Frame of the rotation angle: `sky`, `unknown` or the camera's own word.
    case boresightRotationCoord = "boresight_rotation_coord"
    /// Number of the detector within the instrument.
    case detectorNum = "detector_num"
    /// Name of the detector within its group.
    case detectorName = "detector_name"
    /// Name of the detector within the instrument.
    case detectorUniqueName = "detector_unique_name"
    /// Serial number of the physical detector.
    case detectorSerial = "detector_serial"
    /// Name of the group (raft) that the detector belongs to; null without groups.
    case detectorGroup = "detector_group"
    /// One number for exposure and detector.
    case detectorExposureID = "detector_exposure_id"
    /// Defocus, in metres.
    case focusZ = "focus_z"
    /// What was pointed at, or the name of the field.
    case object
    /// Temperature outside the dome, in kelvin.
    case temperature
    /// Pressure outside the dome, in hectopascal.
    case pressure
    /// Relative humidity outside the dome, in percent.
    case relativeHumidity = "relative_humidity"
    /// Where the telescope tracked: ICRS right ascension and declination in degrees.
    case trackingRadec = "tracking_radec"
    /// Azimuth and altitude at the beginning, in degrees.
    case altazBegin = "altaz_begin"
    /// Azimuth and altitude at the end, in degrees.
    case altazEnd = "altaz_end"
    /// Observing programme, survey or proposal.
    case scienceProgram = "science_program"
    /// Kind of observation: `science`, `bias`, `dark`, `flat` and so on.
    case observationType = "observation_type"
    /// Label of the observation, unique within the instrument.
    case observationID = "observation_id"
    /// Why the observation was made.
    case observationReason = "observation_reason"
    /// Label shared by exposures that belong together.
    case exposureGroup = "exposure_group"
    /// The day the observation belongs to, as YYYYMMDD.
    case observingDay = "observing_day"
    /// Seconds from midnight TAI to the beginning of the observing day.
    case observingDayOffset = "observing_day_offset"
    /// Running number of the observation, in its day or for ever.
    case observationCounter = "observation_counter"
    /// Whether any part of the data or header was simulated.
    case hasSimulatedContent = "has_simulated_content"
    /// Counter of the first observation of the group.
    case groupCounterStart = "group_counter_start"
    /// Counter of the last observation of the group.
    case groupCounterEnd = "group_counter_end"
    /// Whether light from the sky reached the detector; null when it is not known.
    case canSeeSky = "can_see_sky"
}

extension ObservationProperty {
    /// Position among all properties: for a case without values its only byte.
    var ordinal: Int { Int(unsafeBitCast(self, to: UInt8.self)) }

    /// Hashes the position; that of the name, which is the default, takes many times as long.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(ordinal)
    }

    /// What kind of value a property has.
    public enum Kind: String, Hashable, Sendable {
        /// A string.
        case text
        /// A whole number.
        case integer
        /// True or false.
        case flag
        /// A real number in the property's unit.
        case real
        /// An instant.
        case instant
        /// A place on the Earth.
        case location
        /// Two angles in degrees.
        case position
    }

    /// The kind of value.
    public var kind: Kind {
        switch self {
        case .location: .location
        case .datetimeBegin, .datetimeEnd: .instant
        case .trackingRadec, .altazBegin, .altazEnd: .position
        case .hasSimulatedContent, .canSeeSky: .flag
        case .exposureID, .visitID, .detectorNum, .detectorExposureID, .observingDay, .observingDayOffset,
            .observationCounter, .groupCounterStart, .groupCounterEnd:
            .integer
        case .exposureTime, .exposureTimeRequested, .darkTime, .boresightAirmass, .boresightRotationAngle, .focusZ,
            .temperature, .pressure, .relativeHumidity:
            .real
        default: .text
        }
    }

    /// The unit of the value, as it is written in tables; nil for a pure number or a text.
    public var unit: String? {
        switch self {
        case .location, .focusZ: "m"
        case .exposureTime, .exposureTimeRequested, .darkTime, .observingDayOffset: "s"
        case .boresightRotationAngle, .trackingRadec, .altazBegin, .altazEnd: "deg"
        case .temperature: "K"
        case .pressure: "hPa"
        case .relativeHumidity: "%"
        default: nil
        }
    }

    /// The properties that the ingest of a raw file cannot do without (`obs_base: ingest.py`).
    public static let requiredForIngest: Set<ObservationProperty> = [
        .datetimeBegin, .datetimeEnd, .detectorNum, .exposureGroup, .exposureID, .exposureTimeRequested,
        .groupCounterEnd, .groupCounterStart, .hasSimulatedContent, .instrument, .observationID, .observationType,
        .observingDay, .physicalFilter,
    ]

    /// The properties that the ingest of a raw file uses when they are there.
    public static let optionalForIngest: Set<ObservationProperty> = [
        .altazBegin, .boresightRotationCoord, .boresightRotationAngle, .canSeeSky, .darkTime, .object,
        .observationCounter, .observationReason, .observingDayOffset, .scienceProgram, .trackingRadec, .visitID,
    ]

    /// Every property.
    public static let all = Set(allCases)
}
