package import StewardCore
internal import Yams

/// What the YAML header of ECSV text says.
package struct ECSVHeader {
    /// The definition of a column.
    package struct Column {
        /// How the cells are written.
        package enum Form {
            /// One value of a type.
            case single(TableElementType)
            /// JSON of any kind.
            case json
            /// JSON lists of one shape.
            case array(TableElementType, [Int])
            /// JSON lists of any length.
            case variable(TableElementType)
        }

        /// Its name.
        package var name: String
        /// How its cells are written.
        package var form: Form
        /// Its unit, or nil.
        package var unit: String?
        var format: String?
        var description: String?
        var metadata = JSONValue.object([])
    }

    /// The columns in order.
    package private(set) var columns: [Column] = []
    private(set) var metadata = JSONValue.object([])
    /// The byte between cells.
    package private(set) var delimiter = UInt8(ascii: " ")
    private(set) var serializedColumns: String?
    private let source: String

    /// Reads the comment lines of a file, without their marks.
    package init(_ lines: [String], source: String) throws {
        self.source = source
        let version = lines.first { !$0.allSatisfy(\.isWhitespace) }
        guard let version, version.trimmingPrefix(while: \.isWhitespace).hasPrefix("%ECSV ") else {
            throw ButlerError(
                .corruptFile,
                "\"\(source)\" does not begin with \"# %ECSV\", so it is no ECSV file.",
                remedy: "Restore the file from a copy, or name the right formatter."
            )
        }
        // The line with the version is no YAML; an empty one keeps the numbers of the others.
        let rest = lines.map { $0 == version ? "" : $0 }
        let indent = rest.filter { !$0.allSatisfy(\.isWhitespace) }.map { $0.prefix { $0 == " " }.count }.min() ?? 0
        let text = rest.map { String($0.dropFirst(indent)) }
        guard let root = try parse(text), case .mapping(let header) = root else {
            throw malformed("the header is no mapping", line: 1)
        }
        try read(header, text)
    }

    private func parse(_ lines: [String]) throws -> Node? {
        do {
            return try Parser(yaml: lines.joined(separator: "\n"), resolver: .default, encoding: .utf8).singleRoot()
        } catch let error as YamlError {
            switch error {
            case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
                .composer(_, let problem, let mark, _):
                throw malformed(problem, line: mark.line)
            default: throw malformed("\(error)", line: 1)
            }
        }
    }

    private mutating func read(_ header: Node.Mapping, _ lines: [String]) throws {
        for (key, value) in header {
            switch key.string {
            case "datatype":
                guard case .sequence(let list) = value else {
                    throw malformed("\"datatype\" is no list", line: value.mark?.line ?? 1)
                }
                columns = try list.map { try column($0) }
            case "delimiter":
                guard let text = value.string, text == " " || text == "," else {
                    throw malformed("the delimiter is neither a blank nor a comma", line: value.mark?.line ?? 1)
                }
                delimiter = text == "," ? UInt8(ascii: ",") : UInt8(ascii: " ")
            case "meta": readMetadata(value, lines)
            default: break
            }
        }
    }

    private func column(_ node: Node) throws -> Column {
        let line = node.mark?.line ?? 1
        guard case .mapping(let definition) = node, let name = definition["name"]?.scalar?.string,
            let datatype = definition["datatype"]?.scalar?.string
        else { throw malformed("a column lacks name or datatype", line: line) }
        let subtype = definition["subtype"]?.scalar?.string
        guard let form = Self.form(datatype, subtype) else {
            throw malformed("the column \"\(name)\" has the unknown subtype \"\(subtype ?? "")\"", line: line)
        }
        var column = Column(name: name, form: form)
        column.unit = definition["unit"].flatMap { $0.scalar?.string ?? $0.mapping?["unit"]?.scalar?.string }
        column.format = definition["format"]?.scalar?.string
        column.description = definition["description"]?.scalar?.string
        if let meta = definition["meta"] {
            let value = ECSVMetadata.value(meta)
            if value.members != nil { column.metadata = value }
        }
        return column
    }

    private static func form(_ datatype: String, _ subtype: String?) -> Column.Form? {
        // Names outside the standard, which old files have, are read as text.
        let type = TableElementType(rawValue: datatype) ?? .string
        guard let subtype, type == .string else { return .single(type == .json ? .string : type) }
        if subtype == "json" { return .json }
        guard let bracket = subtype.firstIndex(of: "[") else { return .single(type) }
        guard let element = TableElementType(rawValue: String(subtype[..<bracket])),
            let axes = try? JSONValue(parsing: String(subtype[bracket...])).array
        else { return subtype.hasPrefix("json[") ? .json : nil }
        let shape = axes.compactMap { $0.int.flatMap { Int(exactly: $0) } }
        if axes.count == 1, axes[0].isNull { return .variable(element) }
        guard shape.count == axes.count else { return .json }
        return shape.isEmpty || shape.contains { !(1...1_000_000 ~= $0) } ? nil : .array(element, shape)
    }

    /// Reads the table's own facts; what makes richer columns out of plain ones is kept as text.
    private mutating func readMetadata(_ node: Node, _ lines: [String]) {
        guard var members = ECSVMetadata.value(node).members else { return }
        members.removeAll { $0.key == ECSVMetadata.serializedColumns }
        metadata = .object(members)
        serializedColumns = ECSVMetadata.serializedText(lines)
    }

    private func malformed(_ problem: String, line: Int) -> ButlerError {
        ButlerError(
            .corruptFile,
            "\"\(source)\", line \(line): \(problem).",
            remedy: "Restore the file from a copy.",
            context: [.init("line", String(line))]
        )
    }
}
