internal import StewardCore

/// A named bit of a mask.
public struct MaskPlane: Sendable, Hashable {
    /// The name, upper case by custom.
    public var name: String
    /// The bit, from 0; beyond 31 it lies in a further word.
    public var bit: Int
    /// What it means; empty in `lsst.afw` files.
    public var description: String

    /// Creates a plane.
    public init(_ name: String, bit: Int, description: String = "") {
        self.name = name
        self.bit = bit
        self.description = description
    }
}

/// The planes of one mask, each with a bit of its own.
///
/// Bits differ from file to file: what a plane's bit is, the file says.
public struct MaskPlanes: Sendable, Hashable {
    /// The planes in order of their bits.
    public let planes: [MaskPlane]
    private let bits: [String: Int]

    /// Creates a set of planes.
    ///
    /// - Parameter planes: The planes, in any order.
    /// - Throws: `ButlerError` of code `header` if a name or a bit occurs twice, or a bit is negative.
    public init(_ planes: [MaskPlane]) throws {
        self.planes = planes.sorted { ($0.bit, $0.name) < ($1.bit, $1.name) }
        var bits: [String: Int] = [:]
        for (index, plane) in self.planes.enumerated() {
            guard (0...Self.greatestBit).contains(plane.bit) else {
                throw ButlerError(.header, "The mask plane \"\(plane.name)\" has the impossible bit \(plane.bit).")
            }
            if index > 0, self.planes[index - 1].bit == plane.bit {
                let other = self.planes[index - 1].name
                throw ButlerError(.header, "The mask planes \"\(other)\" and \"\(plane.name)\" share bit \(plane.bit).")
            }
            guard bits.updateValue(plane.bit, forKey: plane.name) == nil else {
                throw ButlerError(.header, "The mask plane \"\(plane.name)\" has two bits.")
            }
        }
        self.bits = bits
    }

    /// More planes than any mask has.
    private static let greatestBit = 1023

    /// Reads the `MP_` cards of a mask's header.
    ///
    /// - Parameter header: The header.
    /// - Throws: `ButlerError` of code `header` for contradictory cards.
    public init(_ header: FITSHeader) throws {
        var planes: Set<MaskPlane> = []
        for card in header.cards where card.keyword.hasPrefix("MP_") {
            guard let bit = card.value?.integerValue.flatMap({ Int(exactly: $0) }), (0...31).contains(bit) else {
                throw header.error(card.keyword, "has the value \(card.value ?? .undefined), which is no bit of a mask")
            }
            planes.insert(MaskPlane(String(card.keyword.dropFirst(3)), bit: bit))
        }
        try self.init(Array(planes))
    }

    private init(unchecked planes: [MaskPlane]) {
        self.planes = planes
        bits = Dictionary(planes.map { ($0.name, $0.bit) }, uniquingKeysWith: { first, _ in first })
    }

    /// The planes that `lsst.afw` gives every new mask.
    public static let standard = MaskPlanes(
        unchecked: [
            "BAD", "SAT", "INTRP", "CR", "EDGE", "DETECTED", "DETECTED_NEGATIVE", "SUSPECT", "NO_DATA", "VIGNETTED",
            "STREAK",
        ].enumerated().map { MaskPlane($0.element, bit: $0.offset) }
    )

    /// The bit of a plane, or nil if there is no such plane.
    public func bit(_ name: String) -> Int? { bits[name] }

    /// The bit of a plane.
    ///
    /// - Parameter name: Name of the plane.
    /// - Returns: The bit.
    /// - Throws: `ButlerError` of code `invalidArgument` with the nearest names if there is no such plane.
    public func require(_ name: String) throws -> Int {
        if let bit = bits[name] { return bit }
        throw ButlerError(
            .invalidArgument,
            "The mask has no plane \"\(name)\".",
            candidates: Candidates.nearest(to: name, in: planes.map(\.name))
        )
    }

    /// The `MP_` cards, in order of their names.
    public var cards: [FITSCard] {
        planes.sorted { $0.name < $1.name }.map { FITSCard("MP_" + $0.name, .integer(Int64($0.bit))) }
    }
}
