import FITS
import StewardCore

/// What can be asked of a header by keyword.
protocol KeywordValues {
    /// Whether a card has this keyword.
    func contains(_ keyword: String) -> Bool
    /// The value of a keyword that is there and defined.
    func defined(_ keyword: String) -> FITSValue?
}

extension FITSHeader: KeywordValues {}

/// Some of a header's cards, by position.
struct CardSet: Sendable {
    private var words: [UInt64] = []

    mutating func insert(_ position: Int) {
        let word = position >> 6
        while words.count <= word { words.append(0) }
        words[word] |= 1 << UInt64(position & 63)
    }

    mutating func formUnion(_ other: CardSet) {
        guard !words.isEmpty else { return words = other.words }
        while words.count < other.words.count { words.append(0) }
        for index in other.words.indices { words[index] |= other.words[index] }
    }

    func isDisjoint(with other: CardSet) -> Bool {
        zip(words, other.words).allSatisfy { $0 & $1 == 0 }
    }

    /// The cards whose values differ between two headers; nil where their keywords do.
    init?(differing one: FITSHeader, _ other: FITSHeader) {
        guard one.hasSameKeywords(as: other) else { return nil }
        for position in one.cards.indices where one.cards[position].value != other.cards[position].value {
            insert(position)
        }
    }

    init() {}
}

/// A header that remembers which of its cards were asked for.
struct TracedHeader: KeywordValues {
    /// The cards asked for since somebody began to count.
    final class Trace {
        var cards = CardSet()
    }

    let header: FITSHeader
    let trace: Trace?

    var source: String? { header.source }

    subscript(keyword: String) -> FITSValue? {
        note(keyword)
        return header[keyword]
    }

    func contains(_ keyword: String) -> Bool {
        note(keyword)
        return header.contains(keyword)
    }

    func defined(_ keyword: String) -> FITSValue? {
        note(keyword)
        return header.defined(keyword)
    }

    /// The cards with some keywords, in order.
    func cards(where isWanted: (String) -> Bool) -> [FITSCard] {
        var found: [FITSCard] = []
        for (position, card) in header.cards.enumerated() where isWanted(card.keyword) {
            trace?.cards.insert(position)
            found.append(card)
        }
        return found
    }

    func error(_ keyword: String, _ reason: String) -> ButlerError { header.error(keyword, reason) }

    /// A keyword that is not there needs no note: headers are only compared if they have the same keywords.
    private func note(_ keyword: String) {
        if let trace, let position = header.position(of: keyword) { trace.cards.insert(position) }
    }
}
