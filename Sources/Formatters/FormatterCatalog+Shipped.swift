public import Datastores

extension FormatterCatalog {
    /// The formatters of this library.
    public static let shipped = FormatterCatalog([
        JSONFormatter.self,
        TextFormatter.self,
        OpaqueFormatter.self,
    ])
}
