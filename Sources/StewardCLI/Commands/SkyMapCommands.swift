internal import ArgumentParser
internal import Foundation
internal import Instruments
internal import SkyMapRegistration
internal import SkyMaps
internal import Steward
internal import StewardCore

/// A sky map by configuration: files, and what overrides them.
struct SkyMapOptions: ParsableArguments {
    @OptionGroup var files: SkyMapConfigOptions

    @Option(
        name: [.customShort("c"), .customLong("config")],
        parsing: .singleValue,
        help: ArgumentHelp("Overrides the files (repeatable).", valueName: "key=value")
    )
    var overrides: [String] = []

    /// Whether anything is given.
    var isEmpty: Bool { files.configFiles.isEmpty && overrides.isEmpty }

    /// What files and overrides say.
    ///
    /// - Throws: ``ButlerError`` with `.fileNotFound`, `.configuration`, `.invalidArgument`.
    func read() throws -> RegistrationConfiguration {
        try RegistrationConfiguration(files.texts(), overrides: overrides)
    }
}

/// Files of assignments that configure a sky map.
struct SkyMapConfigOptions: ParsableArguments {
    @Option(
        name: [.customShort("C"), .customLong("config-file")],
        help: "Configuration file of the reference: lines of config.key = value.",
        completion: .file()
    )
    var configFiles: [String] = []

    /// The texts of the files with their names.
    ///
    /// - Throws: ``ButlerError`` with `.fileNotFound`.
    func texts() throws -> [(text: String, source: String)] {
        try configFiles.map { path in
            guard let data = FileManager.default.contents(atPath: path) else {
                throw ButlerError(.fileNotFound, "The configuration file \"\(path)\" cannot be read.")
            }
            return (String(decoding: data, as: UTF8.self), path)
        }
    }
}

/// `register-skymap`: tracts and patches of a sky map with their regions.
struct RegisterSkyMapCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "register-skymap",
        abstract: "Register a sky map with its tracts and patches.",
        discussion: """
            The configuration is that of the reference; of its Python only assignments are understood. Repeating it \
            changes nothing.
            Examples:
              steward register-skymap REPO -C makeSkyMap.py -c name=hsc_rings_v1
              steward register-skymap REPO -c name=coarse -c skyMap=rings -c "skyMap['rings'].numRings=12"
            """
    )

    @OptionGroup var repository: RepositoryArgument
    @OptionGroup var options: SkyMapOptions

    @Flag(help: "Show what would be registered, write nothing.")
    var dryRun = false

    func run() async throws {
        let read = try options.read()
        guard let name = read.name else {
            throw ButlerError(
                .configuration,
                "The sky map has no name.",
                remedy: "Give one with -c name=NAME, or as config.name in the file."
            )
        }
        let map = try SkyMap(read.skyMap)
        let size = try map.greatestPatchCounts()
        let words =
            "\(map.count) tracts of up to \(size.columns) by \(size.rows) patches, hash \(Hexadecimal.encode(map.hash))"
        if dryRun {
            Console.error("Would register the sky map \(name): \(words).")
            return
        }
        let butler = try await repository.open(writeable: true)
        try await Self.register(map, as: name, in: butler, words: words)
    }

    /// Registers a sky map and says so.
    static func register(_ map: SkyMap, as name: String, in butler: Butler, words: String) async throws {
        let line = ProgressLine("Tracts")
        let outcome = try await map.register(as: name, in: butler) { line.update($0, of: $1) }
        line.finish()
        Console.error(
            outcome.isUnchanged
                ? "\(name) is registered already; nothing changed."
                : "Registered the sky map \(name): \(words)."
        )
    }
}

/// `make-discrete-skymap`: a tract around calibrated images.
struct MakeDiscreteSkyMapCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "make-discrete-skymap",
        abstract: "Make and register a sky map with one tract around calibrated images.",
        discussion: """
            The tract is the square around the circle that holds all corners of the images. With config.doAppend=True it \
            is added to those of --old-skymap-id. The instrument's own configuration counts before the files of -C.
            Example:
              steward make-discrete-skymap REPO HSC --collections u/me/run -C discrete.py --skymap-id discrete/field1
            """
    )

    @OptionGroup var repository: RepositoryArgument

    @Argument(help: "Name or class name of the instrument whose images count.")
    var instrument: String

    @OptionGroup var selection: DatasetSelectionOptions
    @OptionGroup var files: SkyMapConfigOptions

    @Option(help: "Name of the new sky map.")
    var skymapId = "discrete"

    @Option(help: "Name of the sky map whose tracts come first when appending.")
    var oldSkymapId: String?

    @Option(help: "Dataset type of the images; config.datasetTypeName or calexp when left out.")
    var datasetType: String?

    func run() async throws {
        guard !selection.collections.isEmpty else {
            throw ButlerError(.invalidArgument, "No collections were given.", remedy: "Name them with --collections.")
        }
        let butler = try await repository.open(writeable: true)
        let name = try await butler.instrumentName(instrument)
        let configuration = try DiscreteMapConfiguration(Self.configurationFiles(of: name) + files.texts())
        let type = datasetType ?? configuration.datasetType ?? "calexp"
        let images = try await selection.find([type], in: butler, findFirst: true).filter {
            $0.dataID["instrument"] == .string(name)
        }
        guard !images.isEmpty else {
            throw ButlerError(
                .datasetNotFound,
                "No dataset \"\(type)\" of \(name) is in \(selection.collections.joined(separator: ", "))."
            )
        }
        let corners = try await ImageCorners(butler).directions(of: images)
        var old: SkyMap?
        if configuration.appends, let oldSkymapId { old = try await butler.skyMap(oldSkymapId) }
        let map = try DiscreteMapMaker(configuration).map(around: corners, appendingTo: old)
        let size = try map.tract(map.count - 1).grid
        try await RegisterSkyMapCommand.register(
            map,
            as: skymapId,
            in: butler,
            words:
                "\(map.count) tracts, the last with \(size.columns) by \(size.rows) patches around \(images.count) images"
        )
    }

    /// The files that the instrument's definition names for this task, if it is defined here.
    private static func configurationFiles(of instrument: String) throws -> [(text: String, source: String)] {
        let catalog = InstrumentCatalog.standard()
        guard catalog.names().contains(instrument) else { return [] }
        return try catalog.definition(instrument).configurationFiles(of: "makeDiscreteSkyMap")
    }
}
