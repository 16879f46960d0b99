public import StewardCore

extension FITSHeader {
    /// The string of a keyword; an error of code `header` if it is absent, undefined or of another kind.
    public func string(_ keyword: String) throws -> String {
        try require(keyword, stringIfPresent(keyword))
    }

    /// The integer of a keyword, also from a whole real number; an error of code `header` if there is none.
    public func integer(_ keyword: String) throws -> Int64 {
        try require(keyword, integerIfPresent(keyword))
    }

    /// The number of a keyword as a double; an error of code `header` if there is none.
    public func real(_ keyword: String) throws -> Double {
        try require(keyword, realIfPresent(keyword))
    }

    /// The Boolean of a keyword; an error of code `header` if it is absent, undefined or of another kind.
    public func logical(_ keyword: String) throws -> Bool {
        try require(keyword, logicalIfPresent(keyword))
    }

    /// The string of a keyword, nil if it is absent or undefined; an error of code `header` if it is no string.
    public func stringIfPresent(_ keyword: String) throws -> String? {
        try convert(keyword, to: "a string", \.stringValue)
    }

    /// The integer of a keyword, nil if it is absent or undefined; an error of code `header` if it is no whole number.
    public func integerIfPresent(_ keyword: String) throws -> Int64? {
        try convert(keyword, to: "an integer", \.integerValue)
    }

    /// The number of a keyword, nil if it is absent or undefined; an error of code `header` if it is no number.
    public func realIfPresent(_ keyword: String) throws -> Double? {
        try convert(keyword, to: "a number", \.realValue)
    }

    /// The Boolean of a keyword, nil if it is absent or undefined; an error of code `header` if it is no Boolean.
    public func logicalIfPresent(_ keyword: String) throws -> Bool? {
        try convert(keyword, to: "a logical value (T or F)", \.logicalValue)
    }

    /// The first of several keywords that is present and defined, or nil.
    public func firstPresent(of keywords: some Sequence<String>) -> String? {
        keywords.first { keyword in
            guard let value = self[keyword] else { return false }
            return value != .undefined
        }
    }

    /// The error for a keyword whose value cannot be used.
    ///
    /// - Parameters:
    ///   - keyword: The keyword.
    ///   - reason: What is wrong, continuing the sentence "Header keyword X ...".
    /// - Returns: An error of code `header` whose context names keyword, value and file.
    public func error(_ keyword: String, _ reason: String) -> ButlerError {
        var error = ButlerError(.header, "Header keyword \(keyword) \(reason).")
        error = error.adding("keyword", keyword)
        if let value = self[keyword] {
            error = error.adding("value", value.description)
        }
        return source.map { error.adding("file", $0) } ?? error
    }

    private func require<T>(_ keyword: String, _ value: T?) throws -> T {
        if let value { return value }
        throw error(keyword, contains(keyword) ? "has no value" : "is missing")
    }

    private func convert<T>(_ keyword: String, to kind: String, _ read: (FITSValue) -> T?) throws -> T? {
        guard let value = self[keyword], value != .undefined else { return nil }
        guard let converted = read(value) else {
            throw error(keyword, "has the value \(value), which is not \(kind)")
        }
        return converted
    }
}
