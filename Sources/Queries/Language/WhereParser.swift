internal import AstroTime
internal import StewardCore

/// Reads a `where` expression by recursive descent.
///
/// The grammar is the one of `daf_butler: queries/expressions/parser/parserYacc.py`: OR, AND and NOT bind weakest, then
/// comparisons (which chain to the left and are told apart by type later), `IN`, sums, products, signs.
struct WhereParser {
    /// Most nested operators and parentheses; keeps recursion far from the end of any stack.
    static let nestingLimit = 200

    private var lexer: WhereLexer
    private(set) var token: WhereToken
    private var previousEnd = 0
    private var nesting = 0

    init(_ text: String) throws(WhereSyntaxError) {
        lexer = WhereLexer(text)
        token = try lexer.next()
    }

    /// Reads the whole text; nil if it is blank.
    mutating func expression() throws(WhereSyntaxError) -> WhereNode? {
        guard token.kind != .end else { return nil }
        let node = try disjunction()
        guard token.kind == .end else { throw unexpected("an operator, AND, OR or the end") }
        return node
    }

    // MARK: Logic

    private mutating func disjunction() throws(WhereSyntaxError) -> WhereNode {
        let start = token.offset
        var terms = [try conjunction()]
        while try accept(.or) { terms.append(try conjunction()) }
        return terms.count == 1 ? terms[0] : try node(.any(terms), from: start, over: terms)
    }

    private mutating func conjunction() throws(WhereSyntaxError) -> WhereNode {
        let start = token.offset
        var terms = [try negation()]
        while try accept(.and) { terms.append(try negation()) }
        return terms.count == 1 ? terms[0] : try node(.all(terms), from: start, over: terms)
    }

    private mutating func negation() throws(WhereSyntaxError) -> WhereNode {
        var starts: [Int] = []
        var start = token.offset
        while try accept(.not) {
            starts.append(start)
            start = token.offset
        }
        var result = try comparison()
        for start in starts.reversed() { result = try node(.not(result), from: start, over: [result]) }
        return result
    }

    private mutating func comparison() throws(WhereSyntaxError) -> WhereNode {
        let start = token.offset
        var left = try membership()
        while let comparison = ComparisonOperator(token.kind) {
            try advance()
            let right = try membership()
            left = try node(.comparison(left, comparison, right), from: start, over: [left, right])
        }
        return left
    }

    private mutating func membership() throws(WhereSyntaxError) -> WhereNode {
        let start = token.offset
        let member = try sum()
        let isNegated = try accept(.not)
        guard try accept(.in) else {
            if isNegated { throw unexpected("IN") }
            return member
        }
        try expect(.open)
        var items = [try listItem()]
        while try accept(.comma) { items.append(try listItem()) }
        guard try accept(.close) else { throw unexpected("\",\" or \")\"") }
        return try node(.membership(member, isNegated: isNegated, items), from: start, over: [member])
    }

    // MARK: Arithmetic

    private mutating func sum() throws(WhereSyntaxError) -> WhereNode {
        let start = token.offset
        var left = try product()
        while let operation = ArithmeticOperator(token.kind), operation.isSum {
            try advance()
            let right = try product()
            left = try node(.arithmetic(left, operation, right), from: start, over: [left, right])
        }
        return left
    }

    private mutating func product() throws(WhereSyntaxError) -> WhereNode {
        let start = token.offset
        var left = try simple()
        while let operation = ArithmeticOperator(token.kind), !operation.isSum {
            try advance()
            let right = try simple()
            left = try node(.arithmetic(left, operation, right), from: start, over: [left, right])
        }
        return left
    }

    private mutating func simple() throws(WhereSyntaxError) -> WhereNode {
        var signs: [(start: Int, isMinus: Bool)] = []
        while token.kind == .symbol(.plus) || token.kind == .symbol(.minus) {
            signs.append((token.offset, token.kind == .symbol(.minus)))
            try advance()
        }
        var result = try primary()
        for sign in signs.reversed() {
            result = try node(.sign(isMinus: sign.isMinus, result), from: sign.start, over: [result])
        }
        return result
    }

    private mutating func primary() throws(WhereSyntaxError) -> WhereNode {
        if let literal = try literal() { return literal }
        let start = token
        switch token.kind {
        case .name:
            try advance()
            return token.kind == .symbol(.open)
                ? try call(start) : try node(.identifier(start.text), from: start.offset)
        case .qualifiedName:
            try advance()
            return try node(.identifier(start.text), from: start.offset)
        case .bind:
            try advance()
            return try node(.bind(start.text), from: start.offset)
        case .symbol(.open):
            return try parentheses()
        default:
            throw unexpected("a value or a name")
        }
    }

    /// `( … )` or the pair of times `( …, … )`.
    private mutating func parentheses() throws(WhereSyntaxError) -> WhereNode {
        let start = token.offset
        try enter()
        try advance()
        var inner = try disjunction()
        let second = try accept(.comma) ? try disjunction() : nil
        guard try accept(.close) else { throw unexpected("an operator or \")\"") }
        if let second { inner = try node(.pair(inner, second), from: start, over: [inner, second]) }
        nesting -= 1
        inner.isParenthesized = true
        return inner
    }

    // MARK: Literals

    private mutating func literal() throws(WhereSyntaxError) -> WhereNode? {
        let start = token
        let content: WhereNode.Content
        switch token.kind {
        case .number: content = try number(start.text, at: start.offset)
        case .string: content = .text(start.text)
        case .time: content = .time(try time(start))
        case .range(let range): content = .range(range)
        default: return nil
        }
        try advance()
        return try node(content, from: start.offset)
    }

