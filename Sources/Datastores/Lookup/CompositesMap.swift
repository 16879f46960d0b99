internal import ButlerConfig
internal import Datasets
internal import Dimensions
internal import StewardCore

/// Which composites are stored component by component.
///
/// Source: `daf_butler: datastore/composites.py`.
struct CompositesMap: Sendable {
    private let table: LookupTable<Bool>
    private let otherwise: Bool

    /// Reads the section `composites`; without one nothing is taken apart.
    ///
    /// - Throws: `ButlerError` with `.configuration` if the section is malformed.
    init(_ section: ConfigTree?, in universe: DimensionUniverse) throws {
        otherwise = try section?.bool("default") ?? false
        table = try LookupTable(section?["disassembled"], named: "composites.disassembled", in: universe) { key, tree in
            guard !key.hasPrefix("__") else { return nil }
            guard case .bool(let value) = tree else {
                throw ButlerError(
                    .configuration,
                    "composites.disassembled of \"\(key)\" is \(tree.json), which is neither true nor false."
                )
            }
            return value
        }
    }

    /// Whether a dataset with these keys is stored component by component; only a composite is.
    func disassembles(_ keys: [LookupKey], _ storageClass: StorageClass) -> Bool {
        storageClass.isComposite && (table.first(of: keys) ?? otherwise)
    }
}
