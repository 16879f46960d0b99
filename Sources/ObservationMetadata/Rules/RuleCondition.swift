import AstroTime

/// A condition on a header in the course of translation.
indirect enum RuleCondition: Sendable {
    /// A test of one keyword.
    case header(HeaderCondition)
    /// A text property is one of these.
    case property(ObservationProperty, equals: [String])
    /// A text property begins with one of these.
    case prefix(ObservationProperty, of: [String])
    /// The exposure began within these bounds.
    case begin(InstantBounds)
    /// Holds for every header.
    case always
    /// All conditions of one of these groups hold.
    case any([[RuleCondition]])

    /// The properties that must be known.
    var dependencies: [ObservationProperty] {
        switch self {
        case .header, .always: []
        case .property(let property, _), .prefix(let property, _): [property]
        case .begin: [.datetimeBegin]
        case .any(let groups): groups.flatMap { $0.flatMap(\.dependencies) }
        }
    }
}

/// When a rule is to be followed.
struct RuleGuard: Sendable {
    /// All of these must hold.
    let when: [RuleCondition]
    /// None of these may hold.
    let unless: [RuleCondition]

    /// The properties that must be known.
    var dependencies: [ObservationProperty] { (when + unless).flatMap(\.dependencies) }
}
