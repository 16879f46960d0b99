/// One line of a header, with its continuation lines.
public struct FITSCard: Sendable, Hashable {
    /// The keyword in upper case; for a HIERARCH card what follows `HIERARCH`, as written.
    ///
    /// Empty for a blank card.
    public var keyword: String
    /// The value, or nil for cards without value indicator: `COMMENT`, `HISTORY` and blank ones.
    public var value: FITSValue?
    /// The text after the value, or the whole text of a card without value.
    public var comment: String

    /// Creates a card.
    public init(_ keyword: String, _ value: FITSValue?, comment: String = "") {
        self.keyword = keyword
        self.value = value
        self.comment = comment
    }

    /// Whether the card holds text only: `COMMENT`, `HISTORY` or a blank keyword.
    public var isCommentary: Bool {
        keyword.isEmpty || keyword == "COMMENT" || keyword == "HISTORY"
    }
}
