public import Registry

/// What an examination of a repository does.
public struct RepositoryCheck: Sendable {
    /// Whether what can be mended without loss is mended.
    public var repairing: Bool
    /// Whether files are looked at.
    public var examinesFiles: Bool
    /// Whether files with a recorded checksum are read and compared.
    public var comparesChecksums: Bool
    /// How long temporary files must have been left alone to be taken for those of an ended writer.
    public var temporaryAge: Duration

    /// Creates a description.
    public init(
        repairing: Bool = false,
        examinesFiles: Bool = true,
        comparesChecksums: Bool = false,
        temporaryAge: Duration = .seconds(3600)
    ) {
        self.repairing = repairing
        self.examinesFiles = examinesFiles
        self.comparesChecksums = comparesChecksums
        self.temporaryAge = temporaryAge
    }

    /// A part of the examination.
    public enum Stage: String, Sendable, Hashable {
        /// Tables; counts parts of the examination.
        case tables = "Tables"
        /// Files that records name.
        case records = "Files"
        /// Files that are there; the total is a guess.
        case folder = "Folders"
    }

    /// What an examination found.
    public struct Outcome: Sendable, Hashable {
        /// How many findings are not mended, by kind; without notes.
        public internal(set) var open: [RepositoryFinding.Kind: Int] = [:]
        /// How many findings were mended, by kind.
        public internal(set) var repaired: [RepositoryFinding.Kind: Int] = [:]
        /// How many notes there are, by kind.
        public internal(set) var notes: [RepositoryFinding.Kind: Int] = [:]

        /// Whether nothing is left to mend.
        public var isClean: Bool { open.isEmpty }
    }
}
