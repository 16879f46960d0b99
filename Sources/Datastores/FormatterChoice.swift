internal import ButlerConfig
internal import Datasets
internal import Dimensions
internal import StewardCore

/// Which formatter writes which new dataset, as section `formatters` of a datastore's configuration says.
struct FormatterChoice: Sendable {
    private let table: LookupTable<FormatterOptions>

    /// Reads the section.
    ///
    /// It has class names, or mappings with `formatter` and `parameters`, by lookup key. `default` holds write
    /// parameters by class, `write_recipes` recipes by class.
    init(_ section: ConfigMap, in universe: DimensionUniverse) throws {
        let defaults = section["default"]?.map ?? ConfigMap()
        let recipes = section["write_recipes"]?.map ?? ConfigMap()
        table = try LookupTable(section, in: universe) { key, value in
            if key == "default" || key == "write_recipes" || value.isNull { return nil }
            guard let name = value.string ?? value["formatter"]?.string else {
                throw ButlerError(
                    .configuration,
                    "The formatter of \"\(key)\" is \(value.json), which names no class.",
                    remedy: "Correct it under \"datastore.formatters\" in the repository's butler.yaml."
                )
            }
            var parameters = defaults[name]?.map ?? ConfigMap()
            for (key, value) in value["parameters"]?.map ?? ConfigMap() { parameters[key] = value }
            return FormatterOptions(
                className: name,
                parameters: parameters,
                recipes: recipes[name]?.map ?? ConfigMap()
            )
        }
    }

    /// The formatter of new datasets of a type.
    func options(for type: DatasetType, instrument: String?) throws(ButlerError) -> FormatterOptions {
        let keys = LookupKey.keys(of: type)
        if let options = table.first(keys, instrument: instrument) { return options }
        throw ButlerError(
            .formatter,
            "No formatter is configured for dataset type \"\(type.name)\" (storage class \(type.storageClass)).",
            remedy: "Add one under \"datastore.formatters\" in the repository's butler.yaml.",
            context: [.init("looked for", LookupKey.text(of: keys, instrument: instrument))]
        )
    }
}
