internal import ArgumentParser
internal import Steward
internal import StewardCore

/// A data ID on the command line, in either of two spellings.
struct DataIDOptions: ParsableArguments {
    @Option(
        name: [.customLong("data-id"), .customLong("id")],
        help: ArgumentHelp("Part of the data ID (comma-separated, repeatable).", valueName: "dimension=value")
    )
    var items: [String] = []

    /// The values given; alternate keys such as `detector=1_53` and the camera's own names of dimensions are understood
    /// later, by the repository.
    func values() throws -> [String: DimensionValue] {
        try items.dataID()
    }
}
