internal import Foundation
internal import StewardCore

/// The folders that an ingest works in.
struct IngestFolder: Sendable {
    /// For what does not fit into memory; exists.
    let scratch: String
    /// For the shards; exists, and has none yet.
    let shards: String
    private let keepsShards: Bool

    /// Makes the folders.
    ///
    /// - Parameters:
    ///   - options: What names them.
    ///   - name: Name of the catalogue.
    ///   - root: Directory of the repository.
    /// - Throws: ``ButlerError`` with `.fileAccess` if there are shards already, or a folder cannot be made.
    init(_ options: CatalogueIngest.Options, _ name: String, root: String) throws {
        // A dry run must not write where it may not.
        let parent = options.scratch ?? (options.isDryRun ? NSTemporaryDirectory() : root)
        let prefix = ".steward-\(name)-"
        if options.resumes {
            for old in (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? [] where old.hasPrefix(prefix)
            {
                try? FileManager.default.removeItem(atPath: "\(parent)/\(old)")
            }
        }
        scratch = "\(parent)/\(prefix)\(UUID().uuidString.lowercased())"
        keepsShards = options.output != nil && !options.isDryRun
        shards = keepsShards ? "\(options.output ?? parent)/\(name)" : "\(scratch)/shards"
        if keepsShards, FileManager.default.fileExists(atPath: shards) {
            guard options.resumes else {
                throw ButlerError(
                    .fileAccess,
                    "The folder \"\(shards)\" exists already.",
                    remedy: "Name another one with --output, or add --resume after an ingest that ended too early."
                ).adding("file", shards)
            }
            try? FileManager.default.removeItem(atPath: shards)
        }
        for folder in [scratch, shards] {
            do {
                try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            } catch {
                throw ButlerError(.fileAccess, "The folder \"\(folder)\" cannot be made.", cause: error)
                    .adding("file", folder)
            }
        }
    }

    /// Removes all but shards that are to be kept.
    func remove() {
        try? FileManager.default.removeItem(atPath: scratch)
    }

    /// Removes shards that were to be kept, when they are not complete.
    func discardShards() {
        if keepsShards { try? FileManager.default.removeItem(atPath: shards) }
    }
}
