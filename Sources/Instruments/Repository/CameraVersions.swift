public import AstroTime
internal import FITS
internal import ObservationMetadata
public import Steward
internal import StewardCore

/// The versions of a camera that datasets of type `camera` hold, by the time for which they are certified.
///
/// Each version is read once. Two forms are understood: the reference's (storage class `Camera`, a FITS archive), and
/// structured data `{camera: {…}}` with the keys of a definition's `camera`, laid over the instrument's definition as a
/// definition is over the one that it extends, so that a version needs to say no more than what differs.
public actor CameraVersions {
    /// Name of the dataset type, as in the reference.
    public static let datasetType = "camera"

    /// A version that is valid at some time.
    public struct Version: Sendable {
        /// The dataset.
        public let ref: DatasetRef
        /// The camera.
        public let camera: CameraDefinition

        /// Serial numbers of the physical detectors by slot.
        public var serials: [Int64: String] {
            Dictionary(camera.detectors.map { ($0.id, $0.serial) }) { first, _ in first }
        }
    }

    private let butler: Butler
    private let definition: InstrumentDefinition
    private let collections: [String]
    private let catalog: InstrumentCatalog
    private var isRegistered: Bool?
    private var versions: [DatasetID: Version] = [:]

    /// Prepares look-ups.
    ///
    /// - Parameters:
    ///   - butler: The repository.
    ///   - definition: The instrument.
    ///   - collections: Collections to search, in order; without any there are no versions.
    ///   - catalog: Definitions, for those that the instrument's own extends.
    public init(
        _ butler: Butler,
        _ definition: InstrumentDefinition,
        collections: [String],
        catalog: InstrumentCatalog = .standard()
    ) {
        self.butler = butler
        self.definition = definition
        self.collections = collections
        self.catalog = catalog
    }

    /// The version that is valid during a time.
    ///
    /// - Parameter timespan: The time, for instance of an exposure.
    /// - Returns: The version of the first collection that has one; nil when there is none.
    /// - Throws: ``ButlerError`` with `.calibrationLookup` if several versions of a collection are valid, `.instrument`
    ///   for a camera that does not fit the repository, and as reading datasets.
    public func version(during timespan: Timespan) async throws -> Version? {
        guard !collections.isEmpty, try await isKnown() else { return nil }
        let found = try await butler.find(
            Self.datasetType,
            ["instrument": .string(definition.name)],
            collections: collections,
            timespan: timespan
        )
        guard let ref = found else { return nil }
        if let version = versions[ref.id] { return version }
        let version = Version(ref: ref, camera: try await camera(ref))
        try await checkDetectors(version)
        versions[ref.id] = version
        return version
    }

    /// The cameras of some visits, where a version is valid at their time.
    ///
    /// - Parameter visits: Numbers of visits.
    /// - Returns: Cameras by visit; those without a version are missing.
    /// - Throws: As ``version(during:)``; database errors.
    public func cameras(of visits: [Int64]) async throws -> [Int64: CameraDefinition] {
        guard !collections.isEmpty, !visits.isEmpty else { return [:] }
        let numbers = Set(visits).sorted().map(String.init).joined(separator: ", ")
        let records = try await butler.queryDimensionRecords(
            "visit",
            where: "instrument = owner AND visit IN (\(numbers))",
            binds: ["owner": .value(.string(definition.name))]
        )
        var cameras: [Int64: CameraDefinition] = [:]
        for record in records {
            guard let visit = record["visit"]?.dimensionValue?.int, let timespan = record.timespan else { continue }
            cameras[visit] = try await version(during: timespan)?.camera
        }
        return cameras
    }

    /// For how long a version was certified around an instant; nil in collections without validity.
    ///
    /// - Parameter instant: The instant.
    /// - Returns: The range of validity.
    /// - Throws: Database errors.
    public func validity(at instant: TAI) async throws -> Timespan? {
        guard !collections.isEmpty, try await isKnown() else { return nil }
        return try await butler.calibrations(
            for: ["instrument": .string(definition.name)],
            collections: collections,
            timespan: Timespan(instant: instant),
            datasetTypes: [Self.datasetType]
        ).first?.validity
    }

    private func isKnown() async throws -> Bool {
        if let isRegistered { return isRegistered }
        let isKnown = try await !butler.datasetTypes(matching: [Self.datasetType]).isEmpty
        isRegistered = isKnown
        return isKnown
    }

    // MARK: Reading

    private func camera(_ ref: DatasetRef) async throws -> CameraDefinition {
        do {
            switch try await butler.get(ref) {
            case let description as CameraDescription: return try CameraDefinition(description, definition.camera)
            case let tree as JSONValue: return try camera(tree, "\(Self.datasetType) \(ref.id.dashed)")
            default:
                throw ButlerError(
                    .formatter,
                    "The dataset is no camera.",
                    remedy:
                        "Use the storage class Camera for the reference's, or StructuredDataDict for {camera: {...}}."
                )
            }
        } catch let error as ButlerError {
            throw error.adding("camera", "\(ref)")
        }
    }

    private func camera(_ tree: JSONValue, _ name: String) throws -> CameraDefinition {
        guard tree["camera"]?.members != nil, tree.members?.count == 1 else {
            throw ButlerError(
                .instrument,
                "Structured data of a camera must be a mapping with the one key \"camera\".",
                remedy: "Write what differs from the definition, for instance {camera: {detectors: [{id: 0, ...}]}}."
            )
        }
        let version = try DefinitionNode(yaml: tree.text(), file: name)
        return try InstrumentDefinition(version.extending(catalog.node(definition.source))).camera
    }

    private func checkDetectors(_ version: Version) async throws {
        let registered = Set(
            try await butler.records(of: "detector").filter {
                $0["instrument"]?.dimensionValue?.string == definition.name
            }.compactMap { $0["detector"]?.dimensionValue?.int }
        )
        guard let stranger = version.camera.detectors.first(where: { !registered.contains($0.id) }) else { return }
        throw ButlerError(
            .instrument,
            "The camera \(version.ref) has a detector \(stranger.id) (\(stranger.fullName)), "
                + "which is not registered for \(definition.name).",
            remedy: "Add it to the definition and run \"steward register-instrument REPO \(definition.name)\"."
        )
    }
}

