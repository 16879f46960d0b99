internal import FITS
internal import StewardCore

extension CatalogueSchema {
    // MARK: Writing

    /// The headers of a file with so many rows: the primary one and that of the table, in whole blocks.
    ///
    /// Their length does not depend on the number of rows. The cards are those of the reference's table writer in its
    /// order (`afw: src/table/io/FitsWriter.cc`, `src/table/Simple.cc`), as cfitsio 4.2 spells them.
    func header(rowCount: Int) -> [UInt8] {
        Self.primaryHeader + Self.block(tableCards(rowCount: rowCount))
    }

    private static let primaryHeader: [UInt8] = block(
        [
            FITSCard("SIMPLE", .logical(true), comment: "file does conform to FITS standard"),
            FITSCard("BITPIX", .integer(16), comment: "number of bits per data pixel"),
            FITSCard("NAXIS", .integer(0), comment: "number of data axes"),
            FITSCard("EXTEND", .logical(true), comment: "FITS dataset may contain extensions"),
            FITSCard(
                "COMMENT",
                nil,
                comment: "  FITS (Flexible Image Transport System) format is defined in 'Astronomy"
            ),
            FITSCard(
                "COMMENT",
                nil,
                comment: "  and Astrophysics', volume 376, page 359; bibcode: 2001A&A...376..359H"
            ),
        ].flatMap(\.images)
    )

    private static func block(_ images: [String]) -> [UInt8] {
        var bytes = images.flatMap(\.utf8) + "END".utf8
        let size = FITSHeaderReader.blockSize
        bytes += [UInt8](repeating: 0x20, count: (size - bytes.count % size) % size)
        return bytes
    }

    private func tableCards(rowCount: Int) -> [String] {
        let columnCount = fields.count { $0.kind != .flag } + (flagCount > 0 ? 1 : 0)
        var images = Self.text("XTENSION", "BINTABLE", "binary table extension")
        let sizes: [(String, Int, String)] = [
            ("BITPIX", 8, "8-bit bytes"), ("NAXIS", 2, "2-dimensional binary table"),
            ("NAXIS1", rowSize, "width of table in bytes"), ("NAXIS2", rowCount, "number of rows in table"),
            ("PCOUNT", 0, "size of special data area"), ("GCOUNT", 1, "one data group (required keyword)"),
            ("TFIELDS", columnCount, "number of fields in each row"),
        ]
        images += sizes.flatMap { FITSCard($0, .integer(Int64($1)), comment: $2).images }
        var (column, flag) = (0, 0)
        if flagCount > 0 {
            column = 1
            images += Self.text("TTYPE1", "flags", "bits for all Flag fields; see also TFLAGn")
            images += Self.text("TFORM1", "\(flagCount)X", "format of field")
            images += FITSCard("FLAGCOL", .integer(1), comment: "Column number for the bitflags.").images
        }
        for field in fields {
            if let form = field.kind.form {
                column += 1
                images += Self.cards(field, form, column)
            } else {
                flag += 1
                images += Self.text("TFLAG\(flag)", field.name)
                images += Self.text("TFDOC\(flag)", field.documentation)
            }
        }
        images += FITSCard("REFCAT_FORMAT_VERSION", .integer(Int64(Self.currentVersion))).images
        images += FITSCard("AFW_TABLE_VERSION", .integer(3)).images
        return images + Self.text("AFW_TYPE", "SIMPLE", "Tells lsst::afw to load this as a Simple table.")
    }

    private static func cards(_ field: CatalogueField, _ form: String, _ number: Int) -> [String] {
        var images = text("TTYPE\(number)", field.name, "label for field")
        images += text("TFORM\(number)", form, "format of field")
        if field.kind == .uint16 {
            images += FITSCard("TSCAL\(number)", .integer(1)).images
            images += FITSCard("TZERO\(number)", .integer(32_768), comment: "offset for unsigned integers").images
        }
        images += text("TDOC\(number)", field.documentation)
        images += text("TUNIT\(number)", field.unit)
        return images + text("TCCLS\(number)", field.kind.template, "Field template used by lsst.afw.table")
    }

    /// A card with text, none if the text is empty; the comment begins where cfitsio puts it, not before column 33.
    private static func text(_ keyword: String, _ value: String, _ comment: String = "") -> [String] {
        guard !value.isEmpty else { return [] }
        var images = FITSCard(keyword, .string(value)).images
        guard !comment.isEmpty, images.count == 1, let image = images.first?.trimmingBlanks else { return images }
        let start = image + String(repeating: " ", count: max(0, 30 - image.utf8.count))
        let whole = (start + " / " + comment).utf8.prefix(80)
        images[0] = String(decoding: Array(whole) + [UInt8](repeating: 0x20, count: 80 - whole.count), as: UTF8.self)
        return images
    }

    // MARK: Reading

    /// Reads the layout of a table whatever columns it has; it must have `id`, `coord_ra` and `coord_dec`.
    ///
    /// Columns of a type that the reference's reader does not know are left out, as there.
    init(_ header: FITSHeader) throws {
        let columns = try TableLayout(header)
        let flagColumn = try header.integerIfPresent("FLAGCOL").flatMap { Int(exactly: $0) }
        var fields: [CatalogueField] = []
        var places: [Place] = []
        let start = columns.columns.first { $0.number == flagColumn && $0.type == .bit }
        for card in header.cards {
            if let number = card.number(after: "TTYPE"), number != start?.number,
                columns.columns.indices.contains(number - 1)
            {
                let column = columns.columns[number - 1]
                let template = header["TCCLS\(number)"]?.stringValue
                guard let kind = CatalogueField.Kind(column, template: template) else { continue }
                let text = header["TDOC\(number)"]?.stringValue ?? ""
                fields.append(CatalogueField(column.name, kind, unit: column.unit ?? "", text))
                places.append(.bytes(column.offset))
            } else if let number = card.number(after: "TFLAG"), let start, number <= start.bitCount,
                let name = card.value?.stringValue
            {
                fields.append(CatalogueField(name, .flag, header["TFDOC\(number)"]?.stringValue ?? ""))
                places.append(.bit(8 * start.offset + number - 1))
            }
        }
        let version = try header.integerIfPresent("REFCAT_FORMAT_VERSION").flatMap { Int(exactly: $0) }
        self.init(fields, places, rowSize: columns.rowSize, formatVersion: version)
        try checkRequired(header)
    }

    private func checkRequired(_ header: FITSHeader) throws {
        for name in ["id", "coord_ra", "coord_dec"] {
            let kind = self[name]?.kind
            guard let kind, name == "id" ? kind == .int64 || kind == .int32 : kind.isDouble else {
                let problem = kind.map { "holds \($0.name)" } ?? "is missing"
                let error = ButlerError(
                    .corruptFile,
                    "The table is no reference catalogue: its column \"\(name)\" \(problem).",
                    remedy: "It must have the columns id, coord_ra and coord_dec."
                )
                throw header.source.map { error.adding("file", $0) } ?? error
            }
        }
    }
}

extension FITSColumn {
    /// Bits of a row; 0 for other columns than those of bits.
    fileprivate var bitCount: Int {
        guard type == .bit, case .fixed(let count) = length else { return 0 }
        return count
    }
}

extension FITSCard {
    /// The number behind a word, when the keyword is that word with a number.
    fileprivate func number(after word: String) -> Int? {
        guard keyword.hasPrefix(word) else { return nil }
        return Int(keyword.dropFirst(word.count))
    }
}

extension String {
    fileprivate var trimmingBlanks: String {
        var text = self[...]
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
