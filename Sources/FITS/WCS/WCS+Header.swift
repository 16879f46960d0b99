extension WCS {
    /// The cards that describe the system, in FITS pixels of an image that begins at ``origin``.
    public var descriptionCards: [FITSCard] {
        header.cards.filter { Self.describes($0.keyword) }
    }

    private static let plain: Set<String> = ["WCSAXES", "RADESYS", "EQUINOX", "LONPOLE", "LATPOLE"]

    private static func describes(_ keyword: String) -> Bool {
        if plain.contains(keyword) { return true }
        let digits = keyword.drop { !($0.isASCII && $0.isNumber) }
        let root = keyword.dropLast(digits.count)
        switch root {
        case "CTYPE", "CRVAL", "CRPIX", "CUNIT", "CDELT", "CROTA": return digits == "1" || digits == "2"
        case "CD", "PC", "PV", "A_", "B_", "AP_", "BP_":
            let parts = digits.split(separator: "_")
            return parts.count == 2 && parts.allSatisfy { Int($0) != nil }
        default: return ["A_ORDER", "B_ORDER", "AP_ORDER", "BP_ORDER"].contains(keyword)
        }
    }
}
