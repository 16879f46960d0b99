/// The default formatters: one line for each class and set of parameters, made by `scripts/make-default-tables.py`.
///
/// Fields, separated by bars: formatter class, storage classes, write parameters as JSON.
/// Source: `daf_butler: configs/datastores/formatters.yaml`, 30.2026.4300.
enum FormatterTable {
    static let text = """
        lsst.daf.butler.formatters.json.JsonFormatter|int TaskMetadata MetricMeasurementBundle Timespan \
        RegionTimeInfo VisitBackgroundModel VisitGeometry
        lsst.obs.base.formatters.fitsGeneric.FitsGenericFormatter|TablePersistable Wcs Psf CoaddInputs VisitInfo \
        ApCorr PhotoCalib FilterLabel TransmissionCurve Camera Detector Polygon Catalog PeakCatalog SimpleCatalog \
        SourceCatalog ExposureCatalog Defects IsrCalib QECurve CrosstalkCalib PhotonTransferCurveDataset Linearizer \
        BrighterFatterKernel MatchingKernel FiberSpectrum Background StampsBase Stamps
        lsst.daf.butler.formatters.yaml.YamlFormatter|ExposureSummaryStats StructuredDataDict
        lsst.pipe.tasks.objectMasks.RegionFileFormatter|ObjectMaskCatalog
        lsst.daf.butler.formatters.parquet.ParquetFormatter|DataFrame ArrowAstropy ArrowNumpy ArrowNumpyDict \
        ArrowTable ArrowSchema
        lsst.obs.base.formatters.fitsExposure.FitsImageFormatter|Image ImageF ImageU
        lsst.obs.base.formatters.fitsExposure.FitsExposureFormatter|DecoratedImageU Exposure ExposureF ExposureI
        lsst.obs.base.formatters.fitsExposure.FitsMaskFormatter|Mask MaskX
        lsst.obs.base.formatters.fitsExposure.FitsMaskedImageFormatter|MaskedImageF
        lsst.daf.butler.formatters.pickle.PickleFormatter|SkyMap FocalPlaneBackground NumpyArray
        lsst.pipe.base.formatters.pexConfig.PexConfigFormatter|Config
        lsst.daf.butler.formatters.packages.PackagesFormatter|Packages|{"format": "yaml"}
        lsst.daf.butler.formatters.yaml.YamlFormatter|PropertyList PropertySet MetricValue|{"unsafe_dump": true}
        lsst.daf.butler.formatters.matplotlib.MatplotlibFormatter|Plot
        lsst.daf.butler.formatters.astropyTable.AstropyTableFormatter|AstropyTable AstropyQTable
        lsst.pipe.tasks.healSparseMapping.HealSparseMapFormatter|HealSparseMap
        lsst.daf.butler.formatters.logs.ButlerLogRecordsFormatter|ButlerLogRecords
        lsst.atmospec.formatters.SpectractorSpectrumFormatter|SpectractorSpectrum
        lsst.atmospec.formatters.SpectractorImageFormatter|SpectractorImage
        lsst.atmospec.formatters.SpectractorFitParametersFormatter|SpectractorFitParameters
        lsst.meas.extensions.scarlet.io.ScarletModelFormatter|ScarletModelData LsstScarletModelData
        lsst.cell_coadds.CellCoaddFitsFormatter|MultipleCellCoadd
        lsst.meas.transiNet.modelPackages.NNModelPackageFormatter|NNModelPackagePayload
        lsst.meas.photoz.base.qp_formatter.QPFormatter|QPEnsemble
        lsst.meas.photoz.base.model_formatter.ModelFormatter|PZModel PhotozModel
        lsst.ts.observatory.control.utils.extras.vignetting_storage.VignettingCorrectionFormatter|VignettingCorrection
        lsst.pipe.tasks.sspAuxiliaryFile.SSPAuxiliaryFileFormatter|SSPAuxiliaryFile
        lsst.pipe.base.quantum_graph.formatter.ProvenanceFormatter|ProvenanceQuantumGraph
        lsst.images.formatters.GenericFormatter|Transform SkyProjection|{"format": "json"}
        lsst.images.formatters.GenericFormatter|ImageV2 MaskV2 MaskedImageV2 VisitImage DifferenceImage \
        ConvolutionKernel ColorImage ExtendedPsfCandidates ExtendedPsfImage CellCoadd
        """
}
