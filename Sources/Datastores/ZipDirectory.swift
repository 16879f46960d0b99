public import Resources
internal import StewardCore
internal import Synchronization

/// The tables of contents of the zip files that were used last.
final class ZipDirectories: Sendable {
    private static let limit = 16

    private let known = Mutex<[String: (info: ResourceInfo, directory: ZipDirectory)]>([:])

    /// The table of a file, read again when the file has changed.
    func directory(of file: ResourcePath, in store: any ResourceStore) throws -> ZipDirectory {
        let file = file.replacingFragment(nil)
        let info = try store.info(file)
        if let info, let entry = known.withLock({ $0[file.url] }), entry.info == info { return entry.directory }
        let directory = try ZipDirectory(file, in: store)
        guard let info else { return directory }
        known.withLock { known in
            if known.count >= ZipDirectories.limit { known.removeAll() }
            known[file.url] = (info, directory)
        }
        return directory
    }
}

/// The table of contents of a zip file, with the bytes of its members, stored or deflated.
///
/// Only the table and what is asked for are read, so that files on servers can be large. Source: PKWARE APPNOTE 6.3.10,
/// sections 4.3.7, 4.3.12, 4.3.14 to 4.3.16 and 4.5.3 (ZIP64).
public struct ZipDirectory: Sendable {
    private static let endSize = 22
    private static let commentLimit = 0xFFFF
    /// What stands for a size or offset that needs 64 bits.
    private static let large = 0xFFFF_FFFF

    private let file: ResourcePath
    private let store: any ResourceStore
    private let entries: [String: Entry]
    /// Names of the members in the order of the table, directories left out.
    public let members: [String]

    fileprivate struct Entry {
        var method: Int
        var isEncrypted: Bool
        var checksum: UInt32
        var packed: Int
        var size: Int
        var header: Int
    }

    /// Reads the table of a file.
    ///
    /// - Parameters:
    ///   - file: A zip file.
    ///   - store: The store that has it.
    /// - Throws: ``ButlerError`` with `.corruptFile`, `.fileNotFound` or `.fileAccess`.
    public init(_ file: ResourcePath, in store: any ResourceStore) throws {
        self.file = file.replacingFragment(nil)
        self.store = store
        let table = try ZipDirectory.table(self.file, store)
        (members, entries) = try ZipDirectory.entries(table, self.file)
    }

    /// The bytes of the table of contents.
    private static func table(_ file: ResourcePath, _ store: any ResourceStore) throws -> [UInt8] {
        let tail = try store.read(file, range: .last(commentLimit + endSize + 20))
        let ends = stride(from: tail.count - endSize, through: 0, by: -1).filter { number(tail, $0, 4) == 0x0605_4B50 }
        // A comment may hold the signature; then the length of the comment tells.
        let fitting = ends.first { $0 + endSize + number(tail, $0 + 20, 2) == tail.count }
        guard let end = fitting ?? ends.first else { throw corrupt(file, "it has no zip directory") }
        var (size, offset) = (number(tail, end + 12, 4), number(tail, end + 16, 4))
        if size == large || offset == large || number(tail, end + 10, 2) == 0xFFFF,
            number(tail, end - 20, 4) == 0x0706_4B50
        {
            let place = number(tail, end - 12, 8)
            guard place >= 0, place < Int.max - 56 else { throw corrupt(file, "its zip directory is damaged") }
            let record = try store.read(file, range: .bounded(place..<place + 56))
            guard record.count == 56, number(record, 0, 4) == 0x0606_4B50 else {
                throw corrupt(file, "its ZIP64 directory is damaged")
            }
            (size, offset) = (number(record, 40, 8), number(record, 48, 8))
        }
        guard size >= 0, offset >= 0, !size.addingReportingOverflow(offset).overflow else {
            throw corrupt(file, "its zip directory is damaged")
        }
        let table = try store.read(file, range: .bounded(offset..<offset + size))
        guard table.count == size else { throw corrupt(file, "its zip directory is damaged") }
        return table
    }

    private static func entries(_ bytes: [UInt8], _ file: ResourcePath) throws -> ([String], [String: Entry]) {
        var names: [String] = []
        var entries: [String: Entry] = [:]
        var position = 0
        while position + 46 <= bytes.count, number(bytes, position, 4) == 0x0201_4B50 {
            let name = position + 46..<position + 46 + number(bytes, position + 28, 2)
            let extra = name.upperBound..<name.upperBound + number(bytes, position + 30, 2)
            let next = extra.upperBound + number(bytes, position + 32, 2)
            guard next <= bytes.count else { break }
            var entry = Entry(
                method: number(bytes, position + 10, 2),
                isEncrypted: number(bytes, position + 8, 2) & 1 == 1,
                checksum: UInt32(truncatingIfNeeded: number(bytes, position + 16, 4)),
                packed: number(bytes, position + 20, 4),
                size: number(bytes, position + 24, 4),
                header: number(bytes, position + 42, 4)
            )
            entry.widen(bytes[extra])
            let text = String(decoding: bytes[name], as: UTF8.self)
            if !text.hasSuffix("/"), entries.updateValue(entry, forKey: text) == nil { names.append(text) }
            position = next
        }
        guard position == bytes.count else { throw corrupt(file, "its zip directory is damaged") }
        return (names, entries)
    }

