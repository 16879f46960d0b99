import StewardCore
import Yams

extension DefinitionNode {
    /// Reads a YAML document.
    ///
    /// Tags are not resolved: what a plain `1_53`, `no` or `2013-02-10` stands for is decided by the key it belongs to.
    /// Anchors and aliases work; keys must be scalars and occur once.
    ///
    /// - Parameters:
    ///   - yaml: The text.
    ///   - file: Its name for error messages.
    /// - Throws: `ButlerError` of code `instrument` with file and line when the text is not YAML.
    package init(yaml: String, file: String) throws {
        do {
            guard let root = try Yams.compose(yaml: yaml) else {
                self.init(.null, file: file, line: 1, path: "")
                return
            }
            try self.init(root, file: file, path: "")
        } catch let error as YamlError {
            throw Self.syntaxError(error, file: file)
        }
    }

    private init(_ node: Node, file: String, path: String) throws {
        let line = node.mark?.line ?? 1
        let content: Content
        switch node {
        case .scalar(let scalar):
            let isQuoted = ![.plain, .any].contains(scalar.style)
            let isNull = !isQuoted && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
            content = isNull ? .null : .scalar(scalar.string, isQuoted: isQuoted)
        case .sequence(let sequence):
            content = .sequence(
                try sequence.enumerated().map { try DefinitionNode($1, file: file, path: "\(path)[\($0)]") }
            )
        case .mapping(let mapping):
            content = .mapping(try mapping.map { try Self.entry($0, $1, file: file, path: path) })
        case .alias:
            throw Self.misplaced("an alias", line, file)
        }
        self.init(content, file: file, line: line, path: path)
    }

    private static func entry(_ key: Node, _ value: Node, file: String, path: String) throws -> Entry {
        guard case .scalar(let scalar) = key else {
            throw misplaced("a list or mapping as a key", key.mark?.line ?? 1, file)
        }
        let name = scalar.string
        return Entry(name, try DefinitionNode(value, file: file, path: path.isEmpty ? name : "\(path).\(name)"))
    }

    private static func misplaced(_ what: String, _ line: Int, _ file: String) -> ButlerError {
        ButlerError(.instrument, "\(file), line \(line): \(what) is not possible here.")
    }

    private static func syntaxError(_ error: YamlError, file: String) -> ButlerError {
        let (line, problem): (Int?, String) =
            switch error {
            case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
                .composer(_, let problem, let mark, _):
                (mark.line, problem)
            case .duplicatedKeysInMapping(let keys, let context):
                (context.mark.line, "the key \"\(keys.first ?? "")\" occurs twice in a mapping")
            default: (nil, "\(error)")
            }
        let place = line.map { "\(file), line \($0)" } ?? file
        return ButlerError(.instrument, "\(place): this is not YAML: \(problem).")
    }
}
