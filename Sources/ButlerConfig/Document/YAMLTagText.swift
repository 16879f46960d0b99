/// Tags as text.
enum YAMLTagText {
    static let binary = "tag:yaml.org,2002:binary"

    /// Whether a name has only characters that mean themselves.
    private static func isKnown(_ name: Substring) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy { byte in
                0x30...0x39 ~= byte || 0x61...0x7A ~= byte | 0x20 || "_./:-".utf8.contains(byte)
            }
    }

    /// The full name of a tag: `!x` is itself, `!!x` of YAML's own, `!<x>` is x.
    static func name(_ bytes: ArraySlice<UInt8>) -> String? {
        let text = String(decoding: bytes, as: UTF8.self)
        if text.hasPrefix("!<"), text.hasSuffix(">") {
            let name = text.dropFirst(2).dropLast()
            return isKnown(name) ? String(name) : nil
        }
        guard isKnown(text.drop { $0 == "!" }) else { return nil }
        if text.hasPrefix("!!") { return "tag:yaml.org,2002:" + text.dropFirst(2) }
        return text.dropFirst().contains("!") ? nil : text
    }
}

/// The characters that lines are told apart by.
enum YAMLByte {
    static let newline = UInt8(ascii: "\n")
    static let space = UInt8(ascii: " ")
    static let hash = UInt8(ascii: "#")
    static let dash = UInt8(ascii: "-")
    static let dot = UInt8(ascii: ".")
    static let colon = UInt8(ascii: ":")
    static let quote = UInt8(ascii: "'")
    static let exclamation = UInt8(ascii: "!")
}
