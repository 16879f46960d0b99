internal import Foundation
internal import StewardCore
internal import Synchronization

/// Identifiers of a whole catalogue, on disk in parts that fit into memory, to find those that occur again.
final class IdentifierFile: Sendable {
    private static let partCount = 256
    private static let bufferLimit = 1 << 22

    private struct State {
        var parts = [[Int64]](repeating: [], count: IdentifierFile.partCount)
        var buffered = 0
    }

    private let folder: String
    private let state = Mutex(State())

    init() throws {
        folder = NSTemporaryDirectory() + "steward-identifiers-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// Adds identifiers.
    func add(_ identifiers: [Int64]) throws {
        try state.withLock { state in
            for id in identifiers {
                let mixed = UInt64(bitPattern: id) &* 0x9E37_79B9_7F4A_7C15
                state.parts[Int(mixed >> 56)].append(id)
            }
            state.buffered += identifiers.count
            if state.buffered > Self.bufferLimit { try flush(&state) }
        }
    }

    private func flush(_ state: inout State) throws {
        for part in state.parts.indices where !state.parts[part].isEmpty {
            let file = try ScratchFile(appendingTo: "\(folder)/\(part)")
            try state.parts[part].withUnsafeBytes { try file.write($0) }
            try file.close()
            state.parts[part] = []
        }
        state.buffered = 0
    }

    /// Those that occur more than once, in order; at most a thousand of each part.
    func repeated() -> [Int64] {
        state.withLock { state in
            var found: [Int64] = []
            for part in state.parts.indices {
                var identifiers = state.parts[part]
                if let data = FileManager.default.contents(atPath: "\(folder)/\(part)") {
                    data.withUnsafeBytes { bytes in
                        for offset in stride(from: 0, to: bytes.count - 7, by: 8) {
                            identifiers.append(bytes.loadUnaligned(fromByteOffset: offset, as: Int64.self))
                        }
                    }
                }
                identifiers.sort()
                let pairs = zip(identifiers, identifiers.dropFirst()).filter { $0 == $1 }.map(\.0)
                found += pairs.prefix(1000)
            }
            return found.sorted()
        }
    }
}
