/// When, where and how an exposure was taken, as `lsst.afw` keeps it (`afw: src/image/VisitInfo.cc`).
///
/// Angles are in degrees whatever the file has; nil where the file has nothing.
public struct VisitInfo: Sendable, Hashable {
    /// What the rotator angle refers to.
    public enum RotationType: String, Sendable, Hashable, CaseIterable {
        /// Not known.
        case unknown = "UNKNOWN"
        /// Position angle on the sky.
        case sky = "SKY"
        /// Angle to the horizon.
        case horizon = "HORIZON"
        /// Angle of the mount's rotator.
        case mount = "MOUNT"
    }

    /// Exposure time, s.
    public var exposureTime: Double?
    /// Time of dark current, s.
    public var darkTime: Double?
    /// Middle of the exposure, TAI nanoseconds since 1970-01-01 TAI.
    public var date: Int64?
    /// Middle of the exposure, UT1 as modified Julian date.
    public var ut1: Double?
    /// Earth rotation angle, degrees.
    public var earthRotationAngle: Double?
    /// Boresight right ascension and declination, degrees ICRS.
    public var boresightRADec: SIMD2<Double>?
    /// Boresight azimuth and altitude, degrees.
    public var boresightAzAlt: SIMD2<Double>?
    /// Air mass at the boresight.
    public var boresightAirmass: Double?
    /// Rotator angle, degrees.
    public var boresightRotationAngle: Double?
    /// What the rotator angle refers to.
    public var rotationType = RotationType.unknown
    /// Geodetic longitude of the observatory, degrees east.
    public var longitude: Double?
    /// Geodetic latitude of the observatory, degrees.
    public var latitude: Double?
    /// Height of the observatory, m.
    public var elevation: Double?
    /// Air temperature, degrees Celsius.
    public var airTemperature: Double?
    /// Air pressure, Pa.
    public var airPressure: Double?
    /// Relative humidity, percent.
    public var humidity: Double?
    /// Name of the instrument.
    public var instrument: String?
    /// Identifier of the visit or exposure.
    public var id: Int64?
    /// Focus position, mm.
    public var focusZ: Double?
    /// Type of the observation.
    public var observationType: String?
    /// Program of the observation.
    public var scienceProgram: String?
    /// Reason of the observation.
    public var observationReason: String?
    /// Name of the object.
    public var object: String?
    /// Whether pixels were simulated.
    public var hasSimulatedContent = false

    /// Creates an empty description.
    public init() {}
}
