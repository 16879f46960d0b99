public import Datastores

extension FormatterCatalog {
    /// The formatters of this library.
    public static let shipped = FormatterCatalog([
        FITSExposureFormatter.self,
        FITSImageFormatter.self,
        FITSMaskFormatter.self,
        FITSMaskedImageFormatter.self,
        FITSRawFormatter.self,
        FITSGenericFormatter.self,
        ImagesArchiveFormatter.self,
        JSONFormatter.self,
        YAMLFormatter.self,
        PackagesFormatter.self,
        LogRecordsFormatter.self,
        ECSVFormatter.self,
        TextFormatter.self,
        PickleFormatter.self,
        OpaqueFormatter.self,
    ])
}
