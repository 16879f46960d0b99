internal import Resources
internal import StewardCore

/// The paths that the datasets of one transaction take: each once, and none that another dataset has.
///
/// Different runs or data IDs can give one path, because characters are replaced in file names (`u/x y` and `u/x_y`).
/// Without this the second dataset would replace the first one's file. Not to be shared between threads.
public final class PathClaims {
    private var taken: Set<String> = []
    private var unsettled: [String] = []
    private let isRecorded: (String) throws -> Bool
    private let lock: ([String]) throws -> Void

    /// Creates claims without paths.
    ///
    /// - Parameters:
    ///   - isRecorded: Whether a stored dataset has the path; asked only where there is a file already. A file that none
    ///     has is replaced, as in the reference.
    ///   - lock: Keeps others from removing the files of removed datasets at these paths until the transaction ends.
    public init(
        isRecorded: @escaping (_ path: String) throws -> Bool = { _ in false },
        lock: @escaping (_ paths: [String]) throws -> Void = { _ in }
    ) {
        self.lock = lock
        self.isRecorded = isRecorded
    }

    /// Locks the paths taken since the last time; to be called before a file is made at any of them.
    ///
    /// - Throws: Database errors.
    public func settle() throws {
        guard !unsettled.isEmpty else { return }
        try lock(unsettled)
        unsettled = []
    }

    /// Takes the path of a file that is there already and becomes a dataset's as it is.
    func keep(_ path: String) {
        unsettled.append(path)
    }

    /// Takes a path for a new file.
    ///
    /// - Throws: `ButlerError` with `.conflictingDefinition` if it is taken.
    func claim(_ path: String, at place: ResourcePath) throws {
        guard taken.insert(path).inserted, try !FileStore().exists(place) || !isRecorded(path) else {
            throw ButlerError(
                .conflictingDefinition,
                "The path \"\(path)\" belongs to another dataset.",
                remedy: "Use another run, or a file template that tells the datasets apart."
            )
        }
        unsettled.append(path)
    }
}
