import Foundation

/// One card image: the text padded with blanks to 80 bytes.
func cardImage(_ text: String) -> [UInt8] {
    Array(text.utf8.prefix(80)) + [UInt8](repeating: 0x20, count: max(0, 80 - text.utf8.count))
}

/// Header blocks of some card texts, with `END` and padding.
func headerBlocks(_ lines: [String]) -> [UInt8] {
    let cards = (lines + ["END"]).flatMap(cardImage)
    return cards + [UInt8](repeating: 0x20, count: (2880 - cards.count % 2880) % 2880)
}

/// Data blocks: zeros padded to whole blocks.
func dataBlocks(_ count: Int) -> [UInt8] {
    [UInt8](repeating: 0, count: (count + 2879) / 2880 * 2880)
}

/// A generator whose sequence is the same on each run (SplitMix64).
struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }
}

/// A folder that is removed when the last reference to it goes.
final class TemporaryFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "steward-fits-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: url)
    }

    func path(_ name: String) -> String { url.appending(path: name).path }

    func write(_ bytes: [UInt8], _ name: String) throws -> String {
        let path = path(name)
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return path
    }
}
