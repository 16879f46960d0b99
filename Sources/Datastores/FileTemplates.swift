public import ButlerConfig
public import Datasets
public import Dimensions
internal import StewardCore

/// The file templates of a datastore by lookup key.
public struct FileTemplates: Sendable {
    private let table: LookupTable<FileTemplate>
    private let fallback: FileTemplate?

    /// Reads section `templates` of a datastore's configuration.
    ///
    /// - Parameters:
    ///   - section: Templates by lookup key; `default` serves where no key does.
    ///   - universe: Dimensions that keys can name.
    /// - Throws: ``ButlerError`` with `.configuration` if a template is malformed.
    public init(_ section: ConfigMap, in universe: DimensionUniverse) throws {
        fallback = try section["default"]?.string.map { try FileTemplate($0) }
        table = try LookupTable(section, in: universe) { key, value in
            if key == "default" { return nil }
            if let text = value.string { return try FileTemplate(text) }
            throw ButlerError(
                .configuration,
                "The file template of \"\(key)\" is \(value.json), which is not text.",
                remedy: "Correct it under \"datastore.templates\" in the repository's butler.yaml."
            )
        }
    }

    /// The template of a dataset type.
    ///
    /// - Parameters:
    ///   - type: Dataset type, of a component too.
    ///   - instrument: Name of the instrument in the data ID.
    /// - Returns: The template of the first key that has one, or the default.
    /// - Throws: ``ButlerError`` with `.configuration` if there is neither.
    public func template(for type: DatasetType, instrument: String? = nil) throws -> FileTemplate {
        let keys = LookupKey.keys(of: type)
        if let template = table.first(keys, instrument: instrument) ?? fallback { return template }
        throw ButlerError(
            .configuration,
            "There is no file template for dataset type \"\(type.name)\".",
            remedy: "Add one under \"datastore.templates\" in the repository's butler.yaml, or a default.",
            context: [.init("looked for", LookupKey.text(of: keys, instrument: instrument))]
        )
    }

    /// The path of a new file below the datastore's root, without suffix.
    ///
    /// - Parameter ref: A dataset with an expanded data ID.
    /// - Returns: The path, unquoted.
    /// - Throws: ``ButlerError`` with `.configuration` if the template cannot be used, `.dimensionValue` if the data
    ///   ID is not expanded, `.invalidArgument` if the path would lead out of the datastore.
    public func path(of ref: DatasetRef) throws -> String {
        let instrument = ref.dataID["instrument"]?.string
        return try BoundTemplate(template(for: ref.datasetType, instrument: instrument), for: ref.datasetType)
            .path(of: ref)
    }
}
