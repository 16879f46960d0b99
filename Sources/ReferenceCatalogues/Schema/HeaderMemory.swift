internal import FITS
internal import Synchronization

/// The headers of the file read last: those of the other shards of a catalogue differ in the number of rows only.
final class HeaderMemory: Sendable {
    private struct Known {
        let schema: CatalogueSchema
        let header: [UInt8]
        /// Where the value of `NAXIS2` is.
        let count: Range<Int>
    }

    private let known = Mutex<Known?>(nil)

    /// Remembers the headers of a file.
    func remember(_ schema: CatalogueSchema, _ header: ArraySlice<UInt8>) {
        let card = Array("NAXIS2  = ".utf8)
        let start = stride(from: header.startIndex, to: header.endIndex, by: 80).first {
            header[$0...].starts(with: card)
        }
        guard let start else { return }
        let value = Known(schema: schema, header: Array(header), count: start + 10..<start + 30)
        known.withLock { $0 = value }
    }

    /// The rows of a file whose headers are the same but for the number of rows; nil for any other file.
    func rows(of bytes: [UInt8]) -> CatalogueRows? {
        guard let known = known.withLock({ $0 }), bytes.count >= known.header.count,
            known.count.upperBound <= bytes.count
        else { return nil }
        let size = known.header.count
        let isSame = bytes.withUnsafeBytes { bytes in
            known.header.withUnsafeBytes { header in
                Self.equal(bytes, header, 0..<known.count.lowerBound)
                    && Self.equal(bytes, header, known.count.upperBound..<size)
            }
        }
        let digits = bytes[known.count].drop { $0 == 0x20 }
        guard isSame, let count = Int(String(decoding: digits, as: UTF8.self)), count >= 0 else { return nil }
        let (length, overflow) = count.multipliedReportingOverflow(by: known.schema.rowSize)
        guard !overflow, length <= bytes.count - size else { return nil }
        return CatalogueRows(known.schema, bytes: Array(bytes[size..<size + length]))
    }

    private static func equal(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer, _ range: Range<Int>) -> Bool {
        UnsafeRawBufferPointer(rebasing: a[range]).elementsEqual(UnsafeRawBufferPointer(rebasing: b[range]))
    }
}
