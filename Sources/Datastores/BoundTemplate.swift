internal import Datasets
internal import Dimensions
internal import StewardCore

/// A template made ready for one dataset type: alternatives chosen, optional fields dropped, values by index.
struct BoundTemplate: Sendable {
    private let template: FileTemplate
    private let steps: [Step]

    /// Text, and the value after it.
    private struct Step: Sendable {
        var literal: String
        var source: Source?
        var field: FileTemplate.Field?
    }

    /// Where a value comes from.
    private enum Source: Sendable {
        case run
        case id
        /// A value of the data ID, by index.
        case value(Int, dimension: String)
        /// A field of a dimension record, by index.
        case column(DimensionElement, Int)
        case text(String)
    }

    /// Binds a template.
    ///
    /// - Throws: ``ButlerError`` with `.configuration` if it cannot be used for the dataset type.
    init(_ template: FileTemplate, for type: DatasetType) throws {
        if type.component != nil, !template.fields.contains(where: { $0.names.contains { $0.primary == "component" } })
        {
            throw template.problem("\"\(type.name)\" is a component, but it has no {component}")
        }
        self.template = template
        steps = try template.pieces.map { piece in
            guard let field = piece.field else { return Step(literal: piece.literal) }
            if let source = try BoundTemplate.source(of: field, template, type) {
                return Step(literal: piece.literal, source: source, field: field)
            }
            guard field.isOptional else {
                let name = field.names.first?.text ?? ""
                throw template.problem("\"\(type.name)\" has no \"\(name)\", which is not optional")
            }
            let text = piece.literal.contains("/") ? piece.literal : ""
            return Step(literal: text + (field.conversion == "r" || field.conversion == "a" ? "''" : ""))
        }
    }

    private static func source(
        of field: FileTemplate.Field,
        _ template: FileTemplate,
        _ type: DatasetType
    ) throws -> Source? {
        let alias = FileTemplate.skyPixelAlias(type)
        func isKnown(_ name: String) -> Bool {
            switch name {
            case "run", "id", "datasetType": true
            case "component": type.component != nil
            case "skypix": alias != nil
            default: type.dimensions.contains(name)
            }
        }
        guard let name = field.names.first(where: { isKnown($0.primary) }) else { return nil }
        let dimension = name.primary == "skypix" ? alias ?? name.primary : name.primary
        if let column = name.column {
            guard let element = type.dimensions.universe.find(dimension), !element.isSkyPixel else {
                throw template.problem("\"\(name.primary)\" has no records")
            }
            return element.fieldIndex(column).map { .column(element, $0) }
        }
        switch name.primary {
        case "run": return .run
        case "id": return .id
        case "datasetType": return .text(type.parentName)
        case "component": return type.component.map { .text($0) }
        default: return type.dimensions.valueIndex(dimension).map { .value($0, dimension: dimension) }
        }
    }

    /// The path of a dataset below the datastore's root, without suffix.
    ///
    /// - Throws: ``ButlerError`` with `.dimensionValue` if the data ID lacks an implied value or a record,
    ///   `.configuration` if a value does not suit its format, `.invalidArgument` if it leads out of the datastore.
    func path(of ref: DatasetRef) throws -> String {
        var text = ""
        for step in steps {
            text += step.literal
            if let source = step.source, let field = step.field { text += try self.text(of: source, field, ref) }
        }
        return try BoundTemplate.normalized(text, ref)
    }

    private func text(of source: Source, _ field: FileTemplate.Field, _ ref: DatasetRef) throws -> String {
        switch source {
        case .run: return try text(field, ref.run)
        case .id: return try text(field, ref.id.dashed)
        case .text(let text): return try self.text(field, text)
        case .value(let index, let dimension):
            guard index < ref.dataID.values.count else { throw unexpanded(dimension, ref) }
            switch ref.dataID.values[index] {
            case .int(let value): return try text(field, value)
            case .string(let value): return try text(field, value)
            }
        case .column(let element, let index):
            guard let record = ref.dataID.records?[element] else { throw unexpanded(element.name, ref) }
            switch record.values[index] {
            case .null: return try text(field, "None")
            case .int(let value): return try text(field, value)
            case .string(let value): return try text(field, value)
            case .bool(let value):
                return field.spec == .plain ? (value ? "True" : "False") : try text(field, value ? 1 : 0)
            case .real(let value):
                if field.conversion != nil { return try text(field, PythonText.repr(value)) }
                return try formatted(field.spec.format(value), field, "\(value)")
            default: throw template.problem("values of \(element.name).\(element.fields[index].name) are no text")
            }
        }
    }

