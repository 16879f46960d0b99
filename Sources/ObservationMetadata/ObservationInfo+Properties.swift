public import AstroTime

/// Each property under its own name and type; nil when it is not known.
extension ObservationInfo {
    /// Full name of the telescope.
    public var telescope: String? { text(.telescope) }
    /// Name of the instrument.
    public var instrument: String? { text(.instrument) }
    /// Where the observatory stands, geocentric, in metres.
    public var location: GeocentricLocation? { location(.location) }
    /// Number of the exposure, unique within the instrument.
    public var exposureID: Int64? { integer(.exposureID) }
    /// Number of the visit that the exposure belongs to.
    public var visitID: Int64? { integer(.visitID) }
    /// Name of the filter in the beam.
    public var physicalFilter: String? { text(.physicalFilter) }
    /// When the exposure began.
    public var datetimeBegin: TAI? { instant(.datetimeBegin) }
    /// When the exposure ended.
    public var datetimeEnd: TAI? { instant(.datetimeEnd) }
    /// How long the exposure took, in seconds.
    public var exposureTime: Double? { real(.exposureTime) }
    /// How long the exposure was to take, in seconds.
    public var exposureTimeRequested: Double? { real(.exposureTimeRequested) }
    /// Seconds during which dark current was gathered.
    public var darkTime: Double? { real(.darkTime) }
    /// Air mass at the boresight.
    public var boresightAirmass: Double? { real(.boresightAirmass) }
    /// Rotation of the instrument in degrees, in the frame ``boresightRotationCoord``.
    public var boresightRotationAngle: Double? { real(.boresightRotationAngle) }
    /// Frame of the rotation angle: `sky`, `unknown` or the camera's own word.
    public var boresightRotationCoord: String? { text(.boresightRotationCoord) }
    /// Number of the detector within the instrument.
    public var detectorNum: Int64? { integer(.detectorNum) }
    /// Name of the detector within its group.
    public var detectorName: String? { text(.detectorName) }
    /// Name of the detector within the instrument.
    public var detectorUniqueName: String? { text(.detectorUniqueName) }
    /// Serial number of the physical detector.
    public var detectorSerial: String? { text(.detectorSerial) }
    /// Name of the group (raft) that the detector belongs to.
    public var detectorGroup: String? { text(.detectorGroup) }
    /// One number for exposure and detector.
    public var detectorExposureID: Int64? { integer(.detectorExposureID) }
    /// Defocus in metres.
    public var focusZ: Double? { real(.focusZ) }
    /// What was pointed at, or the name of the field.
    public var object: String? { text(.object) }
    /// Temperature outside the dome in kelvin.
    public var temperature: Double? { real(.temperature) }
    /// Pressure outside the dome in hectopascal.
    public var pressure: Double? { real(.pressure) }
    /// Relative humidity outside the dome in percent.
    public var relativeHumidity: Double? { real(.relativeHumidity) }
    /// Where the telescope tracked: ICRS right ascension and declination.
    public var trackingRadec: SkyPosition? { position(.trackingRadec) }
    /// Azimuth and altitude at the beginning.
    public var altazBegin: SkyPosition? { position(.altazBegin) }
    /// Azimuth and altitude at the end.
    public var altazEnd: SkyPosition? { position(.altazEnd) }
    /// Observing programme, survey or proposal.
    public var scienceProgram: String? { text(.scienceProgram) }
    /// Kind of observation.
    public var observationType: String? { text(.observationType) }
    /// Label of the observation, unique within the instrument.
    public var observationID: String? { text(.observationID) }
    /// Why the observation was made.
    public var observationReason: String? { text(.observationReason) }
    /// Label shared by exposures that belong together.
    public var exposureGroup: String? { text(.exposureGroup) }
    /// The day the observation belongs to, as YYYYMMDD.
    public var observingDay: Int64? { integer(.observingDay) }
    /// Seconds from midnight TAI to the beginning of the observing day.
    public var observingDayOffset: Int64? { integer(.observingDayOffset) }
    /// Running number of the observation, in its day or for ever.
    public var observationCounter: Int64? { integer(.observationCounter) }
    /// Whether any part of the data or header was simulated.
    public var hasSimulatedContent: Bool? { flag(.hasSimulatedContent) }
    /// Counter of the first observation of the group.
    public var groupCounterStart: Int64? { integer(.groupCounterStart) }
    /// Counter of the last observation of the group.
    public var groupCounterEnd: Int64? { integer(.groupCounterEnd) }
    /// Whether light from the sky reached the detector; nil when it is not known.
    public var canSeeSky: Bool? { flag(.canSeeSky) }

    private func text(_ property: ObservationProperty) -> String? {
        guard case .text(let value) = values[property] else { return nil }
        return value
    }

    private func integer(_ property: ObservationProperty) -> Int64? {
        guard case .integer(let value) = values[property] else { return nil }
        return value
    }

    private func flag(_ property: ObservationProperty) -> Bool? {
        guard case .flag(let value) = values[property] else { return nil }
        return value
    }

    private func real(_ property: ObservationProperty) -> Double? {
        guard case .real(let value) = values[property] else { return nil }
        return value
    }

    private func instant(_ property: ObservationProperty) -> TAI? {
        guard case .instant(let value) = values[property] else { return nil }
        return value
    }

    private func location(_ property: ObservationProperty) -> GeocentricLocation? {
        guard case .location(let value) = values[property] else { return nil }
        return value
    }

    private func position(_ property: ObservationProperty) -> SkyPosition? {
        guard case .position(let value) = values[property] else { return nil }
        return value
    }
}
