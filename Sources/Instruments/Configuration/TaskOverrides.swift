public import StewardCore

/// Changes of a task's configuration in the reference's forms: `key=value`, and files with lines of
/// `config.key = value`, as the reference saves them.
///
/// Files are not run: assignments of literals are read, `import` and `assert` lines and comments are passed over, and
/// anything else is an error with its line.
public struct TaskOverrides: Sendable {
    /// One change.
    public struct Change: Sendable, Hashable {
        /// Name of the field with those it is part of, for instance `groupExposures.name`.
        public let field: String
        /// The value.
        public let value: JSONValue
        /// Where it stands, for messages.
        public let origin: String
    }

    /// The changes in the order in which they count; later ones win.
    public private(set) var changes: [Change] = []

    /// No changes.
    public init() {}

    /// Adds `key=value` items.
    ///
    /// - Parameter items: The items; text need not be quoted.
    /// - Throws: ``ButlerError`` with `.invalidArgument` for an item without `=`.
    public mutating func add(_ items: [String]) throws {
        for item in items {
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, !parts[0].isEmpty else {
                throw ButlerError(
                    .invalidArgument,
                    "\"\(item)\" does not change a configuration.",
                    remedy: "Write it as key=value, for instance failFast=True."
                )
            }
            let value = PythonLiteral.value(parts[1]) ?? .string(parts[1])
            changes.append(Change(field: Self.trimmed(parts[0]), value: value, origin: "\"\(item)\""))
        }
    }

    /// Adds the lines of a file.
    ///
    /// - Parameters:
    ///   - text: Content of the file.
    ///   - name: Its name for messages.
    /// - Throws: ``ButlerError`` with `.configuration` naming the line.
    public mutating func add(text: String, name: String) throws {
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let code = Self.trimmed(PythonLiteral.withoutComment(line))
            let word = code.prefix { $0 != " " }
            guard !code.isEmpty, !["import", "from", "assert"].contains(word) else { continue }
            let origin = "\(name), line \(number + 1)"
            let parts = code.split(separator: "=", maxSplits: 1).map { Self.trimmed($0) }
            guard parts.count == 2, parts[0].hasPrefix("config."), let value = PythonLiteral.value(parts[1]) else {
                throw ButlerError(
                    .configuration,
                    "\(origin): \"\(code)\" is no assignment of a plain value.",
                    remedy: "Write such files as lines \"config.key = value\"; Python is not run."
                )
            }
            changes.append(Change(field: String(parts[0].dropFirst(7)), value: value, origin: origin))
        }
    }

    /// The error for a change of a field that does not exist, or has no such value.
    ///
    /// - Parameters:
    ///   - change: The change.
    ///   - known: Fields, or values, that there are.
    /// - Returns: The error.
    static func refused(_ change: Change, known: [String]) -> ButlerError {
        let isField = !known.contains(change.field)
        return ButlerError(
            .configuration,
            isField
                ? "\(change.origin): the configuration has no field \"\(change.field)\" that can be changed here."
                : "\(change.origin): \"\(change.field)\" cannot be \(change.value.text()).",
            remedy: "The fields are \(known.joined(separator: ", ")).",
            candidates: isField ? Candidates.nearest(to: change.field, in: known) : []
        )
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        String(text.trimmingPrefix { $0.isWhitespace }.reversed().trimmingPrefix { $0.isWhitespace }.reversed())
    }
}

/// Literals of Python as far as configurations need them.
enum PythonLiteral {
    /// The value of `True`, `False`, `None`, a number, or text in quotes; nil for anything else.
    static func value(_ text: String) -> JSONValue? {
        switch text {
        case "True": return .bool(true)
        case "False": return .bool(false)
        case "None": return .null
        default: break
        }
        if let whole = Int64(text) { return .int(whole) }
        if let real = Double(text), real.isFinite { return .double(real) }
        guard let quote = text.first, quote == "'" || quote == "\"", text.count >= 2, text.last == quote else {
            return nil
        }
        let inner = text.dropFirst().dropLast()
        return inner.contains(quote) || inner.contains("\\") ? nil : .string(String(inner))
    }

    /// A line without the comment at its end.
    static func withoutComment(_ line: Substring) -> Substring {
        var quote: Character?
        for index in line.indices {
            let character = line[index]
            if let open = quote {
                if character == open { quote = nil }
            } else if character == "'" || character == "\"" {
                quote = character
            } else if character == "#" {
                return line[..<index]
            }
        }
        return line
    }
}
