internal import CZlib
internal import Foundation
internal import StewardCore

/// A small grey picture of an image for people: robust stretch, north where row numbers grow, as PNG.
struct PreviewImage {
    /// Pixel values row by row, the first row at the bottom.
    let pixels: [Float]
    let width: Int
    let height: Int

    /// Longest side of the picture; larger images are averaged down by whole factors.
    static let longestSide = 1024

    /// The PNG file's bytes.
    ///
    /// Values between the 0.5 and 99.7 percentiles are shown on an asinh scale (Lupton et al. 1999), so that faint
    /// and bright sources are both seen; pixels without a finite value are black.
    ///
    /// - Returns: An 8-bit grey PNG (ISO/IEC 15948).
    /// - Throws: ``ButlerError`` with `.invalidArgument` for an image without pixels.
    func png() throws -> [UInt8] {
        guard width > 0, height > 0, pixels.count == width * height else {
            throw ButlerError(.invalidArgument, "An image of \(width) × \(height) pixels cannot be shown.")
        }
        let small = reduced()
        let grey = small.stretched()
        var rows: [UInt8] = []
        rows.reserveCapacity((small.width + 1) * small.height)
        for row in (0..<small.height).reversed() {
            rows.append(0)
            rows += grey[row * small.width..<(row + 1) * small.width]
        }
        return Self.file(width: small.width, height: small.height, scanlines: rows)
    }

    private func reduced() -> PreviewImage {
        let factor = (max(width, height) + Self.longestSide - 1) / Self.longestSide
        guard factor > 1 else { return self }
        let columns = width / factor
        let lines = height / factor
        guard columns > 0, lines > 0 else { return self }
        var means = [Float](repeating: 0, count: columns * lines)
        for y in 0..<lines * factor {
            for x in 0..<columns * factor {
                means[y / factor * columns + x / factor] += pixels[y * width + x]
            }
        }
        let scale = 1 / Float(factor * factor)
        return PreviewImage(pixels: means.map { $0 * scale }, width: columns, height: lines)
    }

    private func stretched() -> [UInt8] {
        let step = max(1, pixels.count / 100_000)
        let sample = stride(from: 0, to: pixels.count, by: step).map { pixels[$0] }.filter(\.isFinite).sorted()
        guard let first = sample.first, let last = sample.last, last > first else {
            return [UInt8](repeating: 0, count: pixels.count)
        }
        let low = sample[sample.count / 200]
        let high = max(sample[min(sample.count - 1, sample.count * 997 / 1000)], low.nextUp)
        return pixels.map { value in
            guard value.isFinite else { return 0 }
            let fraction = min(max((value - low) / (high - low), 0), 1)
            return UInt8(255 * asinh(8 * fraction) / asinh(8))
        }
    }

    private static func file(width: Int, height: Int, scanlines: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        bytes += chunk("IHDR", bigEndian(UInt32(width)) + bigEndian(UInt32(height)) + [8, 0, 0, 0, 0])
        bytes += chunk("IDAT", deflated(scanlines))
        return bytes + chunk("IEND", [])
    }

    private static func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
        let body = Array(name.utf8) + content
        let checksum = UInt32(truncatingIfNeeded: crc32(0, body, UInt32(body.count)))
        return bigEndian(UInt32(content.count)) + body + bigEndian(checksum)
    }

    private static func deflated(_ bytes: [UInt8]) -> [UInt8] {
        var count = compressBound(UInt(bytes.count))
        var result = [UInt8](repeating: 0, count: Int(count))
        compress2(&result, &count, bytes, UInt(bytes.count), 6)
        return Array(result.prefix(Int(count)))
    }

    private static func bigEndian(_ value: UInt32) -> [UInt8] {
        withUnsafeBytes(of: value.bigEndian) { Array($0) }
    }
}
