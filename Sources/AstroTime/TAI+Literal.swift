import StewardCore

extension TAI {
    /// The instant of a time literal of the query language, `T'...'`.
    ///
    /// The text is `[format/]value[/scale]`, names in either case. A value without format is told by its shape: a
    /// number with a decimal point is an MJD in TAI, dates are ISO or ordinal dates in UTC. Every `+00:00` is taken
    /// out first. Source: `daf_butler: queries/expressions/parser/parserYacc.py`.
    ///
    /// - Parameter literal: The text between the quotes.
    /// - Throws: ``ButlerError`` with `.time` if the text has none of the shapes, names an unknown format or scale,
    ///   or no such time exists.
    public init(literal: String) throws {
        let text = literal.replacing("+00:00", with: "")
        var parts = text.split(separator: "/", omittingEmptySubsequences: false)
        var format: TimeFormat?
        if parts.count > 1, parts[0].isWord {
            format = try TimeFormat(name: parts.removeFirst())
        }
        guard parts.count <= 2, let value = parts.first, let shape = TimeShape(value) else {
            throw TAI.unreadable(literal)
        }
        let scale = parts.count == 2 ? try TimeScale(name: parts[1]) : nil
        let chosen = format ?? shape.format
        guard chosen.isText == (shape != .number) else {
            throw ButlerError(
                .time,
                "The time literal \"\(literal)\" does not match its format \"\(chosen.rawValue)\".",
                remedy: "Write \(chosen.shape)."
            )
        }
        try self.init(value, format: chosen, scale: scale)
    }

    private static func unreadable(_ literal: String) -> ButlerError {
        ButlerError(
            .time,
            "The time literal \"\(literal)\" has no known form.",
            remedy: "Write [format/]value[/scale] without zone, for instance \"2020-01-01T12:00:00\", "
                + "\"2020-01-01 12:00:00/tai\" or \"58849.5\"; numbers need a decimal point."
        )
    }
}

/// The form of a time literal's value.
private enum TimeShape: Equatable {
    case number, blank, letter, signed, ordinal

    /// Tells the form from the text with every run of digits reduced to one `d`.
    init?(_ text: Substring) {
        var skeleton = ""
        for character in text.unicodeScalars {
            guard "0"..."9" ~= character else {
                skeleton.unicodeScalars.append(character == "t" ? "T" : character)
                continue
            }
            if skeleton.last != "d" || skeleton.isEmpty { skeleton.append("d") }
        }
        guard !text.unicodeScalars.contains("d") else { return nil }
        switch skeleton {
        case "d.", "d.d", ".d", "-d.", "-d.d", "-.d": self = .number
        case "d-d-d", "d-d-d d:d", "d-d-d d:d:d", "d-d-d d:d:d.", "d-d-d d:d:d.d": self = .blank
        case "d-d-dTd:d", "d-d-dTd:d:d", "d-d-dTd:d:d.", "d-d-dTd:d:d.d": self = .letter
        case "+d-d-d", "+d-d-dTd:d:d", "+d-d-dTd:d:d.", "+d-d-dTd:d:d.d": self = .signed
        case "d:d", "d:d:d:d", "d:d:d:d:d", "d:d:d:d:d.", "d:d:d:d:d.d": self = .ordinal
        default: return nil
        }
    }

    /// The format of a value of this form when none is given.
    var format: TimeFormat {
        switch self {
        case .number: .mjd
        case .blank: .iso
        case .letter: .isot
        case .signed: .fits
        case .ordinal: .yday
        }
    }
}

extension Substring {
    /// Whether the text consists of letters, digits and underscores.
    fileprivate var isWord: Bool {
        !isEmpty && allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
    }
}
