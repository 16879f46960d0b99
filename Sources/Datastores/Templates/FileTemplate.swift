public import Datasets
internal import Dimensions
internal import StewardCore

/// How the path of a new file is made from the dataset that it holds.
///
/// The language is that of the reference: Python's replacement fields, with `?` in the specification of an optional
/// field, `/` in that of one whose slashes stay, and `a|b` for alternatives. Source: `daf_butler:
/// datastore/file_templates.py`.
public struct FileTemplate: Hashable, Sendable {
    /// The template as written.
    public let text: String
    let pieces: [Piece]

    /// Literal text and the field after it.
    struct Piece: Hashable, Sendable {
        var literal: String
        var field: Field?
    }

    /// A replacement field.
    struct Field: Hashable, Sendable {
        /// Names to choose from, the preferred first; at least one.
        let names: [Name]
        let conversion: Conversion?
        let spec: FormatSpec
        let isOptional: Bool
        let keepsSlashes: Bool
    }

    /// What a field stands for.
    struct Name: Hashable, Sendable {
        /// The name as written.
        let text: String
        /// The part before the dot.
        let primary: String
        /// The part after the dot: a field of the dimension's record.
        let column: String?
        /// Whether this is no dimension but a fact about the dataset.
        var isSpecial: Bool { FileTemplate.specialNames.contains(text) }
    }

    /// A conversion to text before formatting.
    enum Conversion: Unicode.Scalar, Hashable, Sendable {
        case text = "s"
        case representation = "r"
        case ascii = "a"
    }

    /// Names that stand for facts about the dataset.
    static let specialNames: Set<String> = ["run", "id", "datasetType", "component"]

    /// Reads a template.
    ///
    /// - Parameter text: The template.
    /// - Throws: ``ButlerError`` with `.configuration` if it is malformed, has neither `run` nor `id`, names no
    ///   dimension (unless it has the `id`), has the `id` anywhere but in the file name, or leaves its directory.
    public init(_ text: String) throws {
        self.text = text
        pieces = try TemplateParser(text).pieces()
        try checkFields()
    }

    /// The path of a dataset's file, relative to the datastore's root and without suffix.
    ///
    /// - Parameter ref: The dataset; its data ID needs records if the template asks for their fields.
    /// - Returns: The path, without escapes.
    /// - Throws: ``ButlerError`` with `.configuration` if a field that is not optional is missing or cannot be
    ///   formatted, or the component is not used; `.invalidArgument` if a value would lead out of the root.
    public func path(for ref: DatasetRef) throws -> String {
        var output = ""
        var usesComponent = false
        let values = TemplateValues(ref)
        for piece in pieces {
            guard let field = piece.field else {
                output += piece.literal
                continue
            }
            let name = values.choose(field.names)
            if name.text == "component" { usesComponent = true }
            guard let value = try values.value(name, template: text) else {
                guard field.isOptional else { throw missing(name, ref) }
                // What stands before a field that is left out goes with it, unless it ends a directory.
                if piece.literal.contains("/") { output += piece.literal }
                continue
            }
            output += piece.literal + (try format(value, field, name))
        }
        guard usesComponent || ref.datasetType.component == nil else {
            throw ButlerError(
                .configuration,
                "The file template \"\(text)\" does not use the component of \"\(ref.datasetType.name)\".",
                remedy: "Add {component} to the template."
            )
        }
        return try Self.finish(output, template: text)
    }

    private func format(_ value: TemplateValue, _ field: Field, _ name: Name) throws -> String {
        var value = value
        if case .text(let text) = value { value = .text(Self.clean(text, keepsSlashes: field.keepsSlashes)) }
        switch (field.conversion, value) {
        case (nil, _), (.text, .text): break
        case (.representation, .text(let text)): value = .text(PythonText.repr(text, asciiOnly: false))
        case (.ascii, .text(let text)): value = .text(PythonText.repr(text, asciiOnly: true))
        case (_, .real(let number)): value = .text(PythonText.repr(number))
        case (_, .int(let number)): value = .text(String(number))
        case (_, .bool(let flag)): value = .text(flag ? "True" : "False")
        case (_, .fixed(let text)): value = .text(text)
        }
        if let text = field.spec.format(value) { return text }
        throw ButlerError(
            .configuration,
            "The value \(value) of \"\(name.text)\" does not fit its format in the file template \"\(text)\".",
            remedy: "Correct the template in the configuration."
        )
    }

    /// A value without the characters that make trouble in file names.
    private static func clean(_ text: String, keepsSlashes: Bool) -> String {
        func isTrouble(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: ":"), UInt8(ascii: "\""),
                UInt8(ascii: "\\"), UInt8(ascii: "|"), UInt8(ascii: "?"), UInt8(ascii: "*"):
                true
            case UInt8(ascii: "/"): !keepsSlashes
            default: false
            }
        }
        guard text.utf8.contains(where: isTrouble) else { return text }
        return String(decoding: text.utf8.map { isTrouble($0) ? UInt8(ascii: "_") : $0 }, as: UTF8.self)
    }

    /// The normal form of a path: no empty parts, no suffix, not absolute.
    private static func finish(_ output: String, template: String) throws -> String {
        var parts = PathParts.of(output)
        let name = (parts.popLast() ?? "").replacing(".", with: "_").replacing("#", with: "HASH")
        let directories = parts.filter { !$0.isEmpty && $0 != "." }
        guard !name.isEmpty, !directories.contains(".."), !output.utf8.contains(0) else {
            throw ButlerError(
                .invalidArgument,
                "The path \"\(output)\" is not one for a file inside a datastore.",
                remedy: "Use other names for run and data ID, or change the template \"\(template)\"."
            )
        }
        return (directories + [name]).joined(separator: "/")
    }

    private func missing(_ name: Name, _ ref: DatasetRef) -> ButlerError {
        ButlerError(
            .configuration,
            "The file template \"\(text)\" needs \"\(name.text)\", which \(ref) does not have.",
            remedy: "Mark the field as optional with \"?\", or change the template."
        )
    }
}

/// The parts of a path as the system sees them.
enum PathParts {
    /// The parts between slashes; a slash counts whatever characters it combines with.
    static func of(_ path: String) -> [String] {
        path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map { String(Substring($0)) }
    }
}

extension FileTemplate: CustomStringConvertible {
    /// The template as written.
    public var description: String { text }
}