    private func number(_ text: String, at offset: Int) throws(WhereSyntaxError) -> WhereNode.Content {
        if text.utf8.allSatisfy({ 0x30...0x39 ~= $0 || $0 == 0x2D || $0 == 0x2B }) {
            guard let value = Int64(text) else { throw WhereSyntaxError(.tooLarge(text), at: offset, in: lexer.text) }
            return .integer(value)
        }
        guard let value = Double(text), value.isFinite else {
            throw WhereSyntaxError(.tooLarge(text), at: offset, in: lexer.text)
        }
        return .real(value)
    }

    private func time(_ token: WhereToken) throws(WhereSyntaxError) -> TAI {
        do {
            return try TAI(literal: token.text)
        } catch {
            let message = (error as? ButlerError).map { $0.message + ($0.remedy.map { " " + $0 } ?? "") }
            throw WhereSyntaxError(.time(message ?? "\(error)"), at: token.offset, in: lexer.text)
        }
    }

    /// An item of an `IN` list: a literal, a signed number, a plain name, a bind or a call.
    private mutating func listItem() throws(WhereSyntaxError) -> WhereNode {
        let start = token
        switch token.kind {
        case .symbol(.plus), .symbol(.minus):
            try advance()
            guard token.kind == .number else { throw unexpected("a number") }
            let sign = start.kind == .symbol(.minus) ? "-" : ""
            let content = try number(sign + token.text, at: start.offset)
            try advance()
            return try node(content, from: start.offset)
        case .name, .bind, .number, .string, .time, .range:
            let item = try primary()
            guard case .call(let function, _) = item.content else { return item }
            throw WhereSyntaxError(
                .call("\(function.rawValue) cannot stand in a list."),
                at: start.offset,
                in: lexer.text
            )
        default:
            throw unexpected("a value, a name, a range or a :bind")
        }
    }

    // MARK: Calls

    private mutating func call(_ name: WhereToken) throws(WhereSyntaxError) -> WhereNode {
        try enter()
        try advance()
        var arguments: [WhereNode] = []
        if token.kind != .symbol(.close) {
            repeat { arguments.append(try disjunction()) } while try accept(.comma)
        }
        guard try accept(.close) else { throw unexpected("\",\" or \")\"") }
        nesting -= 1
        let content: WhereNode.Content
        do throws(WhereCallProblem) {
            content = try WhereNode.Content(calling: name.text, with: arguments)
        } catch {
            throw WhereSyntaxError(.call(error.message), at: name.offset, in: lexer.text)
        }
        return try node(content, from: name.offset, over: arguments)
    }

    // MARK: Steps

    private mutating func advance() throws(WhereSyntaxError) {
        previousEnd = token.end
        token = try lexer.next()
    }

    private mutating func accept(_ keyword: WhereToken.Keyword) throws(WhereSyntaxError) -> Bool {
        guard token.kind == .keyword(keyword) else { return false }
        try advance()
        return true
    }

    private mutating func accept(_ symbol: WhereToken.Symbol) throws(WhereSyntaxError) -> Bool {
        guard token.kind == .symbol(symbol) else { return false }
        try advance()
        return true
    }

    private mutating func expect(_ symbol: WhereToken.Symbol) throws(WhereSyntaxError) {
        guard try accept(symbol) else { throw unexpected("\"\(symbol.rawValue)\"") }
    }

    private mutating func enter() throws(WhereSyntaxError) {
        nesting += 1
        guard nesting <= Self.nestingLimit else { throw tooDeep(at: token.offset) }
    }

    private func unexpected(_ expected: String) -> WhereSyntaxError {
        let problem: WhereSyntaxError.Problem =
            token.kind == .end ? .unexpectedEnd(expected: expected) : .unexpectedToken(token.quoted, expected: expected)
        return WhereSyntaxError(problem, at: token.offset, in: lexer.text)
    }

    private func tooDeep(at offset: Int) -> WhereSyntaxError {
        WhereSyntaxError(.nesting(limit: Self.nestingLimit), at: offset, in: lexer.text)
    }

    private func node(
        _ content: WhereNode.Content,
        from start: Int,
        over children: [WhereNode] = []
    ) throws(WhereSyntaxError) -> WhereNode {
        let depth = (children.map(\.depth).max() ?? 0) + 1
        guard depth <= Self.nestingLimit else { throw tooDeep(at: start) }
        return WhereNode(content: content, span: start..<max(previousEnd, start), depth: depth)
    }
}

extension ComparisonOperator {
    fileprivate init?(_ kind: WhereToken.Kind) {
        switch kind {
        case .symbol(.equal): self = .equal
        case .symbol(.notEqual): self = .notEqual
        case .symbol(.less): self = .less
        case .symbol(.lessOrEqual): self = .lessOrEqual
        case .symbol(.greater): self = .greater
        case .symbol(.greaterOrEqual): self = .greaterOrEqual
        case .keyword(.overlaps): self = .overlaps
        default: return nil
        }
    }
}

extension ArithmeticOperator {
    fileprivate init?(_ kind: WhereToken.Kind) {
        guard case .symbol(let symbol) = kind else { return nil }
        self.init(rawValue: symbol.rawValue)
    }

    fileprivate var isSum: Bool { self == .plus || self == .minus }
}
