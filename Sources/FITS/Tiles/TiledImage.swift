internal import StewardCore

/// The description of an image in compressed tiles (FITS standard 4.0, section 10).
struct TiledImage {
    enum Algorithm {
        case none, gzip1, gzip2
        case rice(blockSize: Int, pixelBytes: Int)
    }

    /// How integers become floating-point pixels.
    enum Quantization {
        case none
        case plain
        case dithered(start: Int, keepsZeros: Bool)
    }

    let header: FITSHeader
    let layout: TableLayout
    let algorithm: Algorithm
    let quantization: Quantization
    /// Bits of a pixel before compression, negative for floating-point ones.
    let bits: Int
    let width: Int
    let height: Int
    let tileWidth: Int
    let tileHeight: Int

    /// Describes the image, or nil if its algorithm is left to cfitsio.
    init?(_ unit: FITSHDU) throws {
        header = unit.header
        guard unit.axes.count >= 2, unit.axes.dropFirst(2).allSatisfy({ $0 == 1 }) else { return nil }
        guard let algorithm = try Self.algorithm(header) else { return nil }
        self.algorithm = algorithm
        layout = try TableLayout(header)
        bits = Int(try header.integer("ZBITPIX"))
        (width, height) = (unit.axes[0], unit.axes[1])
        tileWidth = Int(try header.integerIfPresent("ZTILE1") ?? Int64(width))
        tileHeight = Int(try header.integerIfPresent("ZTILE2") ?? 1)
        guard (try header.integerIfPresent("ZTILE3") ?? 1) == 1 else { return nil }
        guard tileWidth.multipliedReportingOverflow(by: tileHeight).partialValue <= Int(Int32.max) else {
            throw header.error("ZTILE1", "makes the tiles too large")
        }
        quantization = Self.quantization(header, isQuantized: unit.isQuantized)
    }

    var tilesInRow: Int { (width + tileWidth - 1) / tileWidth }

    private static func algorithm(_ header: FITSHeader) throws -> Algorithm? {
        switch try header.string("ZCMPTYPE") {
        case "NOCOMPRESS": return Algorithm.none
        case "GZIP_1": return .gzip1
        case "GZIP_2": return .gzip2
        case "RICE_1", "RICE_ONE":
            var parameters: [String: Int64] = [:]
            for number in 1...9 {
                guard let name = header["ZNAME\(number)"]?.stringValue else { break }
                parameters[name] = header["ZVAL\(number)"]?.integerValue
            }
            let blockSize = Int(clamping: parameters["BLOCKSIZE"] ?? 32)
            return .rice(blockSize: blockSize, pixelBytes: Int(clamping: parameters["BYTEPIX"] ?? 4))
        default: return nil
        }
    }

    private static func quantization(_ header: FITSHeader, isQuantized: Bool) -> Quantization {
        guard isQuantized else { return .none }
        let start = Int(clamping: header["ZDITHER0"]?.integerValue ?? 1)
        switch header["ZQUANTIZ"]?.stringValue {
        case "SUBTRACTIVE_DITHER_1": return .dithered(start: start, keepsZeros: false)
        case "SUBTRACTIVE_DITHER_2": return .dithered(start: start, keepsZeros: true)
        default: return .plain
        }
    }
}

/// The pixels of one tile as they were before compression.
enum TileValues {
    case uint8([UInt8])
    case int16([Int16])
    case int32([Int32])
    case int64([Int64])
    case float([Float])
    case double([Double])
}
