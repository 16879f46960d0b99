public import Steward

/// Ingests a version of a reference catalogue: input files become shards, and these datasets of a repository.
///
/// Nothing is registered before all input is read and all shards are written. Shards are registered in transactions of
/// some thousands; the last transaction puts the run into the chain and adds the record, which marks the version as
/// complete. After a crash ``Options/resumes`` goes on: the same input gives the same files and identifiers.
public struct CatalogueIngest: Sendable {
    /// What happens with rows that cannot be taken.
    public enum BadRowRule: String, Sendable, CaseIterable {
        /// The ingest fails, and names the first of them.
        case error
        /// They are left out.
        case skip
    }

    /// How a catalogue is ingested.
    public struct Options: Sendable {
        /// The run for the shards.
        public var run: String
        /// The chain that makes the catalogue visible; nil for none.
        public var chain: String? = "refcats"
        /// Threads that work at once.
        public var jobs = 2
        /// Bytes to work with; what does not fit goes to ``scratch``.
        public var memory = 384 << 20
        /// Folder for what does not fit into memory, and for shards that are not complete; in the repository if nil.
        public var scratch: String?
        /// Folder to leave the shards in, as the reference's converter does; they become the repository's own if nil.
        public var output: String?
        /// How shards become datasets; if nil, shards in ``output`` stay there, others become the repository's own.
        public var transfer: TransferMode?
        /// What happens with rows that cannot be taken.
        public var onBad = BadRowRule.error
        /// Whether an ingest that ended too early is continued.
        public var resumes = false
        /// Whether nothing is written.
        public var isDryRun = false
        /// Whether the name need not end with a date.
        public var allowsAnyName = false
        /// Whether texts get four times their width, as in the reference.
        public var hasReferenceStringWidth = false
        /// Whether shards of a later format version are taken.
        public var forces = false

        /// Creates options.
        public init(run: String) {
            self.run = run
        }
    }

    /// What an ingest did, or would do.
    public struct Outcome: Sendable {
        /// The fields.
        public let schema: CatalogueSchema
        /// Sources taken.
        public let rowCount: Int
        /// Shards, each with the number of its sources.
        public let shards: [(trixel: UInt64, rowCount: Int)]
        /// Bytes of all shards.
        public let byteCount: Int
        /// How many rows were left out.
        public let badCount: Int
        /// The first of them.
        public let bad: [BadRow]
        /// What else should be known.
        public let warnings: [String]
    }

    /// What an ingest is doing.
    public enum Stage: String, Sendable {
        /// Looking at texts for their widths and types.
        case scan = "Scanning"
        /// Reading input; counts are rows, the total is not known.
        case read = "Reading"
        /// Writing shards; counts are groups of 64 trixels.
        case write = "Writing shards"
        /// Adding datasets; counts are shards.
        case register = "Registering"
    }

    /// Called with what is done and how much of it there is, 0 if that is not known; from any thread.
    public typealias Progress = @Sendable (Stage, Int, Int) -> Void

    let configuration: CatalogueConfiguration
    let options: Options
    let progress: Progress

    /// Prepares an ingest.
    ///
    /// - Parameters:
    ///   - configuration: How columns become fields.
    ///   - options: How it is ingested.
    ///   - progress: Called now and then.
    public init(
        _ configuration: CatalogueConfiguration,
        _ options: Options,
        progress: @escaping Progress = { _, _, _ in }
    ) {
        self.configuration = configuration
        self.options = options
        self.progress = progress
    }

    /// Ingests files.
    ///
    /// - Parameters:
    ///   - files: CSV, ECSV and FITS tables, also compressed with gzip; `-` is standard input.
    ///   - butler: A repository opened for writing.
    /// - Returns: What was done.
    /// - Throws: ``ButlerError`` with `.conflictingDefinition` if the version exists, `.configuration` for columns and
    ///   units that do not fit, `.corruptFile` for input that does not read or has bad rows, `.diskFull`; database and
    ///   file errors. Before the registration nothing is left then.
    public func run(_ files: [String], in butler: Butler) async throws -> Outcome {
        try CatalogueName.check(configuration.name, allowsAny: options.allowsAnyName)
        let registration = CatalogueRegistration(configuration.name, options, butler, progress)
        if !options.isDryRun { try await registration.checkNew() }
        let scratch = try IngestFolder(options, configuration.name, root: butler.root)
        defer { scratch.remove() }
        let conversion = CatalogueConversion(configuration, options, scratch, progress)
        let converted = try await Blocking.run { try conversion.run(files) }
        guard !options.isDryRun else { return converted.outcome }
        try await registration.register(converted)
        return converted.outcome
    }
}
