/// The default storage classes: one line each, made by `scripts/make-default-tables.py`.
///
/// Fields, separated by bars and left out at the end: name, Python type, base, components, derived components,
/// parameters, delegate, converters. Source: `daf_butler: configs/storageClasses.yaml`, 30.2026.4300.
enum StorageClassTable {
    static let text = """
        int|int
        StructuredDataDict|dict||||||lsst.pipe.base.TaskMetadata=lsst.pipe.base.TaskMetadata.to_dict
        StructuredDataList|list
        TablePersistable|lsst.afw.table.io.Persistable
        Wcs|lsst.afw.geom.skyWcs.SkyWcs||||||lsst.images.SkyProjection=lsst.images.SkyProjection.to_legacy
        Psf|lsst.afw.detection.Psf||||||\
        lsst.images.cells.CellPointSpreadFunction=lsst.images.cells.CellPointSpreadFunction.to_legacy \
        lsst.images.psfs.PointSpreadFunction=lsst.images.psfs.PointSpreadFunction.to_legacy
        CoaddInputs|lsst.afw.image.CoaddInputs
        VisitInfo|lsst.afw.image.VisitInfo||||||\
        astro_metadata_translator.ObservationInfo=lsst.obs.base.MakeRawVisitInfoViaObsInfo.observationInfo2visitInfo
        ApCorr|lsst.afw.image.ApCorrMap
        PhotoCalib|lsst.afw.image.PhotoCalib
        TransmissionCurve|lsst.afw.image.TransmissionCurve||||||\
        lsst.ip.isr.IntermediateTransmissionCurve=lsst.ip.isr.IntermediateTransmissionCurve.getTransmissionCurve \
        lsst.ip.isr.IntermediateFilterTransmissionCurve=lsst.ip.isr.IntermediateFilterTransmissionCurve.getTransmissionCurve \
        lsst.ip.isr.IntermediateSensorTransmissionCurve=lsst.ip.isr.IntermediateSensorTransmissionCurve.getTransmissionCurve \
        lsst.ip.isr.IntermediateOpticsTransmissionCurve=lsst.ip.isr.IntermediateOpticsTransmissionCurve.getTransmissionCurve \
        lsst.ip.isr.IntermediateAtmosphereTransmissionCurve=lsst.ip.isr.IntermediateAtmosphereTransmissionCurve.getTransmissionCurve \
        lsst.ip.isr.IntermediateSystemTransmissionCurve=lsst.ip.isr.IntermediateSystemTransmissionCurve.getTransmissionCurve
        ExposureSummaryStats|lsst.afw.image.ExposureSummaryStats||||||\
        lsst.images.ObservationSummaryStats=lsst.images.ObservationSummaryStats.to_legacy
        Camera|lsst.afw.cameraGeom.Camera
        Detector|lsst.afw.cameraGeom.Detector||||||lsst.images.cameras.Detector=lsst.images.cameras.Detector.to_legacy
        Box2I|lsst.geom.Box2I||||||lsst.images.Box=lsst.images.Box.to_legacy
        Extent2I|lsst.geom.Extent2I
        Point2I|lsst.geom.Point2I
        Image|lsst.afw.image.Image||||bbox origin|lsst.obs.base.exposureAssembler.ExposureAssembler|\
        lsst.images.Image=lsst.images.Image.to_legacy
        ImageF|lsst.afw.image.ImageF|Image
        ImageI|lsst.afw.image.ImageI|Image
        ImageU|lsst.afw.image.ImageU|Image
        DecoratedImage|lsst.afw.image.DecoratedImage
        DecoratedImageU|lsst.afw.image.DecoratedImageU|DecoratedImage
        Mask|lsst.afw.image.Mask||||bbox origin|lsst.obs.base.exposureAssembler.ExposureAssembler|\
        lsst.images.Mask=lsst.images.Mask.to_legacy
        MaskX|lsst.afw.image.MaskX|Mask
        MaskedImage|lsst.afw.image.MaskedImage||image=Image mask=Mask variance=Image||bbox origin|\
        lsst.obs.base.exposureAssembler.ExposureAssembler|lsst.images.MaskedImage=lsst.images.MaskedImage.to_legacy
        MaskedImageF|lsst.afw.image.MaskedImageF|MaskedImage
        MaskedImageU|lsst.afw.image.MaskedImageU|MaskedImage
        MaskedImageI|lsst.afw.image.MaskedImageI|MaskedImage
        Catalog|lsst.afw.table.BaseCatalog
        PeakCatalog|lsst.afw.detection.PeakCatalog
        Polygon|lsst.afw.geom.Polygon
        SimpleCatalog|lsst.afw.table.SimpleCatalog
        SourceCatalog|lsst.afw.table.SourceCatalog
        ObjectMaskCatalog|lsst.pipe.tasks.objectMasks.ObjectMaskCatalog
        ExposureCatalog|lsst.afw.table.ExposureCatalog
        DataFrame|pandas.core.frame.DataFrame|||columns=DataFrameIndex rowcount=int schema=DataFrameSchema|columns \
        filters strip_astropy_meta_yaml|lsst.daf.butler.delegates.arrowtable.ArrowTableDelegate|\
        pyarrow.Table=lsst.daf.butler.formatters.parquet.arrow_to_pandas \
        astropy.table.Table=lsst.daf.butler.formatters.parquet.astropy_to_pandas \
        numpy.ndarray=pandas.DataFrame.from_records dict=pandas.DataFrame.from_records
        DataFrameIndex|pandas.Index||||||\
        pyarrow.Schema=lsst.daf.butler.formatters.parquet.arrow_schema_to_pandas_index list=pandas.Index
        DataFrameSchema|lsst.daf.butler.formatters.parquet.DataFrameSchema||||||\
        pyarrow.Schema=lsst.daf.butler.formatters.parquet.DataFrameSchema.from_arrow \
        lsst.daf.butler.formatters.parquet.ArrowAstropySchema=lsst.daf.butler.formatters.parquet.ArrowAstropySchema.to_dataframe_schema \
        lsst.daf.butler.formatters.parquet.ArrowNumpySchema=lsst.daf.butler.formatters.parquet.ArrowNumpySchema.to_dataframe_schema
        ArrowTable|pyarrow.lib.Table|||columns=ArrowColumnList rowcount=int schema=ArrowSchema|columns filters \
        strip_astropy_meta_yaml|lsst.daf.butler.delegates.arrowtable.ArrowTableDelegate|\
        pandas.core.frame.DataFrame=lsst.daf.butler.formatters.parquet.pandas_to_arrow \
        astropy.table.Table=lsst.daf.butler.formatters.parquet.astropy_to_arrow \
        numpy.ndarray=lsst.daf.butler.formatters.parquet.numpy_to_arrow \
        dict=lsst.daf.butler.formatters.parquet.numpy_dict_to_arrow
        ArrowColumnList|list||||||pyarrow.Schema=lsst.daf.butler.formatters.parquet.arrow_schema_to_column_list \
        pandas.Index=pandas.Index.to_list
        ArrowSchema|pyarrow.Schema||||||\
        lsst.daf.butler.formatters.parquet.DataFrameSchema=lsst.daf.butler.formatters.parquet.DataFrameSchema.to_arrow_schema \
        lsst.daf.butler.formatters.parquet.ArrowAstropySchema=lsst.daf.butler.formatters.parquet.ArrowAstropySchema.to_arrow_schema \
        lsst.daf.butler.formatters.parquet.ArrowNumpySchema=lsst.daf.butler.formatters.parquet.ArrowNumpySchema.to_arrow_schema
        ArrowAstropy|astropy.table.Table|||columns=ArrowColumnList rowcount=int schema=ArrowAstropySchema|columns \
        filters strip_astropy_meta_yaml|lsst.daf.butler.delegates.arrowtable.ArrowTableDelegate|\
        pyarrow.Table=lsst.daf.butler.formatters.parquet.arrow_to_astropy \
        pandas.core.frame.DataFrame=lsst.daf.butler.formatters.parquet.pandas_to_astropy \
        numpy.ndarray=lsst.daf.butler.formatters.parquet.numpy_to_astropy dict=astropy.table.Table
        ArrowAstropySchema|lsst.daf.butler.formatters.parquet.ArrowAstropySchema||||||\
        pyarrow.Schema=lsst.daf.butler.formatters.parquet.ArrowAstropySchema.from_arrow \
        lsst.daf.butler.formatters.parquet.DataFrameSchema=lsst.daf.butler.formatters.parquet.DataFrameSchema.to_arrow_astropy_schema \
        lsst.daf.butler.formatters.parquet.ArrowNumpySchema=lsst.daf.butler.formatters.parquet.ArrowNumpySchema.to_arrow_astropy_schema
        ArrowNumpy|numpy.ndarray|||columns=ArrowColumnList rowcount=int schema=ArrowNumpySchema|columns filters|\
        lsst.daf.butler.delegates.arrowtable.ArrowTableDelegate|\
        pyarrow.Table=lsst.daf.butler.formatters.parquet.arrow_to_numpy \
        pandas.core.frame.DataFrame=lsst.daf.butler.formatters.parquet.pandas_to_numpy \
        astropy.table.Table=astropy.table.Table.as_array dict=lsst.daf.butler.formatters.parquet._numpy_dict_to_numpy
        ArrowNumpySchema|lsst.daf.butler.formatters.parquet.ArrowNumpySchema||||||\
        pyarrow.Schema=lsst.daf.butler.formatters.parquet.ArrowNumpySchema.from_arrow \
        lsst.daf.butler.formatters.parquet.DataFrameSchema=lsst.daf.butler.formatters.parquet.DataFrameSchema.to_arrow_numpy_schema \
        lsst.daf.butler.formatters.parquet.ArrowAstropySchema=lsst.daf.butler.formatters.parquet.ArrowAstropySchema.to_arrow_numpy_schema
        ArrowNumpyDict|dict|||columns=ArrowColumnList rowcount=int schema=ArrowNumpySchema|columns filters|\
        lsst.daf.butler.delegates.arrowtable.ArrowTableDelegate|\
        pyarrow.Table=lsst.daf.butler.formatters.parquet.arrow_to_numpy_dict \
        pandas.core.frame.DataFrame=lsst.daf.butler.formatters.parquet._pandas_to_numpy_dict \
        astropy.table.Table=lsst.daf.butler.formatters.parquet._astropy_to_numpy_dict \
        numpy.ndarray=lsst.daf.butler.formatters.parquet._numpy_to_numpy_dict
        SkyMap|lsst.skymap.BaseSkyMap
        PropertySet|lsst.daf.base.PropertySet||||||lsst.pipe.base.TaskMetadata=lsst.daf.base.PropertySet.from_mapping
        PropertyList|lsst.daf.base.PropertyList
        IsrCalib|lsst.ip.isr.IsrCalib
        Defects|lsst.ip.isr.Defects
        QECurve|lsst.meas.algorithms.Curve
        CrosstalkCalib|lsst.ip.isr.CrosstalkCalib
        Linearizer|lsst.ip.isr.Linearizer
        FiberSpectrum|lsst.obs.fiberspectrograph.FiberSpectrum
        PhotonTransferCurveDataset|lsst.ip.isr.PhotonTransferCurveDataset
        StrayLightData|lsst.ip.isr.StrayLightData
        BrighterFatterKernel|lsst.ip.isr.BrighterFatterKernel
        MatchingKernel|lsst.afw.math.Kernel
        FilterLabel|lsst.afw.image.FilterLabel
        Exposure|lsst.afw.image.Exposure||image=Image mask=Mask variance=Image wcs=Wcs psf=Psf photoCalib=PhotoCalib \
        visitInfo=VisitInfo apCorrMap=ApCorr coaddInputs=CoaddInputs transmissionCurve=TransmissionCurve \
        metadata=PropertyList filter=FilterLabel detector=Detector validPolygon=Polygon \
        summaryStats=ExposureSummaryStats id=int|bbox=Box2I dimensions=Extent2I xy0=Point2I|bbox origin amp detector \
        preserve_quantization exposure_record|lsst.obs.base.exposureAssembler.ExposureAssembler|\
        lsst.images.DifferenceImage=lsst.images.DifferenceImage.to_legacy \
        lsst.images.VisitImage=lsst.images.VisitImage.to_legacy \
        lsst.images.cells.CellCoadd=lsst.images.cells.CellCoadd.to_legacy
        ExposureF|lsst.afw.image.ExposureF|Exposure|image=ImageF mask=MaskX variance=ImageF
        ExposureI|lsst.afw.image.ExposureI|Exposure|image=ImageI mask=MaskX variance=ImageF
        ExposureU|lsst.afw.image.ExposureU|Exposure|image=ImageU mask=MaskX variance=ImageF
        Background|lsst.afw.math.BackgroundList
        FocalPlaneBackground|lsst.pipe.tasks.background.FocalPlaneBackground||||||\
        lsst.pipe.drivers.background.FocalPlaneBackground=lsst.pipe.tasks.background.FocalPlaneBackground.fromSimilar
        Config|lsst.pex.config.Config
        Packages|lsst.utils.packages.Packages||||||dict=lsst.utils.packages.Packages
        NumpyArray|numpy.ndarray
        Thumbnail|numpy.ndarray
        Plot|matplotlib.figure.Figure
        MetricValue|lsst.verify.Measurement
        StampsBase|lsst.meas.algorithms.stamps.StampsBase||||bbox
        Stamps|lsst.meas.algorithms.Stamps||||bbox
        AstropyTable|astropy.table.Table||||||lsst.afw.table.Catalog=lsst.afw.table.Catalog.asAstropy
        AstropyQTable|astropy.table.QTable
        HealSparseCoverage|healsparse.HealSparseCoverage
        HealSparseMap|healsparse.HealSparseMap|||coverage=HealSparseCoverage|pixels degrade_nside
        ButlerLogRecords|lsst.daf.butler.ButlerLogRecords
        TaskMetadata|lsst.pipe.base.TaskMetadata||||||\
        lsst.daf.base.PropertySet=lsst.pipe.base.TaskMetadata.from_metadata
        SpectractorSpectrum|spectractor.extractor.spectrum.Spectrum
        SpectractorImage|spectractor.extractor.images.Image
        SpectractorFitParameters|spectractor.fit.fitter.FitParameters
        ScarletModelData|lsst.scarlet.lite.io.ScarletModelData||||blend_id|\
        lsst.meas.extensions.scarlet.io.ScarletModelDelegate|\
        lsst.meas.extensions.scarlet.io.LsstScarletModelData=lsst.meas.extensions.scarlet.io.utils.no_conversion_from_lsst_scarlet_model_data
        LsstScarletModelData|lsst.meas.extensions.scarlet.io.LsstScarletModelData||||blend_id|\
        lsst.meas.extensions.scarlet.io.ScarletModelDelegate|\
        lsst.scarlet.lite.io.model_data.ScarletModelData=lsst.meas.extensions.scarlet.io.utils.scarlet_model_to_lsst_scarlet_model
        MetricMeasurementBundle|lsst.analysis.tools.interfaces.MetricMeasurementBundle
        MultipleCellCoadd|lsst.cell_coadds.MultipleCellCoadd||||||\
        lsst.images.cells.CellCoadd=lsst.images.cells.CellCoadd.to_legacy_cell_coadd
        NNModelPackagePayload|lsst.meas.transiNet.modelPackages.formatters.NNModelPackagePayload
        Timespan|lsst.daf.butler.Timespan
        RegionTimeInfo|lsst.pipe.base.utils.RegionTimeInfo
        QPEnsemble|qp.Ensemble
        PZModel|rail.core.model.Model
        PhotozModel|rail.core.model.Model
        VisitBackgroundModel|lsst.drp.tasks.fit_visit_background.VisitBackgroundModel
        VignettingCorrection|lsst.ts.observatory.control.utils.extras.vignetting_correction.VignettingCorrection
        SSPAuxiliaryFile|lsst.pipe.tasks.sspAuxiliaryFile.SSPAuxiliaryFile
        VisitGeometry|lsst.obs.base.visit_geometry.VisitGeometry
        ProvenanceQuantumGraph|lsst.pipe.base.quantum_graph.ProvenanceQuantumGraph|||packages=Packages \
        logs=StructuredDataDict metadata=StructuredDataDict|import_mode quanta datasets read_init_quanta
        AstropyUnit|astropy.units.UnitBase
        Bounds|lsst.images.Bounds
        BoxV2|lsst.images.Box||||||lsst.geom.Box2I=lsst.images.Box.from_legacy
        Transform|lsst.images.Transform
        SkyProjection|lsst.images.SkyProjection||||||lsst.afw.geom.SkyWcs=lsst.images.SkyProjection.from_legacy
        ObservationInfo|astro_metadata_translator.ObservationInfo||||||\
        lsst.afw.image.VisitInfo=lsst.obs.base.MakeRawVisitInfoViaObsInfo.visitInfo2observationInfo
        ImageV2|lsst.images.Image|||sky_projection=SkyProjection bbox=BoxV2 unit=AstropyUnit|bbox||\
        lsst.afw.image.Image=lsst.images.Image.from_legacy
        MaskV2|lsst.images.Mask|||sky_projection=SkyProjection bbox=BoxV2|bbox||\
        lsst.afw.image.Mask=lsst.images.Mask.from_legacy
        MaskedImageV2|lsst.images.MaskedImage|||sky_projection=SkyProjection bbox=BoxV2 image=ImageV2 mask=MaskV2 \
        variance=ImageV2 unit=AstropyUnit components=StructuredDataDict|bbox components||\
        lsst.afw.image.MaskedImage=lsst.images.MaskedImage.from_legacy
        PointSpreadFunction|lsst.images.psfs.PointSpreadFunction||||||\
        lsst.afw.detection.Psf=lsst.images.psfs.PointSpreadFunction.from_legacy
        CellPointSpreadFunction|lsst.images.cells.CellPointSpreadFunction|PointSpreadFunction|||bbox
        DetectorV2|lsst.images.cameras.Detector||||||\
        lsst.afw.cameraGeom.Detector=lsst.images.cameras.Detector.from_legacy
        VisitImage|lsst.images.VisitImage|MaskedImageV2||psf=PointSpreadFunction obs_info=ObservationInfo \
        summary_stats=ObservationSummaryStats aperture_corrections=StructuredDataDict detector=DetectorV2 \
        photometric_scaling=ImageField backgrounds=BackgroundMap bounds=Bounds masked_image=MaskedImageV2|||\
        lsst.afw.image.Exposure=lsst.images.VisitImage.from_legacy
        ConvolutionKernel|lsst.images.convolution_kernels.ConvolutionKernel
        DifferenceImage|lsst.images.DifferenceImage|VisitImage||kernel=ConvolutionKernel templates=StructuredDataList|\
        ||lsst.afw.image.Exposure=lsst.images.DifferenceImage.from_legacy
        ColorImage|lsst.images.ColorImage|||sky_projection=SkyProjection|bbox
        ObservationSummaryStats|lsst.images.ObservationSummaryStats||||||\
        lsst.afw.image.ExposureSummaryStats=lsst.images.ObservationSummaryStats.from_legacy
        ImageField|lsst.images.fields.BaseField
        BackgroundMap|lsst.images.BackgroundMap
        ExtendedPsfCandidates|lsst.pipe.tasks.extended_psf.ExtendedPsfCandidates||||bbox
        ExtendedPsfImage|lsst.pipe.tasks.extended_psf.ExtendedPsfImage||||bbox
        CellCoaddProvenance|lsst.images.cells.CoaddProvenance
        CellCoadd|lsst.images.cells.CellCoadd|MaskedImageV2||psf=CellPointSpreadFunction \
        aperture_corrections=StructuredDataDict provenance=CellCoaddProvenance backgrounds=BackgroundMap \
        masked_image=MaskedImageV2|||\
        lsst.cell_coadds.MultipleCellCoadd=lsst.images.cells.CellCoadd.from_legacy_cell_coadd
        """
}
