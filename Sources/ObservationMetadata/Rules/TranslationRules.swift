public import FITS
import Foundation

/// The rules by which the headers of one camera are understood: data, read from its definition file.
public struct TranslationRules: Sendable {
    /// Registered name of the translator in the reference.
    public let name: String
    /// The header is of this camera when all conditions of one of these groups hold.
    let recognition: [[HeaderCondition]]
    /// Which headers of a file describe a detector.
    let headers: HeaderSelection
    /// Seconds from midnight TAI to the beginning of the observing day; nil when there is no such convention.
    public let dayOffsetSeconds: Int64?
    /// Kinds of observation that see the sky.
    let skyTypes: Set<String>
    /// Kinds of observation that do not.
    let darkTypes: Set<String>
    /// Rules by property; properties without any use ``defaults``.
    let properties: [ObservationProperty: PropertyRule]
    /// Repairs of headers, in order.
    let fixUps: [HeaderFixUp]
    /// Keywords to overwrite, by observation.
    let corrections: [String: [HeaderCorrection]]
    /// Names of the detectors by number.
    let detectors: [Int64: DetectorNames]
    /// Numbers of the detectors by full name.
    let detectorNumbers: [String: Int64]
    /// Numbers of the detectors by serial number.
    let detectorSerials: [String: Int64]

    /// Whether a header is of this camera.
    public func recognises(_ header: FITSHeader) -> Bool {
        recognition.contains { group in group.allSatisfy { $0.holds(in: header) } }
    }

    /// The rule of a property, that of the camera or the default; nil when there is neither.
    func rule(_ property: ObservationProperty) -> PropertyRule? {
        properties[property] ?? Self.defaults[property]
    }
}

/// Which headers of a file describe a detector.
enum HeaderSelection: Sendable {
    /// The primary one; with the first extension merged over it where the primary alone is not recognised.
    case primary
    /// The primary one with the first extension merged over it.
    case firstTwo
    /// Each extension whose keyword is a whole number, up to some number, or a text of some form.
    case extensions(keyword: String, upTo: Int64?, matching: NSRegularExpression?, inheritsPrimary: Bool)
}

/// A keyword and the value that it should have.
struct HeaderCorrection: Hashable, Sendable {
    let keyword: String
    let value: FITSValue
}

/// A repair that is made to every header that passes some conditions.
struct HeaderFixUp: Sendable {
    /// What to write.
    enum Replacement: Sendable {
        /// This value.
        case constant(FITSValue)
        /// The angle of a keyword, moved by some degrees, in its own unit.
        case angle(keyword: String, unit: SexagesimalAngle.Unit, plusDegrees: Double)
        /// The Modified Julian Date of a keyword, less the seconds of another, in the scale of `TIMESYS`.
        case earlier(keyword: String, minusSeconds: String, isISO: Bool)
        /// The value of a keyword or property, changed.
        case changed(HeaderChange)
    }

    let guardian: RuleGuard
    /// The beginning of the exposure must lie between these instants, both excluded; nil for no such condition.
    let period: InstantBounds?
    let replacements: [(keyword: String, value: Replacement)]
    /// Whether a failure ends the repairs, and the header counts as unrepaired.
    let isVital: Bool
}
