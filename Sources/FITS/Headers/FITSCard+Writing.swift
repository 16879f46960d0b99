extension FITSCard {
    /// The card as images of 80 bytes each: one, or several for long strings and texts.
    ///
    /// Keywords of more than eight characters follow the HIERARCH convention, strings that do not fit the CONTINUE
    /// convention. Numbers that are not finite become the strings `NAN`, `+INFINITY` and `-INFINITY`, as in the
    /// reference; characters outside ASCII become question marks.
    public var images: [String] {
        guard let value else { return commentaryImages }
        let start = prefix
        switch value {
        case .string(let text): return stringImages(start, text)
        case .logical(let flag): return [image(start, flag ? "T" : "F")]
        case .integer(let number): return [image(start, String(number))]
        case .real(let number):
            return number.isFinite ? [image(start, Self.text(number))] : stringImages(start, Self.name(number))
        case .undefined: return [image(start, "")]
        }
    }

    private static let length = 80

    /// Keyword and value indicator.
    private var prefix: String {
        // Sixty bytes leave room for a value on the same line.
        let name = String(decoding: Self.ascii(keyword).utf8.prefix(60), as: UTF8.self)
        guard name.utf8.count > 8 || !name.utf8.allSatisfy(Self.isKeywordByte) || name.isEmpty else {
            return name.padded(to: 8) + "= "
        }
        return "HIERARCH \(name) = "
    }

    private var commentaryImages: [String] {
        let text = Self.ascii(comment)
        let start = Self.ascii(keyword).padded(to: 8)
        var rest = Array(text.utf8)[...]
        var images: [String] = []
        repeat {
            let piece = String(decoding: rest.prefix(Self.length - 8), as: UTF8.self)
            images.append((start + piece).padded(to: Self.length))
            rest = rest.dropFirst(Self.length - 8)
        } while !rest.isEmpty
        return images
    }

    /// A card whose value is no string; right-justified to column 30 where the keyword allows it.
    private func image(_ start: String, _ value: String) -> String {
        let field =
            start.utf8.count == 10 ? String(repeating: " ", count: max(0, 20 - value.utf8.count)) + value : value
        return Self.cut(start + field + slash)
    }

    private var slash: String { comment.isEmpty ? "" : " / " + Self.ascii(comment) }

    private func stringImages(_ start: String, _ text: String) -> [String] {
        let quoted = Self.ascii(text).replacing("'", with: "''")
        let whole = start + "'" + quoted.padded(to: start.utf8.count == 10 ? 8 : 0) + "'"
        if whole.utf8.count <= Self.length { return [Self.cut(whole + slash)] }
        var images: [String] = []
        var rest = Array(quoted.utf8)[...]
        var lead = start
        while !rest.isEmpty {
            let room = max(2, Self.length - lead.utf8.count - 3)
            let isLast = rest.count <= room + 1
            var count = isLast ? rest.count : room
            // A doubled quote stays in one piece.
            if !isLast, rest.prefix(count).reversed().prefix(while: { $0 == 0x27 }).count % 2 == 1 { count -= 1 }
            let piece = String(decoding: rest.prefix(count), as: UTF8.self)
            images.append(Self.cut(lead + "'" + piece + (isLast ? "'" + slash : "&'")))
            rest = rest.dropFirst(count)
            lead = "CONTINUE  "
        }
        return images
    }

    private static func isKeywordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
            UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private static func ascii(_ text: String) -> String {
        guard !text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) else { return text }
        let bytes = text.unicodeScalars.map {
            (0x20..<0x7F).contains($0.value) ? UInt8(truncatingIfNeeded: $0.value) : 0x3F
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func cut(_ text: String) -> String {
        String(decoding: text.utf8.prefix(length), as: UTF8.self).padded(to: length)
    }

    /// The shortest digits that read back as the same number, with a point or exponent.
    private static func text(_ number: Double) -> String {
        number.description.uppercased()
    }

    private static func name(_ number: Double) -> String {
        number.isNaN ? "NAN" : number > 0 ? "+INFINITY" : "-INFINITY"
    }
}

extension FITSHeader {
    /// The header as whole blocks of bytes, with `END` and padding.
    public var blocks: [UInt8] {
        var bytes: [UInt8] = []
        for image in cards.lazy.flatMap(\.images) { bytes += image.utf8 }
        bytes += "END".utf8
        let size =
            (bytes.count + FITSHeaderReader.blockSize - 1) / FITSHeaderReader.blockSize * FITSHeaderReader.blockSize
        bytes += [UInt8](repeating: 0x20, count: size - bytes.count)
        return bytes
    }
}

extension String {
    /// The text with blanks behind it up to a number of bytes.
    fileprivate func padded(to count: Int) -> String {
        self + String(repeating: " ", count: max(0, count - utf8.count))
    }
}
