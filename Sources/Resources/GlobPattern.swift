/// A shell pattern for one name: `*`, `?`, `[abc]`, `[a-z]`, `[!a]`; a backslash takes the next character literally.
public struct GlobPattern: Sendable {
    private let pieces: [Piece]

    private enum Piece {
        case any
        case one
        case literal(Character)
        case set([ClosedRange<Character>], isNegated: Bool)
    }

    /// Creates a pattern; an opening bracket without a closing one stands for itself.
    public init(_ pattern: String) {
        var pieces: [Piece] = []
        var rest = pattern[...]
        while let character = rest.popFirst() {
            switch character {
            case "*": pieces.append(.any)
            case "?": pieces.append(.one)
            case "\\": pieces.append(.literal(rest.popFirst() ?? "\\"))
            case "[":
                let set = GlobPattern.set(&rest)
                pieces.append(set ?? .literal("["))
            default: pieces.append(.literal(character))
            }
        }
        self.pieces = pieces
    }

    /// Whether text has characters that are special in patterns.
    public static func isPattern(_ text: some StringProtocol) -> Bool {
        text.contains { $0 == "*" || $0 == "?" || $0 == "[" }
    }

    /// Whether a whole name matches.
    public func matches(_ name: String) -> Bool {
        let text = Array(name)
        var (piece, position) = (0, 0)
        var star: (piece: Int, position: Int)?
        while position < text.count {
            if piece < pieces.count, case .any = pieces[piece] {
                star = (piece, position)
                piece += 1
            } else if piece < pieces.count, accepts(pieces[piece], text[position]) {
                piece += 1
                position += 1
            } else if let last = star {
                star = (last.piece, last.position + 1)
                piece = last.piece + 1
                position = last.position + 1
            } else {
                return false
            }
        }
        return pieces[piece...].allSatisfy { if case .any = $0 { true } else { false } }
    }

    private func accepts(_ piece: Piece, _ character: Character) -> Bool {
        switch piece {
        case .any, .one: true
        case .literal(let expected): expected == character
        case .set(let ranges, let isNegated): ranges.contains { $0.contains(character) } != isNegated
        }
    }

    /// Reads a set after its opening bracket; nil, with nothing read, if it does not close.
    private static func set(_ rest: inout Substring) -> Piece? {
        var text = rest
        let isNegated = text.first == "!" || text.first == "^"
        if isNegated { text.removeFirst() }
        var ranges: [ClosedRange<Character>] = []
        while let first = text.popFirst() {
            if first == "]", !ranges.isEmpty {
                rest = text
                return .set(ranges, isNegated: isNegated)
            }
            if text.first == "-", let last = text.dropFirst().first, last != "]", first <= last {
                ranges.append(first...last)
                text = text.dropFirst(2)
            } else {
                ranges.append(first...first)
            }
        }
        return nil
    }
}
