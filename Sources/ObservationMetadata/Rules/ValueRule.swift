import Foundation

/// A property taken from a keyword or from another property, by steps in fixed order.
///
/// The steps: part of a list, pattern, replacements, digits, blanks, letter case, suffix, table of
/// words, detector look-up; then, for numbers, limits
/// and default, unit, factor and offset, wrapping.
struct ValueRule: Sendable {
    /// Where the value comes from.
    enum Source: Sendable {
        /// The first of these keywords that is there and defined.
        case keywords([String])
        /// Another property.
        case property(ObservationProperty)
        /// Texts that other rules give, those without a value left out.
        case join([PropertyRule], separator: String)
    }

    /// What happens when nothing is there.
    enum Absence: Sendable {
        /// The property fails.
        case error
        /// The property is null.
        case allowed
        /// The property is null, but fails for a science observation.
        case allowedUnlessScience
        /// The property is null, but fails where all of these conditions hold.
        case allowedUnless([RuleCondition])
    }

    /// How letters are changed.
    enum LetterCase: String, CaseIterable, Sendable {
        case upper
        case lower
    }

    /// One part of a list in a text.
    struct Part: Sendable {
        let separator: Character
        let index: Int
    }

    /// Words and what they become.
    struct WordTable: Sendable {
        let words: [String: String]
        /// The table is used only when all of these hold.
        let conditions: [HeaderCondition]
        /// What any other word becomes; nil for itself.
        let other: String?
    }

    /// A default with the limits outside which it replaces a number.
    struct Limits: Sendable {
        let substitute: PropertyValue
        let minimum: Double?
        let maximum: Double?
    }

    /// Factor, offset and range of a number.
    struct Linear: Sendable {
        var factor = 1.0
        var offset = 0.0
        /// Brings the result into 0 to this number.
        var wrap: Double?
    }

    let source: Source
    var absence = Absence.error
    /// The rule to follow when nothing is there; empty for none.
    var otherwise: [PropertyRule] = []
    var part: Part?
    var pattern: NSRegularExpression?
    /// Parts of a text and what they become.
    var substitutions: [(part: String, replacement: String)] = []
    var keepsDigits = false
    /// Taken from the end of a text as often as it is there.
    var droppedSuffix: String?
    var trimsBlanks = false
    var letterCase: LetterCase?
    var table: WordTable?
    var detectorField: DetectorField?
    /// What the detector is found by.
    var detectorKey = DetectorField.id
    /// A number below this property counts as not there.
    var floor: ObservationProperty?
    var limits: Limits?
    var unit: HeaderUnit?
    var linear: Linear?

    /// Whether a number in a text is an error.
    var refusesText = false

    /// Whether there are steps that only a text can go through.
    var needsText: Bool {
        part != nil || pattern != nil || !substitutions.isEmpty || keepsDigits || droppedSuffix != nil || trimsBlanks
            || letterCase != nil
    }

    /// A rule without steps.
    init(_ source: Source) {
        self.source = source
    }
}

/// A column of the detector table that a rule may look up.
enum DetectorField: String, CaseIterable, Sendable {
    /// The number, found by full name.
    case id
    /// The full name, found by number.
    case fullName = "full_name"
    /// The raft, found by number.
    case raft
    /// The name within the raft, found by number.
    case nameInRaft = "name_in_raft"
    /// The serial number, found by number.
    case serial
}

/// Names of one detector, for rules that look them up.
public struct DetectorNames: Hashable, Sendable {
    /// Number within the instrument.
    public let id: Int64
    /// Name within the instrument.
    public let fullName: String
    /// Name of the raft.
    public let raft: String?
    /// Name within the raft.
    public let nameInRaft: String?
    /// Serial number.
    public let serial: String?

    /// Creates the names of a detector.
    public init(id: Int64, fullName: String, raft: String? = nil, nameInRaft: String? = nil, serial: String? = nil) {
        self.id = id
        self.fullName = fullName
        self.raft = raft
        self.nameInRaft = nameInRaft
        self.serial = serial
    }
}
