import Foundation
import ObservationMetadata

/// The chips that rafts of one kind have in common.
struct RaftKind {
    /// One chip of a raft.
    struct Chip {
        let name: String
        /// What its number is above the raft's first.
        let index: Int64
        let offset: [Double]?
        let yaw: Double
        let purpose: DetectorDefinition.Purpose
    }

    let shape: DetectorShape
    let chips: [Chip]

    /// Reads `{detector: {...}, chips: [{name, index, offset_mm, yaw, purpose}]}`.
    init(_ node: DefinitionNode) throws {
        let mapping = try node.mapping(["detector", "chips"])
        shape = try mapping["detector"].map { try DetectorShape($0.mapping(DetectorShape.keys)) } ?? DetectorShape()
        chips = try mapping.required("chips").list().enumerated().map { position, item in
            let chip = try item.mapping(["name", "index", "offset_mm", "yaw", "purpose"])
            return Chip(
                name: try chip.required("name").text(),
                index: try chip["index"]?.integer(in: 0...100_000) ?? Int64(position),
                offset: try chip["offset_mm"]?.reals(2),
                yaw: try chip["yaw"]?.real() ?? 0,
                purpose: try chip["purpose"]?.choice() ?? .science
            )
        }
    }
}

extension DetectorDefinition {
    /// The detectors of one raft: `{name, first, kind, offset_mm, yaw, serials}`.
    ///
    /// - Parameters:
    ///   - node: The raft; `serials` is a list for all chips, or a mapping for those that are there.
    ///   - kinds: The kinds of rafts by name.
    ///   - defaults: What all detectors have in common.
    ///   - detectorMax: Exclusive upper bound of numbers.
    /// - Returns: The detectors in the order of the kind's chips.
    /// - Throws: `ButlerError` of code `instrument` with file, line and key.
    static func raft(
        _ node: DefinitionNode,
        kinds: [String: RaftKind],
        defaults: DetectorShape,
        detectorMax: Int64
    ) throws -> [DetectorDefinition] {
        let mapping = try node.mapping(["name", "first", "kind", "offset_mm", "yaw", "serials"])
        let name = try mapping.required("name").text(atMost: 32)
        let first = try mapping.required("first").integer(in: 0...Int64.max / 2)
        let kindNode = try mapping.required("kind")
        guard let kind = kinds[try kindNode.text()] else {
            throw kindNode.error("no kind of raft has this name", candidates: kinds.keys.sorted())
        }
        let place = RaftPlace(offset: try mapping["offset_mm"]?.reals(2), yaw: try mapping["yaw"]?.real() ?? 0)
        let serials = try RaftSerials(mapping["serials"], chips: kind.chips.map(\.name))
        return try kind.chips.compactMap { chip in
            guard serials.contains(chip.name) else { return nil }
            let id = first + chip.index
            guard id < detectorMax else {
                throw node.error("the detector number \(id) is not below detector_max, \(detectorMax)")
            }
            return DetectorDefinition(
                id: id,
                fullName: "\(name)_\(chip.name)",
                nameInRaft: chip.name,
                raft: name,
                purpose: chip.purpose,
                serial: serials[chip.name] ?? String(id),
                geometry: place.geometry(of: chip, kind.shape, defaults)
            )
        }
    }
}

/// Where a raft is.
private struct RaftPlace {
    let offset: [Double]?
    let yaw: Double

    /// The place of a chip, whose own is given in the raft's axes.
    func geometry(of chip: RaftKind.Chip, _ shape: DetectorShape, _ defaults: DetectorShape) -> DetectorGeometry? {
        guard let offset, let within = chip.offset else { return nil }
        let quarters = (yaw / 90).truncatingRemainder(dividingBy: 4)
        let (cosine, sine) =
            switch quarters {
            case 0: (1.0, 0.0)
            case 1, -3: (0.0, 1.0)
            case 2, -2: (-1.0, 0.0)
            case 3, -1: (0.0, -1.0)
            default: (cos(yaw * .pi / 180), sin(yaw * .pi / 180))
            }
        var shape = shape
        shape.yaw = (yaw + chip.yaw).truncatingRemainder(dividingBy: 360)
        return shape.geometry(
            at: [
                offset[0] + cosine * within[0] - sine * within[1],
                offset[1] + sine * within[0] + cosine * within[1],
            ],
            defaults: defaults
        )
    }
}

/// The serial numbers of a raft's chips; chips without one are not there.
private struct RaftSerials {
    /// Nil when all chips are there, without serial numbers.
    private let serials: [String: String]?

    init(_ node: DefinitionNode?, chips: [String]) throws {
        guard let node else {
            serials = nil
            return
        }
        if let items = node.items {
            guard items.count == chips.count else {
                throw node.error("\(items.count) serial numbers are given for \(chips.count) chips")
            }
            serials = Dictionary(uniqueKeysWithValues: zip(chips, try items.map { try $0.text() }))
        } else {
            let mapping = try node.mapping(chips)
            let pairs = try chips.compactMap { chip in try mapping[chip].map { (chip, try $0.text()) } }
            serials = Dictionary(pairs) { first, _ in first }
        }
    }

    func contains(_ chip: String) -> Bool { serials.map { $0[chip] != nil } ?? true }

    subscript(chip: String) -> String? { serials?[chip] }
}
