internal import Datastores
internal import FITS
internal import Foundation
internal import ObservationMetadata
package import Resources
internal import StewardCore

/// A raw file, and the index entry that stands for its header if there is one.
struct RawSource: Sendable {
    /// Path of the file, or its URI if it is not a local file by itself.
    let path: String
    /// The path for messages, without passwords.
    var name: String {
        if case .local = place { path } else { (try? ResourcePath(path).description) ?? path }
    }
    /// What an index says of it.
    let entry: HeaderRecord?
    /// How its header is read.
    private let place: Place

    private indirect enum Place {
        case local
        case remote(ResourcePath, any ResourceStore)
        case member(String, ZipDirectory)
    }

    /// Whether reading waits for a server.
    var isRemote: Bool {
        if case .local = place { false } else { true }
    }

    /// A file of any scheme.
    init(_ path: ResourcePath, _ entry: HeaderRecord?, in stores: ResourceStores) throws {
        self.entry = entry
        if let local = path.localPath {
            (self.path, place) = (local, .local)
        } else {
            (self.path, place) = (path.url, .remote(path, try stores.store(for: path)))
        }
    }

    /// A member of a zip file.
    init(_ member: String, _ entry: HeaderRecord?, of zip: ZipDirectory) {
        self.entry = entry
        path = zip.uri(of: member)
        place = .member(member, zip)
    }
}

extension RawSource {
    /// What a search found.
    struct Findings {
        /// The files, in order.
        var sources: [RawSource] = []
        /// Indexes and locations that are of no use.
        var failures: [RawIngest.Failure] = []
    }

    /// Finds files.
    ///
    /// An index that is named stands for all files it describes; those found beside the files only serve files that
    /// were asked for. A zip file stands for its members.
    ///
    /// - Parameters:
    ///   - locations: Files, folders, patterns, zip files and indexes.
    ///   - filter: Which names in folders and zip files are those of raw files.
    ///   - searchesIndexes: Whether indexes beside the files are read.
    ///   - stores: Where files are reached.
    /// - Returns: Files in the order of the locations, each once.
    /// - Throws: `ButlerError` for a folder that cannot be read, or a pattern that matches nothing.
    static func find(
        _ locations: [String],
        _ filter: FileFilter,
        searchesIndexes: Bool,
        stores: ResourceStores
    ) async throws -> Findings {
        try await Cancellation.thread {
            var findings = Findings()
            for path in locations where isIndex(path) { findings.add(index: path, stores) }
            let others = locations.filter { !isIndex($0) }
            var indexes: [ResourcePath: HeaderIndex?] = [:]
            for path in try FileSearch(filter, stores: stores).find(others).flatMap(\.files) {
                guard path.fileExtension != ".zip" else {
                    findings.add(zip: path, filter, stores)
                    continue
                }
                let file = path.parent.appending(HeaderIndex.fileName)
                if searchesIndexes, path.query == nil, indexes[file] == nil {
                    indexes[file] = .some(findings.read(index: file, stores))
                }
                findings.add(path, findings.entry(path.name, in: indexes[file] ?? nil), stores)
            }
            var seen: Set<String> = []
            findings.sources.removeAll { !seen.insert($0.path).inserted }
            return findings
        }
    }

    private static func isIndex(_ path: String) -> Bool {
        path == HeaderIndex.fileName || path.hasSuffix("/" + HeaderIndex.fileName)
    }
}

extension RawSource.Findings {
    fileprivate mutating func fail(_ subject: String, _ stage: RawIngest.Stage, _ error: ButlerError) {
        failures.append(RawIngest.Failure(subject: subject, stage: stage, error: error))
    }

    /// Runs a body; its failure is one of the subject.
    private mutating func failing<Value>(
        _ subject: String,
        _ stage: RawIngest.Stage,
        _ body: () throws -> Value
    ) -> Value? {
        do {
            return try body()
        } catch let error as ButlerError {
            fail(subject, stage, error)
        } catch {
            fail(subject, stage, ButlerError(.fileAccess, "\"\(subject)\" cannot be used.", cause: error))
        }
        return nil
    }

    fileprivate mutating func add(_ path: ResourcePath, _ entry: HeaderRecord?, _ stores: ResourceStores) {
        if let source = failing(path.description, .open, { try RawSource(path, entry, in: stores) }) {
            sources.append(source)
        }
    }

    /// Adds all files of an index.
    fileprivate mutating func add(index text: String, _ stores: ResourceStores) {
        let found = failing(text, .index) {
            let path = try ResourcePath(text)
            return (try HeaderIndex(at: path, stores), path.parent)
        }
        guard let (index, folder) = found else { return }
        for file in index.files {
            if let entry = entry(file, in: index) { add(folder.appending(file), entry, stores) }
        }
    }

