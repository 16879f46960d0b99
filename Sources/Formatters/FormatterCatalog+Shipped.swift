public import Datastores

extension FormatterCatalog {
    /// The formatters of this library.
    public static let shipped = FormatterCatalog([
        FITSImageFormatter.self,
        JSONFormatter.self,
        YAMLFormatter.self,
        PackagesFormatter.self,
        LogRecordsFormatter.self,
        ECSVFormatter.self,
        TextFormatter.self,
        OpaqueFormatter.self,
    ])
}
