internal import ArgumentParser
internal import Instruments
internal import SphericalGeometry
internal import Steward
internal import StewardCore

/// `update-dimension-regions`: regions of visits from better astrometry.
struct UpdateDimensionRegionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "update-dimension-regions",
        abstract: "Replace the regions of visits by those from better astrometry.",
        discussion: """
            Regions come from datasets of the reference's VisitGeometry, searched in COLLECTIONS, or from a table \
            (--from) with the columns visit, detector (empty for the visit itself), and region ("POLYGON lon lat ..." or \
            "CIRCLE lon lat radius" in degrees, empty for one that is not to be trusted) or wcs (a FITS file). A visit \
            without a row of its own gets the hull of its detectors. A WCS is of the pixels of the camera's definition, or \
            of the version that is valid at the time of the visit, if COLLECTIONS have one. What overlaps with the sky is kept in step; \
            repeating it changes nothing.
            Examples:
              steward update-dimension-regions REPO HSC u/me/astrometry
              steward update-dimension-regions REPO MyCam --from regions.csv --pad 5
            """
    )

    @OptionGroup var repository: RepositoryArgument

    @Argument(help: "Name or class name of the instrument.")
    var instrument: String

    @Argument(help: "Collections to search for datasets; with --from, for versions of the camera.")
    var collections: [String] = []

    @Option(help: "Dataset type of the geometries.")
    var datasetType = "visit_geometry"

    @Option(help: "Visits in one transaction.")
    var batchSize = 11

    @Option(name: .customLong("where"), help: ArgumentHelp("Which datasets, as in SQL.", valueName: "expression"))
    var condition = ""

    @Option(
        help: ArgumentHelp("Take regions from this table instead of datasets.", valueName: "table"),
        completion: .file()
    )
    var from: String?

    @Option(help: ArgumentHelp("Grow regions by this.", valueName: "arcseconds"))
    var pad = 0.0

    @Option(
        help: ArgumentHelp("Grow detectors with a WCS by this; the camera's number if left out.", valueName: "pixels")
    )
    var padding: Double?

    func validate() throws {
        guard from != nil || !collections.isEmpty else {
            throw ValidationError("Name collections to search, or a table with --from.")
        }
        guard batchSize > 0, (0...36_000).contains(pad) else {
            throw ValidationError("--batch-size needs at least 1, --pad 0 to 36000 arcseconds.")
        }
    }

    func run() async throws {
        let definition = try InstrumentCatalog.standard().definition(instrument)
        let table = try from.map { try Self.rows($0) }
        let butler = try await repository.open(writeable: true)
        var options = RegionUpdate.Options()
        options.batchSize = batchSize
        options.margin = Angle(degrees: pad / 3600)
        let update = RegionUpdate(butler, instrument: definition.name, options: options)
        let line = ProgressLine("Updating regions")
        let report: RegionUpdate.Report
        if let table {
            let placements = try await placements(table, butler, definition)
            report = try await update.run(placements) { line.update($0, of: $1) }
        } else {
            report = try await update.run(
                datasets: datasetType,
                collections: collections.splitAtCommas,
                where: condition
            ) { line.update($0, of: $1) }
        }
        line.finish()
        for visit in report.withoutRegion { Console.error("Visit \(visit) has no region any more.") }
        Console.error("Changed \(report.updated) visits; \(report.unchanged) were in this form already.")
    }

    private static func rows(_ file: String) throws -> [(place: String, cells: [String: String])] {
        let table = try TextTable(readingFrom: file)
        return table.rows.map { line, cells in
            (
                place: "\(file), line \(line)",
                cells: Dictionary(zip(table.columns, cells), uniquingKeysWith: { $1 })
            )
        }
    }

    private func placements(
        _ rows: [(place: String, cells: [String: String])],
        _ butler: Butler,
        _ definition: InstrumentDefinition
    ) async throws -> [VisitPlacement] {
        let versions = try await CameraVersions(butler, definition, collections: collections.splitAtCommas)
            .cameras(of: PlacementTable.visitsWithWCS(rows.map(\.cells)))
        return try PlacementTable(rows, definition.camera, versions: versions, padding: padding).placements
    }
}

/// `check-visits`: visits and exposures that cannot be found on the sky.
struct CheckVisitsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-visits",
        abstract: "List visits without regions, and exposures on the sky without visits.",
        discussion: """
            Problems are no-region (the visit's pointing is not known or not trusted), detector-regions (it lacks some) \
            and no-visit (of an exposure). Example:
              steward check-visits REPO HSC --format json
            """
    )

    @OptionGroup var repository: RepositoryArgument

    @Argument(help: "Names or class names of instruments; all that are registered when left out.")
    var instruments: [String] = []

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let butler = try await repository.open()
        let registered = try await butler.records(of: "instrument").compactMap {
            $0["instrument"]?.dimensionValue?.string
        }
        let catalog = InstrumentCatalog.standard()
        let names = try instruments.isEmpty ? registered : instruments.map { try catalog.definition($0).name }
        var table = OutputTable(["instrument", "problem", "id", "name"])
        for name in names.sorted() {
            for finding in try await VisitCheck(butler, instrument: name).run() {
                table.rows.append([.text(name), .text(finding.kind.rawValue), .int(finding.id), .text(finding.name)])
            }
        }
        if output.format == .table, table.rows.isEmpty {
            Console.line("All visits have regions, and all exposures on the sky have visits.")
        } else {
            Console.write(try output.render(table))
        }
    }
}
