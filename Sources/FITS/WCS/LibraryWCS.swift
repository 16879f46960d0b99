internal import CWCS
internal import StewardCore
internal import Synchronization

/// A coordinate system that wcslib computes.
///
/// wcslib changes its structure while it works; the lock gives it to one thread at a time.
final class LibraryWCS: Sendable {
    private let system: Mutex<OpaquePointer>
    /// Kind of the longitude, `RA`, `GLON`, ...
    let longitudeType: String
    /// The reference frame, or empty.
    let frame: String

    /// wcslib's parser keeps state outside its arguments.
    private static let parser = Mutex(())

    /// Makes a coordinate system from card images.
    ///
    /// - Parameters:
    ///   - cards: Card images of 80 characters each, joined.
    ///   - alternate: Letter of an alternate description, or a blank.
    /// - Throws: ``Rejection`` with wcslib's reason.
    init(cards: [UInt8], alternate: UInt8) throws {
        var made: OpaquePointer?
        var reason = ""
        let status = Self.parser.withLock { _ in
            withUnsafeTemporaryAllocation(of: CChar.self, capacity: 161) { message in
                message.initialize(repeating: 0)
                let status = cards.withUnsafeBytes { bytes in
                    cwcs_create(
                        bytes.baseAddress?.assumingMemoryBound(to: CChar.self),
                        Int32(cards.count / 80),
                        CChar(bitPattern: alternate),
                        &made,
                        message.baseAddress
                    )
                }
                reason = message.baseAddress.map { String(cString: $0) } ?? ""
                return status
            }
        }
        guard status == 0, let made else { throw Rejection(reason: reason) }
        longitudeType = Self.text(5) { cwcs_longitude_type(made, $0) }
        frame = Self.text(73) { cwcs_frame(made, $0) }
        system = Mutex(made)
    }

    deinit {
        system.withLock { cwcs_free($0) }
    }

    /// wcslib's reason for not taking a header.
    struct Rejection: Error {
        let reason: String
    }

    /// Longitudes and latitudes of 1-based pixels; NaN where there is none.
    func sky(_ pixels: [SIMD2<Double>]) -> [SIMD2<Double>] {
        transform(pixels, toSky: true)
    }

    /// 1-based pixels of longitudes and latitudes; NaN where there is none.
    func pixels(_ sky: [SIMD2<Double>]) -> [SIMD2<Double>] {
        transform(sky, toSky: false)
    }

    private func transform(_ points: [SIMD2<Double>], toSky: Bool) -> [SIMD2<Double>] {
        guard !points.isEmpty, let count = Int32(exactly: points.count) else { return [] }
        let (transformed, failed, status) = system.withLock { system in
            var output = [SIMD2<Double>](repeating: SIMD2(.nan, .nan), count: points.count)
            var failed = [Int32](repeating: 0, count: points.count)
            let status = points.withUnsafeBytes { input in
                output.withUnsafeMutableBytes { result in
                    let from = input.assumingMemoryBound(to: Double.self).baseAddress
                    let to = result.assumingMemoryBound(to: Double.self).baseAddress
                    return toSky
                        ? cwcs_pixel_to_sky(system, count, from, to, &failed)
                        : cwcs_sky_to_pixel(system, count, from, to, &failed)
                }
            }
            return (output, failed, status)
        }
        var output = transformed
        for index in output.indices where status != 0 || failed[index] != 0 {
            output[index] = SIMD2(.nan, .nan)
        }
        return output
    }

    private static func text(_ capacity: Int, _ fill: (UnsafeMutablePointer<CChar>) -> Void) -> String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: capacity) { buffer in
            buffer.initialize(repeating: 0)
            guard let start = buffer.baseAddress else { return "" }
            fill(start)
            return String(cString: start)
        }
    }
}
