/// One token of a `where` expression.
struct WhereToken: Sendable, Hashable {
    /// What a token is.
    enum Kind: Sendable, Hashable {
        case time
        case string
        case range(IntegerRange)
        case number
        case name
        case qualifiedName
        case bind
        case keyword(Keyword)
        case symbol(Symbol)
        case end
    }

    /// Reserved words, in any case.
    enum Keyword: String, Sendable, CaseIterable {
        case or = "OR"
        case and = "AND"
        case not = "NOT"
        case `in` = "IN"
        case overlaps = "OVERLAPS"
    }

    /// Operators and punctuation.
    enum Symbol: String, Sendable {
        case notEqual = "!="
        case lessOrEqual = "<="
        case greaterOrEqual = ">="
        case equal = "="
        case less = "<"
        case greater = ">"
        case plus = "+"
        case minus = "-"
        case times = "*"
        case divide = "/"
        case modulo = "%"
        case open = "("
        case close = ")"
        case comma = ","
    }

    /// What the token is.
    let kind: Kind
    /// Content: without quotes for texts and times, without colon for binds, as written for the rest.
    let text: String
    /// Position of the first byte in the expression's UTF-8.
    let offset: Int
    /// Position after the last byte.
    let end: Int

    /// The token in double quotes, for messages.
    var quoted: String {
        switch kind {
        case .end: "the end"
        case .string: "\"'\(text)'\""
        case .time: "\"T'\(text)'\""
        case .bind: "\":\(text)\""
        default: "\"\(text)\""
        }
    }
}
