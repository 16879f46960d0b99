import ObservationMetadata

/// Combinations of two filters, such as a filter with a grating: every one of the left with every one of the right.
struct FilterProduct {
    /// A filter of a product.
    struct Part {
        let physicalFilter: String
        let band: String
    }

    private let left: [Part]
    private let right: [Part]
    private let separator: String
    private let band: String
    private let needsSameBand: Bool

    /// Reads `{left: [...], right: [...], join: "~", band: ..., except: [...], same_band: true}`.
    ///
    /// - Parameters:
    ///   - node: The product; `left: list` stands for the filters of `filters.list`.
    ///   - listed: The filters of `filters.list`.
    /// - Throws: `ButlerError` of code `instrument` with file, line and key.
    init(_ node: DefinitionNode, listed: [FilterDefinition]) throws {
        let mapping = try node.mapping(["left", "right", "join", "band", "except", "same_band"])
        let excluded = try mapping["except"]?.list().map { try $0.text() } ?? []
        func parts(_ node: DefinitionNode) throws -> [Part] {
            guard let items = node.items else {
                guard try node.text() == "list" else { throw node.error("filters, or \"list\", must be given") }
                return listed.map { Part(physicalFilter: $0.physicalFilter, band: $0.band) }
            }
            return try items.map { item in
                guard item.entries != nil else {
                    let name = try item.text()
                    return Part(physicalFilter: name, band: name)
                }
                let mapping = try item.mapping(["physical", "band"])
                let name = try mapping.required("physical").text()
                return Part(physicalFilter: name, band: try mapping["band"]?.text() ?? name)
            }
        }
        left = try parts(mapping.required("left")).filter { !excluded.contains($0.physicalFilter) }
        right = try parts(mapping.required("right"))
        separator = try mapping["join"]?.text() ?? "~"
        band = try mapping["band"]?.text() ?? "{left}"
        needsSameBand = try mapping["same_band"]?.flag() ?? false
    }

    /// The names and bands of the combinations; an empty name on either side leaves the other alone.
    var combinations: [Part] {
        left.flatMap { left in
            right.compactMap { right in
                if needsSameBand, left.band != right.band, left.band != "white", right.band != "white" { return nil }
                let names = [left.physicalFilter, right.physicalFilter].filter { !$0.isEmpty }
                // White light keeps the band of whatever it passes through.
                let brighter = left.band == "white" ? right.band : left.band
                let band =
                    band.replacing("{left}", with: left.band).replacing("{right}", with: right.band)
                    .replacing("{narrower}", with: brighter)
                return Part(physicalFilter: names.joined(separator: separator), band: band)
            }
        }
    }
}
