internal import Resources
internal import StewardCore

/// Files that appear in folders, each given out once it is complete.
///
/// Folders are listed again and again, which works on network disks, too. A file is complete when its size and time of
/// change are the same in two looks; names that begin with a point, as programs that copy files use them, do not count.
struct FileWatch {
    /// What tells whether a file has changed.
    private struct Stamp: Equatable {
        let size: Int
        let modified: Int64?
    }

    private enum State {
        /// Seen, and perhaps still being written.
        case growing(Stamp)
        /// Given out.
        case taken(Stamp)
        /// Given out, and worth another attempt when it has changed.
        case failed(Stamp)
        /// Given out, and worth another attempt without a change.
        case postponed
    }

    private let folders: [String]
    private let search: FileSearch
    private var states: [String: State] = [:]

    /// Prepares the watch.
    ///
    /// - Parameters:
    ///   - folders: Folders, searched with those in them.
    ///   - filter: Which names are those of files to take.
    /// - Throws: `ButlerError` of code `invalidArgument` for what is no folder.
    init(_ folders: [String], _ filter: FileFilter) throws {
        for folder in folders {
            let path = try ResourcePath(folder)
            guard path.localPath != nil, try ResourceStores.standard.store(for: path).info(path)?.isDirectory == true
            else {
                throw ButlerError(
                    .invalidArgument,
                    "\"\(folder)\" is no folder on this machine, so that it cannot be followed.",
                    remedy: "Name folders in which raw files appear."
                )
            }
        }
        self.folders = folders
        search = FileSearch(FileFilter { !$0.hasPrefix(".") && filter.accepts($0) })
    }

    /// Files that were seen and are not complete yet.
    var growing: Int { states.values.count { if case .growing = $0 { true } else { false } } }

    /// Looks at the folders.
    ///
    /// Files that have gone are forgotten, so that new ones of their names count.
    ///
    /// - Parameter retriesPostponed: Whether postponed files are given out again.
    /// - Returns: Paths of files that have become complete, in order.
    /// - Throws: `ButlerError` of code `fileAccess` for folders that cannot be read; what was seen before is kept then.
    mutating func look(retriesPostponed: Bool = false) throws -> [String] {
        let found = try search.find(folders).flatMap(\.files)
        var next: [String: State] = [:]
        next.reserveCapacity(found.count)
        var complete: [String] = []
        for file in found {
            guard let path = file.localPath, next[path] == nil else { continue }
            let state = states[path]
            if case .taken? = state {
                next[path] = state
                continue
            }
            // A file that cannot be looked at now is seen by another look.
            guard let info = (try? FileStore().info(file)) ?? nil, !info.isDirectory else { continue }
            let stamp = Stamp(size: info.size, modified: info.modified)
            switch state {
            case .growing(let old) where old == stamp && stamp.size > 0:
                complete.append(path)
                next[path] = .taken(stamp)
            case .postponed where retriesPostponed:
                complete.append(path)
                next[path] = .taken(stamp)
            case .failed(let old) where old == stamp: next[path] = state
            case .postponed: next[path] = state
            case .growing, .failed, .taken, nil: next[path] = .growing(stamp)
            }
        }
        states = next
        return complete
    }

    /// Notes that files could not be taken.
    ///
    /// - Parameters:
    ///   - paths: The files.
    ///   - isLasting: Whether nothing but a change of the file can help.
    mutating func fail(_ paths: [String], isLasting: Bool) {
        for path in paths {
            guard case .taken(let stamp)? = states[path] else { continue }
            states[path] = isLasting ? .failed(stamp) : .postponed
        }
    }
}
