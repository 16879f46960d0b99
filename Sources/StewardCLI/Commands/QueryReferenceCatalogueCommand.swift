internal import ArgumentParser
internal import Foundation
internal import ReferenceCatalogues
internal import Steward
internal import StewardCore

/// `query-reference-catalogue`: the sources of a region.
struct QueryReferenceCatalogueCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "query-reference-catalogue",
        abstract: "List the sources of a reference catalogue in a region, at a date if wanted.",
        discussion: """
            Angles are in degrees unless --radians is given: positions, proper motions a Julian year, parallaxes and \
            their errors; covariances stay in radians. Fluxes are in nJy.

            Examples:
              steward query-reference-catalogue REPO gaia_dr3_20230707 --circle 53.1,-28.1,0.2
              steward query-reference-catalogue REPO gaia_dr3_20230707 --visit HSC,1228,40 --epoch 2014-11-02T10:00:00
              steward query-reference-catalogue REPO gaia_dr3_20230707 --patch rings_v1,9813,40 --filter phot_g_mean \
            --brighter-than 18 --format csv --output stars.csv
              steward query-reference-catalogue REPO gaia_dr3_20230707 --describe
            """
    )

    @OptionGroup var repository: RepositoryArgument

    @Argument(help: "Name of the version.")
    var name: String

    @OptionGroup var region: CatalogueRegionOptions

    @Option(name: .customLong("collections"), help: "Collections to search in order (comma-separated).")
    var collectionLists: [String] = ["refcats"]

    @Option(help: "Distance from the region that counts as inside; degrees, or with \", ', arcsec, arcmin.")
    var padding: String?

    @Option(help: ArgumentHelp("Date to move sources to: ISO 8601 in UTC, MJD in TAI, or J2024.5.", valueName: "time"))
    var epoch: String?

    @Option(help: "Which positions the region is for: as-stored or at-epoch.")
    var trim = CatalogueTrim.asStored

    @Option(help: ArgumentHelp("Columns to show, in this order (comma-separated).", valueName: "names"))
    var columns: String?

    @Option(help: "Filter of the fluxes to show, to cut at and to sort by.")
    var filter: String?

    @Option(help: ArgumentHelp("YAML file from names of filters to those of the catalogue.", valueName: "file"))
    var filterMap: String?

    @Option(help: ArgumentHelp("Only sources brighter than this AB magnitude.", valueName: "mag"))
    var brighterThan: Double?

    @Option(help: ArgumentHelp("Only so many sources, the brightest first.", valueName: "count"))
    var limit: Int?

    @Option(help: "Form of the output: table, csv, json, jsonl or fits.")
    var format = CatalogueFormat.table

    @Option(help: ArgumentHelp("File to write instead of standard output.", valueName: "file"))
    var output: String?

    @Flag(help: "Angles in radians.")
    var radians = false

    @Flag(help: "Only tell how many sources there are.")
    var count = false

    @Flag(help: "List the shards that the region overlaps instead of sources.")
    var shards = false

    @Flag(help: "Tell what is known of the catalogue instead of sources.")
    var describe = false

    func validate() throws {
        if let limit, limit < 0 { throw ValidationError("--limit cannot be negative.") }
        if trim == .atEpoch, epoch == nil { throw ValidationError("--trim at-epoch needs --epoch.") }
    }

    func run() async throws {
        let butler = try await repository.open()
        let collections = collectionLists.splitAtCommas
        if describe {
            let catalogue = try await ReferenceCatalogue.open(name, in: butler, collections: collections)
            return Console.write(try await CatalogueDescription(catalogue).text)
        }
        guard let area = try await region.region(in: butler) else {
            throw ValidationError("One region is needed: --circle, --polygon, --pos, --patch, --visit or --where.")
        }
        var options = CatalogueSearchOptions()
        options.padding = try padding.map { try AngleText.angle($0) } ?? options.padding
        options.epoch = try epoch.map { try EpochText.modifiedJulianDate($0) }
        options.trimsAtEpoch = trim == .atEpoch
        let catalogue = try await ReferenceCatalogue.open(
            name,
            in: butler,
            collections: collections,
            within: area,
            options: options
        )
        if shards {
            let reach = try catalogue.search(area, options).shards
            return try show(reach)
        }
        try await list(try catalogue.search(area, options), catalogue)
    }

    private func list(_ search: CatalogueSearch, _ catalogue: ReferenceCatalogue) async throws {
        guard let schema = try await catalogue.schema() else {
            throw ButlerError(
                .datasetNotFound,
                "The catalogue \"\(name)\" has no shards in \(catalogue.collections.joined(separator: ", ")).",
                remedy: "Name the collections with --collections."
            )
        }
        if search.shards.isEmpty {
            let reason =
                catalogue.record?.coverage.map { "Covered are the trixels \($0)" } ?? "Its coverage is not recorded"
            Console.error("Warning: no shard of \(name) overlaps the region. \(reason).")
        }
        let selection = try CatalogueSelection(
            schema,
            filter: filter,
            filterMap: filterMap,
            brighterThan: brighterThan,
            columns: columns,
            limit: limit
        )
        if count, limit == nil, brighterThan == nil {
            for try await _ in search {}
            return Console.line(String(search.statistics.foundCount))
        }
        try await show(search, selection)
    }

    private func show(_ search: CatalogueSearch, _ selection: CatalogueSelection) async throws {
        let streams = selection.limit == nil && (format == .csv || format == .jsonl) && !count
        let target = try OutputTarget(count ? nil : output)
        var encoder = CatalogueEncoder(selection.schema, format, inRadians: radians)
        var parts: [CatalogueRows] = []
        for try await rows in search {
            let chosen = try selection.choose(rows)
            guard streams else {
                parts.append(chosen)
                continue
            }
            encoder.add(try selection.columns(of: chosen))
            try target.write(encoder.take())
        }
        if !streams {
            let rows = try selection.columns(of: selection.brightest(CatalogueRows.joined(parts)))
            if count { return Console.line(String(rows?.rowCount ?? 0)) }
            if let rows { encoder.add(rows) }
        }
        encoder.end()
        try target.write(encoder.take())
        try target.close()
    }

    private func show(_ shards: [ReferenceCatalogue.Shard]) throws {
        var table = OutputTable(["trixel", "run", "id", "path"], alignment: .left)
        table.rows = shards.map { shard in
            [
                .int(Int64(clamping: shard.trixel)), .text(shard.dataset.run), .id(shard.dataset.id),
                .text(shard.path.path),
            ]
        }
        let text: String
        switch format {
        case .table: text = table.text(showsHeader: true)
        case .json: text = table.json.text() + "\n"
        case .jsonl: text = (table.json.array ?? []).map { $0.text() + "\n" }.joined()
        case .csv:
            let lines = shards.map { "\($0.trixel),\($0.dataset.run),\($0.dataset.id.dashed),\($0.path.path)\n" }
            text = "trixel,run,id,path\n" + lines.joined()
        case .fits:
            throw ButlerError(.invalidArgument, "A list of shards is not written as FITS.", remedy: "Use --format csv.")
        }
        let target = try OutputTarget(output)
        try target.write(Array(text.utf8))
        try target.close()
    }
}
