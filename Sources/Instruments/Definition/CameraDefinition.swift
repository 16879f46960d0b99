/// The detectors of a camera and where they look.
public struct CameraDefinition: Sendable {
    /// The detectors in the order of the definition.
    public let detectors: [DetectorDefinition]
    /// Whether the x axis of the field angle is mirrored on its way to the sky (`wcsFlipX` in `obs_base`).
    public let flipsX: Bool
    /// Pixels by which detectors are grown for their regions.
    public let regionPadding: Double
    /// From focal plane to field angle; nil when the geometry is not known.
    public let distortion: FocalPlaneDistortion?
    private let positions: [Int64: Int]

    /// Creates a camera.
    init(
        detectors: [DetectorDefinition],
        flipsX: Bool,
        regionPadding: Double,
        distortion: FocalPlaneDistortion?
    ) {
        self.detectors = detectors
        self.flipsX = flipsX
        self.regionPadding = regionPadding
        self.distortion = distortion
        positions = Dictionary(detectors.enumerated().map { ($1.id, $0) }) { first, _ in first }
    }

    /// The detector of a number, in constant time.
    public func detector(_ id: Int64) -> DetectorDefinition? {
        positions[id].map { detectors[$0] }
    }
}

/// One detector: the row of the registry, and its place in the focal plane.
public struct DetectorDefinition: Hashable, Sendable {
    /// What a detector is for; the raw value stands in the database.
    public enum Purpose: String, Hashable, Sendable, CaseIterable {
        /// Science images.
        case science = "SCIENCE"
        /// Focus.
        case focus = "FOCUS"
        /// Guiding.
        case guider = "GUIDER"
        /// Wavefront sensing.
        case wavefront = "WAVEFRONT"
    }

    /// Value of the `detector` dimension.
    public let id: Int64
    /// Name within the instrument.
    public let fullName: String
    /// Name within the raft.
    public let nameInRaft: String
    /// Name of the raft; nil for cameras without rafts.
    public let raft: String?
    /// What it is for.
    public let purpose: Purpose
    /// Serial number of the chip that the definition describes.
    public let serial: String
    /// Its place; nil when it is not known.
    public let geometry: DetectorGeometry?
}

/// Size and place of a detector in the focal plane.
public struct DetectorGeometry: Hashable, Sendable {
    /// Number of pixels along x and y; pixel centres have whole coordinates from 0.
    public let size: (x: Int64, y: Int64)
    /// Pitch of the pixels in millimetres.
    public let pixelSize: (x: Double, y: Double)
    /// The pixel coordinates that lie at ``offset``.
    public let reference: (x: Double, y: Double)
    /// Where the reference point is, in millimetres from the axis.
    public let offset: (x: Double, y: Double)
    /// Rotation of the pixel grid about the reference point in degrees, counter-clockwise.
    public let yaw: Double

    /// Compares all numbers.
    public static func == (left: DetectorGeometry, right: DetectorGeometry) -> Bool {
        left.size == right.size && left.pixelSize == right.pixelSize && left.reference == right.reference
            && left.offset == right.offset && left.yaw == right.yaw
    }

    /// Feeds place and size to the hasher.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(size.x)
        hasher.combine(size.y)
        hasher.combine(offset.x)
        hasher.combine(offset.y)
        hasher.combine(yaw)
    }
}
