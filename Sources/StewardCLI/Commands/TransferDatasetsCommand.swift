internal import ArgumentParser
internal import Foundation
internal import Steward
internal import StewardCore

/// `transfer-datasets`: datasets from one repository into another, with their identifiers and runs.
struct TransferDatasetsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "transfer-datasets",
        abstract: "Transfer datasets from one repository to another.",
        discussion: """
            Datasets keep identifiers and runs; those without a file are left out. Example:
              steward transfer-datasets REPO /data/other --dataset-type bias --collections HSC/calib \
            --register-dataset-types --transfer copy
            """
    )

    @Argument(help: "Repository to read.", completion: .directory)
    var source: String

    @Argument(help: "Repository to write.", completion: .directory)
    var dest: String

    @Option(
        name: [.customShort("d"), .customLong("dataset-type")],
        help: "Names or globs (comma-separated, repeatable)."
    )
    var datasetTypeLists: [String] = []

    @OptionGroup var selection: DatasetSelectionOptions

    @Flag(inversion: .prefixedNo, help: "Only the first collection that has a dataset of a type and data ID counts.")
    var findFirst = false

    @OptionGroup var limit: LimitOptions

    @OptionGroup var order: OrderOption

    @Option(name: .shortAndLong, help: "How files get there: auto, copy, link, hardlink, symlink, relsymlink, direct.")
    var transfer = TransferMode.auto

    @Flag(help: "Register dataset types that the other repository does not have.")
    var registerDatasetTypes = false

    @Flag(inversion: .prefixedNo, help: "Also transfer dimension records.")
    var transferDimensions = true

    @Flag(inversion: .prefixedNo, help: "Say how many datasets would be transferred, and transfer none.")
    var dryRun = false

    @OptionGroup var locks: LockOptions
    @OptionGroup var readOnly: ReadOnlyOption

    func run() async throws {
        if !dryRun { try readOnly.checkWriteable(dest) }
        let from = try await Butler.open(source, locks: locks.waiting)
        let into = try await Butler.open(dest, writeable: !dryRun, locks: locks.waiting)
        let refs = try await find(in: from)
        if !registerDatasetTypes { try await checkTypes(of: refs, in: into) }
        if !dryRun, !refs.isEmpty { try await transfer(refs, from: from, into: into) }
        Console.line("Number of datasets transferred: \(refs.count)")
    }

    /// The datasets asked for that have files.
    private func find(in butler: Butler) async throws -> [DatasetRef] {
        var refs = try await selection.find(
            datasetTypeLists.splitAtCommas,
            in: butler,
            findFirst: findFirst,
            orderBy: order.names,
            limit: limit.asked
        )
        limit.cap(&refs)
        var seen: Set<DatasetID> = []
        let distinct = refs.filter { seen.insert($0.id).inserted }
        return zip(distinct, try await butler.stored(distinct)).filter(\.1).map(\.0)
    }

    private func checkTypes(of refs: [DatasetRef], in butler: Butler) async throws {
        let known = Set(try await butler.datasetTypes(matching: []).map(\.name))
        let missing = Set(refs.map(\.datasetType.name)).subtracting(known).sorted()
        guard missing.isEmpty else {
            throw ButlerError(
                .missingDatasetType,
                "The repository \"\(dest)\" has no dataset type \(missing.map { "\"\($0)\"" }.joined(separator: ", ")).",
                remedy: "Use --register-dataset-types to register it as it is in \"\(source)\"."
            )
        }
    }

    /// Goes through an export file in a folder of its own, which leaves the data files where they are.
    private func transfer(_ refs: [DatasetRef], from: Butler, into: Butler) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("steward-" + UUID().uuidString).path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await from.export(refs, to: folder)
        let skipped = transferDimensions ? [] : Set(into.universe.elements.map(\.name))
        let warnings = try await into.importExport(in: folder, mode: transfer, skippingDimensions: skipped)
        for warning in warnings { Console.error("Warning: \(warning)") }
    }
}
