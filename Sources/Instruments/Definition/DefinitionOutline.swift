import Foundation
import ObservationMetadata

/// A definition as it is written, for people who want to know where things come from.
public struct DefinitionOutline: Sendable {
    /// A rule of the translator.
    public struct Rule: Hashable, Sendable {
        /// The property that it gives.
        public let property: String
        /// The rule in YAML.
        public let text: String
        /// File (without folders) and line where it is written.
        public let place: String
    }

    /// A key whose value is not that of the camera it extends.
    public struct Difference: Hashable, Sendable {
        /// The keys from the top, joined by dots; items of lists by their name.
        public let key: String
        /// The value of the base; nil when it has none.
        public let base: String?
        /// The value here.
        public let own: String
    }

    /// The name of the camera or part that is extended; nil for none.
    public let base: String?
    /// The rules of the translator in the order of the file.
    public let rules: [Rule]
    /// What is other than in the base, in the order of the file; empty without a base.
    public let differences: [Difference]

    init(_ node: DefinitionNode, base: (name: String, node: DefinitionNode)?) {
        self.base = base?.name
        rules =
            node.value(at: "translator", "properties")?.entries?.map { entry in
                let file = entry.value.file.split(separator: "/").last.map(String.init) ?? entry.value.file
                return Rule(property: entry.key, text: entry.value.flow, place: "\(file):\(entry.value.line)")
            } ?? []
        differences = base.map { Self.differences(node, $0.node, path: "") } ?? []
    }

    /// Compares two trees: mappings key by key, lists of named items item by item, anything else as a whole.
    private static func differences(_ own: DefinitionNode, _ base: DefinitionNode, path: String) -> [Difference] {
        // A rule is one thing: half of one says nothing.
        let isRule = path.hasPrefix("translator.properties.")
        let (left, right) = isRule ? (nil, nil) : (named(own), named(base))
        if let left, let right {
            let values = Dictionary(right) { first, _ in first }
            return left.flatMap { key, value in
                let path = path.isEmpty ? key : "\(path).\(key)"
                guard let other = values[key] else { return [Difference(key: path, base: nil, own: value.flow)] }
                return differences(value, other, path: path)
            }
        }
        return own.flow == base.flow ? [] : [Difference(key: path, base: base.flow, own: own.flow)]
    }

    /// The parts of a node that have names; nil when it has none.
    private static func named(_ node: DefinitionNode) -> [(String, DefinitionNode)]? {
        if let entries = node.entries { return entries.map { ($0.key, $0.value) } }
        guard let items = node.items, !items.isEmpty else { return nil }
        let names = items.compactMap { item in
            ["id", "first", "physical"].lazy.compactMap { item.word($0) }.first
        }
        return names.count == items.count ? Array(zip(names, items)) : nil
    }
}

extension InstrumentCatalog {
    /// How a definition is written: its rules, and what is other than in the camera it extends.
    ///
    /// - Parameter text: A path, a name, or the class name in an instrument row.
    /// - Returns: The outline.
    /// - Throws: `ButlerError` of code `instrument` or `fileNotFound`.
    public func outline(_ text: String) throws -> DefinitionOutline {
        let node = try node(try definition(text).source)
        guard let name = node.word("extends") else { return DefinitionOutline(node, base: nil) }
        return DefinitionOutline(node, base: (name, try base(named: name)))
    }
}
