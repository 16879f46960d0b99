public import Foundation
public import StewardCore

/// How the Earth is turned: UT1 - UTC and the place of the pole, for each day.
///
/// The values are those that the International Earth Rotation and Reference Systems Service (IERS) measured or predicts.
/// Between days they are interpolated linearly, leap seconds apart. Outside the table the first or last UT1 - UTC and
/// the mean pole of 1962 to 2014 are taken, as astropy does (`astropy: coordinates/builtin_frames/utils.py`).
public struct EarthOrientation: Sendable {
    /// The parameters at one instant.
    public struct Parameters: Hashable, Sendable {
        /// UT1 - UTC in seconds.
        public let ut1MinusUTC: Double
        /// x coordinate of the pole in arcseconds.
        public let poleX: Double
        /// y coordinate of the pole in arcseconds.
        public let poleY: Double
    }

    private struct Day {
        let poleX: Int64
        let poleY: Int64
        let ut1MinusUTC: Int64
    }

    /// Modified Julian Date of the first day.
    public let firstDay: Int
    private let days: [Day]

    /// Tenths of microseconds in a second, the resolution of UT1 - UTC.
    private static let second: Int64 = 10_000_000
    /// Microarcseconds in an arcsecond, the resolution of the pole.
    private static let arcsecond = 1e6
    /// The mean pole in arcseconds.
    private static let meanPole = (x: 0.035, y: 0.29)

    /// Modified Julian Date of the last day.
    public var lastDay: Int { firstDay + days.count - 1 }

    /// The table that comes with Steward; the error says why it cannot be used.
    public static let shipped: Result<EarthOrientation, ButlerError> = {
        let folder = ShippedFolder.path("Tables", target: "ObservationMetadata", sources: #filePath) ?? "Tables"
        let path = folder + "/earth-orientation.txt"
        guard let data = FileManager.default.contents(atPath: path) else {
            return .failure(
                ButlerError(
                    .fileNotFound,
                    "The table of Earth orientation \"\(path)\" cannot be read.",
                    remedy: "Install Steward with its data folders.",
                    context: [.init("file", path)]
                )
            )
        }
        return Result { () throws(ButlerError) in try EarthOrientation(text: data, source: path) }
    }()

    /// Reads a table: `first_mjd N`, then for each day what x and y of the pole (microarcseconds) and UT1 - UTC
    /// (tenths of microseconds) grew since the day before; lines that begin with `#` are comments.
    ///
    /// - Parameters:
    ///   - text: The table.
    ///   - source: Its name for error messages.
    /// - Throws: `ButlerError` of code `corruptFile` with the line that is wrong.
    public init(text: Data, source: String) throws(ButlerError) {
        var first: Int?
        var days: [Day] = []
        var last = Day(poleX: 0, poleY: 0, ut1MinusUTC: 0)
        for (index, line) in text.split(separator: UInt8(ascii: "\n")).enumerated() where line.first != 0x23 {
            let words = line.split(separator: UInt8(ascii: " "))
            let numbers = words.compactMap(Self.number)
            if first == nil, words.count == 2, numbers.count == 1 {
                first = Int(numbers[0])
                continue
            }
            guard first != nil, words.count == 3, numbers.count == 3 else {
                throw ButlerError(
                    .corruptFile,
                    "Line \(index + 1) of \"\(source)\" is not a day of Earth orientation.",
                    context: [.init("file", source)]
                )
            }
            last = Day(
                poleX: last.poleX + numbers[0],
                poleY: last.poleY + numbers[1],
                ut1MinusUTC: last.ut1MinusUTC + numbers[2]
            )
            days.append(last)
        }
        guard let first, days.count > 1 else {
            throw ButlerError(.corruptFile, "\"\(source)\" has no days.", context: [.init("file", source)])
        }
        firstDay = first
        self.days = days
    }

    /// A whole number of at most nine digits.
    private static func number(_ word: Data.SubSequence) -> Int64? {
        let isNegative = word.first == UInt8(ascii: "-")
        let digits = isNegative ? word.dropFirst() : word
        guard (1...9).contains(digits.count) else { return nil }
        var number: Int64 = 0
        for digit in digits {
            guard (0x30...0x39).contains(digit) else { return nil }
            number = number * 10 + Int64(digit - 0x30)
        }
        return isNegative ? -number : number
    }

    /// The parameters at an instant of UTC, given as Modified Julian Date and fraction of the day.
    func parameters(day: Int, fraction: Double) -> Parameters {
        let index = day - firstDay
        guard index >= 0, index < days.count - 1 else {
            let nearest = index < 0 ? days[0] : days[days.count - 1]
            return Parameters(
                ut1MinusUTC: Double(nearest.ut1MinusUTC) / Double(Self.second),
                poleX: Self.meanPole.x,
                poleY: Self.meanPole.y
            )
        }
        let (from, to) = (days[index], days[index + 1])
        var growth = to.ut1MinusUTC - from.ut1MinusUTC
        if abs(growth) > Self.second / 2 { growth -= growth.signum() * Self.second }
        func between(_ a: Int64, _ step: Int64, _ unit: Double) -> Double {
            (Double(a) + fraction * Double(step)) / unit
        }
        return Parameters(
            ut1MinusUTC: between(from.ut1MinusUTC, growth, Double(Self.second)),
            poleX: between(from.poleX, to.poleX - from.poleX, Self.arcsecond),
            poleY: between(from.poleY, to.poleY - from.poleY, Self.arcsecond)
        )
    }
}
