extension FITSHeader {
    /// The header of a tile-compressed image as the header of the plain image that it holds.
    ///
    /// The keywords of the table that holds the tiles go; size and type take their place. A header of anything else is
    /// returned as it is.
    public var uncompressed: FITSHeader {
        guard self["ZIMAGE"] == .logical(true) else { return self }
        var cards = ["BITPIX", "NAXIS"].compactMap { key in
            card("Z" + key).map { FITSCard(key, $0.value, comment: $0.comment) }
        }
        cards += self.cards.compactMap { card in
            guard card.keyword.hasPrefix("ZNAXIS"), card.keyword != "ZNAXIS" else { return nil }
            return FITSCard(String(card.keyword.dropFirst()), card.value, comment: card.comment)
        }
        cards += self.cards.filter { !$0.isOfCompression }
        let kind: FITSCard =
            contains("ZSIMPLE")
            ? FITSCard("SIMPLE", .logical(true), comment: "conforms to FITS standard")
            : FITSCard("XTENSION", .string("IMAGE"), comment: "Image extension")
        return FITSHeader(cards: [kind] + cards, source: source)
    }

    /// The cards that describe content, without those that the layout of the file decides.
    public var withoutStructure: FITSHeader {
        var header = self
        header.removeAll { $0.isStructural }
        return header
    }
}

extension FITSCard {
    private static let structural: Set<String> = [
        "SIMPLE", "XTENSION", "BITPIX", "NAXIS", "EXTEND", "PCOUNT", "GCOUNT", "GROUPS", "TFIELDS", "THEAP", "BSCALE",
        "BZERO", "BLANK", "CHECKSUM", "DATASUM", "END", "CONTINUE",
    ]

    private static let ofTiles: Set<String> = [
        "XTENSION", "SIMPLE", "BITPIX", "NAXIS", "NAXIS1", "NAXIS2", "PCOUNT", "GCOUNT", "TFIELDS", "THEAP", "CHECKSUM",
        "DATASUM", "ZIMAGE", "ZTENSION", "ZSIMPLE", "ZEXTEND", "ZBLOCKED", "ZBITPIX", "ZNAXIS", "ZPCOUNT", "ZGCOUNT",
        "ZCMPTYPE", "ZQUANTIZ", "ZDITHER0", "ZSCALE", "ZZERO", "ZBLANK", "ZMASKCMP", "ZHECKSUM", "ZDATASUM",
    ]

    private static let tileColumns = [
        "ZNAXIS", "ZTILE", "ZNAME", "ZVAL", "TTYPE", "TFORM", "TUNIT", "TNULL", "TSCAL", "TZERO", "TDIM",
    ]
    private static let axes = ["NAXIS", "TTYPE", "TFORM", "TDIM", "TNULL", "TSCAL", "TZERO"]

    /// Whether the card belongs to the table that holds compressed tiles.
    fileprivate var isOfCompression: Bool {
        if Self.ofTiles.contains(keyword) { return true }
        if keyword == "EXTNAME", value == .string("COMPRESSED_IMAGE") { return true }
        return isNumbered(Self.tileColumns)
    }

    /// Whether writing the data unit decides the card.
    var isStructural: Bool {
        Self.structural.contains(keyword) || Self.ofTiles.contains(keyword)
            || isNumbered(Self.axes) || isNumbered(Self.tileColumns)
    }

    /// Whether the keyword is one of some roots with a number after it.
    private func isNumbered(_ roots: [String]) -> Bool {
        guard let last = keyword.utf8.last, (0x30...0x39).contains(last) else { return false }
        return roots.contains { root in
            keyword.hasPrefix(root) && keyword.utf8.dropFirst(root.utf8.count).allSatisfy { (0x30...0x39).contains($0) }
        }
    }
}
