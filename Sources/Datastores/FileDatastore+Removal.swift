internal import Resources
internal import StewardCore

extension FileDatastore {
    /// Removes files of datasets whose records will go.
    ///
    /// A zip file stays while one of its members is kept. Files that are gone already count as removed; files that
    /// were ingested in place (absolute URIs) are never removed.
    ///
    /// - Parameters:
    ///   - paths: Paths as records hold them.
    ///   - kept: Paths that other datasets still use.
    /// - Returns: The paths of files that are gone now, in order, each once.
    /// - Throws: ``ButlerError`` with `.readOnly` or `.fileAccess`; other files may be removed then.
    @discardableResult
    public func remove(paths: [String], keeping kept: Set<String> = []) throws -> [String] {
        try checkWriteable()
        let keptFiles = Set(kept.map(StoredPath.container))
        var seen: Set<String> = []
        var wanted: [String] = []
        for path in paths where !StoredPath.hasScheme(path) {
            let file = StoredPath.container(of: path)
            if !file.isEmpty, !keptFiles.contains(file), seen.insert(file).inserted { wanted.append(file) }
        }
        let files = wanted
        return try concurrently(files.count) { index in
            do {
                try FileStore().remove(self.resource(StoredPath(files[index])))
            } catch let error as ButlerError where error.code == .fileNotFound {}
            return files[index]
        }
    }
}
