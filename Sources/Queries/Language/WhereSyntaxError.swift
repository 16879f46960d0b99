internal import StewardCore

/// Why the text of a `where` expression is no expression, and where.
public struct WhereSyntaxError: Error, Sendable, Hashable {
    /// What is wrong.
    public enum Problem: Sendable, Hashable {
        /// A token that cannot stand there; `expected` says what could.
        case unexpectedToken(String, expected: String)
        /// The text ends too early; `expected` says what is missing.
        case unexpectedEnd(expected: String)
        /// A character that begins no token.
        case unexpectedCharacter
        /// A number that does not fit 64 bits.
        case tooLarge(String)
        /// A time literal that is no time.
        case time(String)
        /// A function called with the wrong arguments.
        case call(String)
        /// More nested parentheses or operators than are sensible.
        case nesting(limit: Int)
    }

    /// What is wrong.
    public let problem: Problem
    /// The whole expression.
    public let expression: String
    /// Characters before the place, counted from the beginning of the expression.
    public let offset: Int
    /// Line of the place, from 1.
    public let line: Int
    /// Position in the line, from 1.
    public let position: Int
    private let lineText: String

    init(_ problem: Problem, at byteOffset: Int, in expression: String) {
        self.problem = problem
        self.expression = expression
        let bytes = Array(expression.utf8)
        var byteOffset = byteOffset
        if case .unexpectedEnd = problem {
            let blanks = bytes.prefix(byteOffset).reversed().prefix { " \t\n".utf8.contains($0) }
            byteOffset -= blanks.count
        }
        let before = bytes.prefix(byteOffset)
        let lineFeed = UInt8(ascii: "\n")
        let start = before.lastIndex(of: lineFeed).map { $0 + 1 } ?? 0
        let end = bytes[byteOffset...].firstIndex(of: lineFeed) ?? bytes.count
        offset = Self.characterCount(before)
        line = before.count { $0 == lineFeed } + 1
        position = Self.characterCount(before[start...]) + 1
        lineText = String(decoding: bytes[start..<end], as: UTF8.self)
    }

    /// Number of Unicode scalars that the bytes encode.
    private static func characterCount(_ bytes: ArraySlice<UInt8>) -> Int {
        bytes.count { $0 & 0xC0 != 0x80 }
    }

    /// The error as it leaves the module, with this one's text, line and caret.
    var butlerError: ButlerError {
        ButlerError(.invalidQuery, description, cause: nil)
    }
}

extension WhereSyntaxError: CustomStringConvertible {
    /// One sentence with line and position, then the line with a caret under the place.
    public var description: String {
        let place =
            line == 1 && !expression.contains("\n") ? "position \(position)" : "line \(line), position \(position)"
        let shown = Self.excerpt(lineText, around: position)
        let caret = String(repeating: " ", count: shown.position - 1) + "^"
        return "Syntax error in where expression at \(place): \(reason)\n  \(shown.text)\n  \(caret)"
    }

    private var reason: String {
        switch problem {
        case .unexpectedToken(let token, let expected):
            "\(token) stands where \(expected) is expected.\(Self.hint(for: token))"
        case .unexpectedEnd(let expected): "the expression ends where \(expected) is expected."
        case .unexpectedCharacter: "the character \(character) cannot stand here.\(Self.hint(for: character))"
        case .tooLarge(let number): "the number \(number) is too large."
        case .time(let message): message
        case .call(let message): message
        case .nesting(let limit): "more than \(limit) nested operators or parentheses."
        }
    }

    private var character: String {
        let scalars = Array(expression.unicodeScalars)
        return offset < scalars.count ? "\"\(scalars[offset])\"" : "the end"
    }

    /// What people used to other languages mean by a word or character that does not exist here.
    private static func hint(for token: String) -> String {
        switch token.uppercased() {
        case "\"LIKE\"": " Patterns are written GLOB(column, 'text*')."
        case "\"BETWEEN\"": " Ranges of whole numbers are written IN (1..5), others with >= and <=."
        case "\"IS\"": " Missing values are found with = NULL and != NULL."
        case "\"=\"": " Equality is written with a single =."
        case "\">\"": " Inequality is written !=."
        case "\"\"\"": " Texts stand in single quotes."
        case "\"'\"": " A text ends with a single quote on the same line."
        case let other where other.hasPrefix("\"'"): " A text cannot hold a quote; bind a value with one to a name."
        default: ""
        }
    }

    /// At most about a hundred characters of a line around a position, and where the position is in them.
    private static func excerpt(_ line: String, around position: Int) -> (text: String, position: Int) {
        let scalars = Array(line.unicodeScalars)
        let start = max(0, position - 61)
        let end = min(scalars.count, position + 40)
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars[min(start, end)..<end].map { $0 == "\t" ? " " : $0 })
        let leading = start > 0 ? "…" : ""
        let trailing = end < scalars.count ? "…" : ""
        return (leading + String(text) + trailing, position - start + leading.count)
    }
}