    // MARK: Members

    /// Whether there is a member.
    public func contains(_ member: String) -> Bool { entries[member] != nil }

    /// Bytes of a member's content.
    public func size(of member: String) throws -> Int { try entry(member).size }

    /// Where the bytes of a member are; nil for one that is deflated.
    ///
    /// - Throws: ``ButlerError`` with `.fileNotFound` without such a member, `.formatter` for another compression or an
    ///   encrypted one, `.corruptFile`.
    func range(ofStored member: String) throws -> Range<Int>? {
        let entry = try entry(member)
        return entry.method == 0 ? try range(entry, member) : nil
    }

    /// The content of a member, checked by its checksum.
    ///
    /// - Parameter member: Its name.
    /// - Returns: The bytes.
    /// - Throws: ``ButlerError`` with `.fileNotFound` without such a member, `.formatter` for another compression or an
    ///   encrypted one, `.corruptFile`.
    public func contents(of member: String) throws -> [UInt8] {
        let entry = try entry(member)
        let range = try range(entry, member)
        let packed = try store.read(file, range: .bounded(range))
        let content = entry.method == 0 ? packed : Deflate.inflated(packed, size: entry.size)
        guard packed.count == range.count, let content, content.count == entry.size,
            Deflate.checksum(content) == entry.checksum
        else { throw ZipDirectory.corrupt(file, "its member \"\(member)\" is damaged") }
        return content
    }

    /// A member that is read here and there; one that is deflated is inflated whole.
    public func file(of member: String) throws -> RangedFile {
        let name = file.replacingFragment(StoredPath.fragment(member)).description
        guard let range = try range(ofStored: member) else {
            let bytes = try contents(of: member)
            return RangedFile(name) { offsets in
                ResourcePart(bytes: Array(bytes[offsets.clamped(to: 0..<bytes.count)]), size: bytes.count)
            }
        }
        let source = FileSource(member, at: range, of: file, in: store)
        return RangedFile(name) { try source.part(at: $0) }
    }

    /// The URI of a member.
    public func uri(of member: String) -> String { file.replacingFragment(StoredPath.fragment(member)).url }

    private func entry(_ member: String) throws -> Entry {
        guard let entry = entries[member] else {
            throw ButlerError(
                .fileNotFound,
                "The zip file \"\(file)\" has no member \"\(member)\".",
                candidates: Candidates.nearest(to: member, in: entries.keys)
            )
        }
        guard entry.method == 0 || entry.method == 8, !entry.isEncrypted else {
            throw ButlerError(
                .formatter,
                "The member \"\(member)\" of \"\(file)\" is encrypted, or compressed by another method than deflate.",
                remedy: "Make the zip file again with the methods \"stored\" or \"deflate\"."
            )
        }
        guard entry.size >= 0, entry.packed >= 0, entry.header >= 0, entry.header < Int.max - 1 << 20,
            entry.method != 0 || entry.size == entry.packed
        else { throw ZipDirectory.corrupt(file, "the entry of its member \"\(member)\" is damaged") }
        return entry
    }

    private func range(_ entry: Entry, _ member: String) throws -> Range<Int> {
        let header = try store.read(file, range: .bounded(entry.header..<entry.header + 30))
        guard header.count == 30, ZipDirectory.number(header, 0, 4) == 0x0403_4B50 else {
            throw ZipDirectory.corrupt(file, "the header of member \"\(member)\" is damaged")
        }
        let start = entry.header + 30 + ZipDirectory.number(header, 26, 2) + ZipDirectory.number(header, 28, 2)
        let (end, overflows) = start.addingReportingOverflow(entry.packed)
        guard !overflows else { throw ZipDirectory.corrupt(file, "the entry of its member \"\(member)\" is damaged") }
        return start..<end
    }

    /// A little-endian number; negative when it is not within the bytes, or needs all 64 bits.
    fileprivate static func number(_ bytes: [UInt8], _ start: Int, _ count: Int) -> Int {
        guard start >= 0, start + count <= bytes.count else { return -1 }
        return (0..<count).reduce(0) { $0 | Int(bytes[start + $1]) << (8 * $1) }
    }

    private static func corrupt(_ file: ResourcePath, _ problem: String) -> ButlerError {
        FileSource(path: file.description).corrupt(problem)
    }
}

extension ZipDirectory.Entry {
    /// Takes sizes and offset from the ZIP64 extra field, in this order, where they do not fit 32 bits.
    fileprivate mutating func widen(_ extra: ArraySlice<UInt8>) {
        let bytes = Array(extra)
        var position = 0
        while position + 4 <= bytes.count {
            let size = ZipDirectory.number(bytes, position + 2, 2)
            if ZipDirectory.number(bytes, position, 2) == 1 {
                var place = position + 4
                for field in [\Self.size, \Self.packed, \Self.header] where self[keyPath: field] == 0xFFFF_FFFF {
                    self[keyPath: field] = ZipDirectory.number(bytes, place, 8)
                    place += 8
                }
            }
            position += 4 + size
        }
    }
}
