internal import ArgumentParser
internal import Foundation
internal import Instruments
internal import Steward
internal import StewardCore

/// The promise that a command leaves repositories as they are.
struct ReadOnlyOption: ParsableArguments {
    @Flag(help: "Refuse to change the repository; may also stand in front of the subcommand.")
    var readOnly = false

    /// Refuses a command that would change a repository, if that was promised not to happen.
    ///
    /// - Parameter repository: The repository as given.
    /// - Throws: ``ButlerError`` with `.readOnly`.
    func checkWriteable(_ repository: String) throws {
        guard readOnly else { return }
        throw ButlerError(
            .readOnly,
            "With --read-only nothing may be changed, but this changes the repository \"\(repository)\".",
            remedy: "Leave --read-only out if it is meant to be changed."
        )
    }
}

/// The repository that a command works on.
struct RepositoryArgument: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "Repository: a directory, a butler.yaml, or a label of the repository index.",
            discussion: "May be left out when the environment variable STEWARD_REPO is set.",
            valueName: "repo"
        ),
        completion: .directory
    )
    var repository: String

    @OptionGroup var locks: LockOptions
    @OptionGroup var readOnly: ReadOnlyOption

    /// Refuses a command that would change the repository, if `--read-only` was given.
    ///
    /// - Throws: ``ButlerError`` with `.readOnly`.
    func checkWriteable() throws { try readOnly.checkWriteable(repository) }

    /// Opens the repository.
    ///
    /// - Parameter writeable: Whether the command writes.
    /// - Returns: The open repository.
    /// - Throws: ``ButlerError`` when there is none, or it cannot be used; `.readOnly` if the command writes and
    ///   `--read-only` was given.
    func open(writeable: Bool = false) async throws -> Butler {
        if writeable { try checkWriteable() }
        var defaults = Butler.Defaults()
        defaults.alias = { name, instrument in
            try? InstrumentCatalog.standard().definition(instrument).aliases[name]
        }
        return try await Butler.open(repository, writeable: writeable, defaults: defaults, locks: locks.waiting)
    }
}

/// How long a command waits for those who write to the same repository.
struct LockOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Longest wait for a lock of the database; default: STEWARD_LOCK_TIMEOUT, or 300.",
            valueName: "seconds"
        )
    )
    var lockTimeout: Double?

    func validate() throws {
        guard let lockTimeout else { return }
        guard lockTimeout >= 0, lockTimeout <= 1e6 else {
            throw ValidationError("--lock-timeout must be from 0 to 1000000 seconds.")
        }
    }

    /// Waits are reported on the error stream once they have taken two seconds.
    var waiting: LockWaiting {
        LockWaiting(timeout: lockTimeout.map { .seconds($0) }) { Console.error("\($0)") }
    }
}

/// Which datasets a command works on: the options that all commands over datasets share.
struct DatasetSelectionOptions: ParsableArguments {
    @Option(
        name: .customLong("collections"),
        parsing: .singleValue,
        help: ArgumentHelp("Collections to search, names or globs (comma-separated, repeatable).", valueName: "names")
    )
    var collectionLists: [String] = []

    @Option(
        name: .customLong("where"),
        help: ArgumentHelp("Condition on the data, as in SQL.", valueName: "expression")
    )
    var condition = ""

    /// Names and globs of the collections as given.
    var collections: [String] { collectionLists.splitAtCommas }

    /// Names and globs of the collections to search; all when none were given.
    var searchedCollections: [String] { collections.isEmpty ? ["*"] : collections }

    /// The datasets that names and globs of dataset types mean, a result for each type; all types when there are none.
    ///
    /// - Throws: ``ButlerError`` with `.unimplementedQuery` for an order of several types, else as the queries.
    func results(
        _ types: [String],
        in butler: Butler,
        findFirst: Bool,
        orderBy order: [String] = []
    ) async throws -> [QueryResults<DatasetRef>] {
        if let type = Self.single(types) {
            let results = try await butler.query().datasets(
                type,
                collections: searchedCollections,
                findFirst: findFirst
            )
            return [try results.filtered(where: condition).ordered(by: order)]
        }
        guard order.isEmpty else {
            throw ButlerError(.unimplementedQuery, "--order-by needs exactly one dataset type, named in full.")
        }
        return try await butler.datasetResults(
            types.isEmpty ? ["*"] : types,
            collections: searchedCollections,
            where: condition,
            findFirst: findFirst
        )
    }

    /// The datasets themselves, all at once.
    ///
    /// - Throws: As ``results(_:in:findFirst:orderBy:)``.
    func find(
        _ types: [String],
        in butler: Butler,
        findFirst: Bool,
        orderBy order: [String] = [],
        limit: Int? = nil
    ) async throws -> [DatasetRef] {
        let results = try await results(types, in: butler, findFirst: findFirst, orderBy: order)
        return try await butler.reducePages(of: results, limit: limit, into: []) { refs, page in
            refs += page
            return true
        }
    }

    /// The only dataset type, if it is named in full.
    static func single(_ types: [String]) -> String? {
        types.count == 1 && !GlobPattern.isPattern(types[0]) ? types[0] : nil
    }
}

extension Sequence<String> {
    /// The comma-separated parts of all items, empty ones too; commas in square brackets do not count.
    ///
    /// An empty name is kept, so that an unset shell variable is an error and does not mean everything.
    var splitAtCommas: [String] {
        flatMap { item in
            var isInside = false
            return item.split(omittingEmptySubsequences: false) { character in
                if character == "[" { isInside = true }
                if character == "]" { isInside = false }
                return character == "," && !isInside
            }.map(String.init)
        }
    }

    /// `key=value` items (comma-separated, repeatable) as a data ID.
    func dataID() throws -> [String: DimensionValue] {
        var values: [String: DimensionValue] = [:]
        for item in splitAtCommas {
            let parts = item.split(separator: "=", maxSplits: 1)
            guard parts.count == 2 else {
                throw ButlerError(
                    .invalidArgument,
                    "\"\(item)\" is not a part of a data ID.",
                    remedy: "Write it as dimension=value, for instance detector=4."
                )
            }
            let text = String(parts[1])
            values[String(parts[0])] = Int64(text).map { .int($0) } ?? .string(text)
        }
        return values
    }
}
