extension FITSHeader {
    /// Reads a header from its card images.
    ///
    /// Reads up to the `END` card or the last whole card, whichever comes first. Text that follows no rule of the
    /// standard is kept as the string value or the comment of its card; nothing fails.
    ///
    /// - Parameters:
    ///   - bytes: Card images of 80 bytes each.
    ///   - source: Name of the file for error messages.
    public init(bytes: [UInt8], source: String? = nil) {
        var parser = CardParser()
        bytes.withUnsafeBytes { _ = parser.add(allOf: $0) }
        self.init(cards: parser.cards, source: source)
    }
}

extension CardParser {
    /// Reads whole card images until `END`.
    ///
    /// - Parameter bytes: Card images of 80 bytes each; a last incomplete one is ignored.
    /// - Returns: Whether the `END` card was found.
    mutating func add(allOf bytes: UnsafeRawBufferPointer) -> Bool {
        var start = 0
        while start + Self.length <= bytes.count {
            let image = UnsafeRawBufferPointer(rebasing: bytes[start..<(start + Self.length)])
            guard add(image) else { return true }
            start += Self.length
        }
        return false
    }
}
