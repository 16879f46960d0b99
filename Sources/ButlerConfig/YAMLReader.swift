import StewardCore
import Yams

/// Reads YAML text as the reference's safe loader does, with `!include`.
struct YAMLReader {
    /// Name of the source in errors.
    let source: String
    /// Reads the file that an `!include` names.
    let include: (String) throws -> ConfigTree
    /// Values that may still be made; aliases can multiply a small file without end.
    private var budget = 1_000_000

    init(source: String, include: @escaping (String) throws -> ConfigTree) {
        self.source = source
        self.include = include
    }

    /// The tree of the one document; an empty document is null.
    mutating func read(_ text: String) throws -> ConfigTree {
        let root: Node?
        do {
            root = try Parser(yaml: text, resolver: .basic, encoding: .utf8).singleRoot()
        } catch let error as YamlError {
            let problem = YAMLProblem(error)
            throw ConfigProblem.error(
                problem.text,
                source: source,
                line: problem.line,
                column: problem.column,
                notation: "YAML"
            )
        }
        return try root.map { try tree($0) } ?? .null
    }

    private mutating func tree(_ node: Node) throws -> ConfigTree {
        budget -= 1
        guard budget > 0 else { throw error("aliases expand to more than a million values", node) }
        switch node {
        case .scalar(let scalar): return try self.scalar(scalar, node)
        case .sequence(let sequence): return try list(sequence, node)
        case .mapping(let mapping): return try map(mapping, node)
        case .alias: throw error("this alias cannot be followed", node)
        }
    }

    private mutating func list(_ sequence: Node.Sequence, _ node: Node) throws -> ConfigTree {
        let values = try sequence.map { try tree($0) }
        switch sequence.tag.rawValue {
        case "", "!", YAMLTag.sequence: return .list(values)
        case YAMLTag.include: return .list(try values.map { try included($0, node) })
        default: throw unknownTag(sequence.tag, node)
        }
    }

    private mutating func map(_ mapping: Node.Mapping, _ node: Node) throws -> ConfigTree {
        var result = ConfigMap()
        var merged: [ConfigMap] = []
        for (key, value) in mapping {
            guard case .scalar(let name) = key else { throw error("a key is not a scalar", key) }
            if name.style == .plain, name.string == "<<" {
                merged += try mergeSources(value)
            } else {
                result[name.string] = try tree(value)
            }
        }
        // Explicit keys win over merged ones, earlier merged mappings over later ones.
        for source in merged {
            for (key, value) in source where result[key] == nil { result[key] = value }
        }
        switch mapping.tag.rawValue {
        case "", "!", YAMLTag.mapping: return .map(result)
        case YAMLTag.include:
            for (key, value) in result { result[key] = try included(value, node) }
            return .map(result)
        default: throw unknownTag(mapping.tag, node)
        }
    }

    /// The mappings that a merge key names.
    private mutating func mergeSources(_ node: Node) throws -> [ConfigMap] {
        switch try tree(node) {
        case .map(let map): return [map]
        case .list(let list):
            let maps = list.compactMap(\.map)
            guard maps.count == list.count else { break }
            return maps
        default: break
        }
        throw error("\"<<\" needs a mapping or a list of mappings", node)
    }

    private func scalar(_ scalar: Node.Scalar, _ node: Node) throws -> ConfigTree {
        let text = scalar.string
        switch scalar.tag.rawValue {
        case "", "!": return try value(scalar.style == .plain ? YAMLScalarKind(plain: text) : .text, text, node)
        case YAMLTag.string, YAMLTag.timestamp: return .string(text)
        case YAMLTag.null: return .null
        case YAMLTag.include: return try included(.string(text), node)
        case YAMLTag.bool, YAMLTag.int, YAMLTag.float:
            let tree = try value(YAMLScalarKind(plain: text), text, node)
            switch (scalar.tag.rawValue, tree) {
            case (YAMLTag.bool, .bool), (YAMLTag.int, .int), (YAMLTag.float, .double): return tree
            case (YAMLTag.float, .int(let number)): return .double(Double(number))
            default: throw error("\"\(text)\" is not of the type of its tag", node)
            }
        default: throw unknownTag(scalar.tag, node)
        }
    }

    private func value(_ kind: YAMLScalarKind, _ text: String, _ node: Node) throws -> ConfigTree {
        switch kind {
        case .null: .null
        case .bool(let value): .bool(value)
        case .int(let value): .int(value)
        case .double(let value): .double(value)
        case .text, .timestamp: .string(text)
        case .hugeInt: throw error("the number \(text) does not fit 64 bits", node)
        case .merge, .value: throw error("\"\(text)\" cannot stand here", node)
        }
    }

    private func included(_ name: ConfigTree, _ node: Node) throws -> ConfigTree {
        guard let name = name.string else { throw error("\"!include\" needs the name of a file", node) }
        return try include(name)
    }
}

// MARK: - Errors

extension YAMLReader {
    private func unknownTag(_ tag: Tag, _ node: Node) -> ButlerError {
        error("the tag \"\(tag.rawValue)\" is not supported here", node)
    }

    private func error(_ problem: String, _ node: Node) -> ButlerError {
        ConfigProblem.error(problem, source: source, line: node.mark?.line, column: node.mark?.column, notation: "YAML")
    }
}

/// Names of the tags that configuration files may use.
private enum YAMLTag {
    static let include = "!include"
    static let mapping = "tag:yaml.org,2002:map"
    static let sequence = "tag:yaml.org,2002:seq"
    static let string = "tag:yaml.org,2002:str"
    static let bool = "tag:yaml.org,2002:bool"
    static let int = "tag:yaml.org,2002:int"
    static let float = "tag:yaml.org,2002:float"
    static let null = "tag:yaml.org,2002:null"
    static let timestamp = "tag:yaml.org,2002:timestamp"
}

/// Errors of malformed configuration text.
enum ConfigProblem {
    /// The error of a problem at a place.
    static func error(_ problem: String, source: String, line: Int?, column: Int?, notation: String) -> ButlerError {
        var place = ""
        var context = [ButlerError.ContextItem("file", source)]
        if let line, let column {
            place = "line \(line), column \(column): "
            context += [.init("line", String(line)), .init("column", String(column))]
        }
        return ButlerError(
            .configuration,
            "\"\(source)\" is not valid \(notation): \(place)\(problem).",
            remedy: "Correct the file.",
            context: context
        )
    }
}
