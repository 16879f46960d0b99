import StewardCore

/// Finds the files that a command's arguments name.
public struct FileSearch: Sendable {
    /// Files that belong together: those of one directory, or those named one by one.
    public struct Group: Hashable, Sendable {
        /// The directory in which they were found; nil for files named one by one.
        public let directory: ResourcePath?
        /// The files, sorted by name within a directory.
        public let files: [ResourcePath]
    }

    private let stores: ResourceStores
    private let filter: FileFilter

    /// Creates a search.
    public init(_ filter: FileFilter = .all, stores: ResourceStores = .standard) {
        self.filter = filter
        self.stores = stores
    }

    /// The files that the arguments name.
    ///
    /// A directory stands for the files in it and below it that pass the filter, links followed; each directory is
    /// one group; one of an HTTP server ends with a slash. A local path with `*`, `?` or `[` that does not exist as it is stands for what matches. Anything
    /// else is taken as it is, unfiltered and whether it exists or not; all of those are the last group.
    ///
    /// - Parameter arguments: Paths, URIs and patterns.
    /// - Returns: The groups that are not empty.
    /// - Throws: ``ButlerError`` with `.fileNotFound` if a pattern matches nothing, `.fileAccess` if a directory
    ///   cannot be read, `.invalidArgument` if an argument is malformed.
    public func find(_ arguments: [String]) throws -> [Group] {
        var groups: [Group] = []
        var singles: [ResourcePath] = []
        for argument in arguments {
            let path = try ResourcePath(argument)
            let store = try stores.store(for: path)
            if [.http, .https].contains(path.scheme), !path.isDirectory {
                singles.append(path)
                continue
            }
            guard let info = try store.info(path) else {
                singles += try expand(path)
                continue
            }
            guard info.isDirectory else {
                singles.append(path)
                continue
            }
            var visited: Set<String> = []
            try walk(path, store, &visited, into: &groups)
        }
        if !singles.isEmpty { groups.append(Group(directory: nil, files: singles)) }
        return groups
    }

    private func walk(
        _ directory: ResourcePath,
        _ store: any ResourceStore,
        _ visited: inout Set<String>,
        into groups: inout [Group]
    ) throws {
        // Links can lead back to a directory above.
        let identity = directory.localPath.map { (try? FileCalls.realPath($0)) ?? $0 } ?? directory.url
        guard visited.insert(identity).inserted else { return }
        let entries = try store.list(directory)
        let files = entries.filter { !$0.isDirectory && filter.accepts($0.name) }
        if !files.isEmpty {
            groups.append(Group(directory: directory, files: files.map { directory.appending($0.name) }))
        }
        for entry in entries where entry.isDirectory {
            try walk(directory.appending(entry.name, isDirectory: true), store, &visited, into: &groups)
        }
    }

    /// The paths that match a local path with special characters; the path itself if it has none.
    private func expand(_ path: ResourcePath) throws -> [ResourcePath] {
        guard path.scheme == .file, GlobPattern.isPattern(path.path) else { return [path] }
        let store = FileStore()
        var found = [ResourcePath(localPath: "/")]
        for part in path.path.split(separator: "/") {
            guard GlobPattern.isPattern(part) else {
                found = try found.map { $0.appending(String(part)) }.filter { try store.exists($0) }
                continue
            }
            let glob = GlobPattern(String(part))
            found = try found.flatMap { directory -> [ResourcePath] in
                guard try store.info(directory)?.isDirectory == true else { return [] }
                let names = try store.list(directory).map(\.name).filter { name in
                    (part.hasPrefix(".") || !name.hasPrefix(".")) && glob.matches(name)
                }
                return names.map { directory.appending($0) }
            }
        }
        guard found.isEmpty else { return found }
        throw ButlerError(
            .fileNotFound,
            "No file matches \"\(path)\".",
            remedy: "Check the pattern; quote it if the shell should not expand it."
        )
    }
}
