import AstroTime
import FITS
import Foundation
import StewardCore

/// The numbers of Rubin Observatory's exposures (`obs_lsst: translators/lsst.py, _packer.py`).
enum RubinExposure {
    /// Letters of the controllers; the position counts in exposure numbers.
    static let controllers = "OCHPQS"
    /// Controllers whose data are simulated, wholly or in part.
    static let simulating = "HPQS"
    /// What each controller adds to the day.
    static let controllerStep: Int64 = 10_000_000
    /// Counters of a day.
    static let counters: Int64 = 100_000

    /// The last day (YYYYMMDD) on which a controller had numbers of its own; nil for no end.
    static func lastOwnDay(_ controller: String) -> Int64? {
        switch controller {
        case "C": 20_231_004
        case "P", "Q", "S": 20_250_417
        default: nil
        }
    }
}

extension HeaderTranslation {
    /// The controller of the exposure; nil when the header names none.
    private func controller() throws(ButlerError) -> String? {
        guard let value = header.defined("CONTRLLR") else { return nil }
        guard let letter = value.stringValue else {
            throw header.error("CONTRLLR", "has the value \(value), not a text")
        }
        return letter
    }

    /// A number that is not written as a text; nil when the header has none.
    private func count(_ keyword: String) throws(ButlerError) -> Int64? {
        guard let value = header.defined(keyword) else { return nil }
        guard case .integer(let number) = value else {
            throw header.error(keyword, "has the value \(value), which is not a whole number")
        }
        return number
    }

    /// Day, controller and counter as one number; nil for combined calibrations, which have a label instead.
    func rubinExposureID() throws(ButlerError) -> Int64? {
        guard !header.contains("CALIB_ID") else { return nil }
        guard let dayValue = header.defined("DAYOBS") else { throw missing(["DAYOBS"]) }
        guard let counterValue = header.defined("SEQNUM") else { throw missing(["SEQNUM"]) }
        let digits = dayValue.text.prefix { $0 != "T" }.filter { $0 != "-" }
        guard digits.count == 8, var day = Int64(digits) else {
            throw header.error("DAYOBS", "has the value \(dayValue), which is not a date")
        }
        let number: Int64? = if case .real = counterValue { nil } else { counterValue.wholeNumber }
        guard let counter = number, (0..<RubinExposure.counters).contains(counter) else {
            throw header.error("SEQNUM", "has the value \(counterValue), which is not a counter below 100000")
        }
        // An empty name counts as the first controller.
        if let controller = try controller(), !controller.isEmpty {
            guard let place = RubinExposure.controllers.range(of: controller) else {
                throw header.error("CONTRLLR", "names the unknown controller \"\(controller)\"")
            }
            if RubinExposure.lastOwnDay(controller).map({ day <= $0 }) ?? true {
                let index = RubinExposure.controllers.distance(
                    from: RubinExposure.controllers.startIndex,
                    to: place.lowerBound
                )
                day += Int64(index) * RubinExposure.controllerStep
            }
        }
        return day * RubinExposure.counters + counter
    }

    /// Detector (256), counter (32768), day since 2010 (16384) and controller (8), from the least digit up.
    mutating func rubinDetectorExposureID() throws(ButlerError) -> Int64? {
        guard let exposure = try integer(.exposureID), let detector = try integer(.detectorNum) else {
            throw failure("detector_exposure_id needs exposure and detector")
        }
        let (dated, counter) = exposure.quotientAndRemainder(dividingBy: RubinExposure.counters)
        let controller = dated / RubinExposure.controllerStep - 2
        let date = dated - controller * RubinExposure.controllerStep
        guard let span = try? Timespan(dayOfObservation: Int(date)), let begin = span.beginNanoseconds as Int64?,
            (0..<Int64(RubinExposure.controllers.count)).contains(controller), counter < 32_768,
            (0..<256).contains(detector)
        else { throw failure("exposure \(exposure) and detector \(detector) cannot be packed") }
        let day = begin / 86_400_000_000_000 - 14_610
        guard (0..<16_384).contains(day) else { throw failure("the day \(date) cannot be packed") }
        return ((controller * 16_384 + day) * 32_768 + counter) * 256 + detector
    }

    /// The number of the exposure's group.
    mutating func rubinVisitID() throws(ButlerError) -> Int64? {
        guard let group = try string(.exposureGroup) else { return nil }
        do {
            return try GroupNumbering.lsst.number(of: group)
        } catch {
            throw failure("the exposure group \"\(group)\" has no number")
        }
    }

