internal import StewardCore

extension ExposureFile {
    /// The archive behind the images, or nil if there is none.
    public func archive() throws -> Archive? {
        guard let number = try primary.integerIfPresent("AR_HDU"), number > 1 else { return nil }
        return try Archive(file, index: Int(clamping: number - 1))
    }

    /// Identifier in the archive of a component, by its key such as `PHOTOCALIB`; nil if the exposure has none.
    ///
    /// - Parameter key: The key.
    /// - Returns: The identifier, at least 1.
    /// - Throws: `ButlerError` of code `header` for a value that is no integer.
    public func archiveID(_ key: String) throws -> Int? {
        let id = try primary.integerIfPresent(key + "_ID") ?? primary.integerIfPresent("ARCHIVE_ID_" + key)
        return id.flatMap { $0 > 0 ? Int(exactly: $0) : nil }
    }

    /// The keys of all components that the archive holds, with their identifiers.
    public func archiveIDs() -> [String: Int] {
        var ids: [String: Int] = [:]
        for card in primary.cards where card.keyword.hasPrefix("ARCHIVE_ID_") {
            if let id = card.value?.integerValue, id > 0 { ids[String(card.keyword.dropFirst(11))] = Int(exactly: id) }
        }
        return ids
    }

    /// The filter, or nil; files of layout version 0 and 1 have it in the header.
    public func filter() throws -> FilterLabel? {
        if version >= 2 { return try object("FILTER") { try $0.filterLabel($1) } }
        guard let name = try primary.stringIfPresent("FILTER"), name != "_unknown_", !name.isEmpty else { return nil }
        return FilterLabel(oldName: name)
    }

    /// The photometric calibration, or nil.
    public func photoCalib() throws -> PhotoCalibration? {
        if let calibration = try object("PHOTOCALIB", { try $0.photoCalibration($1) }) { return calibration }
        guard version == 0, let flux = try primary.realIfPresent("FLUXMAG0"), flux > 0 else { return nil }
        return PhotoCalibration(fluxOfMagnitude0: flux, error: try primary.realIfPresent("FLUXMAG0ERR") ?? 0)
    }

    /// The sky mapping: the archive's if it can be decoded, else the header's, or nil.
    ///
    /// - Returns: The mapping; it says whether it is approximate.
    /// - Throws: `ButlerError` of code `corruptFile` if the archive is malformed.
    public func wcs() throws -> SkyMapping? {
        let header = try file.unit(1).header
        let fits = try? WCS(header, origin: header.pixelOrigin)
        guard let id = try archiveID("SKYWCS"), let archive = try archive() else { return fits.map { SkyMapping($0) } }
        let text = try archive.skyMappingText(id)
        do {
            return try SkyMapping(astText: text, approximation: fits)
        } catch {
            return fits.map { SkyMapping($0, text: text, isApproximate: true) }
        }
    }

    /// The point spread function, or nil.
    public func psf() throws -> PointSpreadFunction? {
        try object("PSF") { try $0.pointSpreadFunction($1) }
    }

    /// The corners of the region with valid pixels, the last repeating the first; nil if all are valid.
    public func validPolygon() throws -> [SIMD2<Double>]? {
        try object("VALID_POLYGON") { try $0.polygon($1) }
    }

    /// The aperture corrections by the name of the flux, or nil.
    public func apCorrMap() throws -> [String: BoundedField]? {
        try object("AP_CORR_MAP") { try $0.apertureCorrections($1) }
    }

    /// The transmission curve, or nil.
    public func transmissionCurve() throws -> TransmissionCurve? {
        try object("TRANSMISSION_CURVE") { try $0.transmissionCurve($1) }
    }

    /// The summary statistics as the text of a YAML mapping, or nil.
    public func summaryStats() throws -> String? {
        try object("SUMMARY_STATS") { String(decoding: try $0.bytes($1), as: UTF8.self) }
    }

    /// The detector, or nil.
    public func detector() throws -> DetectorDescription? {
        try object("DETECTOR") { try $0.detector($1) }
    }

    /// The tables of visits and detectors that went into a coadd, or nil.
    public func coaddInputs() throws -> CoaddInputs? {
        try object("COADD_INPUTS") { archive, id in
            let tables = try archive.tables(of: id)
            guard tables.count == 2 else { throw archive.failure("The inputs of the coadd are not two tables.") }
            return CoaddInputs(visits: tables[0], detectors: tables[1])
        }
    }

    private func object<T>(_ key: String, _ decode: (Archive, Int) throws -> T) throws -> T? {
        guard let id = try archiveID(key), let archive = try archive() else { return nil }
        return try decode(archive, id)
    }
}

/// The visits and detectors that went into a coadd.
public struct CoaddInputs: Sendable {
    /// A row for each visit.
    public var visits: FITSTable
    /// A row for each visit and detector.
    public var detectors: FITSTable

    /// Creates a description.
    public init(visits: FITSTable, detectors: FITSTable) {
        self.visits = visits
        self.detectors = detectors
    }
}

extension FilterLabel {
    /// The filter that a name of layout versions 0 and 1 stands for.
    init(oldName: String) {
        switch oldName {
        case "r2": self.init(band: "r", physical: "HSC-R2")
        case "i2": self.init(band: "i", physical: "HSC-I2")
        case "SOLID": self.init(physical: "solid plate 0.0 0.0")
        default:
            let rest = oldName.dropFirst()
            let isNumber = !rest.isEmpty && rest.allSatisfy { $0.isASCII && $0.isNumber }
            let isBand =
                ["u", "g", "r", "i", "z", "y", "SH", "PH", "VR", "white"].contains(oldName)
                || (oldName.hasPrefix("N") && isNumber) || (oldName.hasPrefix("I") && isNumber && rest.count >= 2)
            self.init(band: isBand ? oldName : nil, physical: isBand ? nil : oldName)
        }
    }
}
