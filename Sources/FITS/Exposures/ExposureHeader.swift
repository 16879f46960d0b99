/// The conventions of `lsst.afw` headers (`afw: src/image/ImageBaseFitsReader.cc`, `src/fits.cc`).
extension FITSHeader {
    /// Coordinates of the first pixel, from the description `A`.
    ///
    /// Counts only if all four of `CRPIX1A`, `CRPIX2A`, `CRVAL1A`, `CRVAL2A` exist and both reference pixels are 1;
    /// otherwise the origin is (0, 0).
    public var pixelOrigin: PixelOrigin {
        guard
            self["CRPIX1A"]?.realValue == 1, self["CRPIX2A"]?.realValue == 1,
            let x = self["CRVAL1A"]?.realValue, let y = self["CRVAL2A"]?.realValue,
            let column = Int(exactly: x.rounded()), let row = Int(exactly: y.rounded())
        else { return .zero }
        return PixelOrigin(x: column, y: row)
    }

    /// The cards that store an image's origin: the description `A`.
    static func originCards(_ origin: PixelOrigin) -> [FITSCard] {
        [
            FITSCard("CTYPE1A", "LINEAR"), FITSCard("CTYPE2A", "LINEAR"),
            FITSCard("CRPIX1A", 1.0), FITSCard("CRPIX2A", 1.0),
            FITSCard("CRVAL1A", .real(Double(origin.x))), FITSCard("CRVAL2A", .real(Double(origin.y))),
            FITSCard("CUNIT1A", "PIXEL"), FITSCard("CUNIT2A", "PIXEL"),
        ]
    }

    /// The cards that tell display programs an image's origin.
    static func displayCards(_ origin: PixelOrigin) -> [FITSCard] {
        [FITSCard("LTV1", .real(Double(-origin.x))), FITSCard("LTV2", .real(Double(-origin.y)))]
    }

    /// The header without the cards that `lsst.afw` takes out of every header it reads.
    var strippedOfFileCards: FITSHeader {
        var header = self
        header.removeAll { card in
            Self.fileKeywords.contains(card.keyword)
                || Self.filePrefixes.contains { card.keyword.hasPrefix($0) }
                || card.isStandardComment
        }
        return header
    }

    /// The header without the cards of the image's coordinate systems.
    var strippedOfImageCards: FITSHeader {
        var header = self
        header.removeAll { card in
            Self.imageKeywords.contains(card.keyword)
                || ["A_", "B_", "AP_", "BP_"].contains { card.keyword.hasPrefix($0) && card.value?.stringValue == nil }
        }
        return header
    }

    private static let fileKeywords: Set<String> = [
        "SIMPLE", "BITPIX", "NAXIS", "EXTEND", "GCOUNT", "PCOUNT", "XTENSION", "TFIELDS", "BSCALE", "BZERO", "ZBITPIX",
        "ZIMAGE", "ZCMPTYPE", "ZSIMPLE", "ZEXTEND", "ZBLANK", "ZDATASUM", "ZHECKSUM", "ZQUANTIZ", "ZDITHER0", "DATASUM",
        "CHECKSUM",
    ]
    private static let filePrefixes = ["NAXIS", "TZERO", "TSCAL", "ZNAXIS", "ZTILE", "ZNAME", "ZVAL"]
    private static let imageKeywords: Set<String> = {
        var keywords: Set<String> = [
            "WCSAXES", "LTV1", "LTV2", "RADESYS", "EQUINOX", "LONPOLE", "LATPOLE", "EXTNAME", "EXTTYPE",
        ]
        for axis in 1...2 {
            for root in ["CRPIX", "CRVAL", "CTYPE", "CUNIT", "CDELT"] {
                keywords.insert("\(root)\(axis)")
                keywords.insert("\(root)\(axis)A")
            }
            for other in 1...2 { keywords.formUnion(["CD\(axis)_\(other)", "PC\(axis)_\(other)"]) }
        }
        return keywords
    }()
}

extension FITSCard {
    /// Whether the card is one of the two comments with which cfitsio begins files.
    fileprivate var isStandardComment: Bool {
        keyword == "COMMENT"
            && (comment.contains("FITS (Flexible Image Transport System) format is")
                || comment.contains("volume 376, page 359"))
    }
}