    private func text(_ field: FileTemplate.Field, _ value: Int64) throws -> String {
        if field.spec == .plain { return String(value) }
        if field.conversion != nil { return try formatted(field.spec.format(String(value)), field, String(value)) }
        return try formatted(field.spec.format(value), field, String(value))
    }

    private func text(_ field: FileTemplate.Field, _ value: String) throws -> String {
        var safe = BoundTemplate.safe(value, keepsSlashes: field.keepsSlashes)
        if let conversion = field.conversion, conversion != "s" { safe = PythonText.repr(safe) }
        return try formatted(field.spec == .plain ? safe : field.spec.format(safe), field, value)
    }

    private func formatted(_ text: String?, _ field: FileTemplate.Field, _ value: String) throws -> String {
        if let text { return text }
        throw template.problem(
            "the format of \"\(field.names.first?.text ?? "")\" does not suit the value \"\(value)\""
        )
    }

    private func unexpanded(_ name: String, _ ref: DatasetRef) -> ButlerError {
        ButlerError(
            .dimensionValue,
            "The path of \(ref) needs \"\(name)\", which its data ID does not have.",
            remedy: "Expand the data ID first."
        )
    }

    // MARK: Characters

    /// Text without the characters that make difficulties in file names.
    private static func safe(_ text: String, keepsSlashes: Bool) -> String {
        func isUnsafe(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "/"): !keepsSlashes
            case UInt8(ascii: " "), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: ":"), UInt8(ascii: "\""),
                UInt8(ascii: "\\"), UInt8(ascii: "|"), UInt8(ascii: "?"), UInt8(ascii: "*"):
                true
            default: false
            }
        }
        guard text.utf8.contains(where: isUnsafe) else { return text }
        return String(decoding: text.utf8.map { isUnsafe($0) ? UInt8(ascii: "_") : $0 }, as: UTF8.self)
    }

    private static func fileName(_ text: String) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "."): bytes.append(UInt8(ascii: "_"))
            case UInt8(ascii: "#"): bytes += "HASH".utf8
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Whether a path has no empty parts, none that begins with `.`, no NUL, and neither `.` nor `#` in its last part.
    private static func isNormal(_ text: String) -> Bool {
        var previous = UInt8(ascii: "/")
        var isNamePlain = true
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "/"):
                if previous == UInt8(ascii: "/") { return false }
                isNamePlain = true
            case UInt8(ascii: "."):
                if previous == UInt8(ascii: "/") { return false }
                isNamePlain = false
            case UInt8(ascii: "#"): isNamePlain = false
            case 0: return false
            default: break
            }
            previous = byte
        }
        return isNamePlain && previous != UInt8(ascii: "/")
    }

    /// The path without empty parts, its last part without `.` and `#`.
    private static func normalized(_ text: String, _ ref: DatasetRef) throws -> String {
        if isNormal(text) { return text }
        // Split by bytes: before a combining character a slash is no Character of its own, but the system sees it.
        var parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .map { String(Substring($0)) }
        let name = fileName(parts.removeLast())
        parts = parts.filter { !$0.isEmpty && $0 != "." } + (name.isEmpty ? [] : [name])
        guard !parts.isEmpty, !parts.contains(".."), !text.utf8.contains(0) else {
            throw ButlerError(
                .invalidArgument,
                "\(ref) cannot be stored: the path \"\(text)\" would lead out of the datastore.",
                remedy: "Use a run and dimension values without \"..\" between slashes."
            )
        }
        return parts.joined(separator: "/")
    }
}
