public import ButlerConfig
public import Dimensions
internal import StewardCore

/// Which formatter writes which datasets, and how: the section `formatters` of a datastore's configuration.
///
/// Source: `daf_butler: _formatter.py`, `configs/datastores/formatters.yaml`.
public struct FormatterCatalog: Sendable {
    private let table: LookupTable<Entry>

    /// A formatter with what it is told on writing.
    public struct Entry: Hashable, Sendable {
        /// Python class name.
        public let formatter: String
        /// Write parameters: the class's defaults with the entry's own laid over them.
        public let parameters: ConfigTree
        /// Write recipes of the class by name.
        public let recipes: ConfigTree
    }

    /// Reads the section.
    ///
    /// - Parameters:
    ///   - section: Formatters by lookup key; `default` holds parameters and `write_recipes` recipes by class name.
    ///   - universe: The dimensions.
    /// - Throws: ``ButlerError`` with `.configuration` naming the entry that is malformed.
    public init(_ section: ConfigTree?, in universe: DimensionUniverse) throws {
        let defaults = try section?.map("default") ?? ConfigMap()
        let recipes = try section?.map("write_recipes") ?? ConfigMap()
        table = try LookupTable(section, named: "formatters", in: universe, allowsMaps: true) { key, tree in
            guard key != "default", key != "write_recipes" else { return nil }
            let map = tree.map
            if let unknown = map?.keys.first(where: { $0 != "formatter" && $0 != "parameters" }) {
                throw ButlerError(
                    .configuration,
                    "The formatter for \"\(key)\" has the unknown key \"\(unknown)\".",
                    remedy: "It can have \"formatter\" and \"parameters\"."
                )
            }
            guard let name = tree.string ?? map?["formatter"]?.string else {
                throw ButlerError(
                    .configuration,
                    "The formatter for \"\(key)\" is \(tree.json), which names no class.",
                    remedy: "Give the name of a formatter class."
                )
            }
            var parameters = ConfigTree.map(try defaults[name]?.map() ?? ConfigMap())
            for (key, value) in try map?["parameters"]?.map() ?? ConfigMap() { parameters[key] = value }
            return Entry(formatter: name, parameters: parameters, recipes: recipes[name] ?? .empty)
        }
    }

    /// The formatter of a dataset.
    ///
    /// - Parameter keys: Its lookup keys.
    /// - Returns: The entry of the first key that has one.
    /// - Throws: ``ButlerError`` with `.formatter` if there is none.
    public func entry(for keys: [LookupKey]) throws -> Entry {
        if let entry = table.first(of: keys) { return entry }
        let names = keys.filter { $0.instrument == nil }.map { "\"\($0)\"" }
        throw ButlerError(
            .formatter,
            "No formatter is configured for \(names.joined(separator: ", ")).",
            remedy: "Add one under \"datastore.formatters\" in butler.yaml."
        )
    }
}
