import StewardCore

/// A file of a store that is read here and there, as headers are; what was read stays in memory.
///
/// For one thread at a time.
public final class RangedFile {
    /// Bytes that the first request asks for at least: sixteen blocks of FITS, which hold most primary headers and the
    /// beginning of what follows.
    public static let firstRequest = 16 * 2880

    private let name: String
    private let read: (Range<Int>) throws -> ResourcePart
    private var parts: [(start: Int, bytes: [UInt8])] = []
    /// Bytes of the whole file, once it is known.
    public private(set) var size: Int?

    /// Creates a reader; nothing is read yet.
    public convenience init(_ path: ResourcePath, in store: any ResourceStore) {
        self.init(path.description) { try store.part(path, at: $0) }
    }

    /// Creates a reader over a function that gives the bytes at some offsets.
    public init(_ name: String, _ read: @escaping (Range<Int>) throws -> ResourcePart) {
        self.name = name
        self.read = read
    }

    /// Bytes at an offset.
    ///
    /// - Parameters:
    ///   - offset: Where they begin.
    ///   - count: How many are wanted.
    /// - Returns: The bytes, fewer only at the end of the file.
    /// - Throws: ``ButlerError`` with `.fileNotFound` or `.fileAccess`; also if the file has changed meanwhile.
    public func bytes(at offset: Int, count: Int) throws -> [UInt8] {
        if let size, offset >= size { return [] }
        let end = min(offset + count, size ?? .max)
        for part in parts where part.start <= offset && end <= part.start + part.bytes.count {
            return Array(part.bytes[offset - part.start..<end - part.start])
        }
        let wanted = parts.isEmpty ? max(count, RangedFile.firstRequest) : end - offset
        let part = try read(offset..<offset + wanted)
        if let size, let now = part.size, size != now {
            throw ButlerError(
                .fileAccess,
                "\"\(name)\" changed while it was read: it had \(size) bytes and has \(now).",
                remedy: "Try again when nobody writes it."
            )
        }
        size = part.size ?? size ?? (part.bytes.count < wanted ? offset + part.bytes.count : nil)
        parts.append((offset, part.bytes))
        return Array(part.bytes.prefix(count))
    }
}
