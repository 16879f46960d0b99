internal import Foundation
internal import Resources
public import StewardCore

/// Where a formatter reads: a local file, a range of bytes in one (a member of a zip file), or bytes in memory.
public struct FileSource: Sendable {
    /// Path of the file, or a name for messages where there is no file.
    public let name: String
    private let storage: Storage

    private enum Storage {
        case file
        /// A file that was read already.
        case read([UInt8])
        case range(Range<Int>)
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

    /// Bytes of a file at some offsets.
    public init(path: String, range: Range<Int>) {
        name = path
        storage = .range(range)
    }

    /// All bytes.
    ///
    /// - Returns: The content.
    /// - Throws: ``ButlerError`` with `.fileNotFound` or `.fileAccess`.
    public func bytes() throws -> [UInt8] {
        switch storage {
        case .file: try FileStore().read(ResourcePath(localPath: name))
        case .range(let range): try FileStore().read(ResourcePath(localPath: name), range: .bounded(range))
        case .bytes(let bytes), .read(let bytes): bytes
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
        case .range, .bytes: break
        }
        let suffix = ResourcePath(localPath: name).fileExtension
        let path = FileManager.default.temporaryDirectory.path + "/steward-" + UUID().uuidString + suffix
        try FileStore().write(bytes(), to: ResourcePath(localPath: path), overwrite: false)
        defer { try? FileStore().remove(ResourcePath(localPath: path)) }
        return try body(path)
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
