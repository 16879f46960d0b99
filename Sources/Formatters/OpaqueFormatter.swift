public import Datastores

/// Bytes, unchanged, as `[UInt8]`, of formats that only Python understands.
public struct OpaqueFormatter: FileFormatter {
    /// Plots, models and other payloads.
    public static let referenceNames = Array(suffixes.keys)

    private static let suffixes = [
        "lsst.atmospec.formatters.SpectractionFormatter": ".pickle",
        "lsst.daf.butler.formatters.matplotlib.MatplotlibFormatter": ".png",
        "lsst.daf.butler.formatters.matplotlibFormatter.MatplotlibFormatter": ".png",
        "lsst.meas.transiNet.modelPackages.NNModelPackageFormatter": ".zip",
        "lsst.pipe.tasks.sspAuxiliaryFile.SSPAuxiliaryFileFormatter": "",
        "lsst.meas.photoz.base.qp_formatter.QPFormatter": ".hdf5",
        "lsst.meas.pz.qp_formatter.QPFormatter": ".hdf5",
        "lsst.meas.photoz.base.model_formatter.ModelFormatter": ".pickle",
        "lsst.meas.pz.model_formatter.ModelFormatter": ".pickle",
        "lsst.meas.extensions.scarlet.io.ScarletModelFormatter": ".scarlet",
        "lsst.pipe.base.quantum_graph.formatter.ProvenanceFormatter": ".qg",
        "lsst.daf.butler.formatters.parquet.ParquetFormatter": ".parq",
        "lsst.daf.butler.formatters.parquetFormatter.ParquetFormatter": ".parq",
    ]

    /// Suffix of the files, of the Python class.
    public let fileExtension: String
    /// Types that can be written.
    public let writtenTypes = "[UInt8]"

    /// Creates the formatter.
    public init(_ options: FormatterOptions) {
        let word = options.className.split(separator: ".").last ?? ""
        let known = OpaqueFormatter.suffixes
        fileExtension = known[options.className] ?? known.first { $0.key.hasSuffix("." + word) }?.value ?? ""
    }

    /// Whether an object is bytes.
    public func canWrite(_ object: any Sendable) -> Bool { object is [UInt8] }

    /// All bytes.
    public func read(_ source: FileSource, _ request: ReadRequest) throws -> any Sendable { try source.bytes() }

    /// The bytes themselves.
    public func encode(_ object: any Sendable) throws -> [UInt8]? {
        guard let bytes = object as? [UInt8] else { throw unwritable(object) }
        return bytes
    }
}
