public import StewardCore

extension Region {
    /// Decodes the text form of the registry: base64 with padding.
    ///
    /// Empty text is the union of nothing. Several encodings joined by `:` are their union; SQL aggregation makes those.
    ///
    /// - Parameter text: Zero or more encodings in base64, joined by `:`.
    /// - Throws: ``ButlerError`` with code `.region` when a part is not base64 or not an encoded region.
    public init(base64 text: some StringProtocol) throws(ButlerError) {
        var text = String(text)
        let attempt = text.withUTF8 { utf8 in
            Result { () throws(ButlerError) in try Region(base64UTF8: utf8) }
        }
        self = try attempt.get()
    }

    /// Decodes the text form of the registry from UTF-8 bytes, as a database driver hands them out.
    ///
    /// - Parameter utf8: Zero or more encodings in base64, joined by `:`.
    /// - Throws: ``ButlerError`` with code `.region` when a part is not base64 or not an encoded region.
    public init(base64UTF8 utf8: UnsafeBufferPointer<UInt8>) throws(ButlerError) {
        if utf8.isEmpty {
            self = .union([])
        } else if utf8.contains(Base64.colon) {
            var operands: [Region] = []
            for part in utf8.split(separator: Base64.colon, omittingEmptySubsequences: false) {
                operands.append(try Region(base64Part: UnsafeBufferPointer(rebasing: part)))
            }
            self = .union(of: operands)
        } else {
            self = try Region(base64Part: utf8)
        }
    }

    /// Decodes one encoding in base64.
    private init(base64Part utf8: UnsafeBufferPointer<UInt8>) throws(ButlerError) {
        let attempt = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: utf8.count / 4 * 3) { memory in
            Result { () throws(ButlerError) -> Region in
                guard let count = Base64.decode(utf8, into: memory) else {
                    throw ButlerError(
                        .region,
                        "\"\(Region.excerpt(of: utf8))\" is not base64 text.",
                        remedy: "Give the region as base64 with padding, without spaces."
                    )
                }
                return try Region(encoded: UnsafeBufferPointer(rebasing: memory[..<count]))
            }
        }
        self = try attempt.get()
    }

    private static func excerpt(of utf8: UnsafeBufferPointer<UInt8>) -> String {
        String(decoding: utf8.prefix(40), as: UTF8.self) + (utf8.count > 40 ? "…" : "")
    }

    /// The text form of the registry: the encoding in base64 with padding.
    public var base64: String { Base64.encode(encoded) }

    /// Decodes hexadecimal text, as in exports and JSON.
    ///
    /// - Parameter text: Two digits for each byte of one encoded region, in either case.
    /// - Throws: ``ButlerError`` with code `.region` when the text is not hexadecimal or not an encoded region.
    public init(hexadecimal text: some StringProtocol) throws(ButlerError) {
        guard let bytes = Hexadecimal.decode(text) else {
            throw ButlerError(
                .region,
                "\"\(text.prefix(40))\" is not hexadecimal text.",
                remedy: "Give two hexadecimal digits for each byte of the region."
            )
        }
        try self.init(encoded: bytes)
    }

    /// The encoding in lower-case hexadecimal digits.
    public var hexadecimal: String { Hexadecimal.encode(encoded) }

    /// Evaluates an overlap expression: terms `A&B` in base64, joined by `|`.
    ///
    /// SQL aggregation makes these (`sphgeom: Region.cc`). Evaluation ends at the first term that is certain to overlap.
    ///
    /// - Parameter text: Terms of two encodings each; empty text is no.
    /// - Returns: Whether the regions of any term overlap.
    /// - Throws: ``ButlerError`` with code `.region` when a term has no `&` or a part is not an encoded region.
    public static func overlaps(base64Expression text: some StringProtocol) throws(ButlerError) -> Overlap {
        var text = String(text)
        let attempt = text.withUTF8 { utf8 in
            Result { () throws(ButlerError) in try evaluate(utf8) }
        }
        return try attempt.get()
    }

    private static func evaluate(_ utf8: UnsafeBufferPointer<UInt8>) throws(ButlerError) -> Overlap {
        guard !utf8.isEmpty else { return .no }
        var result = Overlap.no
        for term in utf8.split(separator: UInt8(ascii: "|"), omittingEmptySubsequences: false) {
            guard let ampersand = term.firstIndex(of: UInt8(ascii: "&")) else {
                throw ButlerError(
                    .region,
                    "A term of the overlap expression has no \"&\".",
                    remedy: "Join two encoded regions by \"&\" in every term."
                )
            }
            let first = try Region(base64Part: UnsafeBufferPointer(rebasing: term[..<ampersand]))
            let second = try Region(base64Part: UnsafeBufferPointer(rebasing: term[(ampersand + 1)...]))
            result = result || first.overlaps(second)
            if result == .yes { break }
        }
        return result
    }
}
