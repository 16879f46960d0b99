import AstroTime
import FITS
import StewardCore

/// One header in the course of translation: each property is worked out once, on demand.
struct HeaderTranslation {
    private enum State {
        case unknown
        case running
        case done(PropertyValue?)
        case failed(ButlerError)
    }

    let rules: TranslationRules
    let header: TracedHeader
    /// By ordinal of the property.
    private var states: [State] = Array(repeating: .unknown, count: ObservationProperty.allCases.count)
    /// By ordinal of the property: the cards that were asked for it; empty without a trace.
    private var cards: [CardSet] = []
    private let memory: TranslationMemory?
    /// How many properties were taken from the translation before.
    private var recalled = 0

    /// Begins a translation.
    ///
    /// - Parameters:
    ///   - rules: The rules of the camera.
    ///   - header: The header.
    ///   - memory: Translations of similar headers.
    init(_ rules: TranslationRules, _ header: FITSHeader, recalling memory: TranslationMemory? = nil) {
        self.rules = rules
        self.header = TracedHeader(header: header, trace: memory.map { _ in TracedHeader.Trace() })
        self.memory = memory
        if let memory { recall(memory) }
    }

    /// The translation of another header, by the same rules.
    func begun(anew header: FITSHeader) -> HeaderTranslation {
        HeaderTranslation(rules, header, recalling: memory)
    }

    /// Takes what does not depend on cards that differ from those of the translation before.
    private mutating func recall(_ memory: TranslationMemory) {
        cards = Array(repeating: CardSet(), count: states.count)
        guard let entry = memory.entry(rules.name),
            let differing = CardSet(differing: header.header, entry.header)
        else { return }
        for (index, result) in entry.results.enumerated() {
            guard let result, result.cards.isDisjoint(with: differing) else { continue }
            states[index] = .done(result.value)
            cards[index] = result.cards
            recalled += 1
        }
    }

    /// Keeps what was worked out for the next translations, unless most of it was in memory.
    func remember() {
        guard let memory else { return }
        let done = states.count { if case .done = $0 { true } else { false } }
        guard recalled < done / 2 else { return }
        let results = zip(states, cards).map { state, cards -> TranslationMemory.Result? in
            if case .done(let value) = state { .init(value: value, cards: cards) } else { nil }
        }
        memory.keep(.init(header: header.header, results: results), of: rules.name)
    }

    /// The value of a property, nil when the rules make it null.
    ///
    /// - Throws: `ButlerError` of code `header`, the same at each call.
    mutating func value(_ property: ObservationProperty) throws(ButlerError) -> PropertyValue? {
        switch states[property.ordinal] {
        case .done(let value):
            header.trace?.cards.formUnion(cards[property.ordinal])
            return value
        case .failed(let error):
            header.trace?.cards.formUnion(cards[property.ordinal])
            throw error
        case .running: throw failure("needs itself")
        case .unknown: break
        }
        states[property.ordinal] = .running
        let outer = header.trace?.cards
        header.trace?.cards = CardSet()
        defer { endTrace(property, within: outer) }
        do {
            let value = try evaluate(property)
            states[property.ordinal] = .done(value)
            return value
        } catch {
            states[property.ordinal] = .failed(error)
            throw error
        }
    }

    /// Notes the cards that were asked for a property, also for the property that asked for it.
    private mutating func endTrace(_ property: ObservationProperty, within outer: CardSet?) {
        guard let trace = header.trace, let outer else { return }
        cards[property.ordinal] = trace.cards
        trace.cards.formUnion(outer)
    }

    private mutating func evaluate(_ property: ObservationProperty) throws(ButlerError) -> PropertyValue? {
        if property == .observingDayOffset { _ = try instant(.datetimeBegin) }
        guard let rule = rules.rule(property) else {
            throw failure("no rule of the translator \"\(rules.name)\" gives \"\(property.rawValue)\"")
        }
        return try evaluate(rule, for: property)
    }

