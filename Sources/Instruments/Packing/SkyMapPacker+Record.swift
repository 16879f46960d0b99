public import Dimensions
internal import StewardCore

extension SkyMapPacker {
    /// Creates a packer with the bounds of a registered sky map.
    ///
    /// - Parameters:
    ///   - record: Record of the dimension `skymap`.
    ///   - bands: How many band numbers there are; nil to pack no band.
    ///   - numbers: Numbers of the bands by name; the standard ones from 1 on unless given.
    /// - Throws: `ButlerError` of code `invalidArgument` for a record of another dimension, and as the other initializers.
    public init(skymap record: DimensionRecord, bands: Int64? = nil, numbers: [String: Int64]? = nil) throws {
        guard
            record.element.name == "skymap", case .int(let tracts)? = record["tract_max"],
            case .int(let columns)? = record["patch_nx_max"], case .int(let rows)? = record["patch_ny_max"]
        else {
            throw ButlerError(.invalidArgument, "A record of \"\(record.element.name)\" has no bounds of a sky map.")
        }
        let (patches, overflow) = columns.multipliedReportingOverflow(by: rows)
        guard !overflow else { throw ButlerError(.invalidArgument, "The sky map has too many patches to be packed.") }
        if let bands {
            try self.init(tracts: tracts, patches: patches, bands: bands, numbers: numbers)
        } else {
            try self.init(tracts: tracts, patches: patches)
        }
    }
}
