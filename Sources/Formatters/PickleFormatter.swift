internal import Datasets
public import Datastores
internal import SkyMaps

/// Python pickles: sky maps as `SkyMap`, anything else as bytes (`[UInt8]`), unchanged.
///
/// A pickle is a program; only those of sky maps are read, by a reader that executes nothing.
public struct PickleFormatter: FileFormatter {
    /// The reference's class, by its present and its former module.
    public static let referenceNames = [
        "lsst.daf.butler.formatters.pickle.PickleFormatter",
        "lsst.daf.butler.formatters.pickleFormatter.PickleFormatter",
    ]

    /// `.pickle`.
    public let fileExtension = ".pickle"
    /// Types that can be written.
    public let writtenTypes = "SkyMap, [UInt8]"

    /// Creates the formatter.
    public init(_ options: FormatterOptions) {}

    /// Whether an object is a sky map, or bytes.
    public func canWrite(_ object: any Sendable) -> Bool { object is SkyMap || object is [UInt8] }

    /// A sky map if that is the storage class, else all bytes.
    public func read(_ source: FileSource, _ request: ReadRequest) throws -> any Sendable {
        let bytes = try source.bytes()
        return request.storageClass.name == "SkyMap" ? try SkyMap(pickle: bytes) : bytes
    }

    /// The pickle of a sky map, or the bytes themselves.
    public func encode(_ object: any Sendable) throws -> [UInt8]? {
        switch object {
        case let map as SkyMap: map.pickle
        case let bytes as [UInt8]: bytes
        default: throw unwritable(object)
        }
    }
}
