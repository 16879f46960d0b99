/// Reads 80-byte card images into cards.
struct CardParser {
    private(set) var cards: [FITSCard] = []
    /// Whether the last card is a string that a `CONTINUE` line may extend.
    private var mayContinue = false

    /// Bytes of a card image.
    static let length = 80

    /// Reads one card image.
    ///
    /// - Parameter image: Exactly 80 bytes.
    /// - Returns: False for the `END` card.
    mutating func add(_ image: UnsafeRawBufferPointer) -> Bool {
        var text = CardScanner(image)
        if text.matches("END     ") { return false }
        if text.matches("CONTINUE"), mayContinue {
            continueString(&text)
            return true
        }
        let card = Self.card(&text)
        mayContinue = card.value?.stringValue != nil && text.sawQuote
        cards.append(card)
        return true
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
            cards.append(FITSCard("CONTINUE", nil, comment: text.trimmedText(from: 8)))
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