    /// Follows a rule.
    mutating func evaluate(
        _ rule: PropertyRule,
        for property: ObservationProperty
    ) throws(ButlerError) -> PropertyValue? {
        switch rule {
        case .null: return nil
        case .constant(let value): return value
        case .value(let rule): return try evaluate(rule, for: property)
        case .sum(let terms): return try sum(terms)
        case .text(let pieces): return try text(pieces)
        case .instant(let rule): return try instant(rule).map { .instant($0) }
        case .location(let rule): return .location(try location(rule))
        case .equatorial(let rule): return try equatorial(rule).map { .position($0) }
        case .horizontal(let rule): return try horizontal(rule).map { .position($0) }
        case .algorithm(let algorithm, let otherwise):
            if let value = try evaluate(algorithm) { return value }
            guard let rule = otherwise.first else { return nil }
            return try evaluate(rule, for: property)
        case .failure(let reason): throw failure(reason)
        case .attempt(let rule, let otherwise):
            do {
                return try evaluate(rule, for: property)
            } catch {
                return try evaluate(otherwise, for: property)
            }
        case .cases(let cases):
            for item in cases where try holds(item.guardian) { return try evaluate(item.rule, for: property) }
            return nil
        }
    }

    /// An error of code `header` that is not about one keyword.
    func failure(_ reason: String) -> ButlerError {
        let error = ButlerError(.header, "The header cannot be translated: \(reason).")
        return header.source.map { error.adding("file", $0) } ?? error
    }

    /// What to do when nothing was found: null, or an error.
    mutating func absent(_ absence: ValueRule.Absence, _ keywords: [String]) throws(ButlerError) {
        switch absence {
        case .allowed: return
        case .allowedUnlessScience:
            guard try value(.observationType) == .text("science") else { return }
        case .allowedUnless(let conditions):
            guard try hold(conditions) else { return }
        case .error: break
        }
        throw missing(keywords)
    }

    /// The error for keywords none of which is there.
    func missing(_ keywords: [String]) -> ButlerError {
        guard keywords.count == 1 else {
            let names = keywords.joined(separator: ", ")
            return failure("none of the keywords \(names) has a value").adding("keyword", names)
        }
        return header.error(keywords[0], header.contains(keywords[0]) ? "has no value" : "is missing")
    }

    // MARK: Properties of one kind

    /// A whole-number property; nil when it is null.
    mutating func integer(_ property: ObservationProperty) throws(ButlerError) -> Int64? {
        guard case .integer(let number) = try value(property) else { return nil }
        return number
    }

    /// A real property; nil when it is null.
    mutating func real(_ property: ObservationProperty) throws(ButlerError) -> Double? {
        guard case .real(let number) = try value(property) else { return nil }
        return number
    }

    /// A text property; nil when it is null.
    mutating func string(_ property: ObservationProperty) throws(ButlerError) -> String? {
        guard case .text(let text) = try value(property) else { return nil }
        return text
    }

    /// An instant; nil when it is null.
    mutating func instant(_ property: ObservationProperty) throws(ButlerError) -> TAI? {
        guard case .instant(let instant) = try value(property) else { return nil }
        return instant
    }

    private mutating func sum(
        _ terms: [(property: ObservationProperty, factor: Int64)]
    ) throws(ButlerError) -> PropertyValue? {
        var total: Int64 = 0
        for (property, factor) in terms {
            guard let number = try integer(property) else { throw failure("\(property.rawValue) is not known") }
            let (product, isTooLarge) = number.multipliedReportingOverflow(by: factor)
            let (sum, isTooLong) = total.addingReportingOverflow(product)
            guard !isTooLarge, !isTooLong else { throw failure("\(number) times \(factor) is too large") }
            total = sum
        }
        return .integer(total)
    }

    private mutating func text(_ pieces: [TextPiece]) throws(ButlerError) -> PropertyValue? {
        var text = ""
        for piece in pieces {
            switch piece {
            case .literal(let literal): text += literal
            case .property(let property):
                guard let value = try value(property) else { return nil }
                text += value.description
            }
        }
        return .text(text)
    }
}
