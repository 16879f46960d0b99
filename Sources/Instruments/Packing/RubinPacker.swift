import StewardCore

/// Packs visit (or exposure) and detector of Rubin Observatory's cameras by day, counter and controller.
///
/// From the least significant digit: detector (256), counter within the day (32768), day since 2010-01-01 (16384),
/// controller, and whether a visit of the one-to-one system re-uses the number of a longer one (a leading 9). Source:
/// `obs_lsst: _packer.py`. Day 16384, which the reference lets pass into the next digit, is refused.
public struct RubinPacker: DataIDPacker, Hashable {
    /// Which controllers of the camera may occur, as letters in exposure labels.
    public enum Controllers: Hashable, Sendable {
        /// Only the observatory's, `O`; 38 bits.
        case observatory
        /// All, `OCHPQS`; 41 bits. This packing gives `detector_exposure_id`.
        case all

        /// How many values the digit has.
        var radix: Int64 {
            switch self {
            case .observatory: 1
            case .all: 8
            }
        }

        /// How many controllers there are.
        var count: Int64 {
            switch self {
            case .observatory: 1
            case .all: 6
            }
        }
    }

    private static let letters = ["O", "C", "H", "P", "Q", "S"]
    private static let detectors: Int64 = 256
    private static let counters: Int64 = 32_768
    /// Counters in the numbers of exposures.
    private static let counterBase: Int64 = 100_000
    /// What each controller adds to the year of an exposure's number, as a date.
    private static let controllerBase: Int64 = 10_000_000
    /// What a leading 9 adds to the number of a visit.
    private static let reinterpretedBase: Int64 = 90_000_000_000_000

    private let digits: CompositePacker
    /// Which dimension the observation is.
    public let observation: ObservationPacker.Observation
    /// Which controllers may occur.
    public let controllers: Controllers

    /// Creates a packer.
    ///
    /// - Parameters:
    ///   - observation: Which dimension the observation is.
    ///   - controllers: Which controllers may occur.
    /// - Throws: Nothing in practice; the bounds fit.
    public init(_ observation: ObservationPacker.Observation, controllers: Controllers = .observatory) throws {
        self.observation = observation
        self.controllers = controllers
        digits = try CompositePacker([
            .init("detector", radix: Self.detectors),
            .init("sequence", radix: Self.counters),
            .init("day", radix: Int64(RubinCalendar.dayCount)),
            .init("controller", radix: controllers.radix),
            .init("reinterpreted", radix: 2),
        ])
    }

    /// Observation and detector.
    public var dimensions: [String] { [observation.rawValue, "detector"] }

    /// How many bits the greatest packed number has.
    public var maxBits: Int { digits.maxBits }

    /// Packs one observation and detector.
    public func pack(observation id: Int64, detector: Int64) throws -> Int64 {
        try PackedRange.check(detector, "detector", below: Self.detectors)
        return try pack(id) * Self.detectors + detector
    }

    /// Packs one data ID.
    public func pack(_ values: [Int64]) throws -> Int64 {
        _ = try rowCount(values.map { [$0] })
        return try pack(observation: values[0], detector: values[1])
    }

    /// Unpacks one number.
    public func unpack(_ id: Int64) throws -> [Int64] {
        try PackedRange.check(id, "packed", below: digits.count)
        return [try observation(id / Self.detectors), id % Self.detectors]
    }

    /// Packs many data IDs.
    public func pack(columns: [[Int64]]) throws -> [Int64] {
        let rows = try rowCount(columns)
        try PackedRange.check(columns[1], "detector", below: Self.detectors)
        var packed = columns[1]
        for row in 0..<rows {
            packed[row] += try pack(columns[0][row]) * Self.detectors
        }
        return packed
    }

    /// Unpacks many numbers.
    public func unpack(_ ids: [Int64]) throws -> [[Int64]] {
        try PackedRange.check(ids, "packed", below: digits.count)
        return [try ids.map { try observation($0 / Self.detectors) }, ids.map { $0 % Self.detectors }]
    }

    /// All digits of an observation but the detector.
    private func pack(_ id: Int64) throws -> Int64 {
        let isReinterpreted = observation == .visit && id / 10_000_000_000_000 == 9
        let plain = isReinterpreted ? id - Self.reinterpretedBase : id
        let (day, counter) = plain.quotientAndRemainder(dividingBy: Self.counterBase)
        let controller = day / Self.controllerBase - 2
        guard id >= 0, (0..<controllers.count).contains(controller) else {
            let letter = Self.letters.indices.contains(Int(clamping: controller)) ? Self.letters[Int(controller)] : nil
            throw error(id, letter.map { "the controller \"\($0)\" is not among those to pack" } ?? "it has no date")
        }
        guard counter < Self.counters else { throw error(id, "the counter \(counter) is not below \(Self.counters)") }
        guard let number = RubinCalendar.table.number(of: day - controller * Self.controllerBase) else {
            throw error(id, "its date is not one of the \(RubinCalendar.dayCount) days from 2010-01-01 on")
        }
        let flag: Int64 = isReinterpreted ? 1 : 0
        let prefix = (flag * controllers.radix + controller) * Int64(RubinCalendar.dayCount) + number
        return prefix * Self.counters + counter
    }

    /// The observation of all digits but the detector.
    private func observation(_ packed: Int64) throws -> Int64 {
        let (rest, counter) = packed.quotientAndRemainder(dividingBy: Self.counters)
        let (prefix, day) = rest.quotientAndRemainder(dividingBy: Int64(RubinCalendar.dayCount))
        let (flag, controller) = prefix.quotientAndRemainder(dividingBy: controllers.radix)
        guard controller < controllers.count, flag == 0 || observation == .visit else {
            throw ButlerError(.dimensionValue, "No \(observation.rawValue) has the packed number \(packed).")
        }
        let date = RubinCalendar.table.dates[Int(day)] + controller * Self.controllerBase
        return date * Self.counterBase + counter + flag * Self.reinterpretedBase
    }

    private func error(_ id: Int64, _ reason: String) -> ButlerError {
        ButlerError(
            .dimensionValue,
            "The \(observation.rawValue) \(id) cannot be packed: \(reason).",
            context: [.init("dimension", observation.rawValue)]
        )
    }
}
