internal import StewardCore

/// Size of the data that a header describes (FITS standard 4.0, equations 1 to 4).
public enum FITSDataSize {
    /// Bytes of data without padding.
    ///
    /// - Parameter header: A primary or extension header.
    /// - Returns: |BITPIX| / 8 · GCOUNT · (PCOUNT + the product of the axes); 0 without axes.
    /// - Throws: `ButlerError` of code `header` or `corruptFile` for missing, negative or absurdly great sizes.
    public static func bytes(_ header: FITSHeader) throws -> Int64 {
        let bits = try header.integer("BITPIX")
        guard [8, 16, 32, 64, -32, -64].contains(bits) else {
            throw header.error("BITPIX", "has the value \(bits), which names no pixel type")
        }
        let axes = try header.integer("NAXIS")
        guard (0...999).contains(axes) else {
            throw header.error("NAXIS", "has the value \(axes), which is not between 0 and 999")
        }
        guard axes > 0 else { return 0 }
        let groups = header["GROUPS"] == .logical(true) && header["NAXIS1"] == .integer(0)
        var elements: Int64 = 1
        for axis in 1...axes where !(groups && axis == 1) {
            elements = try product(elements, count(header, "NAXIS\(axis)", absent: nil), header, "NAXIS\(axis)")
        }
        let heap = try count(header, "PCOUNT", absent: 0)
        let (perGroup, overflow) = elements.addingReportingOverflow(heap)
        guard !overflow else { throw header.error("PCOUNT", "makes the data too large") }
        let total = try product(perGroup, count(header, "GCOUNT", absent: 1), header, "GCOUNT")
        let size = try product(total, (bits.magnitude / 8).asCount, header, "BITPIX")
        guard size <= .max / 4 else { throw header.error("NAXIS1", "makes the data too large") }
        return size
    }

    private static func count(_ header: FITSHeader, _ keyword: String, absent: Int64?) throws -> Int64 {
        let value = try absent == nil ? header.integer(keyword) : header.integerIfPresent(keyword) ?? absent ?? 0
        guard value >= 0 else { throw header.error(keyword, "has the negative value \(value)") }
        return value
    }

    private static func product(_ a: Int64, _ b: Int64, _ header: FITSHeader, _ keyword: String) throws -> Int64 {
        let (value, overflow) = a.multipliedReportingOverflow(by: b)
        guard !overflow else { throw header.error(keyword, "makes the data too large") }
        return value
    }
}

extension UInt64 {
    /// The number as a signed one; the pixel sizes it is used for are at most 8.
    fileprivate var asCount: Int64 { Int64(clamping: self) }
}
