import AstroTime
import ObservationMetadata
import StewardCore

extension CameraDefinition {
    private static let keys = [
        "flip_x", "region_padding", "distortion", "detector", "detectors", "raft_kinds", "rafts",
    ]

    /// Reads `camera`.
    init(_ node: DefinitionNode, detectorMax: Int64) throws {
        let mapping = try node.mapping(Self.keys)
        let distortion = try mapping["distortion"].map { try FocalPlaneDistortion($0) }
        let defaults =
            try mapping["detector"].map { try DetectorShape($0.mapping(DetectorShape.keys)) } ?? DetectorShape()
        let detectors = try Self.detectors(mapping, defaults, detectorMax: detectorMax)
        if distortion == nil, detectors.contains(where: { $0.geometry != nil }) {
            throw node.error("detectors have places, but \"distortion\" is missing")
        }
        self.init(
            detectors: detectors,
            flipsX: try mapping["flip_x"]?.flag() ?? false,
            regionPadding: try mapping["region_padding"]?.real() ?? 250,
            distortion: distortion
        )
    }
}

extension CameraDefinition {
    /// The detectors of `detectors`, in their order, and of `rafts`; by number where there are rafts.
    private static func detectors(
        _ mapping: DefinitionMapping,
        _ defaults: DetectorShape,
        detectorMax: Int64
    ) throws -> [DetectorDefinition] {
        guard mapping["rafts"] != nil || mapping["detectors"] != nil else {
            throw mapping.node.error("the key \"detectors\" (or \"rafts\") is missing")
        }
        var places: [DefinitionNode] = []
        var detectors: [DetectorDefinition] = []
        for item in try mapping["detectors"]?.list() ?? [] {
            places.append(item)
            detectors.append(try DetectorDefinition(item, defaults, detectorMax: detectorMax))
        }
        let kindNodes = try mapping["raft_kinds"]?.dictionary() ?? []
        let kinds = Dictionary(try kindNodes.map { ($0.key, try RaftKind($0.value)) }) { first, _ in first }
        for item in try mapping["rafts"]?.list() ?? [] {
            let raft = try DetectorDefinition.raft(item, kinds: kinds, defaults: defaults, detectorMax: detectorMax)
            places += raft.map { _ in item }
            detectors += raft
        }
        guard !detectors.isEmpty else { throw mapping.node.error("a camera needs at least one detector") }
        try checkUnique(detectors.map { String($0.id) }, "number", places)
        try checkUnique(detectors.map(\.fullName), "name", places)
        return mapping["rafts"] == nil ? detectors : detectors.sorted { $0.id < $1.id }
    }

    /// No word may occur twice; the error is at the second one.
    private static func checkUnique(_ words: [String], _ what: String, _ places: [DefinitionNode]) throws {
        var seen: Set<String> = []
        for (word, place) in zip(words, places) where !seen.insert(word).inserted {
            throw place.error("the \(what) \"\(word)\" belongs to two detectors")
        }
    }
}

/// What detectors may have in common: size, pitch, reference point and rotation.
struct DetectorShape {
    static let keys = ["size", "pixel_mm", "reference", "yaw"]

    var size: [Int64]?
    var pixelSize: [Double]?
    var reference: [Double]?
    var yaw: Double?

    /// Nothing in common.
    init() {}

    init(_ mapping: DefinitionMapping) throws {
        size = try mapping["size"]?.list().map { try $0.integer(in: 1...1_000_000) }
        if let size, size.count != 2 { throw mapping.node.error("\"size\" must be two numbers, columns and rows") }
        if let pitch = mapping["pixel_mm"] {
            pixelSize = pitch.items == nil ? try [pitch.real(), pitch.real()] : try pitch.reals(2)
        }
        reference = try mapping["reference"]?.reals(2)
        yaw = try mapping["yaw"]?.real()
    }

