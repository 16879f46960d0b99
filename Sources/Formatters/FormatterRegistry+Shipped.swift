public import Datastores

extension FormatterRegistry {
    /// The formatters that come with Steward, by the class names of the reference.
    ///
    /// Sorted by name; classes that moved stand under each of their names. Source: `daf_butler:
    /// configs/datastores/formatters.yaml` and its history.
    public static let shipped: FormatterRegistry = {
        var registry = FormatterRegistry()
        registry.register(
            JSONFormatter(),
            for: "lsst.atmospec.formatters.SpectractorFitParametersFormatter",
            "lsst.daf.butler.formatters.json.JsonFormatter",
            "lsst.daf.butler.formatters.jsonFormatter.JsonFormatter"
        )
        registry.register(
            YAMLFormatter(),
            for: "lsst.daf.butler.formatters.yaml.YamlFormatter",
            "lsst.daf.butler.formatters.yamlFormatter.YamlFormatter",
            "lsst.obs.base.formatters.filter.FilterFormatter"
        )
        registry.register(
            ECSVFormatter(),
            for: "lsst.daf.butler.formatters.astropyTable.AstropyTableFormatter",
            "lsst.ts.observatory.control.utils.extras.vignetting_storage.VignettingCorrectionFormatter"
        )
        registry.register(LogRecordsFormatter(), for: "lsst.daf.butler.formatters.logs.ButlerLogRecordsFormatter")
        registry.register(
            PackagesFormatter(),
            for: "lsst.daf.butler.formatters.packages.PackagesFormatter",
            "lsst.obs.base.formatters.packages.PackagesFormatter"
        )
        registry.register(
            TextFormatter(fileExtension: ".py"),
            for: "lsst.daf.butler.formatters.pexConfig.PexConfigFormatter",
            "lsst.daf.butler.formatters.pexConfigFormatter.PexConfigFormatter",
            "lsst.obs.base.formatters.pexConfig.PexConfigFormatter",
            "lsst.pipe.base.formatters.pexConfig.PexConfigFormatter"
        )
        registry.register(
            TextFormatter(fileExtension: ".reg"),
            for: "lsst.pipe.tasks.objectMasks.RegionFileFormatter"
        )
        registry.register(
            OpaqueFormatter(fileExtensions: [".pickle"]),
            for: "lsst.atmospec.formatters.SpectractionFormatter",
            "lsst.daf.butler.formatters.pickle.PickleFormatter",
            "lsst.daf.butler.formatters.pickleFormatter.PickleFormatter"
        )
        registry.register(
            OpaqueFormatter(fileExtensions: [".png"]),
            for: "lsst.daf.butler.formatters.matplotlib.MatplotlibFormatter",
            "lsst.daf.butler.formatters.matplotlibFormatter.MatplotlibFormatter"
        )
        registry.register(
            OpaqueFormatter(fileExtensions: [".zip"]),
            for: "lsst.meas.transiNet.modelPackages.NNModelPackageFormatter",
            "lsst.meas.transiNet.modelPackages.formatters.NNModelPackageFormatter"
        )
        registry.register(
            OpaqueFormatter(),
            for: "lsst.meas.photoz.base.model_formatter.ModelFormatter",
            "lsst.meas.photoz.base.qp_formatter.QPFormatter",
            "lsst.meas.pz.model_formatter.ModelFormatter",
            "lsst.meas.pz.qp_formatter.QPFormatter",
            "lsst.pipe.tasks.sspAuxiliaryFile.SSPAuxiliaryFileFormatter"
        )
        return registry
    }()
}
