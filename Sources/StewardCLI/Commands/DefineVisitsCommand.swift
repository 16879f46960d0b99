internal import ArgumentParser
internal import Instruments
internal import Steward
internal import StewardCore

/// `define-visits`: visits of the exposures of a camera.
struct DefineVisitsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "define-visits",
        abstract: "Define visits of exposures, with their regions on the sky.",
        discussion: """
            Repeating it changes nothing, and several processes may do it at the same time. Visits whose pointing is not \
            known or not trusted have no regions; "steward check-visits" lists them.
            Examples:
              steward define-visits REPO HSC --where "exposure.day_obs = 20240105"
              steward define-visits REPO MyCam --collections MyCam/calib
              steward define-visits REPO MyCam --unreliable-pointing "exposure.science_program = 'commissioning'"
            """
    )

    @OptionGroup var repository: RepositoryArgument

    @Argument(help: "Name or class name of the instrument.")
    var instrument: String

    @OptionGroup var config: ConfigFileOption

    @Option(
        name: .customLong("collections"),
        help: ArgumentHelp(
            "Collections with certified cameras; the one that is valid at an exposure counts, else the definition.",
            valueName: "names"
        )
    )
    var collectionLists: [String] = []

    @Option(name: .customLong("where"), help: ArgumentHelp("Which exposures, as in SQL.", valueName: "expression"))
    var condition = ""

    @Option(help: "How exposures make visits: one-to-one, one-to-one-and-by-counter or by-group-metadata.")
    var grouping: VisitGrouping?

    @Option(
        help: ArgumentHelp(
            "Grow detectors by this for their regions; the camera's number if left out.",
            valueName: "pixels"
        )
    )
    var padding: Double?

    @Option(
        help: ArgumentHelp(
            "Exposures whose pointing is not to be trusted: visits without regions.",
            valueName: "expression"
        )
    )
    var unreliablePointing = ""

    @Flag(help: "Make visits, without regions, of exposures whose boresight or rotation is not known.")
    var withoutPointing = false

    @Flag(inversion: .prefixedNo, help: "Change visits that differ, and write the regions of their detectors anew.")
    var updateRecords = false

    @Flag(inversion: .prefixedNo, help: "Change visits that got further exposures.")
    var incremental = false

    @Flag(inversion: .prefixedNo, help: "Leave out visits that conflict.")
    var skipConflicting = false

    @Flag(inversion: .prefixedNo, help: "Leave out exposures that have a visit, before anything is computed.")
    var prefilter = false

    @Flag(inversion: .prefixedNo, help: "Write regions of detectors that visits lack.")
    var checkDetectorRegions = false

    @Flag(help: "Take values that differ by rounding only for different.")
    var strictCompare = false

    @Option(name: [.customShort("j"), .long], help: "Accepted for scripts of the reference.")
    var processes = 1

    func run() async throws {
        let definition = try InstrumentCatalog.standard().definition(instrument)
        let options = try options(definition)
        let butler = try await repository.open(writeable: true)
        let line = ProgressLine("Defining visits")
        let report = try await VisitDefinition(butler, definition, options: options).run { line.update($0, of: $1) }
        line.finish()
        for remark in report.remarks { Console.error(remark) }
        for name in report.withoutRegion { Console.error("Visit \(name) has no region: its pointing is of no use.") }
        Console.error(
            "Grouping \(report.grouping.rawValue): \(report.inserted) visits new, \(report.unchanged) unchanged, "
                + "\(report.updated + report.partiallyUpdated) changed, "
                + "\(report.conflicting + report.filtered) left out."
        )
    }

    private func options(_ definition: InstrumentDefinition) throws -> VisitDefinition.Options {
        var options = VisitDefinition.Options()
        try options.apply(definition.overrides(of: "defineVisits"))
        try options.apply(config.overrides())
        options.condition = condition
        options.cameraCollections = collectionLists.splitAtCommas
        options.grouping = grouping ?? options.grouping
        options.padding = padding ?? options.padding
        options.unreliable = unreliablePointing
        options.keepsUnpointed = withoutPointing
        options.updatesRecords = updateRecords
        options.isIncremental = incremental
        options.skipsConflicts = skipConflicting
        options.skipsVisited = prefilter
        options.completesRegions = checkDetectorRegions
        options.comparesStrictly = strictCompare
        return options
    }
}
