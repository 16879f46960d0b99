/// Rules for the last part of a path.
enum FileName {
    private static let compressions: Set<Substring> = ["gz", "bz2", "xz", "fz"]
    /// Most bytes that file systems allow in a name.
    private static let limit = 255

    /// The suffix with its dot; that of a compressed file together with the one before.
    static func fileExtension(of name: String) -> String {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count > 1, let last = parts.last else { return "" }
        guard parts.count > 2, compressions.contains(last) else { return "." + last }
        return ".\(parts[parts.count - 2]).\(last)"
    }

    /// Fewest characters of a random beginning; shorter ones come once in 200,000 files.
    private static let randomLength = 10

    /// Whether a name is one that ``temporary(for:)``, or the reference, gives a file that is being written.
    static func isTemporary(_ name: String) -> Bool {
        if name.hasSuffix(".transfer-tmp") { return true }
        let start = name.utf8.prefix(randomLength)
        guard start.count == randomLength, start.allSatisfy({ 0x61...0x7A ~= $0 || 0x30...0x39 ~= $0 }) else {
            return false
        }
        let suffix = fileExtension(of: name)
        return suffix == ".tmp" || suffix.hasPrefix(".tmp.") || name.dropLast(suffix.count).hasSuffix(".tmp")
    }

    /// A name for a file that is being written: random, and with the suffix of the final one.
    static func temporary(for name: String) -> String {
        let suffix = fileExtension(of: name)
        let stem = name == suffix ? "" : String(name.dropLast(suffix.count))
        var generator = SystemRandomNumberGenerator()
        let prefix = String(generator.next(), radix: 36)
        let room = limit - prefix.utf8.count - ".tmp".utf8.count - suffix.utf8.count
        var kept = stem
        while kept.utf8.count > max(room, 0) { kept.removeLast() }
        return prefix + kept + ".tmp" + (room < 0 ? "" : suffix)
    }
}
