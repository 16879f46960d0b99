/// The one error type that leaves Steward's public operations.
///
/// Equality and hashing look only at ``code``, so tests and callers compare by kind. The text is for people: what
/// happened with the offending value quoted, then what to do about it.
public struct ButlerError: Error, Sendable {
    /// Kind of failure; stable across versions and on the wire.
    public let code: Code
    /// What happened, with the offending value quoted.
    public let message: String
    /// What to do next, in the imperative.
    public let remedy: String?
    /// Valid names near the one given, nearest first, at most three.
    public let candidates: [String]
    /// Where it happened: dataset type, data ID, collections searched, file.
    public let context: [ContextItem]
    /// The failure beneath this one.
    public let cause: (any Error)?

    /// One labelled fact about where an error happened.
    public struct ContextItem: Sendable, Hashable {
        /// What the value is, for instance `dataset type`.
        public let label: String
        /// The value as text.
        public let value: String

        /// Creates a fact.
        public init(_ label: String, _ value: String) {
            self.label = label
            self.value = value
        }
    }

    /// Creates an error.
    public init(
        _ code: Code,
        _ message: String,
        remedy: String? = nil,
        candidates: [String] = [],
        context: [ContextItem] = [],
        cause: (any Error)? = nil
    ) {
        self.code = code
        self.message = message
        self.remedy = remedy
        self.candidates = Array(candidates.prefix(3))
        self.context = context
        self.cause = cause
    }

    /// The same error with one more fact about where it happened.
    public func adding(_ label: String, _ value: String) -> ButlerError {
        ButlerError(
            code,
            message,
            remedy: remedy,
            candidates: candidates,
            context: context + [ContextItem(label, value)],
            cause: cause
        )
    }
}

extension ButlerError: Hashable {
    /// Two errors are equal when their codes are.
    public static func == (left: ButlerError, right: ButlerError) -> Bool {
        left.code == right.code
    }

    /// Feeds the code to the hasher.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(code)
    }
}

extension ButlerError: CustomStringConvertible {
    /// Message, candidates and remedy on one line; facts and cause on indented lines of their own.
    public var description: String {
        var text = message
        if let suggestion {
            text += " " + suggestion
        }
        if let remedy {
            text += " " + remedy
        }
        for item in context {
            text += "\n  \(item.label): \(item.value)"
        }
        if let cause {
            text += "\n  because: " + String(describing: cause).replacing("\n", with: "\n  ")
        }
        return text
    }

    /// `Did you mean "a", "b" or "c"?`, or nil without candidates.
    private var suggestion: String? {
        let quoted = candidates.map { "\"\($0)\"" }
        guard let last = quoted.last else { return nil }
        guard quoted.count > 1 else { return "Did you mean \(last)?" }
        return "Did you mean \(quoted.dropLast().joined(separator: ", ")) or \(last)?"
    }
}
