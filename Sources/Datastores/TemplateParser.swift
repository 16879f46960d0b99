internal import StewardCore

/// Reads file templates.
struct TemplateParser {
    private let text: String
    private var rest: Substring

    init(_ text: String) {
        self.text = text
        rest = text[...]
    }

    /// The pieces of the template.
    mutating func parse() throws -> [FileTemplate.Piece] {
        var pieces: [FileTemplate.Piece] = []
        var literal = ""
        while let character = rest.popFirst() {
            switch character {
            case "{" where rest.first == "{", "}" where rest.first == "}":
                // An escaped brace ends the literal text that belongs to the next field, as in Python.
                rest.removeFirst()
                pieces.append(.init(literal: literal + String(character), field: nil))
                literal = ""
            case "{":
                pieces.append(.init(literal: literal, field: try field()))
                literal = ""
            case "}": throw problem("it has a \"}\" without \"{\"")
            default: literal.append(character)
            }
        }
        if !literal.isEmpty { pieces.append(.init(literal: literal, field: nil)) }
        return pieces
    }

    /// Reads a field; its opening brace is behind.
    private mutating func field() throws -> FileTemplate.Field {
        guard let end = rest.firstIndex(of: "}") else { throw problem("it has a \"{\" without \"}\"") }
        let body = rest[..<end]
        rest = rest[rest.index(after: end)...]
        guard !body.contains("{") else { throw problem("a field is inside another one") }
        let nameEnd = body.firstIndex { $0 == "!" || $0 == ":" } ?? body.endIndex
        var after = body[nameEnd...]
        var conversion: Character?
        if after.first == "!" {
            conversion = after.dropFirst().first
            after = after.dropFirst(2)
            guard let conversion, "rsa".contains(conversion), after.isEmpty || after.first == ":" else {
                throw problem("\"{\(body)}\" has an unknown conversion")
            }
        }
        let specText = after.dropFirst()
        guard let spec = FormatSpec(specText.filter { $0 != "?" && $0 != "/" }) else {
            throw problem("\"\(specText)\" is not a format specification")
        }
        return FileTemplate.Field(
            names: try body[..<nameEnd].split(separator: "|", omittingEmptySubsequences: false).map(name),
            isOptional: specText.contains("?"),
            keepsSlashes: specText.contains("/"),
            conversion: conversion,
            spec: spec
        )
    }

    private func name(_ text: Substring) throws -> FileTemplate.Field.Name {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard (1...2).contains(parts.count), parts.allSatisfy({ !$0.isEmpty }) else {
            throw problem("\"\(text)\" is not the name of a field")
        }
        return .init(primary: parts[0], column: parts.count == 2 ? parts[1] : nil)
    }

    private func problem(_ problem: String) -> ButlerError {
        ButlerError(
            .configuration,
            "The file template \"\(text)\" is malformed: \(problem).",
            remedy: "Correct it under \"datastore.templates\" in the repository's butler.yaml."
        )
    }
}
