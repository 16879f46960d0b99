public import Datasets
internal import Dimensions
internal import StewardCore

/// A pattern from which the path of a new file is made.
///
/// Python format fields `{name:spec}` with alternatives (`a|b`), optional fields (`?` in the specification) and values
/// that may have slashes (`/` in it). Source: `daf_butler: datastore/file_templates.py`.
public struct FileTemplate: Sendable, Hashable, CustomStringConvertible {
    /// The text of the template.
    public let description: String
    let pieces: [Piece]

    /// Literal text, and the field after it.
    struct Piece: Hashable, Sendable {
        var literal: String
        var field: Field?
    }

    /// A field in braces.
    struct Field: Hashable, Sendable {
        /// Alternatives, in order of preference.
        var names: [Name]
        var isOptional: Bool
        var keepsSlashes: Bool
        var conversion: Character?
        var spec: FormatSpec

        /// Name of a value, or of a column of a dimension record.
        struct Name: Hashable, Sendable {
            var primary: String
            var column: String?

            var text: String { column.map { "\(primary).\($0)" } ?? primary }
        }
    }

    /// Fields that are no dimensions.
    static let specialFields: Set<String> = ["datasetType", "component", "run", "id", "collection"]

    /// Reads a template.
    ///
    /// - Parameter text: The template.
    /// - Throws: ``ButlerError`` with `.configuration` if it is malformed, has neither `run` nor `id`, names no
    ///   dimension, could lead out of the datastore, or has `id` elsewhere than in the file name.
    public init(_ text: String) throws {
        description = text
        var parser = TemplateParser(text)
        pieces = try parser.parse()
        try checkFields()
    }

    /// The fields, in order.
    var fields: [Field] { pieces.compactMap(\.field) }

    private func checkFields() throws {
        let names = Set(fields.flatMap { $0.names.map(\.primary) })
        if names.contains("collection") { throw problem("\"collection\" is no longer a field; use \"run\"") }
        if names.isDisjoint(with: ["run", "id"]) { throw problem("it has neither {run} nor {id}") }
        if names.subtracting(FileTemplate.specialFields).isEmpty, !names.contains("id") {
            throw problem("it names no dimension")
        }
        if description.contains("../") { throw problem("it leads to a parent directory") }
        if names.contains("id"), !fileName.contains("{id}") { throw problem("{id} is not in the file name") }
    }

    /// The template after the last slash.
    private var fileName: Substring {
        description[(description.lastIndex(of: "/").map(description.index(after:)) ?? description.startIndex)...]
    }

    /// Checks that the paths of different datasets of a type differ.
    ///
    /// - Parameter type: Dataset type.
    /// - Throws: ``ButlerError`` with `.configuration` if a required dimension is missing from the template, it
    ///   demands a dimension that the type does not have, or does not use the component.
    public func validate(for type: DatasetType) throws {
        let alias = FileTemplate.skyPixelAlias(type)
        func name(_ name: String) -> String { name == alias ? "skypix" : name }
        var all: Set<String> = []
        var demanded: Set<String> = []
        for field in fields {
            let known = field.names.first { isKnown($0.primary, type) }
            for used in known.map({ [$0] }) ?? field.names {
                all.insert(name(used.primary))
                if !field.isOptional { demanded.insert(name(used.primary)) }
            }
        }
        if type.component != nil, !all.contains("component") {
            throw problem("\"\(type.name)\" is a component, but it has no {component}")
        }
        if type.component == nil, demanded.contains("component") {
            throw problem("\"\(type.name)\" is no component, but {component} is not optional")
        }
        let maximal = Set(type.dimensions.names.map(name))
        let extra = demanded.subtracting(FileTemplate.specialFields).subtracting(maximal)
        guard extra.isEmpty else {
            throw problem("\"\(type.name)\" has no \(extra.sorted().joined(separator: ", "))")
        }
        let missing = type.dimensions.required.map { name($0.name) }.filter { !all.contains($0) }
        guard missing.isEmpty || all.contains("id") else {
            throw problem("it does not tell datasets of \"\(type.name)\" apart by \(missing.joined(separator: ", "))")
        }
    }

    private func isKnown(_ primary: String, _ type: DatasetType) -> Bool {
        type.dimensions.contains(primary) || FileTemplate.specialFields.contains(primary)
    }

    /// The one sky pixelisation among a type's dimensions, which `skypix` stands for.
    static func skyPixelAlias(_ type: DatasetType) -> String? {
        let levels = type.dimensions.skyPixels
        return levels.count == 1 ? levels[0].name : nil
    }

    func problem(_ text: String) -> ButlerError {
        ButlerError(
            .configuration,
            "The file template \"\(description)\" cannot be used: \(text).",
            remedy: "Correct it under \"datastore.templates\" in the repository's butler.yaml."
        )
    }
}