extension CameraDefinition {
    /// The camera of a dataset of the reference.
    ///
    /// - Parameters:
    ///   - description: What the dataset says.
    ///   - nominal: The camera of the definition, for what the dataset does not say: rafts, padding, and whether the x
    ///     axis is mirrored on its way to the sky, unless the field angle is that already (`obs_base: utils.py`).
    /// - Throws: ``ButlerError`` with `.instrument` for tilted detectors and unexpected mirrors.
    init(_ description: CameraDescription, _ nominal: CameraDefinition) throws {
        guard !description.isMirrored || nominal.flipsX else {
            throw ButlerError(
                .instrument,
                "The camera's field angle is mirrored, which its definition does not expect."
            )
        }
        self.init(
            detectors: try description.detectors.map { detector in
                try DetectorDefinition(detector, nominal.detector(Int64(detector.id)))
            },
            flipsX: nominal.flipsX && !description.isMirrored,
            regionPadding: nominal.regionPadding,
            distortion: .mapping(description.fieldAngle)
        )
    }
}

extension DetectorDefinition {
    fileprivate init(_ detector: DetectorDescription, _ nominal: DetectorDefinition?) throws {
        guard abs(detector.rotation.y) < 1e-12, abs(detector.rotation.z) < 1e-12 else {
            throw ButlerError(.instrument, "Detector \(detector.name) is tilted, which regions do not know.")
        }
        id = Int64(detector.id)
        fullName = detector.name
        raft = nominal?.raft
        nameInRaft = nominal?.nameInRaft ?? detector.name
        purpose =
            switch detector.purpose {
            case .science: .science
            case .focus: .focus
            case .guider: .guider
            case .wavefront: .wavefront
            }
        serial = detector.serial
        let box = detector.box
        geometry = DetectorGeometry(
            size: (Int64(box.width), Int64(box.height)),
            pixelSize: (detector.pixelSize.x, detector.pixelSize.y),
            reference: (detector.referencePoint.x - Double(box.xMin), detector.referencePoint.y - Double(box.yMin)),
            offset: (detector.focalPlanePosition.x, detector.focalPlanePosition.y),
            yaw: detector.rotation.x * 180 / .pi
        )
    }
}
