/// Packs visit (or exposure) and detector as detector + detectors x observation.
///
/// Source: `pipe_base: _observation_dimension_packer.py`. Negative numbers, which the reference lets pass, are refused.
public struct ObservationPacker: DataIDPacker, Hashable {
    /// Which dimension the observation is.
    public enum Observation: String, Hashable, Sendable {
        /// The dimension `visit`.
        case visit
        /// The dimension `exposure`.
        case exposure
    }

    private let digits: CompositePacker
    /// Which dimension the observation is.
    public let observation: Observation

    /// Creates a packer.
    ///
    /// - Parameters:
    ///   - observation: Which dimension the observation is.
    ///   - detectorMax: Exclusive upper bound of detector numbers.
    ///   - observationMax: Exclusive upper bound of observation numbers.
    /// - Throws: `ButlerError` of code `invalidArgument` when a bound is not positive, or they do not fit 63 bits.
    public init(_ observation: Observation, detectorMax: Int64, observationMax: Int64) throws {
        self.observation = observation
        digits = try CompositePacker([
            .init("detector", radix: detectorMax),
            .init(observation.rawValue, radix: observationMax),
        ])
    }

    /// Observation and detector.
    public var dimensions: [String] { [observation.rawValue, "detector"] }

    /// How many bits the greatest packed number has.
    public var maxBits: Int { digits.maxBits }

    /// Packs one observation and detector.
    public func pack(observation: Int64, detector: Int64) throws -> Int64 {
        try digits.pack([detector, observation])
    }

    /// Packs one data ID.
    public func pack(_ values: [Int64]) throws -> Int64 {
        try digits.pack(values.reversed())
    }

    /// Unpacks one number.
    public func unpack(_ id: Int64) throws -> [Int64] {
        try digits.unpack(id).reversed()
    }

    /// Packs many data IDs.
    public func pack(columns: [[Int64]]) throws -> [Int64] {
        try digits.pack(columns: columns.reversed())
    }

    /// Unpacks many numbers.
    public func unpack(_ ids: [Int64]) throws -> [[Int64]] {
        try digits.unpack(ids).reversed()
    }
}
