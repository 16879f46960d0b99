internal import CFITSIO

/// The types that pixels have in files, after the offsets that stand for unsigned integers were applied.
public enum PixelType: String, Sendable, Hashable, CaseIterable {
    /// Unsigned, 8 bits.
    case uint8
    /// Signed, 8 bits.
    case int8
    /// Signed, 16 bits.
    case int16
    /// Unsigned, 16 bits.
    case uint16
    /// Signed, 32 bits.
    case int32
    /// Unsigned, 32 bits.
    case uint32
    /// Signed, 64 bits.
    case int64
    /// Unsigned, 64 bits.
    case uint64
    /// IEEE single precision.
    case float32
    /// IEEE double precision.
    case float64

    /// Bytes of one pixel.
    public var size: Int {
        switch self {
        case .uint8, .int8: 1
        case .int16, .uint16: 2
        case .int32, .uint32, .float32: 4
        case .int64, .uint64, .float64: 8
        }
    }

    /// Whether values may have fractions.
    public var isFloatingPoint: Bool { self == .float32 || self == .float64 }

    /// Whether this type holds every value of another one (floating-point types count as holding all integers).
    public func holds(_ other: PixelType) -> Bool {
        if isFloatingPoint { return true }
        guard !other.isFloatingPoint else { return false }
        let wider = size > other.size
        return isSigned ? (other.isSigned ? size >= other.size : wider) : !other.isSigned && size >= other.size
    }

    private var isSigned: Bool {
        switch self {
        case .int8, .int16, .int32, .int64, .float32, .float64: true
        case .uint8, .uint16, .uint32, .uint64: false
        }
    }

    /// The type that `BITPIX` (or `ZBITPIX`) and the header's `BZERO` and `BSCALE` describe, or nil for an unknown one.
    init?(bits: Int64, header: FITSHeader) {
        let zero = header["BZERO"]?.realValue ?? 0
        let scale = header["BSCALE"]?.realValue ?? 1
        let plain: (signed: PixelType, unsigned: PixelType, offset: Double, scaled: PixelType)
        switch bits {
        case 8: plain = (.uint8, .int8, -128, .float32)
        case 16: plain = (.int16, .uint16, 32_768, .float32)
        case 32: plain = (.int32, .uint32, 2_147_483_648, .float64)
        case 64: plain = (.int64, .uint64, 9_223_372_036_854_775_808, .float64)
        case -32: plain = (.float32, .float32, 0, .float32)
        case -64: plain = (.float64, .float64, 0, .float64)
        default: return nil
        }
        if scale != 1 {
            self = plain.scaled
        } else if zero == 0 {
            self = plain.signed
        } else {
            self = zero == plain.offset ? plain.unsigned : plain.scaled
        }
    }

    /// The type's number in the C shim.
    var code: Int32 {
        let code =
            switch self {
            case .uint8: CFITS_UINT8
            case .int8: CFITS_INT8
            case .int16: CFITS_INT16
            case .uint16: CFITS_UINT16
            case .int32: CFITS_INT32
            case .uint32: CFITS_UINT32
            case .int64: CFITS_INT64
            case .uint64: CFITS_UINT64
            case .float32: CFITS_FLOAT
            case .float64: CFITS_DOUBLE
            }
        return Int32(code.rawValue)
    }
}

/// A Swift type whose values are pixels.
public protocol Pixel: Sendable, Hashable {
    /// The type of the pixels in a file.
    static var pixelType: PixelType { get }
    /// The number zero.
    static var zero: Self { get }
    /// The value as a double, rounded if it has more than 53 bits.
    var doubleValue: Double { get }
}

extension UInt8: Pixel {
    /// 8 bits without sign.
    public static var pixelType: PixelType { .uint8 }
    /// The value as a double.
    public var doubleValue: Double { Double(self) }
}

extension Int8: Pixel {
    /// 8 bits with sign.
    public static var pixelType: PixelType { .int8 }
    /// The value as a double.
    public var doubleValue: Double { Double(self) }
}

extension Int16: Pixel {
    /// 16 bits with sign.
    public static var pixelType: PixelType { .int16 }
    /// The value as a double.
    public var doubleValue: Double { Double(self) }
}

extension UInt16: Pixel {
    /// 16 bits without sign.
    public static var pixelType: PixelType { .uint16 }
    /// The value as a double.
    public var doubleValue: Double { Double(self) }
}

extension Int32: Pixel {
    /// 32 bits with sign.
    public static var pixelType: PixelType { .int32 }
    /// The value as a double.
    public var doubleValue: Double { Double(self) }
}

extension UInt32: Pixel {
    /// 32 bits without sign.
    public static var pixelType: PixelType { .uint32 }
    /// The value as a double.
    public var doubleValue: Double { Double(self) }
}

extension Int64: Pixel {
    /// 64 bits with sign.
    public static var pixelType: PixelType { .int64 }
    /// The value as a double.
    public var doubleValue: Double { Double(self) }
}

extension UInt64: Pixel {
    /// 64 bits without sign.
    public static var pixelType: PixelType { .uint64 }
    /// The value as a double.
    public var doubleValue: Double { Double(self) }
}

extension Float: Pixel {
    /// Single precision.
    public static var pixelType: PixelType { .float32 }
    /// The value as a double.
    public var doubleValue: Double { Double(self) }
}

extension Double: Pixel {
    /// Double precision.
    public static var pixelType: PixelType { .float64 }
    /// The value as a double.
    public var doubleValue: Double { Double(self) }
}