    /// The geometry of a detector at a place, its own values before the common ones.
    func geometry(at offset: [Double], defaults: DetectorShape) -> DetectorGeometry? {
        guard let size = size ?? defaults.size, let pixelSize = pixelSize ?? defaults.pixelSize else { return nil }
        let centre = [Double(size[0] - 1) / 2, Double(size[1] - 1) / 2]
        let reference = reference ?? defaults.reference ?? centre
        return DetectorGeometry(
            size: (size[0], size[1]),
            pixelSize: (pixelSize[0], pixelSize[1]),
            reference: (reference[0], reference[1]),
            offset: (offset[0], offset[1]),
            yaw: yaw ?? defaults.yaw ?? 0
        )
    }
}

extension DetectorDefinition {
    fileprivate init(_ node: DefinitionNode, _ defaults: DetectorShape, detectorMax: Int64) throws {
        let mapping = try node.mapping(
            ["id", "name", "raft", "name_in_raft", "purpose", "serial", "offset_mm"] + DetectorShape.keys
        )
        id = try mapping.required("id").integer()
        guard (0..<detectorMax).contains(id) else {
            throw node.error("the detector number \(id) is not below detector_max, \(detectorMax)")
        }
        fullName = try mapping.required("name").text(atMost: 32)
        raft = try mapping["raft"]?.text(atMost: 32)
        nameInRaft = try mapping["name_in_raft"]?.text(atMost: 32) ?? fullName
        purpose = try mapping["purpose"]?.choice() ?? .science
        serial = try mapping["serial"]?.text() ?? String(id)
        let shape = try DetectorShape(mapping)
        geometry = try mapping["offset_mm"].map { offset in
            guard let geometry = shape.geometry(at: try offset.reals(2), defaults: defaults) else {
                throw node.error("a detector with a place needs \"size\" and \"pixel_mm\", here or in \"detector\"")
            }
            return geometry
        }
    }

    /// The names for header rules.
    var names: DetectorNames {
        DetectorNames(id: id, fullName: fullName, raft: raft, nameInRaft: nameInRaft, serial: serial)
    }
}

extension FocalPlaneDistortion {
    /// Radians in an arc second.
    private static let arcsecond = Double.pi / 180 / 3600

    /// Reads `{radial: [...], plate_scale: S}` or `{polynomial: {...}}`.
    init(_ node: DefinitionNode) throws {
        let mapping = try node.mapping(["radial", "plate_scale", "polynomial"])
        switch try mapping.alternative(of: ["radial", "polynomial"]) {
        case "radial":
            let coefficients = try mapping.required("radial").list().map { try $0.real() }
            guard coefficients.count > 1, coefficients[0] == 0 else {
                throw node.error("\"radial\" needs at least two coefficients, the first of them 0")
            }
            let scale = try mapping["plate_scale"]?.real()
            self = .radial(coefficients.map { $0 * (scale.map { $0 * Self.arcsecond } ?? 1) })
        case "polynomial":
            self = .polynomial(try Polynomial(mapping.required("polynomial")))
        default:
            throw node.error("one of radial, polynomial must be given")
        }
    }
}

extension FocalPlaneDistortion.Polynomial {
    fileprivate init(_ node: DefinitionNode) throws {
        let mapping = try node.mapping(["order", "length_unit_mm", "angle_unit_arcsec", "x", "y"])
        order = Int(try mapping.required("order").integer(in: 1...20))
        lengthUnit = try mapping.required("length_unit_mm").real()
        angleUnit = try mapping.required("angle_unit_arcsec").real() * .pi / 180 / 3600
        x = try mapping.required("x").reals(Self.count(order: order))
        y = try mapping.required("y").reals(Self.count(order: order))
        guard lengthUnit > 0 else { throw node.error("\"length_unit_mm\" must be positive") }
    }
}

extension DefinitionNode {
    /// An ISO date and time in TAI.
    func instant() throws -> TAI {
        let text = try text()
        guard let instant = try? TAI(text, format: .isot, scale: .tai) else {
            throw error("\"\(text)\" is not an ISO date such as 2013-02-10T12:00:00")
        }
        return instant
    }
}
