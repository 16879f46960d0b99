import StewardCore

/// Packs tract, patch and, if wanted, band as patch + patches x (tract + tracts x band).
///
/// Source: `skymap: packers.py`. With a band table of one's own the reference unpacks by position instead of by value;
/// here the table is inverted, and its values must differ.
public struct SkyMapPacker: DataIDPacker, Hashable {
    /// The bands of the reference in the order of their numbers; number 0 stands for none.
    public static let standardBands = [
        "u", "g", "r", "i", "z", "y", "U", "B", "G", "V", "R", "I", "Z", "Y", "J", "H", "K", "N387", "N515", "N656",
        "N816", "N921", "N1010", "N419", "N540", "N708", "N964",
    ]

    /// The standard bands with their numbers.
    static let bandNames = DigitNames("band", standardBands, from: 1)

    private let digits: CompositePacker
    private let bands: DigitNames?

    /// Creates a packer of tract and patch.
    ///
    /// - Parameters:
    ///   - tracts: Exclusive upper bound of tract numbers.
    ///   - patches: Patches in a tract.
    /// - Throws: `ButlerError` of code `invalidArgument` when the bounds do not fit 63 bits.
    public init(tracts: Int64, patches: Int64) throws {
        digits = try CompositePacker([.init("patch", radix: patches), .init("tract", radix: tracts)])
        bands = nil
    }

    /// Creates a packer of tract, patch and band.
    ///
    /// - Parameters:
    ///   - tracts: Exclusive upper bound of tract numbers.
    ///   - patches: Patches in a tract.
    ///   - bands: How many band numbers there are.
    ///   - numbers: Numbers of the bands by name; the standard ones from 1 on unless given.
    /// - Throws: `ButlerError` of code `invalidArgument` when a band number is out of range or occurs twice, or the
    ///   bounds do not fit 63 bits.
    public init(tracts: Int64, patches: Int64, bands: Int64, numbers: [String: Int64]? = nil) throws {
        digits = try CompositePacker([
            .init("patch", radix: patches), .init("tract", radix: tracts), .init("band", radix: bands),
        ])
        let names = try numbers.map { try DigitNames("band", numbers: $0) } ?? Self.bandNames
        guard names.least ?? 0 >= 0, names.greatest ?? 0 < bands else {
            throw ButlerError(.invalidArgument, "Band numbers must be from 0 to \(bands - 1).")
        }
        self.bands = names
    }

    /// Tract, patch and, if it is packed, the number of the band.
    public var dimensions: [String] { ["tract", "patch"] + (hasBand ? ["band"] : []) }

    /// How many bits the greatest packed number has.
    public var maxBits: Int { digits.maxBits }

    private var hasBand: Bool { digits.digits.count == 3 }

    /// Packs one tract, patch and band.
    ///
    /// - Parameters:
    ///   - tract: Number of the tract.
    ///   - patch: Number of the patch.
    ///   - band: Name of the band, nil exactly when none is packed.
    /// - Returns: The packed number.
    /// - Throws: `ButlerError` of code `dimensionValue` when a number is out of range or the band has none.
    public func pack(tract: Int64, patch: Int64, band: String?) throws -> Int64 {
        guard hasBand else {
            guard let band else { return try digits.pack([patch, tract]) }
            throw ButlerError(.dimensionValue, "The band \"\(band)\" is given to a packer without bands.")
        }
        return try digits.pack([patch, tract, bands?.number(of: band ?? "") ?? 0])
    }

    /// The name of a band number; nil when it has none.
    public func band(_ number: Int64) -> String? { bands?[number] }

    /// The number of a band; nil when it has none.
    public func number(ofBand band: String) -> Int64? { bands?[band] }

    /// Names of the values of a dimension.
    public func names(of dimension: String) -> DigitNames? { dimension == "band" ? bands : nil }

    /// Packs one data ID; the band is given as its number.
    public func pack(_ values: [Int64]) throws -> Int64 {
        try digits.pack(reordered(values))
    }

    /// Unpacks one number; the band comes as its number.
    public func unpack(_ id: Int64) throws -> [Int64] {
        reordered(try digits.unpack(id))
    }

    /// Packs many data IDs; bands are given as their numbers.
    public func pack(columns: [[Int64]]) throws -> [Int64] {
        try digits.pack(columns: reordered(columns))
    }

    /// Unpacks many numbers; bands come as their numbers.
    public func unpack(_ ids: [Int64]) throws -> [[Int64]] {
        reordered(try digits.unpack(ids))
    }

    /// The first two items swapped: data IDs name the tract first, digits the patch.
    private func reordered<Item>(_ items: [Item]) -> [Item] {
        guard items.count >= 2 else { return items }
        return [items[1], items[0]] + items.dropFirst(2)
    }
}
