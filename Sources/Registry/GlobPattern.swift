/// A shell-style pattern for names: `*`, `?`, `[set]`, `[!set]`; case counts.
///
/// Follows the rules of Python's `fnmatch`, as the reference does: a `[` without its `]` stands for itself, a `]` right
/// after the opening belongs to the set.
public struct GlobPattern: Sendable, Hashable {
    private enum Part: Sendable, Hashable {
        case exactly(Unicode.Scalar)
        case any
        case anyRun
        case oneOf([ClosedRange<Unicode.Scalar>], negated: Bool)
    }

    /// The pattern as written.
    public let text: String
    private let parts: [Part]

    /// Whether a text holds any of the special forms; others name one thing exactly.
    public static func isPattern(_ text: String) -> Bool {
        if text.contains("*") || text.contains("?") { return true }
        guard let open = text.firstIndex(of: "[") else { return false }
        return text[open...].contains("]")
    }

    /// Reads a pattern; every text is one.
    public init(_ text: String) {
        self.text = text
        var parts: [Part] = []
        let scalars = Array(text.unicodeScalars)
        var index = 0
        while index < scalars.count {
            let scalar = scalars[index]
            index += 1
            switch scalar {
            case "*": if parts.last != .anyRun { parts.append(.anyRun) }
            case "?": parts.append(.any)
            case "[":
                if let (part, next) = Self.set(scalars, from: index) {
                    parts.append(part)
                    index = next
                } else {
                    parts.append(.exactly(scalar))
                }
            default: parts.append(.exactly(scalar))
            }
        }
        self.parts = parts
    }

    /// Whether a name as a whole fits the pattern.
    public func matches(_ name: String) -> Bool {
        let scalars = Array(name.unicodeScalars)
        var (part, position) = (0, 0)
        var restart: (part: Int, position: Int)?
        while position < scalars.count {
            if part < parts.count, parts[part] == .anyRun {
                restart = (part, position)
                part += 1
            } else if part < parts.count, Self.fits(parts[part], scalars[position]) {
                part += 1
                position += 1
            } else if let back = restart {
                restart = (back.part, back.position + 1)
                part = back.part + 1
                position = back.position + 1
            } else {
                return false
            }
        }
        return parts[part...].allSatisfy { $0 == .anyRun }
    }

    private static func fits(_ part: Part, _ scalar: Unicode.Scalar) -> Bool {
        switch part {
        case .exactly(let wanted): scalar == wanted
        case .any: true
        case .anyRun: false
        case .oneOf(let ranges, let negated): ranges.contains { $0.contains(scalar) } != negated
        }
    }

    /// The set that begins at an index behind its bracket, and the index behind its end; nil if it does not end.
    private static func set(_ scalars: [Unicode.Scalar], from start: Int) -> (part: Part, next: Int)? {
        var index = start
        let negated = index < scalars.count && scalars[index] == "!"
        if negated { index += 1 }
        let first = index
        if index < scalars.count, scalars[index] == "]" { index += 1 }
        while index < scalars.count, scalars[index] != "]" { index += 1 }
        guard index < scalars.count else { return nil }
        return (.oneOf(ranges(scalars[first..<index]), negated: negated), index + 1)
    }

    private static func ranges(_ members: ArraySlice<Unicode.Scalar>) -> [ClosedRange<Unicode.Scalar>] {
        var ranges: [ClosedRange<Unicode.Scalar>] = []
        var index = members.startIndex
        while index < members.endIndex {
            let low = members[index]
            if index + 2 < members.endIndex, members[index + 1] == "-" {
                let high = members[index + 2]
                if low <= high { ranges.append(low...high) }
                index += 3
            } else {
                ranges.append(low...low)
                index += 1
            }
        }
        return ranges
    }
}
