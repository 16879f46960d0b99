internal import Datastores
internal import FITS
internal import Foundation
internal import StewardCore

/// Forms in which objects read from a repository leave it: text, files by suffix, pixels for pictures.
public enum DatasetExport {
    /// The object as text for people and programs.
    ///
    /// - Parameter object: What a get returned.
    /// - Returns: JSON of structured data, cards of headers, ECSV of tables; nil for what has no such form.
    public static func text(of object: any Sendable) -> String? {
        switch object {
        case let value as JSONValue: value.text(.indented)
        case let value as String: value
        case let value as FITSHeader: value.cards.map(Self.line).joined(separator: "\n")
        case let value as Table:
            (try? ECSVFormatter(FormatterOptions(className: "")).encode(value)).flatMap { $0 }.map {
                String(decoding: $0, as: UTF8.self)
            }
        case let value as FITS.PixelBox:
            "{\"x\": \(value.xMin), \"y\": \(value.yMin), \"width\": \(value.width), \"height\": \(value.height)}"
        case let value as any BinaryInteger & Sendable: "\(value)"
        case let value as any BinaryFloatingPoint & Sendable: "\(value)"
        case let value as [Int]: "\(value)"
        default: nil
        }
    }

    private static func line(_ card: FITSCard) -> String {
        guard let value = card.value else { return "\(card.keyword) \(card.comment)" }
        let padded = card.keyword + String(repeating: " ", count: max(0, 8 - card.keyword.count))
        return "\(padded)= \(value)" + (card.comment.isEmpty ? "" : " / \(card.comment)")
    }

    /// Writes the object to a file in the form that the suffix names.
    ///
    /// - Parameters:
    ///   - object: What a get returned.
    ///   - path: Path that ends with `.fits`, `.json`, `.yaml`, `.ecsv` or `.txt`.
    /// - Throws: ``ButlerError`` with `.formatter` when the object has no such form, `.fileAccess`, `.diskFull`.
    public static func write(_ object: any Sendable, to path: String) throws {
        let options = FormatterOptions(className: "")
        let formatter: any FileFormatter =
            switch path.split(separator: ".").last.map(String.init) ?? "" {
            case "fits": try FITSImageFormatter(options)
            case "json": JSONFormatter(options)
            case "yaml", "yml": YAMLFormatter(options)
            case "ecsv": ECSVFormatter(options)
            default: TextFormatter(options)
            }
        let shown: any Sendable = formatter is TextFormatter ? text(of: object) ?? object : object
        guard formatter.canWrite(shown) else { throw formatter.unwritable(object) }
        try formatter.write(shown, to: path)
    }

    /// Pixels of anything that holds an image.
    ///
    /// - Parameter object: What a get returned.
    /// - Returns: Values row by row, the first row at the bottom; nil for what holds none.
    public static func pixels(of object: any Sendable) -> (values: [Float], width: Int, height: Int)? {
        let image: AnyImage
        switch object {
        case let value as AnyImage: image = value
        case let value as MaskedImage: image = value.image
        case let value as Exposure: image = value.maskedImage.image
        case let value as any FloatPixels: return value.floats
        default: return nil
        }
        return image.floats
    }
}

private protocol FloatPixels {
    var floats: (values: [Float], width: Int, height: Int) { get }
}

extension Image: FloatPixels {
    fileprivate var floats: (values: [Float], width: Int, height: Int) {
        let values = pixels.map { pixel -> Float in
            switch pixel {
            case let value as Float: value
            case let value as Double: Float(value)
            case let value as any BinaryInteger: Float(Int64(clamping: value))
            default: .nan
            }
        }
        return (values, box.width, box.height)
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
