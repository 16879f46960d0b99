internal import StewardCore

/// Parameters of a read, such as a box of pixels or names of columns, by name.
public struct ReadParameters: Sendable {
    private var values: [String: any Sendable]

    /// Creates parameters.
    public init(_ values: [String: any Sendable] = [:]) {
        self.values = values
    }

    /// Whether there are none.
    public var isEmpty: Bool { values.isEmpty }

    /// Names, sorted.
    public var names: [String] { values.keys.sorted() }

    /// The value of a parameter, whatever its type.
    public subscript(name: String) -> (any Sendable)? { values[name] }

    /// The value of a parameter.
    ///
    /// - Parameters:
    ///   - name: Name of the parameter.
    ///   - type: The type it must have.
    /// - Returns: The value, or nil if it is not given.
    /// - Throws: ``ButlerError`` with `.invalidArgument` if it has another type.
    public func value<Value: Sendable>(_ name: String, as type: Value.Type = Value.self) throws -> Value? {
        guard let value = values[name] else { return nil }
        if let value = value as? Value { return value }
        throw ButlerError(
            .invalidArgument,
            "The parameter \"\(name)\" is a \(Swift.type(of: value)), where a \(type) is needed."
        )
    }

    /// Those of the parameters whose name is in a set.
    public func only(_ names: Set<String>) -> ReadParameters {
        ReadParameters(values.filter { names.contains($0.key) })
    }

    /// Those of the parameters whose name is not in a set.
    public func without(_ names: Set<String>) -> ReadParameters {
        ReadParameters(values.filter { !names.contains($0.key) })
    }

    /// Fails unless every name is known.
    ///
    /// - Parameters:
    ///   - known: Names that are.
    ///   - subject: What is read, for the message.
    /// - Throws: ``ButlerError`` with `.invalidArgument` and candidates.
    func check(_ known: Set<String>, of subject: String) throws {
        guard let unknown = names.first(where: { !known.contains($0) }) else { return }
        throw ButlerError(
            .invalidArgument,
            "\(subject) has no parameter \"\(unknown)\".",
            remedy: known.isEmpty ? "Read it without parameters." : "It has \(known.sorted().joined(separator: ", ")).",
            candidates: Candidates.nearest(to: unknown, in: known)
        )
    }
}

extension ReadParameters: ExpressibleByDictionaryLiteral {
    /// Creates parameters; of equal names the last wins.
    public init(dictionaryLiteral elements: (String, any Sendable)...) {
        self.init(Dictionary(elements.map { ($0, $1) }, uniquingKeysWith: { $1 }))
    }
}
