/// The cards of one header, in order, with a look-up by keyword.
///
/// A keyword that occurs several times answers with its first card, as astropy does. Look-ups ignore case and a leading
/// `HIERARCH `, and take constant time; removing a card takes time in proportion to the number of cards.
public struct FITSHeader: Sendable {
    /// The cards in file order, without `END`.
    public private(set) var cards: [FITSCard]
    /// Name of the file the header came from, for error messages.
    public var source: String?
    /// Position of the first card of each keyword in upper case.
    private var positions: [String: Int]

    /// Creates a header from cards.
    ///
    /// - Parameters:
    ///   - cards: The cards in order, without `END`.
    ///   - source: Name of the file for error messages.
    public init(cards: [FITSCard] = [], source: String? = nil) {
        self.cards = cards
        self.source = source
        positions = Self.index(cards)
    }

    /// Creates a header whose cards have the keywords of another one's, card by card.
    init(cards: [FITSCard], source: String?, keywordsOf other: FITSHeader) {
        self.cards = cards
        self.source = source
        positions = other.positions
    }

    /// Creates a header from keywords and values.
    ///
    /// - Parameters:
    ///   - pairs: Keywords with values in order; repeated keywords stay repeated.
    ///   - source: Name of the file for error messages.
    public init(_ pairs: [(String, FITSValue)], source: String? = nil) {
        self.init(cards: pairs.map { FITSCard($0.0, $0.1) }, source: source)
    }

    /// Whether a card has this keyword.
    public func contains(_ keyword: String) -> Bool {
        position(of: keyword) != nil
    }

    /// The first card with this keyword.
    public func card(_ keyword: String) -> FITSCard? {
        position(of: keyword).map { cards[$0] }
    }

    /// All cards with this keyword, in order.
    public func cards(_ keyword: String) -> [FITSCard] {
        guard let first = position(of: keyword) else { return [] }
        let key = Self.normalized(keyword)
        return cards[first...].filter { Self.normalized($0.keyword) == key }
    }

    /// The texts of all commentary cards with this keyword (`COMMENT`, `HISTORY` or the empty keyword), in order.
    public func commentary(_ keyword: String) -> [String] {
        cards(keyword).filter { $0.value == nil }.map(\.comment)
    }

    /// The value of the first card with this keyword, or nil when there is none or it holds text only.
    ///
    /// Setting replaces that value and keeps the comment, or appends a card; setting nil removes all cards of the
    /// keyword.
    public subscript(keyword: String) -> FITSValue? {
        get { position(of: keyword).flatMap { cards[$0].value } }
        set {
            guard let newValue else { return remove(keyword) }
            if let position = position(of: keyword) {
                cards[position].value = newValue
            } else {
                append(FITSCard(keyword, newValue))
            }
        }
    }

    /// Sets the value and comment of the first card with this keyword, or appends a card.
    public mutating func set(_ keyword: String, _ value: FITSValue, comment: String) {
        self[keyword] = value
        if let position = position(of: keyword) {
            cards[position].comment = comment
        }
    }

    /// Adds a card at the end.
    public mutating func append(_ card: FITSCard) {
        let key = Self.normalized(card.keyword)
        if positions[key] == nil {
            positions[key] = cards.count
        }
        cards.append(card)
    }

    /// Removes all cards with this keyword, if there are any.
    public mutating func remove(_ keyword: String) {
        guard contains(keyword) else { return }
        let key = Self.normalized(keyword)
        removeAll { Self.normalized($0.keyword) == key }
    }

    /// Removes all cards that match.
    public mutating func removeAll(where matches: (FITSCard) throws -> Bool) rethrows {
        try cards.removeAll(where: matches)
        positions = Self.index(cards)
    }

    /// Overwrites this header's values with those of another: values of its keywords replace ours, new ones follow ours.
    ///
    /// Of a keyword that the other header repeats, the first card counts. Commentary cards are appended.
    public mutating func merge(_ other: FITSHeader) {
        for (position, card) in other.cards.enumerated() {
            guard let value = card.value else {
                append(card)
                continue
            }
            guard other.position(of: card.keyword) == position else { continue }
            set(card.keyword, value, comment: card.comment)
        }
    }

    /// Whether the header has the keywords of another one, card by card.
    package func hasSameKeywords(as other: FITSHeader) -> Bool {
        cards.count == other.cards.count && cards.indices.allSatisfy { cards[$0].keyword == other.cards[$0].keyword }
    }

    /// Position of the first card of a keyword.
    package func position(of keyword: String) -> Int? {
        positions[keyword] ?? positions[Self.normalized(keyword)]
    }

    /// The keyword in upper case without a leading `HIERARCH `.
    static func normalized(_ keyword: String) -> String {
        var needsChange = false
        for byte in keyword.utf8 where byte >= 0x61 && byte <= 0x7A {
            needsChange = true
        }
        let upper = needsChange ? keyword.uppercased() : keyword
        guard upper.hasPrefix("HIERARCH ") else { return upper }
        return String(upper.dropFirst(9).drop { $0 == " " })
    }

    private static func index(_ cards: [FITSCard]) -> [String: Int] {
        var positions: [String: Int] = [:]
        positions.reserveCapacity(cards.count)
        for (position, card) in cards.enumerated() {
            let key = normalized(card.keyword)
            if positions[key] == nil {
                positions[key] = position
            }
        }
        return positions
    }
}

extension FITSHeader: Equatable {
    /// Headers are equal when their cards are, wherever they came from.
    public static func == (left: FITSHeader, right: FITSHeader) -> Bool {
        left.cards == right.cards
    }
}
