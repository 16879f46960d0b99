internal import CFITSIO
internal import StewardCore

extension FITSFile {
    /// Writes a file of `lsst.images`, into an empty file.
    ///
    /// - Parameters:
    ///   - content: Pixels and the other members of the tree.
    ///   - primary: Cards for the primary header, such as those carried over.
    ///   - wcs: FITS description of the sky for other readers, or nil.
    ///   - date: Time of writing, UTC, as `YYYY-MM-DDThh:mm:ss`.
    ///   - recipe: How to compress.
    /// - Throws: `ButlerError` of code `fileAccess` or `invalidArgument`.
    public func write(
        _ content: TreeContent,
        primary: FITSHeader = FITSHeader(),
        wcs: WCS? = nil,
        date: String,
        recipe: FITSWriteRecipe = .lossless
    ) throws {
        try appendHeader(treeHeader(content, primary, date))
        let plan = TreePlan(wcs: wcs, date: date, recipe: recipe)
        let root: TreeNode
        switch content.planes {
        case .image(let image):
            try append(image, "IMAGE", recipe.image, plan)
            let members = TreeNode.image("IMAGE", image.box, image.pixelType, unit: image.unit)
            root = .versioned(content.schema, members + content.members)
        case .mask(let mask):
            try append(mask, plan)
            root = .versioned(content.schema, TreeNode.mask(mask) + content.members)
        case .maskedImage(let image):
            root = try append(image, content, plan)
        }
        let texts = [Array(root.text.utf8)] + content.pointerTargets
        try appendTree(texts, date: date)
    }

    private func append(_ image: MaskedImage, _ content: TreeContent, _ plan: TreePlan) throws -> TreeNode {
        try append(image.image, "IMAGE", plan.recipe.image, plan)
        try append(image.mask, plan)
        try append(.float32(image.variance), "VARIANCE", plan.recipe.variance, plan)
        let square = image.image.unit.map { $0.contains(" ") ? "(\($0))**2" : $0 + "**2" }
        let planes = TreeNode.image("IMAGE", image.box, image.image.pixelType, unit: image.image.unit)
        let variance = TreeNode.image("VARIANCE", image.box, .float32, unit: square)
        let members = [
            TreeNode.Member("image", .versioned("image-1.0.0", planes)),
            TreeNode.Member("mask", .versioned("mask-1.0.0", TreeNode.mask(image.mask))),
            TreeNode.Member("variance", .versioned("image-1.0.0", variance)),
        ]
        return .versioned(content.schema, members + content.members)
    }

    /// What all planes of a file have in common.
    private struct TreePlan {
        let wcs: WCS?
        let date: String
        let recipe: FITSWriteRecipe

        /// The cards of a plane besides its own.
        func header(_ box: PixelBox, name: String) throws -> FITSHeader {
            var header = FITSHeader([("EXTNAME", .string(name))])
            for card in try wcs?.moved(to: box.origin).descriptionCards ?? [] { header.append(card) }
            for card in FITSHeader.originCards(box.origin) { header.append(card) }
            header.set("DATE", .string(date), comment: "UTC date this HDU was written.")
            return header
        }
    }

    private func treeHeader(_ content: TreeContent, _ primary: FITSHeader, _ date: String) -> FITSHeader {
        var header = FITSHeader()
        header.set("FMTVER", 1, comment: "FITS container layout version.")
        // The places are known at the end; the cards keep room for them.
        for (keyword, text) in Self.addressCards { header.set(keyword, 0, comment: text) }
        for card in primary.strippedOfFileCards.cards where !header.contains(card.keyword) || card.isCommentary {
            header.append(card)
        }
        header.set("DATE", .string(date), comment: "UTC date this HDU was written.")
        header.set("DATAMODL", .string("https://images.lsst.io/schemas/" + content.schema), comment: "Schema URL.")
        return header
    }

    private static let addressCards = [
        ("INDXADDR", "Offset in bytes to the HDU index."), ("INDXSIZE", "Size of the HDU index."),
        ("JSONADDR", "Offset in bytes to the JSON tree HDU."), ("JSONSIZE", "Size of the JSON tree HDU."),
    ]

    private func append(_ image: AnyImage, _ name: String, _ compression: FITSCompression?, _ plan: TreePlan) throws {
        var header = try plan.header(image.box, name: name)
        if let unit = image.unit, !unit.contains("/") { header["BUNIT"] = .string(unit.replacing("**", with: "")) }
        try append(image, header: header, compression: compression)
    }

    private func append(_ mask: Mask, _ plan: TreePlan) throws {
        for (index, layer) in mask.diskLayers.enumerated() {
            var header = try plan.header(mask.box, name: "MASK")
            if index > 0 { header["EXTVER"] = .integer(Int64(index) + 1) }
            for (bit, plane) in layer.planes.enumerated() {
                let number = String(repeating: "0", count: bit < 10 ? 3 : 2) + String(bit)
                header["MSKN" + number] = .string(plane.name)
                header["MSKM" + number] = .integer(1 << Int64(bit))
                header["MSKD" + number] = .string(plane.description)
            }
            let image = try Image(box: mask.box, pixels: layer.pixels)
            try append(image, header: header, compression: plan.recipe.mask)
        }
    }

    /// Appends the tables `JSON` and `INDEX` and enters their places in the primary header.
    private func appendTree(_ texts: [[UInt8]], date: String) throws {
        let header = FITSHeader([("DATE", .string(date))])
        let offsets = texts.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.count) }
        let column = FITSColumnContent("JSON", .uint8(texts.flatMap { $0 }), .variable(offsets: offsets))
        try append(table: [column], name: "JSON", header: header)
        let extents = try unitExtents()
        let units = try allUnits()
        let width = max(1, units.map { $0.name?.utf8.count ?? 0 }.max() ?? 1)
        let columns: [FITSColumnContent] = [
            .init("EXTNAME", .string(units.map { $0.name ?? "" }), .fixed(width)),
            .init("EXTVER", .int32(units.map { Int32(clamping: $0.version) })),
            .init("XTENSION", .string(units.map { $0.header["XTENSION"]?.stringValue ?? "IMAGE" }), .fixed(8)),
            .init("ZIMAGE", .logical(units.map { $0.kind == .compressedImage })),
            .init("HDRADDR", .int64(extents.map(\.header))), .init("DATADDR", .int64(extents.map(\.data))),
            .init("DATSIZE", .int64(extents.map { $0.end - $0.data })),
        ]
        try append(table: columns, name: "INDEX", header: header)
        let places = try unitExtents().suffix(2).map { $0 }
        guard places.count == 2 else { return }
        let values = [
            places[1].header, places[1].end - places[1].header, places[0].header, places[0].end - places[0].header,
        ]
        let cards = zip(Self.addressCards, values).map { FITSCard($0.0, .integer($1), comment: $0.1) }
        try update(cards, of: 0)
    }

    /// Where each unit's header and data begin and where it ends.
    private func unitExtents() throws -> [(header: Int64, data: Int64, end: Int64)] {
        let count = try allUnits().count
        return try (0..<count).map { index in
            try move(to: index)
            var place: (header: Int64, data: Int64, end: Int64) = (0, 0, 0)
            try call("find HDU \(index) of") { cfits_extent($0, &place.header, &place.data, &place.end) }
            return place
        }
    }
}
