internal import Databases

/// Rewrites the patterns of the query language for databases.
///
/// `*` stands for any text, `?` for one character; a backslash takes the special meaning of `* ? [ ] \` away.
enum GlobTranslation {
    private enum Piece {
        case any
        case one
        case character(Character)
    }

    /// A pattern for SQLite's `GLOB`, in which brackets have a meaning, too.
    static func sqlite(_ pattern: String) -> String {
        var text = ""
        for piece in pieces(pattern) {
            switch piece {
            case .any: text.append("*")
            case .one: text.append("?")
            case .character(let character) where "*?[".contains(character): text += "[\(character)]"
            case .character(let character): text.append(character)
            }
        }
        return text
    }

    /// A pattern for `LIKE` with the backslash as escape.
    static func like(_ pattern: String) -> String {
        var text = ""
        for piece in pieces(pattern) {
            switch piece {
            case .any: text.append("%")
            case .one: text.append("_")
            case .character(let character):
                if "%_\\".contains(character) { text.append("\\") }
                text.append(character)
            }
        }
        return text
    }

    private static func pieces(_ pattern: String) -> [Piece] {
        var pieces: [Piece] = []
        var rest = pattern[...]
        while let character = rest.popFirst() {
            switch character {
            case "*": pieces.append(.any)
            case "?": pieces.append(.one)
            case "\\":
                if let next = rest.first, "*?[]\\".contains(next) {
                    pieces.append(.character(next))
                    rest.removeFirst()
                } else {
                    pieces.append(.character("\\"))
                }
            default: pieces.append(.character(character))
            }
        }
        return pieces
    }
}

extension SQLDialect {
    /// Operators that match texts with patterns, with regard to case.
    enum PatternMatching {
        /// `GLOB`
        case glob
        /// `LIKE`
        case like
    }

    /// The operator that this dialect has.
    var patternMatching: PatternMatching { timespanStorage == .columns ? .glob : .like }
}