    /// Adds the members of a zip file: those that its index describes, or those with names of raw files.
    fileprivate mutating func add(zip path: ResourcePath, _ filter: FileFilter, _ stores: ResourceStores) {
        let found = failing(path.description, .open) { () -> (ZipDirectory, HeaderIndex?) in
            let zip = try ZipDirectory(path, in: stores.store(for: path))
            guard zip.contains(HeaderIndex.zipFileName) else { return (zip, nil) }
            let json = try JSONValue(
                parsing: Data(zip.contents(of: HeaderIndex.zipFileName)),
                source: zip.uri(of: HeaderIndex.zipFileName)
            )
            return (zip, try HeaderIndex(json: json, source: path.description))
        }
        guard let (zip, index) = found else { return }
        let members = zip.members.filter { filter.accepts(String($0.split(separator: "/").last ?? "")) }
        for member in index?.files ?? members {
            let entry = entry(member, in: index)
            let source = failing("\(path): \(member)", .open) {
                _ = try zip.size(of: member)
                return RawSource(member, entry, of: zip)
            }
            if let source { sources.append(source) }
        }
    }

    /// The index at a path; nil when there is none.
    fileprivate mutating func read(index path: ResourcePath, _ stores: ResourceStores) -> HeaderIndex? {
        guard let local = path.localPath else {
            // As in the reference, whatever a server answers but an index means that there is none.
            return try? HeaderIndex(at: path, stores)
        }
        guard FileManager.default.fileExists(atPath: local) else { return nil }
        return failing(local, .index) { try HeaderIndex(contentsOf: local) }
    }

    fileprivate mutating func entry(_ file: String, in index: HeaderIndex?) -> HeaderRecord? {
        failing(file, .index) { try index?.record(of: file) } ?? nil
    }
}

extension HeaderIndex {
    /// Name of the index within a zip file.
    fileprivate static let zipFileName = "_metadata_index.json"

    /// Reads the index at a path of any scheme.
    fileprivate init(at path: ResourcePath, _ stores: ResourceStores) throws {
        if let local = path.localPath {
            try self.init(contentsOf: local)
        } else {
            let bytes = try stores.store(for: path).read(path)
            try self.init(
                json: JSONValue(parsing: Data(bytes), source: path.description),
                source: path.description
            )
        }
    }
}

extension RawSource {
    /// Translates index entry, sidecar or header, the first that there is; a sidecar that cannot be read is none.
    ///
    /// Of a local file whose headers are read, all units must be complete; gzip files are not read to the end for that.
    /// Of other files no more headers are read than the camera needs.
    func translations(_ reader: ObservationReader, recalling memory: HeaderMemory) throws -> [Translation] {
        if let entry { return [try reader.translate(entry, of: name)] }
        switch place {
        case .local:
            if let sidecar = (try? Sidecar.read(besides: path)) ?? nil {
                return [try reader.translate(sidecar, of: path)]
            }
            if path.hasSuffix(".gz") { return try reader.read(path) }
            return try reader.translate(FITSHeaderReader.read(path, recalling: memory).map(\.header))
        case .member(let member, let zip): return try translations(reader, of: zip.file(of: member))
        case .remote(let path, let store):
            if let sidecar = try? sidecar(of: path, store) { return [try reader.translate(sidecar, of: name)] }
            return try translations(reader, of: RangedFile(path, in: store))
        }
    }

    /// The sidecar of a file on a server, to which its URL leads but for the extension.
    private func sidecar(of path: ResourcePath, _ store: any ResourceStore) throws -> HeaderRecord? {
        guard path.query == nil else { return nil }
        let sidecar = try ResourcePath(Sidecar.path(of: path.url))
        let json = try JSONValue(parsing: Data(store.read(sidecar)), source: sidecar.description)
        return try Sidecar.record(in: json, of: name, sidecar: sidecar.description)
    }

    private func translations(_ reader: ObservationReader, of file: RangedFile) throws -> [Translation] {
        if try file.bytes(at: 0, count: 2) == [0x1F, 0x8B] { return try unpacked(reader, file) }
        return try reader.read { count in
            try FITSHeaderReader.read(name, first: count) { offsets in
                let start = Int(clamping: offsets.lowerBound)
                return (try file.bytes(at: start, count: offsets.count), file.size.map(Int64.init))
            }
            .map(\.header)
        }
    }

    /// Translates a file compressed with gzip, of which a local copy is made for that.
    private func unpacked(_ reader: ObservationReader, _ file: RangedFile) throws -> [Translation] {
        let copy = FileSource.temporaryPath(".fits.gz")
        defer { try? FileManager.default.removeItem(atPath: copy) }
        if case .remote(let path, let store) = place {
            _ = try store.download(path, to: copy, checksum: nil)
        } else {
            let bytes = try file.bytes(at: 0, count: file.size ?? 0)
            try FileStore.create(copy, bytes, for: copy)
        }
        return try reader.read(copy)
    }
}

extension FileFilter {
    /// Names in which a regular expression is found.
    ///
    /// - Parameter pattern: The expression, in the syntax of ICU, which that of Python resembles.
    /// - Returns: The filter.
    /// - Throws: `ButlerError` of code `invalidArgument` when it is no regular expression.
    package static func regularExpression(_ pattern: String) throws -> FileFilter {
        do {
            let expression = try NSRegularExpression(pattern: pattern)
            return FileFilter { name in
                expression.firstMatch(in: name, range: NSRange(location: 0, length: name.utf16.count)) != nil
            }
        } catch {
            throw ButlerError(
                .invalidArgument,
                "\"\(pattern)\" is not a regular expression.",
                remedy: "For all names that begin with \"a\" write \"^a\"; for a dot \"\\.\".",
                cause: error
            )
        }
    }
}
