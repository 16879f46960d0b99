import StewardCore

extension ConfigTree {
    /// The value under a path of keys.
    ///
    /// List elements are named by their index. Setting nil removes; setting makes mappings on the way.
    public subscript(path: String...) -> ConfigTree? {
        get { value(at: path[...]) }
        set { set(newValue, at: path[...]) }
    }

    /// The value under a path of keys, or nil where the path ends early.
    public func value(at path: some Collection<String>) -> ConfigTree? {
        guard let key = path.first else { return self }
        switch self {
        case .map(let map): return map[key]?.value(at: path.dropFirst())
        case .list(let list):
            guard let index = Int(key), list.indices.contains(index) else { return nil }
            return list[index].value(at: path.dropFirst())
        default: return nil
        }
    }

    /// Replaces or (with nil) removes the value under a path of keys.
    public mutating func set(_ value: ConfigTree?, at path: some Collection<String>) {
        guard let key = path.first else {
            self = value ?? .null
            return
        }
        if case .list(var list) = self, let index = Int(key), list.indices.contains(index) {
            list[index].set(value, at: path.dropFirst())
            self = .list(list)
            return
        }
        var map = self.map ?? ConfigMap()
        if path.count == 1 {
            map[key] = value
        } else {
            var child = map[key] ?? .empty
            child.set(value, at: path.dropFirst())
            map[key] = child
        }
        self = .map(map)
    }

    /// The mapping, if this is one.
    public var map: ConfigMap? { if case .map(let map) = self { map } else { nil } }

    /// The list, if this is one.
    public var list: [ConfigTree]? { if case .list(let list) = self { list } else { nil } }

    /// The text, if this is text.
    public var string: String? { if case .string(let text) = self { text } else { nil } }

    /// Whether there is no value.
    public var isNull: Bool { self == .null }

    /// The keys that a delimited path names.
    ///
    /// A first character that is neither letter nor digit is the delimiter of the rest; without one the whole text
    /// is one key. A backslash keeps the delimiter after it as part of a key. Source: `daf_butler: _config.py`.
    public static func keys(of path: String) -> [String] {
        guard let delimiter = path.first, !delimiter.isLetter, !delimiter.isNumber else { return [path] }
        var keys = [""]
        var isEscaped = false
        for character in path.dropFirst() {
            if character == delimiter, !isEscaped {
                keys.append("")
            } else if character == "\\", !isEscaped {
                isEscaped = true
                continue
            } else {
                if isEscaped, character != delimiter { keys[keys.count - 1].append("\\") }
                keys[keys.count - 1].append(character)
            }
            isEscaped = false
        }
        return keys
    }
}

// MARK: - Values of one type

extension ConfigTree {
    /// The text under a path.
    ///
    /// - Parameter path: Keys from here on.
    /// - Returns: The text, or nil if the path ends early or holds null.
    /// - Throws: ``ButlerError`` with `.configuration` if there is a value of another type.
    public func string(_ path: String...) throws -> String? {
        try typed(path, "text") { if case .string(let value) = $0 { value } else { nil } }
    }

    /// The truth value under a path.
    ///
    /// - Parameter path: Keys from here on.
    /// - Returns: The truth value, or nil if the path ends early or holds null.
    /// - Throws: ``ButlerError`` with `.configuration` if there is a value of another type.
    public func bool(_ path: String...) throws -> Bool? {
        try typed(path, "true or false") { if case .bool(let value) = $0 { value } else { nil } }
    }

    /// The whole number under a path.
    ///
    /// - Parameter path: Keys from here on.
    /// - Returns: The number, or nil if the path ends early or holds null.
    /// - Throws: ``ButlerError`` with `.configuration` if there is a value of another type.
    public func int(_ path: String...) throws -> Int? {
        try typed(path, "a whole number") { if case .int(let value) = $0 { value } else { nil } }
    }

    /// The number under a path.
    ///
    /// - Parameter path: Keys from here on.
    /// - Returns: The number, or nil if the path ends early or holds null.
    /// - Throws: ``ButlerError`` with `.configuration` if there is a value of another type.
    public func double(_ path: String...) throws -> Double? {
        try typed(path, "a number") {
            switch $0 {
            case .double(let value): value
            case .int(let value): Double(value)
            default: nil
            }
        }
    }

    /// The mapping under a path.
    ///
    /// - Parameter path: Keys from here on.
    /// - Returns: The mapping, or nil if the path ends early or holds null.
    /// - Throws: ``ButlerError`` with `.configuration` if there is a value of another type.
    public func map(_ path: String...) throws -> ConfigMap? {
        try typed(path, "a mapping") { $0.map }
    }

    /// The texts of a list under a path; one text alone counts as a list of one.
    ///
    /// - Parameter path: Keys from here on.
    /// - Returns: The texts, or nil if the path ends early or holds null.
    /// - Throws: ``ButlerError`` with `.configuration` if there is a value of another type.
    public func strings(_ path: String...) throws -> [String]? {
        try typed(path, "a list of texts") { value in
            if let text = value.string { return [text] }
            let texts = value.list?.compactMap(\.string)
            return texts?.count == value.list?.count ? texts : nil
        }
    }

    private func typed<Value>(_ path: [String], _ wanted: String, _ convert: (ConfigTree) -> Value?) throws -> Value? {
        guard let value = value(at: path), !value.isNull else { return nil }
        if let converted = convert(value) { return converted }
        throw ButlerError(
            .configuration,
            "The configuration value \"\(path.joined(separator: "."))\" is \(value.json), which is not \(wanted).",
            remedy: "Correct it in the configuration file."
        )
    }
}