    /// The counter of the first exposure of the group (or of the last one).
    mutating func rubinGroupCounter(isLast: Bool) throws(ButlerError) -> Int64? {
        guard let counter = try integer(.observationCounter) else { return nil }
        let index = try count("CURINDEX")
        guard index != nil || !isLast else { return counter != 0 ? counter : try integer(.exposureID) }
        let last = isLast ? try count("MAXINDEX") : nil
        switch (index, last, isLast) {
        case (let index?, _, false): return counter - index + 1
        case (let index?, let last?, true): return counter + last - index
        default: return counter != 0 ? counter : try integer(.exposureID)
        }
    }

    /// Whether a keyword about simulation is set, or the controller is a simulated one.
    func rubinIsSimulated() throws(ButlerError) -> Bool {
        let isFlagged = header.cards(where: { $0.hasBytes("SIMULATE") }).contains { card in
            switch card.value {
            case .logical(let flag): return flag
            case .integer(let number): return number != 0
            case .real(let number): return number != 0
            case .string(let text): return !text.isEmpty
            case .undefined, nil: return false
            }
        }
        guard !isFlagged else { return true }
        if header.defined("CONTRLLR")?.realValue == 0 { return false }
        guard let controller = try controller(), !controller.isEmpty else { return false }
        return RubinExposure.simulating.contains(controller)
    }

    /// The filter and the version of the package `throughputs` that the simulation used.
    func imsimFilter() throws(ButlerError) -> String? {
        let filter = header.defined("FILTER")?.text
        let package = header.cards(where: { $0.hasPrefix("PKG") }).first { $0.value?.stringValue == "throughputs" }
        guard let package else {
            guard header.contains("FILTER") else { throw missing(["FILTER"]) }
            return filter
        }
        guard let filter else { throw missing(["FILTER"]) }
        let keyword = "VER" + package.keyword.dropFirst(3)
        guard let version = header.defined(keyword) else { throw missing([keyword]) }
        return "\(filter)_sim_\(version.text.trimmingBlanks)"
    }

    /// The day offset: that of the observatory, or before a month that of the laboratory's local midnight.
    mutating func observingDayOffset(laboratoryBefore month: Int64?) throws(ButlerError) -> Int64? {
        guard let month, let begin = try instant(.datetimeBegin) else { return rules.dayOffsetSeconds }
        guard begin.dayOfObservation(offset: 0) / 100 < Int(month) else { return rules.dayOffsetSeconds }
        return begin.isPacificDaylightTime ? 25_200 : 28_800
    }
}

extension TAI {
    /// Whether clocks on the Pacific coast of the United States are on daylight-saving time (Energy Policy Act of 2005;
    /// before 2007 the Uniform Time Act as amended in 1986).
    fileprivate var isPacificDaylightTime: Bool {
        let text = isot(decimals: 3, scale: .utc)
        let fields = text.split { "-T:".contains($0) }.prefix(4).compactMap { Int($0) }
        guard fields.count == 4 else { return false }
        let (year, month, day, hour) = (fields[0], fields[1], fields[2], fields[3])
        let isRecent = year >= 2007
        let begin = isRecent ? (3, Self.sunday(year, 3, from: 8)) : (4, Self.sunday(year, 4, from: 1))
        let end = isRecent ? (11, Self.sunday(year, 11, from: 1)) : (10, Self.sunday(year, 10, from: 25))
        let now = (month, day, hour)
        return now >= (begin.0, begin.1, 10) && now < (end.0, end.1, 9)
    }

    /// The first Sunday of a month from some day on (Sakamoto's congruence).
    private static func sunday(_ year: Int, _ month: Int, from day: Int) -> Int {
        let shifts = [0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4]
        let shifted = month < 3 ? year - 1 : year
        let weekday = (shifted + shifted / 4 - shifted / 100 + shifted / 400 + shifts[month - 1] + day) % 7
        return day + (7 - weekday) % 7
    }
}

extension String {
    /// Whether the bytes of a word are somewhere in this text; much faster than comparing characters.
    fileprivate func hasBytes(_ word: StaticString) -> Bool {
        let surplus = utf8.count - word.utf8CodeUnitCount
        guard surplus >= 0 else { return false }
        if surplus == 0 { return word.withUTF8Buffer { utf8.elementsEqual($0) } }
        return word.withUTF8Buffer { word in
            var rest = utf8[...]
            for _ in 0...surplus {
                if rest.starts(with: word) { return true }
                rest.removeFirst()
            }
            return false
        }
    }
}
