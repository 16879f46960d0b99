internal import FITS
internal import Foundation
internal import ObservationMetadata
package import Resources
internal import StewardCore

/// A raw file, and the index entry that stands for its header if there is one.
struct RawSource: Sendable {
    /// Path of the file.
    let path: String
    /// What an index says of it.
    let entry: HeaderRecord?

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
    /// were asked for.
    ///
    /// - Parameters:
    ///   - locations: Files, folders, patterns and indexes.
    ///   - filter: Which names in folders are those of raw files.
    ///   - searchesIndexes: Whether indexes beside the files are read.
    /// - Returns: Files in the order of the locations, each once.
    /// - Throws: `ButlerError` for a folder that cannot be read, or a pattern that matches nothing.
    static func find(_ locations: [String], _ filter: FileFilter, searchesIndexes: Bool) throws -> Findings {
        var findings = Findings()
        for path in locations where isIndex(path) { findings.add(index: path) }
        let others = locations.filter { !isIndex($0) }
        var indexes: [String: HeaderIndex?] = [:]
        for path in try FileSearch(filter).find(others).flatMap(\.files) {
            guard let local = path.localPath else {
                findings.fail(path.description, .open, ButlerError(.invalidArgument, "Raw files must be local."))
                continue
            }
            let file = path.parent.appending(HeaderIndex.fileName).localPath ?? ""
            if searchesIndexes, indexes[file] == nil { indexes[file] = .some(findings.read(index: file)) }
            findings.sources.append(RawSource(path: local, entry: findings.entry(path.name, in: indexes[file] ?? nil)))
        }
        var seen: Set<String> = []
        findings.sources.removeAll { !seen.insert($0.path).inserted }
        return findings
    }

    private static func isIndex(_ path: String) -> Bool {
        path == HeaderIndex.fileName || path.hasSuffix("/" + HeaderIndex.fileName)
    }
}

extension RawSource.Findings {
    fileprivate mutating func fail(_ subject: String, _ stage: RawIngest.Stage, _ error: ButlerError) {
        failures.append(RawIngest.Failure(subject: subject, stage: stage, error: error))
    }

    /// Adds all files of an index.
    fileprivate mutating func add(index path: String) {
        do {
            let index = try HeaderIndex(contentsOf: path)
            let folder = try ResourcePath(path).parent
            for file in index.files {
                guard let entry = entry(file, in: index) else { continue }
                sources.append(RawSource(path: folder.appending(file).description, entry: entry))
            }
        } catch let error as ButlerError {
            fail(path, .index, error)
        } catch {
            fail(path, .index, ButlerError(.fileAccess, "\"\(path)\" cannot be read.", cause: error))
        }
    }

    /// The index at a path; nil when there is none.
    fileprivate mutating func read(index path: String) -> HeaderIndex? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        do {
            return try HeaderIndex(contentsOf: path)
        } catch let error as ButlerError {
            fail(path, .index, error)
        } catch {
            fail(path, .index, ButlerError(.fileAccess, "\"\(path)\" cannot be read.", cause: error))
        }
        return nil
    }

    fileprivate mutating func entry(_ file: String, in index: HeaderIndex?) -> HeaderRecord? {
        do {
            return try index?.record(of: file)
        } catch let error as ButlerError {
            fail(file, .index, error)
        } catch {
            fail(file, .index, ButlerError(.header, "The index entry of \"\(file)\" is malformed.", cause: error))
        }
        return nil
    }
}

extension RawSource {
    /// Translates index entry, sidecar or header, the first that there is; a sidecar that cannot be read is none.
    ///
    /// Of a file whose headers are read, all units must be complete; gzip files are not read to the end for that.
    func translations(_ reader: ObservationReader, recalling memory: HeaderMemory) throws -> [Translation] {
        if let entry { return [try reader.translate(entry, of: path)] }
        if let sidecar = (try? Sidecar.read(besides: path)) ?? nil {
            return [try reader.translate(sidecar, of: path)]
        }
        if path.hasSuffix(".gz") { return try reader.read(path) }
        return try reader.translate(FITSHeaderReader.read(path, recalling: memory).map(\.header))
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
