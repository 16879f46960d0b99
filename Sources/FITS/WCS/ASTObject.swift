/// One object of the Starlink AST library in its native text form: a class, its keys, and the objects under keys.
struct ASTObject {
    let className: String
    private(set) var texts: [String: String] = [:]
    private(set) var objects: [String: ASTObject] = [:]

    func text(_ key: String) -> String? { texts[key] }

    func number(_ key: String) -> Double? { texts[key].flatMap(Double.init) }

    func integer(_ key: String) -> Int? { texts[key].flatMap { Int($0) } }

    func flag(_ key: String) -> Bool { integer(key) == 1 }

    func object(_ key: String) -> ASTObject? { objects[key] }

    /// Reads the first object of a text, or nil if the text is malformed.
    init?(_ text: String) {
        var reader = Reader(lines: text.split(whereSeparator: \.isNewline).compactMap { Self.content($0) })
        guard let first = reader.next(), let name = Self.beginning(first), let object = reader.object(name, depth: 0)
        else {
            return nil
        }
        self = object
    }

    private init(className: String) {
        self.className = className
    }

    /// The line without blanks and comment, or nil for an empty line and for a default that is only shown.
    private static func content(_ line: Substring) -> String? {
        let body = line.drop { $0 == " " || $0 == "\t" }
        guard let first = body.first, first != "#" else { return nil }
        var text = String(body)
        if let tab = text.firstRange(of: "\t#") { text = String(text[..<tab.lowerBound]) }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return text
    }

    private static func beginning(_ line: String) -> String? {
        line.hasPrefix("Begin ") ? String(line.dropFirst(6).prefix { $0 != " " && $0 != "\t" }) : nil
    }

    /// Goes through the lines of a text.
    private struct Reader {
        let lines: [String]
        var position = 0

        init(lines: some Sequence<String>) {
            self.lines = Array(lines)
        }

        mutating func next() -> String? {
            guard position < lines.count else { return nil }
            position += 1
            return lines[position - 1]
        }

        /// Reads up to the object's end; nil for text that follows no rule, and beyond a depth that no real object has.
        mutating func object(_ name: String, depth: Int) -> ASTObject? {
            guard depth < 64 else { return nil }
            var object = ASTObject(className: name)
            while let line = next() {
                if line.hasPrefix("End ") { return object }
                if line.hasPrefix("IsA ") { continue }
                guard let equals = line.firstIndex(of: "=") else { return nil }
                let key = line[..<equals].trimmed
                let value = line[line.index(after: equals)...].trimmed
                guard value.isEmpty else {
                    object.texts[key] = ASTObject.unquoted(value)
                    continue
                }
                guard let line = next(), let inner = ASTObject.beginning(line) else { return nil }
                guard let child = self.object(inner, depth: depth + 1) else { return nil }
                object.objects[key] = child
            }
            return nil
        }
    }

    private static func unquoted(_ value: String) -> String {
        guard value.count >= 2, value.first == "\"", value.last == "\"" else { return value }
        return String(value.dropFirst().dropLast()).replacing("\"\"", with: "\"")
    }
}

extension Substring {
    /// The text without blanks around it.
    fileprivate var trimmed: String {
        var text = self
        while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return String(text)
    }
}
