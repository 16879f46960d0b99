internal import ArgumentParser
internal import Steward
internal import StewardCore

/// A range of validity on the command line.
struct ValidityOptions: ParsableArguments {
    @Option(help: ArgumentHelp("First instant, ISO 8601 in TAI; unbounded when left out.", valueName: "time"))
    var beginDate: String?

    @Option(help: ArgumentHelp("First instant that is no longer in it; unbounded when left out.", valueName: "time"))
    var endDate: String?

    /// Whether an end of the range is given.
    var isGiven: Bool { beginDate != nil || endDate != nil }

    /// The range.
    func timespan() throws -> Timespan {
        try Timespan(
            begin: beginDate.map { try TAI($0, format: $0.contains("T") ? .isot : .iso, scale: .tai) },
            end: endDate.map { try TAI($0, format: $0.contains("T") ? .isot : .iso, scale: .tai) }
        )
    }
}

/// `certify-calibrations`: from when to when calibrations are the right ones.
struct CertifyCalibrationsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "certify-calibrations",
        abstract: "Certify calibrations with a range of validity.",
        discussion: """
            Example:
              steward certify-calibrations REPO u/me/bias HSC/calib bias --begin-date 2024-01-01 --end-date 2024-06-01
            """
    )

    @OptionGroup var repository: RepositoryArgument

    @Argument(help: "Collection that holds the calibrations.")
    var inputCollection: String

    @Argument(help: "CALIBRATION collection; created when it does not exist.")
    var outputCollection: String

    @Argument(help: "Dataset type of the calibrations.")
    var datasetTypeName: String

    @OptionGroup var validity: ValidityOptions

    @Flag(help: "Search all children of a chain, not only the first.")
    var searchAllInputs = false

    func run() async throws {
        let validity = try validity.timespan()
        let butler = try await repository.open(writeable: true)
        var input = inputCollection
        let info = try await butler.collections.info(input)
        if info.kind == .chained, !searchAllInputs, let first = info.children.first { input = first }
        let refs = try await butler.queryDatasets(datasetTypeName, collections: [input])
        guard !refs.isEmpty else {
            throw ButlerError(
                .datasetNotFound,
                "Collection \"\(input)\" holds no datasets of type \"\(datasetTypeName)\" to certify.",
                remedy: "Look what there is with \"steward query-datasets\"."
            )
        }
        try await butler.registering(outputCollection, .calibration) {
            try await butler.certify(refs, in: outputCollection, validity: validity)
        }
    }
}

/// `decertify-calibrations`: from when to when calibrations are no longer the right ones.
struct DecertifyCalibrationsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decertify-calibrations",
        abstract: "Take validity away from calibrations.",
        discussion: """
            What lies outside the range stays valid. Example:
              steward decertify-calibrations REPO HSC/calib bias --begin-date 2024-03-01 --data-id instrument=HSC,detector=4
            """
    )

    @OptionGroup var repository: RepositoryArgument

    @Argument(help: "CALIBRATION collection.")
    var collection: String

    @Argument(help: "Dataset type of the calibrations.")
    var datasetTypeName: String

    @OptionGroup var validity: ValidityOptions

    @Option(name: .customLong("data-id"), help: "Only this data ID, as dimension=value (comma-separated, repeatable).")
    var dataIDItems: [String] = []

    func run() async throws {
        let validity = try validity.timespan()
        let butler = try await repository.open(writeable: true)
        let type = try await butler.datasetType(datasetTypeName)
        let values = try dataIDItems.dataID()
        let dataIDs = values.isEmpty ? nil : [try await butler.dataID(values, for: type.dimensions)]
        try await butler.decertify(type, in: collection, validity: validity, dataIDs: dataIDs)
    }
}
