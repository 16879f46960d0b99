internal import StewardCore

/// Reads one statement of a configuration file.
struct TaskConfigParser {
    private let tokens: [TaskConfigLexer.Token]
    private let line: Int
    private let source: String
    private var position = 0
    private var depth = 0

    /// How deep brackets and signs may nest.
    private static let greatestDepth = 32

    init(_ statement: TaskConfigLexer.Statement, source: String) {
        tokens = statement.tokens
        line = statement.line
        self.source = source
    }

    /// The assignment, or nil for a text that stands alone, which documents a file.
    mutating func assignment() throws -> TaskConfigText.Assignment? {
        if case .text? = tokens.first, tokens.count == 1 { return nil }
        guard take(.name("config")) else { throw unknown() }
        var path: [String] = []
        while let part = try pathPart() { path.append(part) }
        guard !path.isEmpty, take(mark("=")) else { throw unknown() }
        var value = try sum()
        if take(mark(",")) { value = .list([value] + (try items(until: nil))) }
        guard position >= tokens.count else { throw unknown() }
        return TaskConfigText.Assignment(path: path, value: value, line: line)
    }

    /// `.name` or `['name']`.
    private mutating func pathPart() throws -> String? {
        if take(mark(".")) {
            guard case .name(let name)? = current else { throw unknown() }
            position += 1
            return name
        }
        guard take(mark("[")) else { return nil }
        guard case .text(let name)? = current else { throw unknown() }
        position += 1
        guard take(mark("]")) else { throw unknown() }
        return name
    }

    // MARK: Values

    private mutating func sum() throws -> TaskConfigValue {
        var value = try product()
        while true {
            if take(mark("+")) {
                value = try combine(value, product(), +) { $0.addingReportingOverflow($1) }
            } else if take(mark("-")) {
                value = try combine(value, product(), -) { $0.subtractingReportingOverflow($1) }
            } else {
                return value
            }
        }
    }

    private mutating func product() throws -> TaskConfigValue {
        var value = try signed()
        while true {
            if take(mark("*")) {
                value = try combine(value, signed(), *) { $0.multipliedReportingOverflow(by: $1) }
            } else if take(mark("/")) {
                guard let left = value.realValue, let right = try signed().realValue, right != 0 else {
                    throw unknown()
                }
                value = .real(left / right)
            } else {
                return value
            }
        }
    }

    private mutating func signed() throws -> TaskConfigValue {
        depth += 1
        defer { depth -= 1 }
        guard depth < Self.greatestDepth else { throw unknown() }
        if take(mark("+")) { return try signed() }
        guard take(mark("-")) else { return try single() }
        switch try signed() {
        case .int(let value): return .int(0 &- value)
        case .real(let value): return .real(-value)
        default: throw unknown()
        }
    }

    private mutating func single() throws -> TaskConfigValue {
        guard let token = current else { throw unknown() }
        position += 1
        switch token {
        case .number(let value): return value
        case .text(let value): return .text(value)
        case .name("True"): return .bool(true)
        case .name("False"): return .bool(false)
        case .name("None"): return .none
        case .mark(UInt8(ascii: "[")): return .list(try items(until: mark("]")))
        case .mark(UInt8(ascii: "(")):
            let items = try items(until: mark(")"))
            // One value without a comma is no tuple.
            let isValue = items.count == 1 && tokens[position - 2] != mark(",")
            return isValue ? items[0] : .list(items)
        default: throw unknown()
        }
    }

    /// Values between commas up to a bracket, or to the end of the statement.
    private mutating func items(until end: TaskConfigLexer.Token?) throws -> [TaskConfigValue] {
        var items: [TaskConfigValue] = []
        while current != end {
            items.append(try sum())
            guard take(mark(",")) else { break }
        }
        guard current == end else { throw unknown() }
        position += 1
        return items
    }

    private func combine(
        _ left: TaskConfigValue,
        _ right: TaskConfigValue,
        _ reals: (Double, Double) -> Double,
        _ integers: (Int, Int) -> (partialValue: Int, overflow: Bool)
    ) throws -> TaskConfigValue {
        if case .int(let a) = left, case .int(let b) = right {
            let (value, overflow) = integers(a, b)
            guard !overflow else { throw unknown() }
            return .int(value)
        }
        guard let a = left.realValue, let b = right.realValue else { throw unknown() }
        return .real(reals(a, b))
    }

    // MARK: Tokens

    private var current: TaskConfigLexer.Token? { position < tokens.count ? tokens[position] : nil }

    private func mark(_ character: Unicode.Scalar) -> TaskConfigLexer.Token { .mark(UInt8(ascii: character)) }

    private mutating func take(_ token: TaskConfigLexer.Token) -> Bool {
        guard current == token else { return false }
        position += 1
        return true
    }

    private func unknown() -> ButlerError {
        let text = tokens.prefix(12).map { token -> String in
            switch token {
            case .name(let name): name
            case .number(let value): value.pythonText
            case .text(let text): TaskConfigValue.text(text).pythonText
            case .mark(let byte): String(UnicodeScalar(byte))
            }
        }
        return TaskConfigText.error(
            "The statement \"\(text.joined(separator: " "))\" is not understood.",
            line: line,
            source: source,
            remedy: "Write it as config.key = value, with a number, text, True, False, None or a list of these."
        )
    }
}
