internal import StewardCore

/// Takes a template apart into literal text and replacement fields.
struct TemplateParser {
    private let text: String
    private let scalars: [Unicode.Scalar]

    init(_ text: String) {
        self.text = text
        scalars = Array(text.unicodeScalars)
    }

    /// The pieces of the template in order; an escaped brace ends a piece, as it does in Python.
    func pieces() throws -> [FileTemplate.Piece] {
        var pieces: [FileTemplate.Piece] = []
        var literal = ""
        var index = 0
        while index < scalars.count {
            let scalar = scalars[index]
            index += 1
            guard scalar == "{" || scalar == "}" else {
                literal.unicodeScalars.append(scalar)
                continue
            }
            if index < scalars.count, scalars[index] == scalar {
                literal.unicodeScalars.append(scalar)
                pieces.append(.init(literal: literal))
                literal = ""
                index += 1
                continue
            }
            guard scalar == "{" else { throw malformed("it has a \"}\" without \"{\"") }
            guard let end = scalars[index...].firstIndex(of: "}") else { throw malformed("a \"{\" is not closed") }
            pieces.append(.init(literal: literal, field: try field(scalars[index..<end])))
            literal = ""
            index = end + 1
        }
        if !literal.isEmpty { pieces.append(.init(literal: literal)) }
        return pieces
    }

    private func field(_ content: ArraySlice<Unicode.Scalar>) throws -> FileTemplate.Field {
        let written = Self.string(content)
        guard !content.contains("{") else { throw malformed("the field \"{\(written)}\" holds another field") }
        let split = content.firstIndex { $0 == "!" || $0 == ":" } ?? content.endIndex
        var rest = content[split...]
        var conversion: FileTemplate.Conversion?
        if rest.first == "!" {
            rest.removeFirst()
            conversion = rest.popFirst().flatMap { FileTemplate.Conversion(rawValue: $0) }
            guard conversion != nil, rest.isEmpty || rest.first == ":" else {
                throw malformed("the field \"{\(written)}\" has an unknown conversion")
            }
        }
        let spec = rest.dropFirst()
        guard let format = FormatSpec(Self.string(spec.filter { $0 != "?" && $0 != "/" }[...])) else {
            throw malformed("the field \"{\(written)}\" has the unknown format \"\(Self.string(spec))\"")
        }
        return FileTemplate.Field(
            names: try names(Self.string(content[..<split])),
            conversion: conversion,
            spec: format,
            isOptional: spec.contains("?"),
            keepsSlashes: spec.contains("/")
        )
    }

    private func names(_ text: String) throws -> [FileTemplate.Name] {
        try text.split(separator: "|", omittingEmptySubsequences: false).map { name in
            let parts = name.split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(Self.isWord) }) else {
                throw malformed("\"\(name)\" is not the name of a field")
            }
            return FileTemplate.Name(
                text: String(name),
                primary: String(parts[0]),
                column: parts.count > 1 ? String(parts[1]) : nil
            )
        }
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F: true
        default: false
        }
    }

    private static func string(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        String(String.UnicodeScalarView(scalars))
    }

    private func malformed(_ reason: String) -> ButlerError {
        ButlerError(
            .configuration,
            "The file template \"\(text)\" is malformed: \(reason).",
            remedy: "Correct it under \"datastore.templates\" in the configuration."
        )
    }
}
