internal import Resources
internal import StewardCore

/// What the database knows of some paths.
public struct PathOwners: Sendable {
    /// Paths and URIs that stored datasets have.
    public let stored: Set<String>
    /// Paths of datasets in the trash, which nobody empties at these paths until the transaction ends.
    public let trashed: Set<String>

    /// Creates an answer; by default nobody has the paths.
    public init(stored: Set<String> = [], trashed: Set<String> = []) {
        self.stored = stored
        self.trashed = trashed
    }
}

/// Files lie where a transaction was to make some; the cause of an error after which it must not go on.
///
/// A writer that has not committed yet may have made them, or one that was killed. Who has waited until all writers have
/// ended can tell them apart by the records; then the transaction can be repeated.
public struct OccupiedPaths: Error, Sendable, Hashable, CustomStringConvertible {
    /// Paths as records would hold them.
    public let paths: [String]

    /// The paths as a sentence.
    public var description: String {
        "a file is at \"\(paths.first ?? "")\"" + (paths.count > 1 ? " and \(paths.count - 1) more places" : "")
    }

    var error: ButlerError {
        ButlerError(
            .conflictingDefinition,
            "A file that no record tells of keeps the path \"\(paths.first ?? "")\" from a new dataset.",
            remedy: "Another program may be at work on it: try again, or run \"steward check-repo\".",
            cause: self
        )
    }
}

/// The paths that the datasets of one transaction take: each once, and none that another dataset has.
///
/// Different runs or data IDs can give one path, because characters are replaced in file names (`u/x y` and `u/x_y`).
/// Without this the second dataset would replace the first one's file. Not to be shared between threads.
///
/// A file that lies at a path is replaced where that can harm nobody: where no dataset has it and the transaction keeps
/// all others from writing, or where it is of a dataset in the trash, whose rows the transaction has locked. In all other
/// cases files get their names only where nothing has them, so that of several who take a path at once one succeeds.
public final class PathClaims {
    private struct Claim {
        let path: String
        /// Where the new file will be; nil for one that is there already and becomes a dataset's as it is.
        let place: ResourcePath?
        /// Where the new file comes from, if it is a copy or another name.
        let source: ResourcePath?
    }

    private var taken: Set<String> = []
    private var unsettled: [Claim] = []
    private var trashed: Set<String> = []
    private let replacesUnrecorded: Bool
    private let owners: ([String]) throws -> PathOwners

    /// Creates claims without paths.
    ///
    /// - Parameters:
    ///   - replacesUnrecorded: Whether the transaction keeps all others from writing, so that a file of which no record
    ///     tells is of nobody and may be replaced, as in the reference.
    ///   - owners: Looks for the datasets that have some of these paths and URIs.
    public init(
        replacesUnrecorded: Bool = true,
        owners: @escaping (_ paths: [String]) throws -> PathOwners = { _ in PathOwners() }
    ) {
        self.replacesUnrecorded = replacesUnrecorded
        self.owners = owners
    }

    /// Takes the path of a file that is there already and becomes a dataset's as it is.
    func keep(_ path: String) {
        unsettled.append(Claim(path: path, place: nil, source: nil))
    }

    /// Takes a path for a new file.
    ///
    /// - Parameters:
    ///   - path: The path as records will hold it.
    ///   - place: Where that is.
    ///   - source: Where the file comes from, if it is made of another one; that may be in its place already.
    /// - Throws: `ButlerError` with `.conflictingDefinition` if the transaction has the path already.
    func claim(_ path: String, at place: ResourcePath, from source: ResourcePath? = nil) throws {
        guard taken.insert(path).inserted else { throw Self.conflict(path) }
        unsettled.append(Claim(path: path, place: place, source: source))
    }

    /// Makes sure that the paths taken since the last time may be used; to be called before a file is made at any of them.
    ///
    /// - Throws: `ButlerError` with `.conflictingDefinition` if one belongs to another dataset, or with ``OccupiedPaths``
    ///   as its cause if a file is there that may be another transaction's; database errors.
    public func settle() throws {
        guard !unsettled.isEmpty else { return }
        defer { unsettled = [] }
        let occupied = try unsettled.filter { try $0.place.map { try FileStore.isOccupied($0) } ?? false }
        // Where others may write, paths without files count as well: a file may go, or come, in any moment.
        let asked = replacesUnrecorded ? occupied : unsettled
        guard !asked.isEmpty else { return }
        let known = try owners(asked.map(\.path) + occupied.compactMap { $0.place?.url })
        trashed.formUnion(known.trashed)
        for claim in asked where !known.stored.isEmpty {
            guard let place = claim.place else { continue }
            if known.stored.contains(claim.path) || known.stored.contains(place.url) { throw Self.conflict(claim.path) }
        }
        let refused = try occupied.filter { try !mayReplace($0.path) && Self.isInTheWay($0) }
        guard refused.isEmpty else { throw OccupiedPaths(paths: refused.map(\.path)).error }
    }

    /// Whether the file at a claim's place is still there, and another one than that which is to be there.
    private static func isInTheWay(_ claim: Claim) throws -> Bool {
        guard let place = claim.place, try FileStore.isOccupied(place) else { return false }
        return claim.source.map { !FileStore.isName(place, ofFileAt: $0) } ?? true
    }

    /// Whether a file that lies at a settled path is replaced.
    func mayReplace(_ path: String) -> Bool { replacesUnrecorded || trashed.contains(path) }

    private static func conflict(_ path: String) -> ButlerError {
        ButlerError(
            .conflictingDefinition,
            "The path \"\(path)\" belongs to another dataset.",
            remedy: "Use another run, or a file template that tells the datasets apart."
        )
    }
}
