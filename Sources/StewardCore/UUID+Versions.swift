public import Foundation

extension UUID {
    /// The name-based identifier of RFC 9562 version 5: SHA-1 over namespace and name.
    ///
    /// - Parameters:
    ///   - namespace: The namespace's identifier.
    ///   - name: Any text; hashed as UTF-8.
    public init(version5 namespace: UUID, name: String) {
        let hash = Digest.of(namespace.bytes + Array(name.utf8), .sha1)
        self.init(bytes: hash.prefix(16), version: 5)
    }

    /// The name-based identifier of RFC 9562 version 3: MD5 over namespace and name.
    ///
    /// - Parameters:
    ///   - namespace: The namespace's identifier.
    ///   - name: Any text; hashed as UTF-8.
    public init(version3 namespace: UUID, name: String) {
        self.init(bytes: Digest.of(namespace.bytes + Array(name.utf8), .md5)[...], version: 3)
    }

    /// The time-ordered identifier of RFC 9562 version 7.
    ///
    /// The first twelve bits after the milliseconds are their fraction (section 6.2, method 3), so that the identifiers of
    /// many datasets made at once are in order, too, which databases thank with compact indexes.
    ///
    /// - Parameters:
    ///   - nanoseconds: Unix time in nanoseconds (UTC).
    ///   - generator: Source of the 62 random bits.
    public init(version7 nanoseconds: UInt64, using generator: inout some RandomNumberGenerator) {
        let (milliseconds, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000)
        let fraction = rest * 4096 / 1_000_000
        var bytes: [UInt8] = (0..<6).map { UInt8(truncatingIfNeeded: milliseconds >> (40 - 8 * UInt64($0))) }
        let random = generator.next()
        bytes += [UInt8(truncatingIfNeeded: fraction >> 8), UInt8(truncatingIfNeeded: fraction)]
        bytes += (0..<8).map { UInt8(truncatingIfNeeded: random >> (8 * UInt64($0))) }
        self.init(bytes: bytes[...], version: 7)
    }

    /// A new time-ordered identifier (version 7) from the system clock and random generator.
    public static func version7() -> UUID {
        var generator = SystemRandomNumberGenerator()
        let now = min(max(0, Date().timeIntervalSince1970), 1e10)
        return UUID(version7: UInt64(now * 1e9), using: &generator)
    }

    /// The identifier that 32 hexadecimal digits without dashes stand for, as SQLite repositories store it.
    public init?(hexadecimal text: some StringProtocol) {
        guard let bytes = Hexadecimal.decode(text), bytes.count == 16 else { return nil }
        self.init(bytes: bytes[...], version: nil)
    }

    /// 32 lower-case hexadecimal digits without dashes.
    public var hexadecimal: String { Hexadecimal.encode(bytes) }

    /// The lower-case dashed form that the reference prints.
    public var dashed: String { uuidString.lowercased() }

    /// The sixteen bytes in network order.
    public var bytes: [UInt8] { withUnsafeBytes(of: uuid) { Array($0) } }

    /// Creates an identifier from sixteen bytes, setting version and variant bits when a version is given.
    private init(bytes: ArraySlice<UInt8>, version: UInt8?) {
        var value = Array(bytes)
        if let version {
            value[6] = value[6] & 0x0F | version << 4
            value[8] = value[8] & 0x3F | 0x80
        }
        self.init(
            uuid: (
                value[0], value[1], value[2], value[3], value[4], value[5], value[6], value[7],
                value[8], value[9], value[10], value[11], value[12], value[13], value[14], value[15]
            )
        )
    }
}
