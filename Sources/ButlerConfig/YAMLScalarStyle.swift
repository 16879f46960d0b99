/// How text is written as a YAML scalar, chosen as PyYAML's emitter chooses.
enum YAMLScalarStyle {
    case plain
    case singleQuoted
    case doubleQuoted

    /// The style of a text.
    init(_ text: String, allowsUnicode: Bool, isKey: Bool) {
        let features = Features(text, allowsUnicode: allowsUnicode)
        let isMultiline = features.hasBreak
        if YAMLScalarKind(plain: text) == .text, features.allowsPlain, !(isKey && isMultiline) {
            self = .plain
        } else if features.allowsSingleQuotes, !(isKey && isMultiline) {
            self = .singleQuoted
        } else {
            self = .doubleQuoted
        }
    }

    /// Whether a key is written without the `?` mark; the limit of 128 characters counts the unwritten `!!str`.
    static func isSimpleKey(_ key: String) -> Bool {
        let scalars = key.unicodeScalars
        return !scalars.isEmpty && scalars.count < 123 && !scalars.contains(where: isBreak)
    }

    /// Whether a character ends a line.
    static func isBreak(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "\n" || scalar == "\u{85}" || scalar == "\u{2028}" || scalar == "\u{2029}"
    }

    /// The escape of a character in double quotes, or nil if it stands for itself.
    static func escape(_ scalar: Unicode.Scalar, allowsUnicode: Bool) -> String? {
        if let name = escapes[scalar] { return "\\" + name }
        switch scalar.value {
        case 0x20...0x7E: return nil
        case 0xA0...0xD7FF, 0xE000...0xFFFD: if allowsUnicode { return nil }
        default: break
        }
        let (letter, width) = scalar.value <= 0xFF ? ("x", 2) : scalar.value <= 0xFFFF ? ("u", 4) : ("U", 8)
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return "\\" + letter + String(repeating: "0", count: width - digits.count) + digits
    }

    private static let escapes: [Unicode.Scalar: String] = [
        "\0": "0", "\u{7}": "a", "\u{8}": "b", "\t": "t", "\n": "n", "\u{B}": "v", "\u{C}": "f", "\r": "r",
        "\u{1B}": "e", "\"": "\"", "\\": "\\", "\u{85}": "N", "\u{A0}": "_", "\u{2028}": "L", "\u{2029}": "P",
        "\u{FEFF}": "uFEFF",
    ]

    /// What in a text restricts its style.
    private struct Features {
        var hasBreak = false
        private var hasIndicator = false
        private var hasSpecial = false
        private var touchesEdge = false
        private var hasBreakBeforeBlank = false
        private var hasBlankBeforeBreak = false

        var allowsPlain: Bool {
            !(hasIndicator || hasSpecial || touchesEdge || hasBreak || hasBlankBeforeBreak)
        }

        var allowsSingleQuotes: Bool { !(hasSpecial || hasBreakBeforeBlank || hasBlankBeforeBreak) }

        init(_ text: String, allowsUnicode: Bool) {
            let scalars = Array(text.unicodeScalars)
            hasIndicator = text.hasPrefix("---") || text.hasPrefix("...")
            for (index, scalar) in scalars.enumerated() {
                let isSpaceBefore = index == 0 || Features.isSpace(scalars[index - 1])
                let isSpaceAfter = index + 1 >= scalars.count || Features.isSpace(scalars[index + 1])
                if index == 0
                    ? Features.startsNode(scalar, isSpaceAfter) : isIndicator(scalar, isSpaceBefore, isSpaceAfter)
                {
                    hasIndicator = true
                }
                if isBreak(scalar) { hasBreak = true }
                if scalar != "\n", !Features.isPrintable(scalar, allowsUnicode: allowsUnicode) { hasSpecial = true }
                guard scalar == " " || isBreak(scalar) else { continue }
                if index == 0 || index == scalars.count - 1 { touchesEdge = true }
                guard index > 0 else { continue }
                if scalar == " ", isBreak(scalars[index - 1]) { hasBreakBeforeBlank = true }
                if scalar != " ", scalars[index - 1] == " " { hasBlankBeforeBreak = true }
            }
        }

        private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
            scalar == " " || scalar == "\t" || scalar == "\r" || scalar == "\0" || isBreak(scalar)
        }

        private static func startsNode(_ scalar: Unicode.Scalar, _ isSpaceAfter: Bool) -> Bool {
            switch scalar {
            case "#", ",", "[", "]", "{", "}", "&", "*", "!", "|", ">", "'", "\"", "%", "@", "`": true
            case "?", ":", "-": isSpaceAfter
            default: false
            }
        }

        private func isIndicator(_ scalar: Unicode.Scalar, _ isSpaceBefore: Bool, _ isSpaceAfter: Bool) -> Bool {
            scalar == ":" && isSpaceAfter || scalar == "#" && isSpaceBefore
        }

        private static func isPrintable(_ scalar: Unicode.Scalar, allowsUnicode: Bool) -> Bool {
            switch scalar.value {
            case 0x20...0x7E: true
            case 0xFEFF: false
            case 0x85, 0xA0...0xD7FF, 0xE000...0xFFFD, 0x10000...0x10FFFF: allowsUnicode
            default: false
            }
        }
    }
}
