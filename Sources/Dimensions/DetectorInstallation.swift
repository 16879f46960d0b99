public import AstroTime

/// A physical detector, known by its serial number, in a slot of a camera.
public struct DetectorInstallation: Hashable, Sendable {
    /// Who says so; the raw value stands in the database.
    public enum Source: String, Hashable, Sendable, CaseIterable {
        /// Headers of raw files; the timespan reaches from the beginning of the first to that of the last.
        case raw
        /// A version of the camera with a validity range.
        case camera
        /// The definition of the camera, which has no dates.
        case definition
    }

    /// Number of the slot: the `detector` dimension.
    public let detector: Int64
    /// Serial number of the physical detector.
    public let serial: String
    /// When it was there.
    public let timespan: Timespan
    /// Who says so.
    public let source: Source

    /// Creates an installation.
    public init(detector: Int64, serial: String, timespan: Timespan, source: Source) {
        self.detector = detector
        self.serial = serial
        self.timespan = timespan
        self.source = source
    }
}

/// A slot that got another physical detector, as raw files show.
public struct DetectorChange: Hashable, Sendable {
    /// Number of the slot.
    public let detector: Int64
    /// Beginning of the first exposure with the new one.
    public let instant: TAI
    /// Serial number of the one before.
    public let former: String
    /// Serial number of the new one.
    public let serial: String
    /// The slot in which the new one was last seen before; nil when it is new to the camera, or was here.
    public let formerSlot: Int64?
}
