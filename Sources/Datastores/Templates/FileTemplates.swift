public import ButlerConfig
public import Dimensions
internal import StewardCore

/// The templates of a datastore.
public struct FileTemplates: Sendable {
    private let table: LookupTable<FileTemplate>
    private let standard: FileTemplate?

    /// Reads the section `templates`.
    ///
    /// - Parameters:
    ///   - section: Templates by lookup key; `default` serves where nothing else is found, unless it is empty or
    ///     false.
    ///   - universe: The dimensions.
    /// - Throws: ``ButlerError`` with `.configuration` naming the template that is malformed.
    public init(_ section: ConfigTree?, in universe: DimensionUniverse) throws {
        var standard: FileTemplate?
        table = try LookupTable(section, named: "templates", in: universe) { key, tree in
            if let text = tree.string, !text.isEmpty {
                let template = try FileTemplate(text)
                guard key == "default" else { return template }
                standard = template
                return nil
            }
            let isOff = tree == .bool(false) || tree.isNull || tree == .string("")
            guard key == "default", isOff else {
                throw ButlerError(.configuration, "The file template for \"\(key)\" is \(tree.json), which is no text.")
            }
            return nil
        }
        self.standard = standard
    }

    /// The template of a dataset.
    ///
    /// - Parameter keys: Its lookup keys.
    /// - Returns: The template of the first key that has one, or the default one.
    /// - Throws: ``ButlerError`` with `.configuration` if there is none.
    public func template(for keys: [LookupKey]) throws -> FileTemplate {
        if let template = table.first(of: keys) ?? standard { return template }
        throw ButlerError(
            .configuration,
            "No file template is configured for \(keys.map(\.description).joined(separator: ", ")).",
            remedy: "Add one under \"datastore.templates\", for instance with the key \"default\"."
        )
    }
}
