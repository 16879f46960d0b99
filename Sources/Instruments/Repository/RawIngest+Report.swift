public import Datasets
public import Dimensions
public import Resources
public import StewardCore

extension RawIngest {
    /// How raws are ingested.
    public struct Options: Sendable {
        /// Run that the raws go into; that of the instrument (`HSC/raw/all`) if nil.
        public var run: String?
        /// What happens with the files.
        public var mode = TransferMode.auto
        /// Regular expression found in the names of files in folders; nil for those that end like FITS files.
        public var namePattern: String?
        /// Whether raws that exist are left out; otherwise they are failures.
        public var skipsExisting = true
        /// Whether exposure records that differ are changed.
        public var updatesRecords = false
        /// Whether records that differ by rounding only count as different.
        public var comparesStrictly = false
        /// Whether the first failure ends the work.
        public var failsFast = false
        /// Whether nothing is written.
        public var isDryRun = false
        /// Whether sizes and checksums are recorded.
        public var recordsFileAttributes = true
        /// Whether index files beside the data are looked for.
        public var searchesIndexes = true
        /// How many exposures make one transaction, as many as have some 2,000 files if nil; when one of them fails,
        /// each gets its own.
        public var batchSize: Int?
        /// Files that are read before their exposures are written.
        var windowSize = 2048
        /// Whether the report lists all raws; otherwise it counts them, and memory does not grow with their number but for
        /// their files' names.
        public var listsRaws = true
        /// How many tasks read headers at the same time; some if nil.
        public var readers: Int?

        /// The reference's defaults.
        public init() {}
    }

    /// What was being done when something failed.
    public enum Stage: String, Sendable, Hashable {
        /// Finding and opening the file.
        case open
        /// Reading a file of headers.
        case index
        /// Reading and translating the header.
        case header
        /// Finding the instrument.
        case instrument
        /// Finding the detector in the repository.
        case detector
        /// Finding the filter in the repository.
        case filter
        /// Comparing the files of an exposure: two have the same detector.
        case duplicate
        /// Writing the records of the exposure.
        case record
        /// Writing datasets and files.
        case ingest
        /// Defining visits of the exposure.
        case visit
    }

    /// A file or exposure that could not be ingested.
    public struct Failure: Sendable {
        /// Path of the file, or name of the exposure.
        public let subject: String
        /// What was being done.
        public let stage: Stage
        /// Why.
        public let error: ButlerError
        /// Files of the exposure; empty where the subject is a file.
        var files: [String] = []

        /// The files that it concerns.
        var paths: [String] { files.isEmpty ? [subject] : files }
    }

    /// What an ingest did.
    public struct Report: Sendable {
        /// Exposures that are in the repository now.
        public var exposures = 0
        /// Raws that are new, if they are listed.
        public internal(set) var ingested: [DatasetRef] = []
        /// Raws that were there, if they are listed.
        public internal(set) var skipped: [DatasetRef] = []
        /// How many raws are new.
        public internal(set) var ingestedCount = 0
        /// How many raws were there.
        public internal(set) var skippedCount = 0
        /// The exposures of which raws are new, by instrument.
        public internal(set) var ingestedExposures: [String: Set<Int64>] = [:]
        /// Records that were changed.
        public var updatedRecords = 0
        /// Records that differ by rounding only, which were left.
        public var roundedRecords = 0
        /// In how many files an optional property could not be had from the header; it is null then.
        public var unknownProperties: [String: Int] = [:]
        /// Slots that got another physical detector, by instrument.
        public var detectorChanges: [String: [DetectorChange]] = [:]
        /// What failed.
        public var failures: [Failure] = []

        mutating func add(ingested raw: DatasetRef, listing: Bool) {
            ingestedCount += 1
            if let key = RawExposure.Key(raw) { ingestedExposures[key.instrument, default: []].insert(key.exposure) }
            if listing { ingested.append(raw) }
        }

        mutating func add(skipped raw: DatasetRef, listing: Bool) {
            skippedCount += 1
            if listing { skipped.append(raw) }
        }

        /// The numbers, and what failed.
        public var summary: Summary {
            var summary = Summary()
            summary.exposures = exposures
            summary.ingested = ingestedCount
            summary.skipped = skippedCount
            summary.updatedRecords = updatedRecords
            summary.roundedRecords = roundedRecords
            summary.unknownProperties = unknownProperties
            summary.detectorChanges = detectorChanges
            summary.failures = failures
            return summary
        }
    }

    /// What an ingest did, in numbers, and what failed.
    public struct Summary: Sendable {
        /// Exposures that are in the repository now.
        public var exposures = 0
        /// Raws that are new.
        public var ingested = 0
        /// Raws that were there.
        public var skipped = 0
        /// Records that were changed.
        public var updatedRecords = 0
        /// Records that differ by rounding only, which were left.
        public var roundedRecords = 0
        /// Visits that are new or got further exposures.
        public var visits = 0
        /// Files that were still being written when folders were no longer followed.
        public var incomplete = 0
        /// In how many files an optional property could not be had from the header; it is null then.
        public var unknownProperties: [String: Int] = [:]
        /// Slots that got another physical detector, by instrument.
        public var detectorChanges: [String: [DetectorChange]] = [:]
        /// What failed.
        public var failures: [Failure] = []
    }
}

extension RawIngest.Summary {
    /// The error that tells of all failures, if there are any.
    public var error: ButlerError? {
        guard !failures.isEmpty else { return nil }
        return ButlerError(
            .partialFailure,
            "\(failures.count) files or exposures could not be ingested; \(ingested) raws were.",
            remedy: "Mend what is listed and ingest again; what is there already is left out.",
            context: failures.map { .init("\($0.stage.rawValue) \($0.subject)", $0.reason) }
        )
    }
}

extension RawIngest.Failure {
    /// Why it failed, without the file's name once more; further lines are indented.
    public var reason: String {
        error.description.split(separator: "\n").filter {
            $0.trimmingPrefix(while: \.isWhitespace) != "file: \(subject)"
        }
        .joined(separator: "\n  ")
    }
}
