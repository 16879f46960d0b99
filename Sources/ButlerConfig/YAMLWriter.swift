/// Writes trees as block style YAML, byte for byte as PyYAML does with `default_flow_style=False`.
struct YAMLWriter {
    /// Column beyond which text is folded at the next single blank.
    private static let width = 80

    private let sortsKeys: Bool
    private let allowsUnicode: Bool
    private var text = ""
    private var column = 0

    init(sortsKeys: Bool, allowsUnicode: Bool) {
        self.sortsKeys = sortsKeys
        self.allowsUnicode = allowsUnicode
    }

    /// The document of a tree.
    mutating func document(_ tree: ConfigTree) -> String {
        switch tree {
        case .map(let map) where !map.isEmpty: block(map, indent: 0)
        case .list(let list) where !list.isEmpty: block(list, indent: 0)
        case .map, .list:
            inline(tree, indent: 0)
            text += "\n"
        default:
            // An open plain scalar at the end of a stream is closed by a document end mark.
            let isPlain = scalar(tree, indent: 2, isKey: false)
            text += isPlain ? "\n...\n" : "\n"
        }
        return text
    }

    // MARK: Collections

    /// Writes the pairs of a mapping; the cursor is at the indent of the first key.
    private mutating func block(_ map: ConfigMap, indent: Int) {
        let keys =
            sortsKeys ? map.keys.sorted { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) } : map.keys
        for (index, key) in keys.enumerated() {
            if index > 0 { startLine(indent) }
            let isSimple = YAMLScalarStyle.isSimpleKey(key)
            if !isSimple { write("? ") }
            _ = scalar(.string(key), indent: indent + 2, isKey: isSimple)
            if !isSimple { startLine(indent) }
            write(":")
            let value = map[key] ?? .null
            switch value {
            case .map(let child) where !child.isEmpty:
                if isSimple { startLine(indent + 2) } else { write(" ") }
                block(child, indent: indent + 2)
            case .list(let child) where !child.isEmpty:
                // Lists in mappings stand at the indent of their key.
                if isSimple { startLine(indent) } else { write(" ") }
                block(child, indent: isSimple ? indent : indent + 2)
            default:
                write(" ")
                inline(value, indent: indent + 2)
                endLine()
            }
        }
    }

    /// Writes the elements of a list; the cursor is at the indent of the first dash.
    private mutating func block(_ list: [ConfigTree], indent: Int) {
        for (index, value) in list.enumerated() {
            if index > 0 { startLine(indent) }
            write("- ")
            switch value {
            case .map(let child) where !child.isEmpty: block(child, indent: indent + 2)
            case .list(let child) where !child.isEmpty: block(child, indent: indent + 2)
            default:
                inline(value, indent: indent + 2)
                endLine()
            }
        }
    }

    private mutating func inline(_ tree: ConfigTree, indent: Int) {
        switch tree {
        case .map: write("{}")
        case .list: write("[]")
        default: _ = scalar(tree, indent: indent, isKey: false)
        }
    }

    // MARK: Scalars

    /// Writes a scalar; gives whether it was plain.
    private mutating func scalar(_ tree: ConfigTree, indent: Int, isKey: Bool) -> Bool {
        guard case .string(let value) = tree else {
            write(YAMLWriter.plain(tree))
            return true
        }
        let scalars = Array(value.unicodeScalars)
        let style = YAMLScalarStyle(value, allowsUnicode: allowsUnicode, isKey: isKey)
        switch style {
        case .plain: plain(scalars, indent: indent, folds: !isKey)
        case .singleQuoted: singleQuoted(scalars, indent: indent, folds: !isKey)
        case .doubleQuoted: doubleQuoted(scalars, indent: indent, folds: !isKey)
        }
        return style == .plain
    }

    private static func plain(_ tree: ConfigTree) -> String {
        switch tree {
        case .bool(let value): return value ? "true" : "false"
        case .int(let value): return String(value)
        case .double(let value):
            if value.isNaN { return ".nan" }
            if value.isInfinite { return value < 0 ? "-.inf" : ".inf" }
            let digits = "\(value)"
            guard !digits.contains("."), let exponent = digits.firstIndex(of: "e") else { return digits }
            return digits[..<exponent] + ".0" + digits[exponent...]
        default: return "null"
        }
    }

    private mutating func plain(_ scalars: [Unicode.Scalar], indent: Int, folds: Bool) {
        for (index, scalar) in scalars.enumerated() {
            if folds, isFold(scalars, index) { startLine(indent) } else { write(scalar) }
        }
    }

    private mutating func singleQuoted(_ scalars: [Unicode.Scalar], indent: Int, folds: Bool) {
        write("'")
        var index = 0
        while index < scalars.count {
            let scalar = scalars[index]
            if YAMLScalarStyle.isBreak(scalar) {
                if scalar == "\n" { startLine(0) }
                while index < scalars.count, YAMLScalarStyle.isBreak(scalars[index]) {
                    writeBreak(scalars[index])
                    index += 1
                }
                write(String(repeating: " ", count: indent))
                continue
            }
            if folds, index > 0, index < scalars.count - 1, isFold(scalars, index) {
                startLine(indent)
            } else {
                write(scalar)
                if scalar == "'" { write("'") }
            }
            index += 1
        }
        write("'")
    }

    private mutating func doubleQuoted(_ scalars: [Unicode.Scalar], indent: Int, folds: Bool) {
        write("\"")
        var start = 0
        for (index, scalar) in scalars.enumerated() {
            if let escape = YAMLScalarStyle.escape(scalar, allowsUnicode: allowsUnicode) {
                write(scalars[start..<index])
                write(escape)
                start = index + 1
            }
            guard folds, index > 0, index < scalars.count - 1, scalar == " " || start >= index,
                column + index - start > YAMLWriter.width
            else { continue }
            if start < index {
                write(scalars[start..<index])
                start = index
            }
            write("\\")
            startLine(indent)
            if scalars[start] == " " { write("\\") }
        }
        write(scalars[min(start, scalars.count)...])
        write("\"")
    }

    /// Whether a single blank stands beyond the width, where text may be folded.
    private func isFold(_ scalars: [Unicode.Scalar], _ index: Int) -> Bool {
        guard scalars[index] == " ", column > YAMLWriter.width else { return false }
        let isAlone = index == 0 || scalars[index - 1] != " "
        return isAlone && index + 1 < scalars.count && scalars[index + 1] != " "
    }

    // MARK: Output

    private mutating func write(_ string: String) {
        text += string
        column += string.unicodeScalars.count
    }

    private mutating func write(_ scalars: ArraySlice<Unicode.Scalar>) {
        for scalar in scalars { write(scalar) }
    }

    private mutating func write(_ scalar: Unicode.Scalar) {
        text.unicodeScalars.append(scalar)
        column += 1
    }

    private mutating func writeBreak(_ scalar: Unicode.Scalar) {
        text.unicodeScalars.append(scalar)
        column = 0
    }

    /// Ends the line, unless that is done, and writes the indent of the next one.
    private mutating func startLine(_ indent: Int) {
        endLine()
        write(String(repeating: " ", count: indent))
    }

    private mutating func endLine() {
        guard column > 0 else { return }
        text += "\n"
        column = 0
    }
}
