/// Base64 with padding, in the standard alphabet.
enum Base64 {
    static let colon = UInt8(ascii: ":")
    private static let padding = UInt8(ascii: "=")
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// Value of each byte as a digit, or 255.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 255, count: 256)
        for (value, digit) in alphabet.enumerated() { values[Int(digit)] = UInt8(value) }
        return values
    }()

    /// Text of bytes, four digits for every three of them.
    static func encode(_ bytes: [UInt8]) -> String {
        String(unsafeUninitializedCapacity: (bytes.count + 2) / 3 * 4) { text in
            var written = 0
            for start in stride(from: 0, to: bytes.count, by: 3) {
                let count = min(3, bytes.count - start)
                var group = 0
                for i in 0..<3 { group = group << 8 | (i < count ? Int(bytes[start + i]) : 0) }
                for i in 0..<4 {
                    text[written + i] = i > count ? padding : alphabet[group >> (18 - 6 * i) & 63]
                }
                written += 4
            }
            return written
        }
    }

    /// Decodes text into memory for three bytes for every four digits.
    ///
    /// - Parameters:
    ///   - text: Digits, a multiple of four, with one or two padding characters at the end at most.
    ///   - memory: Room for the bytes.
    /// - Returns: The number of bytes, or nil when the text is not of that form.
    static func decode(_ text: UnsafeBufferPointer<UInt8>, into memory: UnsafeMutableBufferPointer<UInt8>) -> Int? {
        guard text.count.isMultiple(of: 4), memory.count >= text.count / 4 * 3 else { return nil }
        guard text.count > 0 else { return 0 }
        var digits = text.count
        if text[digits - 1] == padding { digits -= text[digits - 2] == padding ? 2 : 1 }
        return values.withUnsafeBufferPointer { values in
            var written = 0
            var seen: UInt8 = 0
            for start in stride(from: 0, to: text.count, by: 4) {
                var group: UInt32 = 0
                for i in start..<(start + 4) {
                    let value = i < digits ? values[Int(text[i])] : 0
                    seen |= value
                    group = group << 6 | UInt32(value & 63)
                }
                memory[written] = UInt8(truncatingIfNeeded: group >> 16)
                memory[written + 1] = UInt8(truncatingIfNeeded: group >> 8)
                memory[written + 2] = UInt8(truncatingIfNeeded: group)
                written += 3
            }
            return seen & 0xC0 == 0 ? written - (text.count - digits) : nil
        }
    }
}
