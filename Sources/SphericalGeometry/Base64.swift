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
            bytes.withUnsafeBufferPointer { bytes in
                alphabet.withUnsafeBufferPointer { alphabet in
                    write(bytes, to: text, alphabet)
                }
            }
        }
    }

    private static func write(
        _ bytes: UnsafeBufferPointer<UInt8>,
        to text: UnsafeMutableBufferPointer<UInt8>,
        _ alphabet: UnsafeBufferPointer<UInt8>
    ) -> Int {
        var written = 0
        var next = 0
        while next < bytes.count {
            let second = next + 1 < bytes.count ? bytes[next + 1] : 0
            let third = next + 2 < bytes.count ? bytes[next + 2] : 0
            let group = Int(bytes[next]) << 16 | Int(second) << 8 | Int(third)
            text[written] = alphabet[group >> 18]
            text[written + 1] = alphabet[group >> 12 & 63]
            text[written + 2] = next + 1 < bytes.count ? alphabet[group >> 6 & 63] : padding
            text[written + 3] = next + 2 < bytes.count ? alphabet[group & 63] : padding
            written += 4
            next += 3
        }
        return written
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
        let paddings = text[text.count - 1] != padding ? 0 : text[text.count - 2] != padding ? 1 : 2
        return values.withUnsafeBufferPointer { values in
            var written = 0
            var seen: UInt8 = 0
            // The last group may hold padding, which has no value of its own.
            let last = text.count - 4
            for start in stride(from: 0, through: last, by: 4) {
                let isCut = start == last
                let a = values[Int(text[start])]
                let b = values[Int(text[start + 1])]
                let c = isCut && paddings == 2 ? 0 : values[Int(text[start + 2])]
                let d = isCut && paddings > 0 ? 0 : values[Int(text[start + 3])]
                seen |= a | b | c | d
                let group = UInt32(a) << 18 | UInt32(b) << 12 | UInt32(c) << 6 | UInt32(d)
                memory[written] = UInt8(truncatingIfNeeded: group >> 16)
                memory[written + 1] = UInt8(truncatingIfNeeded: group >> 8)
                memory[written + 2] = UInt8(truncatingIfNeeded: group)
                written += 3
            }
            return seen & 0xC0 == 0 ? written - paddings : nil
        }
    }
}
