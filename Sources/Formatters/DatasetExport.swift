internal import Datastores
internal import FITS
internal import Resources
internal import SkyMaps
internal import StewardCore

/// Forms in which objects read from a repository leave it: text, files by suffix, pixels for pictures.
public enum DatasetExport {
    /// The object as text for people and programs.
    ///
    /// - Parameter object: What a get returned.
    /// - Returns: JSON of structured data, cards of headers and sky descriptions, ECSV of tables; nil for what has no such
    ///   form.
    public static func text(of object: any Sendable) -> String? {
        switch object {
        case let value as String: value
        case let value as FITSHeader: lines(value.cards)
        case let value as WCS: lines(value.descriptionCards)
        case let value as SkyMapping: value.wcs.map { lines($0.descriptionCards) } ?? value.text
        case let value as VisitInfo: lines(value.cards)
        case let value as SkyMap: value.configuration.text()
        case is Table, is FITSTable: table(object).map { String(decoding: ECSVWriter($0).bytes(), as: UTF8.self) }
        case let value as FITS.PixelBox:
            json(["x": value.xMin, "y": value.yMin, "width": value.width, "height": value.height])
        case let value as PixelOrigin: json(["x": value.x, "y": value.y])
        case let value as FilterLabel: label(value).text(.indented)
        case let value as any BinaryInteger & Sendable: "\(value)"
        case let value as any BinaryFloatingPoint & Sendable: "\(value)"
        case let value as [Int]: "\(value)"
        default: JSONValue(scalarOrTree: object)?.text(.indented)
        }
    }

    private static func json(_ pairs: KeyValuePairs<String, Int>) -> String {
        JSONValue.object(pairs.map { .init($0.key, .int(Int64($0.value))) }).text(.spaced)
    }

    private static func label(_ filter: FilterLabel) -> JSONValue {
        .object([
            "band": filter.band.map { .string($0) } ?? .null, "physical": filter.physical.map { .string($0) } ?? .null,
        ])
    }

    private static func table(_ object: any Sendable) -> Table? {
        object as? Table ?? (object as? FITSTable).flatMap { try? Table($0) }
    }

    private static func lines(_ cards: [FITSCard]) -> String { cards.map(line).joined(separator: "\n") }

    private static func line(_ card: FITSCard) -> String {
        guard let value = card.value else { return "\(card.keyword) \(card.comment)" }
        let padded = card.keyword + String(repeating: " ", count: max(0, 8 - card.keyword.count))
        return "\(padded)= \(value)" + (card.comment.isEmpty ? "" : " / \(card.comment)")
    }

    /// Writes the object to a new file in the form that the suffix names.
    ///
    /// - Parameters:
    ///   - object: What a get returned.
    ///   - path: Path that ends with `.fits`, `.json`, `.yaml`, `.yml`, `.ecsv`, `.csv` or `.txt`.
    /// - Throws: ``ButlerError`` with `.formatter` for other suffixes and for objects without such a form, `.fileAccess`,
    ///   `.diskFull`.
    public static func write(_ object: any Sendable, to path: String) throws {
        let options = FormatterOptions(className: "")
        switch path.split(separator: ".").last?.lowercased() {
        case "fits":
            let isTree = object is TreeContent
            let formatter: any FileFormatter =
                isTree ? try ImagesArchiveFormatter(options) : try FITSGenericFormatter(options)
            try formatter.write((object as? FITSTable).map { try Table($0) } ?? object, to: path)
        case "json": try JSONFormatter(options).write(tree(object) ?? object, to: path)
        case "yaml", "yml": try YAMLFormatter(options).write(tree(object) ?? object, to: path)
        case "ecsv": try ECSVFormatter(options).write(table(object) ?? object, to: path)
        case "csv":
            guard let table = table(object) else { throw ECSVFormatter(options).unwritable(object) }
            try FileStore().write(
                Array(CSVText.text(of: table).utf8),
                to: ResourcePath(localPath: path),
                overwrite: false
            )
        case "txt": try TextFormatter(options).write(text(of: object) ?? object, to: path)
        default:
            throw ButlerError(
                .formatter,
                "The suffix of \"\(path)\" names no form in which objects are written.",
                remedy: "Use .fits, .json, .yaml, .ecsv, .csv or .txt."
            )
        }
    }

    /// The value tree of an object: itself, or that of its header.
    private static func tree(_ object: any Sendable) -> JSONValue? {
        switch object {
        case let value as FITSHeader:
            .object(value.cards.filter { !$0.isCommentary }.map { .init($0.keyword, .init($0.value)) })
        case let value as FilterLabel: label(value)
        case let value as FITS.PixelBox:
            .object([
                "x": .int(Int64(value.xMin)), "y": .int(Int64(value.yMin)), "width": .int(Int64(value.width)),
                "height": .int(Int64(value.height)),
            ])
        default: JSONValue(scalarOrTree: object)
        }
    }

    /// Pixels of anything that holds an image.
    ///
    /// - Parameter object: What a get returned.
    /// - Returns: Values row by row, the first row at the bottom; nil for what holds none.
    public static func pixels(of object: any Sendable) -> (values: [Float], width: Int, height: Int)? {
        switch object {
        case let value as MaskedImage: return value.image.floats
        case let value as Exposure: return value.maskedImage.image.floats
        case let value as DecoratedImage: return value.image.floats
        case let value as TreeContent:
            switch value.planes {
            case .image(let image): return image.floats
            case .mask(let mask): return mask.floats
            case .maskedImage(let image): return image.image.floats
            }
        case let value as Mask: return value.floats
        default: return AnyImage(object)?.floats
        }
    }
}

extension JSONValue {
    /// The value of a card.
    fileprivate init(_ value: FITSValue?) {
        self =
            switch value {
            case .logical(let value): .bool(value)
            case .integer(let value): .int(value)
            case .real(let value): .double(value)
            case .string(let value): .string(value)
            case .undefined, nil: .null
            }
    }
}

extension Mask {
    /// The bits of planes 0 to 31 as numbers.
    fileprivate var floats: (values: [Float], width: Int, height: Int) {
        ((words.first ?? []).map { Float($0) }, box.width, box.height)
    }
}

extension Image where Value: BinaryInteger {
    fileprivate var floats: (values: [Float], width: Int, height: Int) {
        (pixels.map { Float($0) }, box.width, box.height)
    }
}

extension Image where Value: BinaryFloatingPoint {
    fileprivate var floats: (values: [Float], width: Int, height: Int) {
        (pixels.map { Float($0) }, box.width, box.height)
    }
}

extension AnyImage {
    fileprivate var floats: (values: [Float], width: Int, height: Int) {
        switch self {
        case .uint8(let image): image.floats
        case .int8(let image): image.floats
        case .int16(let image): image.floats
        case .uint16(let image): image.floats
        case .int32(let image): image.floats
        case .uint32(let image): image.floats
        case .int64(let image): image.floats
        case .uint64(let image): image.floats
        case .float32(let image): image.floats
        case .float64(let image): image.floats
        }
    }
}
