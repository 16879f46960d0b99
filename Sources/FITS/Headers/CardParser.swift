/// Reads 80-byte card images into cards.
struct CardParser {
    private(set) var cards: [FITSCard] = []
    /// Whether the last card is a string that a `CONTINUE` line may extend.
    private var mayContinue = false
    /// A header read before, whose cards are taken where their images are the same.
    private let recalled: RecalledHeader?
    /// For each image the position of the card that it is alone, or -1.
    private var origins: [Int32] = []
    private var continuations: [Bool] = []
    private var recalledCount = 0
    /// Whether the cards so far have the keywords of the recalled header.
    private var repeatsKeywords = true

    /// Bytes of a card image.
    static let length = 80
    /// Of so many images at least one must be new for a header to be worth remembering.
    private static let novelty = 4

    init(recalling recalled: RecalledHeader? = nil) {
        self.recalled = recalled
    }

    /// The header of the cards.
    func header(source: String?) -> FITSHeader {
        guard let recalled, repeatsKeywords, cards.count == recalled.header.cards.count else {
            return FITSHeader(cards: cards, source: source)
        }
        return FITSHeader(cards: cards, source: source, keywordsOf: recalled.header)
    }

    /// What to remember of a header: it, or the recalled one when that has nearly all of its cards.
    func memory(of header: FITSHeader, bytes: [UInt8]) -> RecalledHeader? {
        if let recalled, recalledCount > origins.count - origins.count / Self.novelty { return recalled }
        return RecalledHeader(bytes: bytes, header: header, origins: origins, mayContinue: continuations)
    }

    /// Reads one card image.
    ///
    /// - Parameter image: Exactly 80 bytes.
    /// - Returns: False for the `END` card.
    mutating func add(_ image: UnsafeRawBufferPointer) -> Bool {
        if let (card, mayContinue) = recalled?.card(origins.count, of: image) {
            remember(cards.count, mayContinue: mayContinue)
            append(card)
            recalledCount += 1
            return true
        }
        var text = CardScanner(image)
        if text.matches("END     ") { return false }
        let isContinuation = text.matches("CONTINUE")
        if isContinuation, mayContinue {
            if let last = origins.indices.last { origins[last] = -1 }
            continueString(&text)
            remember(-1, mayContinue: mayContinue)
            return true
        }
        let card = Self.card(&text)
        // What such a line is depends on the one before.
        remember(isContinuation ? -1 : cards.count, mayContinue: card.value?.stringValue != nil && text.sawQuote)
        append(card)
        return true
    }

    private mutating func remember(_ origin: Int, mayContinue: Bool) {
        self.mayContinue = mayContinue
        origins.append(Int32(truncatingIfNeeded: origin))
        continuations.append(mayContinue)
    }

    private mutating func append(_ card: FITSCard) {
        if let recalled, repeatsKeywords {
            let before = recalled.header.cards
            repeatsKeywords = cards.count < before.count && before[cards.count].keyword == card.keyword
        }
        cards.append(card)
    }

    private static func card(_ text: inout CardScanner) -> FITSCard {
        if text.matches("COMMENT ") || text.matches("HISTORY ") || text.matches("        ") {
            return FITSCard(text.keyword(), nil, comment: text.trimmedText(from: 8))
        }
        if text.matches("HIERARCH "), let equals = text.find("=", from: 9) {
            let keyword = text.text(9, equals)
            return valueCard(keyword, &text, from: equals + 1)
        }
        guard let equals = text.find("=", from: 0), equals <= 8, text.isSeparator(equals + 1) || equals == 8 else {
            return FITSCard(text.keyword(), nil, comment: text.trimmedText(from: 8))
        }
        return valueCard(text.upperCaseText(0, equals), &text, from: equals + 1)
    }

    private static func valueCard(_ keyword: String, _ text: inout CardScanner, from start: Int) -> FITSCard {
        let value = text.value(from: start)
        return FITSCard(keyword, value, comment: text.comment())
    }

    /// Joins a `CONTINUE` line to the string before it; the `&` that announces the line is dropped.
    private mutating func continueString(_ text: inout CardScanner) {
        let value = text.value(from: 8)
        let last = cards.count - 1
        guard text.sawQuote, case .string(let piece) = value, case .string(var whole)? = cards[last].value else {
            mayContinue = false
            append(FITSCard("CONTINUE", nil, comment: text.trimmedText(from: 8)))
            return
        }
        if whole.hasSuffix("&") { whole.removeLast() }
        cards[last].value = .string(whole + piece)
        let comment = text.comment()
        if !comment.isEmpty {
            cards[last].comment += cards[last].comment.isEmpty ? comment : " " + comment
        }
    }
}
