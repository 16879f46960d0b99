import FITS
import Foundation
import Instruments
import Steward
import StewardTesting
import Synchronization

/// Raw files with many pixels on a server of the test.
struct RemoteNight {
    let night: RawNight
    let server: LoopbackServer
    /// Bytes of the files by their paths on the server.
    private(set) var files: [String: [UInt8]] = [:]

    init() async throws {
        night = try await RawNight()
        server = try LoopbackServer()
    }

    /// The URLs in order.
    var urls: [String] { files.keys.sorted().map { server.url($0) } }

    /// The bytes of a raw file of 2 MB.
    static func raw(_ number: Int64, _ detector: Int) throws -> [UInt8] {
        let path = NSTemporaryDirectory() + "steward-raw-" + UUID().uuidString + ".fits"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let file = try FITSFile(creating: path)
        let box = try PixelBox(xMin: 0, yMin: 0, width: 1000, height: 1000)
        try file.append(
            Image<UInt16>(box: box, filledWith: UInt16(100 * number) + UInt16(detector)),
            header: FITSHeader(RawNight.cards(number, detector))
        )
        try file.close()
        return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    }

    /// Puts a raw file on the server.
    @discardableResult
    mutating func add(_ number: Int64, _ detector: Int, fault: LoopbackServer.Fault? = nil) throws -> [UInt8] {
        let bytes = try Self.raw(number, detector)
        let path = "/night 1/SC_\(number)_\(detector).fits"
        files[path] = bytes
        server.put(path, bytes, fault: fault)
        return bytes
    }
}

/// Findings of a check.
final class Findings: Sendable {
    private let found = Mutex<[RepositoryFinding]>([])

    func add(_ finding: RepositoryFinding) { found.withLock { $0.append(finding) } }

    /// Their kinds, and an empty list afterwards.
    func take() -> [RepositoryFinding.Kind] {
        found.withLock { found in
            defer { found = [] }
            return found.map(\.kind)
        }
    }
}
