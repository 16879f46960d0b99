internal import AstroTime
internal import Steward
internal import StewardCore

/// The footprints of a camera for the times of exposures: those of the versions that are valid, else the definition's.
actor ExposureFootprints {
    private let nominal: CameraDefinition
    private let versions: CameraVersions
    private let padding: Double?
    private let isVersionRequired: Bool
    private var nominalFootprint: CameraFootprint?
    private var footprints: [DatasetID: CameraFootprint] = [:]
    /// Labels of exposures for which no version is valid.
    private(set) var unversioned: Set<String> = []

    /// Prepares the footprints.
    ///
    /// - Parameters:
    ///   - nominal: The camera of the definition.
    ///   - versions: Its versions.
    ///   - padding: Pixels by which detectors are grown; the camera's own number if nil.
    ///   - isVersionRequired: Whether it is an error if no version is valid.
    init(_ nominal: CameraDefinition, _ versions: CameraVersions, padding: Double?, isVersionRequired: Bool) {
        self.nominal = nominal
        self.versions = versions
        self.padding = padding
        self.isVersionRequired = isVersionRequired
    }

    /// The footprint at the time of an exposure.
    ///
    /// - Parameter exposure: The exposure.
    /// - Returns: The footprint.
    /// - Throws: `ButlerError` of code `datasetNotFound` when a version is required and there is none, and as the look-up.
    func footprint(of exposure: ExposureSummary) async throws -> CameraFootprint {
        let timespan = try Timespan(begin: exposure.begin, end: exposure.end)
        guard let version = try await versions.version(during: timespan) else {
            guard !isVersionRequired else {
                throw ButlerError(
                    .datasetNotFound,
                    "No version of the camera is valid for the exposure \(exposure.obsID).",
                    remedy: "Name the collection that has it with --collections, or drop requireVersionedCamera."
                )
            }
            unversioned.insert(exposure.obsID)
            return try nominalOne()
        }
        if let footprint = footprints[version.ref.id] { return footprint }
        let footprint = try CameraFootprint(version.camera, padding: padding)
        footprints[version.ref.id] = footprint
        return footprint
    }

    private func nominalOne() throws -> CameraFootprint {
        if let nominalFootprint { return nominalFootprint }
        let footprint = try CameraFootprint(nominal, padding: padding)
        nominalFootprint = footprint
        return footprint
    }
}
