internal import Resources
internal import StewardCore
internal import Synchronization

/// The tables of contents of the zip files that were used last.
final class ZipDirectories: Sendable {
    private static let limit = 16

    private let known = Mutex<[String: (info: ResourceInfo, directory: ZipDirectory)]>([:])

    /// The table of a file, read again when the file has changed.
    func directory(of file: ResourcePath) throws -> ZipDirectory {
        let info = try FileStore().info(file)
        if let info, let entry = known.withLock({ $0[file.path] }), entry.info == info { return entry.directory }
        let directory = try ZipDirectory(file)
        guard let info else { return directory }
        known.withLock { known in
            if known.count >= ZipDirectories.limit { known.removeAll() }
            known[file.path] = (info, directory)
        }
        return directory
    }
}

/// The table of contents of a zip file whose members are stored without compression.
///
/// Source: PKWARE APPNOTE 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16. Zip64 extensions are not read.
struct ZipDirectory {
    private static let endSignature: UInt32 = 0x0605_4B50
    private static let entrySignature: UInt32 = 0x0201_4B50
    /// What stands for a size or offset that needs 64 bits.
    private static let large = 0xFFFF_FFFF
    private static let endSize = 22
    private static let commentLimit = 0xFFFF

    private let file: ResourcePath
    private let entries: [String: Entry]

    private struct Entry {
        var method: Int
        var size: Int
        var header: Int
    }

    /// Reads the table of a file.
    ///
    /// - Throws: ``ButlerError`` with `.corruptFile`, `.fileNotFound` or `.fileAccess`.
    init(_ file: ResourcePath) throws {
        self.file = file
        let tail = try FileStore().read(file, range: .last(ZipDirectory.commentLimit + ZipDirectory.endSize))
        let last = tail.count - ZipDirectory.endSize
        guard last >= 0,
            let end = stride(from: last, through: 0, by: -1).first(where: {
                ZipDirectory.number(tail, $0, 4) == Int(ZipDirectory.endSignature)
            })
        else { throw ZipDirectory.corrupt(file, "it has no zip directory") }
        let size = ZipDirectory.number(tail, end + 12, 4)
        let offset = ZipDirectory.number(tail, end + 16, 4)
        guard size != ZipDirectory.large, offset != ZipDirectory.large else { throw ZipDirectory.tooLarge(file) }
        entries = try ZipDirectory.entries(FileStore().read(file, range: .bounded(offset..<offset + size)), file)
    }

    private static func entries(_ bytes: [UInt8], _ file: ResourcePath) throws -> [String: Entry] {
        var entries: [String: Entry] = [:]
        var position = 0
        while position + 46 <= bytes.count {
            guard number(bytes, position, 4) == Int(entrySignature) else { break }
            let nameSize = number(bytes, position + 28, 2)
            let rest = number(bytes, position + 30, 2) + number(bytes, position + 32, 2)
            guard position + 46 + nameSize <= bytes.count else { break }
            let name = String(decoding: bytes[position + 46..<position + 46 + nameSize], as: UTF8.self)
            entries[name] = Entry(
                method: number(bytes, position + 10, 2),
                size: number(bytes, position + 24, 4),
                header: number(bytes, position + 42, 4)
            )
            position += 46 + nameSize + rest
        }
        guard position == bytes.count else { throw corrupt(file, "its zip directory is damaged") }
        return entries
    }

    /// Where the bytes of a member are.
    ///
    /// - Throws: ``ButlerError`` with `.fileNotFound` without such a member, `.formatter` for a compressed one,
    ///   `.corruptFile`.
    func range(ofStored member: String) throws -> Range<Int> {
        guard let entry = entries[member] else {
            throw ButlerError(
                .fileNotFound,
                "The zip file \"\(file)\" has no member \"\(member)\".",
                candidates: Candidates.nearest(to: member, in: entries.keys)
            )
        }
        guard entry.method == 0 else {
            throw ButlerError(
                .formatter,
                "The member \"\(member)\" of \"\(file)\" is compressed.",
                remedy: "Zip files in datastores hold their members without compression: make the file again."
            )
        }
        guard entry.size != ZipDirectory.large, entry.header != ZipDirectory.large else {
            throw ZipDirectory.tooLarge(file)
        }
        let header = try FileStore().read(file, range: .bounded(entry.header..<entry.header + 30))
        guard header.count == 30, ZipDirectory.number(header, 0, 4) == 0x0403_4B50 else {
            throw ZipDirectory.corrupt(file, "the header of member \"\(member)\" is damaged")
        }
        let start = entry.header + 30 + ZipDirectory.number(header, 26, 2) + ZipDirectory.number(header, 28, 2)
        return start..<start + entry.size
    }

    private static func tooLarge(_ file: ResourcePath) -> ButlerError {
        ButlerError(
            .formatter,
            "The zip file \"\(file)\" is larger than 4 GB, which this version does not read.",
            remedy: "Unpack it and ingest the files one by one."
        )
    }

    /// A little-endian number.
    private static func number(_ bytes: [UInt8], _ start: Int, _ count: Int) -> Int {
        guard start >= 0, start + count <= bytes.count else { return -1 }
        return (0..<count).reduce(0) { $0 | Int(bytes[start + $1]) << (8 * $1) }
    }

    private static func corrupt(_ file: ResourcePath, _ problem: String) -> ButlerError {
        FileSource(path: file.path).corrupt(problem)
    }
}
