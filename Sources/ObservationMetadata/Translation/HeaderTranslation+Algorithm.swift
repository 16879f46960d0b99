import AstroTime
import FITS
import StewardCore

extension HeaderTranslation {
    /// Runs a named algorithm.
    mutating func evaluate(_ algorithm: TranslationAlgorithm) throws(ButlerError) -> PropertyValue? {
        switch algorithm {
        case .subaruExposureID(let prefix): return .integer(try subaruExposureID(prefix))
        case .canSeeSky: return try canSeeSky()
        case .observationReason:
            return .text(try string(.observationType) == "science" ? "science" : "unknown")
        case .detectorUniqueName: return try detectorUniqueName()
        case .observingDay: return try observingDay()
        case .observingDayOffset(let month):
            return try observingDayOffset(laboratoryBefore: month).map { .integer($0) }
        case .rubinExposureID: return try rubinExposureID().map { .integer($0) }
        case .rubinVisitID: return try rubinVisitID().map { .integer($0) }
        case .rubinDetectorExposureID: return try rubinDetectorExposureID().map { .integer($0) }
        case .rubinGroupStart: return try rubinGroupCounter(isLast: false).map { .integer($0) }
        case .rubinGroupEnd: return try rubinGroupCounter(isLast: true).map { .integer($0) }
        case .rubinSimulated: return .flag(try rubinIsSimulated())
        case .imsimFilter: return .text(try imsimFilter())
        case .secantOfZenithDistance: return try secantOfZenithDistance()
        case .altitudeOfAirmass: return try altitudeOfAirmass()
        case .horizonOfHourAngle(let hourAngle, let declination, let latitude):
            return try horizon(hourAngle, declination, latitude: latitude)
        case .utcDate: return try utcDate()
        case .sdssFrameID: return try sdssFrameID()
        case .horizontalOfTracking: return try horizontalOfTracking()
        case .trackingOfHorizontal: return try trackingOfHorizontal()
        }
    }

    /// The number in an exposure label of Subaru.
    ///
    /// New labels are the prefix, `E` and eight digits. Old ones are the prefix, a letter, six digits and `00`; each
    /// letter after A counts a million. A zero is not believed: the frame label, made even, is used then
    /// (`astro_metadata_translator: translators/hsc.py`).
    private func subaruExposureID(_ prefix: String) throws(ButlerError) -> Int64 {
        let label = try subaruLabel("EXP-ID", prefix)
        if label.letter == "E", label.digits.count == 8, let number = Int64(label.digits) { return number }
        guard label.digits.hasSuffix("00"), var old = OldSubaruNumber(label) else {
            throw header.error("EXP-ID", "is not an exposure label of \(prefix)")
        }
        if old.number == 0 {
            guard let frame = OldSubaruNumber(try subaruLabel("FRAMEID", prefix)) else {
                throw header.error("FRAMEID", "is not a frame label of \(prefix)")
            }
            old = frame
            old.number -= old.number % 2
        }
        return old.number + 1_000_000 * old.letterIndex
    }

    private func subaruLabel(
        _ keyword: String,
        _ prefix: String
    ) throws(ButlerError) -> (letter: Character, digits: Substring) {
        guard let value = header.defined(keyword) else { throw missing([keyword]) }
        let text = value.text.trimmingBlanks
        let rest = text.dropFirst(prefix.count)
        guard text.hasPrefix(prefix), let letter = rest.first, ("A"..."Z").contains(letter),
            rest.dropFirst().allSatisfy({ ("0"..."9").contains($0) })
        else { throw header.error(keyword, "has the value \(value), which is not a label of \(prefix)") }
        return (letter, rest.dropFirst())
    }

    private mutating func canSeeSky() throws(ButlerError) -> PropertyValue? {
        guard let type = try string(.observationType)?.lowercased() else { return nil }
        if rules.skyTypes.contains(type) { return .flag(true) }
        return rules.darkTypes.contains(type) ? .flag(false) : nil
    }

    private mutating func detectorUniqueName() throws(ButlerError) -> PropertyValue? {
        let name = try string(.detectorName)
        guard let group = try string(.detectorGroup) else { return name.map { .text($0) } }
        return .text("\(group)_\(name ?? "")")
    }

    private mutating func observingDay() throws(ButlerError) -> PropertyValue? {
        guard let begin = try instant(.datetimeBegin) else { return nil }
        let offset = try integer(.observingDayOffset) ?? 0
        return .integer(Int64(begin.dayOfObservation(offset: Int(offset))))
    }
}

/// Letter and number of an old label of Subaru.
private struct OldSubaruNumber {
    var number: Int64
    let letterIndex: Int64

    /// Nil unless there are eight digits, the last two of which are not part of the number.
    init?(_ label: (letter: Character, digits: Substring)) {
        guard label.digits.count == 8, let number = Int64(label.digits.prefix(6)), let code = label.letter.asciiValue
        else { return nil }
        self.number = number
        letterIndex = Int64(code) - 65
    }
}
