internal import Foundation
public import Resources
public import StewardCore

/// Where a formatter reads: a local file, a file of another store, a range of bytes in one of these (a member of a zip
/// file), or bytes in memory.
public struct FileSource: Sendable {
    /// Path of the file, or a name for messages where there is no file.
    public let name: String
    private let storage: Storage

    private enum Storage {
        case file
        /// A file that was read already.
        case read([UInt8])
        /// A file that is not local, with its recorded size.
        case remote(ResourcePath, any ResourceStore, Int64?)
        case range(Range<Int>, ResourcePath, any ResourceStore)
        case bytes([UInt8])
    }

    /// A local file.
    public init(path: String) {
        name = path
        storage = .file
    }

    /// A local file with its content, read by somebody who needed it before.
    init(path: String, content: [UInt8]) {
        name = path
        storage = .read(content)
    }

    /// Bytes in memory.
    public init(bytes: [UInt8], name: String) {
        self.name = name
        storage = .bytes(bytes)
    }

    /// Bytes of a zip file at some offsets: a member without compression.
    init(_ member: String, at range: Range<Int>, of file: ResourcePath, in store: any ResourceStore) {
        name = file.replacingFragment(StoredPath.fragment(member)).description
        storage = .range(range, file.replacingFragment(nil), store)
    }

    /// A file of a store.
    init(_ path: ResourcePath, in store: any ResourceStore, recordedSize: Int64?) {
        name = path.description
        storage = .remote(path, store, recordedSize.flatMap { $0 >= 0 ? $0 : nil })
    }

    /// Suffix of the file with its dot, for instance `.fits`.
    public var fileExtension: String {
        switch storage {
        case .remote(let path, _, _): path.fileExtension
        default: ResourcePath(localPath: "/" + name).fileExtension
        }
    }

    /// Whether ``part(at:)`` saves reading the whole, since this is no local file.
    public var isReadInParts: Bool {
        switch storage {
        case .remote, .range: true
        case .file, .read, .bytes: false
        }
    }

    /// Bytes at some offsets, fewer at the end, with the size of the whole where it is known.
    ///
    /// - Parameter offsets: Offsets of bytes; those beyond the end do not count.
    /// - Returns: The bytes and the size.
    /// - Throws: ``ButlerError`` with `.fileNotFound` or `.fileAccess`; `.corruptFile` for another size than recorded.
    public func part(at offsets: Range<Int>) throws -> ResourcePart {
        switch storage {
        case .remote(let path, let store, let recorded):
            let part = try store.part(path, at: offsets)
            if let size = part.size { try check(size, recorded) }
            return part
        case .range(let range, let file, let store):
            let wanted = offsets.clamped(to: 0..<range.count)
            let place = range.lowerBound + wanted.lowerBound..<range.lowerBound + wanted.upperBound
            return ResourcePart(bytes: try store.read(file, range: .bounded(place)), size: range.count)
        case .file, .read, .bytes:
            let bytes = try bytes()
            return ResourcePart(bytes: Array(bytes[offsets.clamped(to: 0..<bytes.count)]), size: bytes.count)
        }
    }

    private func check(_ size: Int, _ recorded: Int64?) throws {
        guard let recorded, recorded != Int64(size) else { return }
        throw corrupt("it has \(size) bytes, but \(recorded) were recorded")
    }

    /// All bytes.
    ///
    /// - Returns: The content.
    /// - Throws: ``ButlerError`` with `.fileNotFound` or `.fileAccess`.
    public func bytes() throws -> [UInt8] {
        switch storage {
        case .file: return try FileStore().read(ResourcePath(localPath: name))
        case .range(let range, let file, let store): return try store.read(file, range: .bounded(range))
        case .remote(let path, let store, let recorded):
            let bytes = try store.read(path)
            try check(bytes.count, recorded)
            return bytes
        case .bytes(let bytes), .read(let bytes): return bytes
        }
    }

    /// The content as text.
    ///
    /// - Returns: The text.
    /// - Throws: ``ButlerError`` with `.corruptFile` and the line where it is not UTF-8, `.fileNotFound` or `.fileAccess`.
    public func text() throws -> String {
        let bytes = try bytes()
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        let valid = String(decoding: bytes, as: UTF8.self).prefix { $0 != "\u{FFFD}" }
        throw corrupt("it is not UTF-8 text", line: valid.utf8.count { $0 == 0x0A } + 1)
    }

    /// Runs work that needs the path of a file with exactly this content.
    ///
    /// - Parameter body: Work on a path; the file may be gone afterwards.
    /// - Returns: What the body returned.
    /// - Throws: ``ButlerError`` if the content cannot be read or written, or what the body threw.
    public func withFile<Value>(_ body: (String) throws -> Value) throws -> Value {
        switch storage {
        case .file, .read: return try body(name)
        case .range, .bytes, .remote: break
        }
        let path = FileSource.temporaryPath(fileExtension)
        defer { try? FileStore().remove(ResourcePath(localPath: path)) }
        if case .remote(let place, let store, let recorded) = storage {
            try check(store.download(place, to: path, checksum: nil).size, recorded)
        } else {
            try FileStore.create(path, bytes(), for: path)
        }
        return try body(path)
    }

    /// A path for a file that is needed for a moment, where `LSST_RESOURCES_TMPDIR` says or the system has its own.
    ///
    /// - Parameter suffix: The suffix that it shall have.
    /// - Returns: An absolute path at which nothing is.
    public static func temporaryPath(_ suffix: String) -> String {
        let named = ProcessInfo.processInfo.environment["LSST_RESOURCES_TMPDIR"].flatMap { $0.isEmpty ? nil : $0 }
        let folder = named ?? FileManager.default.temporaryDirectory.path
        return folder + "/steward-" + UUID().uuidString + suffix
    }

    /// The error of content that does not have its format.
    ///
    /// - Parameters:
    ///   - problem: What is wrong, as a clause.
    ///   - line: Line of the file, from 1.
    /// - Returns: The error, with the file and the line.
    public func corrupt(_ problem: String, line: Int? = nil) -> ButlerError {
        let place = line.map { "line \($0): " } ?? ""
        return ButlerError(
            .corruptFile,
            "\"\(name)\" cannot be read: \(place)\(problem).",
            remedy: "Restore the file, or remove the dataset and make it again.",
            context: [.init("file", name)] + (line.map { [.init("line", String($0))] } ?? [])
        )
    }
}
