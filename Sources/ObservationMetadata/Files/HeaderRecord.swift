public import FITS
public import StewardCore

/// What a sidecar or an entry of an index says of a data file: its header, or the properties translated from it.
public enum HeaderRecord: Hashable, Sendable {
    /// The cards of the header.
    case header(FITSHeader)
    /// The translated properties.
    case translated(ObservationInfo)

    /// Which of the two a file holds; the raw value is its mark in files.
    public enum Content: String, Hashable, Sendable {
        /// Headers.
        case header = "metadata"
        /// Translated properties.
        case translated
    }

    /// Key of the mark in files.
    static let contentKey = "__CONTENT__"

    /// Which of the two this is.
    public var content: Content {
        switch self {
        case .header: .header
        case .translated: .translated
        }
    }

    /// The keys and values of the record, without the mark.
    public var json: JSONValue {
        switch self {
        case .header(let header): header.json
        case .translated(let info): info.json
        }
    }

    /// Reads a record.
    ///
    /// - Parameters:
    ///   - json: An object of keywords and values, or of properties; without the mark.
    ///   - content: Which of the two it is.
    ///   - source: Name of the file it describes, for error messages.
    /// - Throws: `ButlerError` of code `header` when a value has not the form it must have.
    public init(json: JSONValue, content: Content, source: String) throws {
        switch content {
        case .header: self = .header(try FITSHeader(json: json, source: source))
        case .translated: self = .translated(try ObservationInfo(json: json, source: source))
        }
    }
}

extension HeaderRecord {
    /// Equal when the content is, wherever a header came from.
    public static func == (left: HeaderRecord, right: HeaderRecord) -> Bool {
        switch (left, right) {
        case (.header(let left), .header(let right)): left == right
        case (.translated(let left), .translated(let right)): left == right
        default: false
        }
    }

    /// Feeds the content to the hasher.
    public func hash(into hasher: inout Hasher) {
        switch self {
        case .header(let header): hasher.combine(header.cards)
        case .translated(let info): hasher.combine(info)
        }
    }
}

extension FITSHeader {
    /// Keywords with their first values in order; the lines of `COMMENT` and `HISTORY` as lists of strings.
    var json: JSONValue {
        var members: [JSONValue.Member] = []
        var seen: Set<String> = []
        for card in cards where !card.keyword.isEmpty && seen.insert(card.keyword).inserted {
            guard let value = card.value else {
                members.append(.init(card.keyword, .array(commentary(card.keyword).map { .string($0) })))
                continue
            }
            members.append(.init(card.keyword, value.json))
        }
        return .object(members)
    }

    /// Reads keywords and values; a list stands for repeated cards.
    init(json: JSONValue, source: String?) throws {
        guard let members = json.members else {
            throw ButlerError(.header, "A header in JSON must be an object of keywords.")
        }
        self.init(source: source)
        for member in members {
            for value in member.value.array ?? [member.value] {
                guard let value = FITSValue(json: value) else {
                    throw error(member.key, "has the value \(value.text()), which a header cannot hold")
                }
                if ["COMMENT", "HISTORY"].contains(member.key) {
                    append(FITSCard(member.key, nil, comment: value.text))
                } else {
                    append(FITSCard(member.key, value))
                }
            }
        }
    }
}

extension FITSValue {
    /// The value in JSON; undefined is null.
    var json: JSONValue {
        switch self {
        case .logical(let value): .bool(value)
        case .integer(let value): .int(value)
        case .real(let value): .double(value)
        case .string(let value): .string(value)
        case .undefined: .null
        }
    }

    /// Reads a value; nil for lists and objects.
    init?(json: JSONValue) {
        switch json {
        case .null: self = .undefined
        case .bool(let value): self = .logical(value)
        case .int(let value): self = .integer(value)
        case .double(let value): self = .real(value)
        case .string(let value): self = .string(value)
        case .array, .object: return nil
        }
    }
}
