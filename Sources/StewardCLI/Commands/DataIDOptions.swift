internal import ArgumentParser
internal import Instruments
internal import Steward
internal import StewardCore

/// A data ID on the command line, in either of two spellings.
struct DataIDOptions: ParsableArguments {
    @Option(
        name: [.customLong("data-id"), .customLong("id")],
        help: ArgumentHelp("Part of the data ID (comma-separated, repeatable).", valueName: "dimension=value")
    )
    var items: [String] = []

    /// The values given, with the words of the camera replaced by dimensions.
    ///
    /// Alternate keys such as `detector=1_53` are understood later, by the repository.
    func values(in butler: Butler) async throws -> [String: DimensionValue] {
        let values = try items.dataID()
        return try await DataIDAliases(for: values, in: butler).resolve(values)
    }
}

/// Words that the definition of a camera allows for dimensions in data IDs, for instance `ccdnum` for `detector`.
struct DataIDAliases {
    private let dimensions: [String: String]

    /// Finds the aliases for a data ID; looks at the definition only if the data ID has a word that is no dimension.
    init(for values: [String: DimensionValue], in butler: Butler) async throws {
        let isPlain = values.keys.allSatisfy { name in
            name.contains(".") || (try? butler.universe.element(name)) != nil
        }
        guard !isPlain, let camera = try await Self.camera(values, in: butler) else {
            dimensions = [:]
            return
        }
        dimensions = (try? InstrumentCatalog.standard().definition(camera))?.aliases ?? [:]
    }

    /// The data ID with dimensions instead of aliases.
    ///
    /// - Parameter values: Values by dimension, alias or field.
    /// - Returns: Values by dimension or field.
    /// - Throws: ``ButlerError`` with `.dimensionValue` when an alias contradicts its dimension.
    func resolve(_ values: [String: DimensionValue]) throws -> [String: DimensionValue] {
        guard !dimensions.isEmpty else { return values }
        var result: [String: DimensionValue] = [:]
        for (name, value) in values {
            let dimension = dimensions[name] ?? name
            if let other = result.updateValue(value, forKey: dimension), other != value {
                throw ButlerError(
                    .dimensionValue,
                    "The data ID gives both \(min(other, value)) and \(max(other, value)) for \"\(dimension)\".",
                    remedy: "Leave one out; other words for it are "
                        + dimensions.filter { $0.value == dimension }.keys.sorted().joined(separator: ", ") + "."
                )
            }
        }
        return result
    }

    /// The instrument of the data ID, or the only one there is.
    private static func camera(_ values: [String: DimensionValue], in butler: Butler) async throws -> String? {
        if let instrument = values["instrument"] { return instrument.description }
        let known = try await butler.records(of: "instrument").compactMap { $0["instrument"]?.dimensionValue }
        return known.count == 1 ? known[0].description : nil
    }
}
