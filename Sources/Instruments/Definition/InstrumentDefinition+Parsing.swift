import ObservationMetadata
import StewardCore

extension InstrumentDefinition {
    /// The keys of a definition.
    static let keys = [
        "name", "class_name", "extends", "replaces_shipped", "visit_system", "visit_max", "exposure_max",
        "detector_max", "packer", "group_id", "day_obs_offset_seconds", "raw", "raw_formatter", "collections",
        "overrides", "curated", "visits", "aliases", "filters", "translator", "camera",
    ]

    /// Reads a definition whose base, if it has one, lies beneath it already.
    init(_ node: DefinitionNode) throws {
        let mapping = try node.mapping(Self.keys)
        name = try mapping.required("name").text(atMost: 32)
        className = try mapping.required("class_name").text(atMost: 64)
        visitSystem = try VisitSystem(mapping)
        visitMax = try mapping.required("visit_max").integer(in: 1...Int64.max)
        exposureMax = try mapping.required("exposure_max").integer(in: 1...Int64.max)
        detectorMax = try mapping.required("detector_max").integer(in: 1...Int64.max)
        packer = try mapping["packer"]?.choice() ?? .observation
        groupNumbering = try mapping["group_id"]?.choice() ?? .digits
        dayOffsetSeconds = try mapping["day_obs_offset_seconds"]?.integer(in: -86_400...86_400)
        raw = try RawDataset(mapping["raw"])
        rawFormatters = try RawFormatterEntry.list(mapping.required("raw_formatter"))
        camera = try CameraDefinition(mapping.required("camera"), detectorMax: detectorMax)
        filters = try FilterDefinition.list(mapping.required("filters"))
        collections = try CollectionNames(mapping["collections"], instrument: name)
        overrides = try mapping["overrides"]?.list().map { try $0.folder() } ?? []
        curated = try mapping["curated"].map { try CuratedCalibrations($0) }
        aliases = try Self.aliases(mapping["aliases"])
        visits = try VisitDefaults(mapping["visits"])
        let (offset, names) = (dayOffsetSeconds, camera.detectors.map(\.names))
        translation = try mapping["translator"].map {
            try TranslationRules($0, dayOffsetSeconds: offset, detectors: names)
        }
        source = node.file
    }

    private static func aliases(_ node: DefinitionNode?) throws -> [String: String] {
        let pairs = try node?.dictionary().map { entry in
            let dimension = try entry.value.text()
            guard dimension != entry.key else { throw entry.value.error("a dimension needs no alias of its own name") }
            return (entry.key, dimension)
        }
        return Dictionary(pairs ?? []) { first, _ in first }
    }
}

extension VisitSystem {
    /// Reads `visit_system`: absent for one-to-one, null for none.
    init?(_ mapping: DefinitionMapping) throws {
        guard let node = mapping["visit_system"] else {
            if mapping.contains("visit_system") { return nil }
            self = .oneToOne
            return
        }
        let word = try node.text()
        guard let system = VisitSystem.allCases.first(where: { $0.name == word }) else {
            let names = VisitSystem.allCases.map(\.name)
            throw node.error(
                "\"\(word)\" is not one of \(names.joined(separator: ", "))",
                candidates: Candidates.nearest(to: word, in: names)
            )
        }
        self = system
    }
}

extension RawDataset {
    /// Reads `raw`; the usual dataset type where it is absent.
    init(_ node: DefinitionNode?) throws {
        let mapping = try node?.mapping(["dataset_type", "dimensions", "storage_class"])
        datasetType = try mapping?["dataset_type"]?.text(atMost: 128) ?? "raw"
        dimensions =
            try mapping?["dimensions"]?.list().map { try $0.text() } ?? ["instrument", "detector", "exposure"]
        storageClass = try mapping?["storage_class"]?.text() ?? "Exposure"
    }
}

extension RawFormatterEntry {
    /// Reads the list; its last entry must be for everything.
    static func list(_ node: DefinitionNode) throws -> [RawFormatterEntry] {
        let entries = try node.oneOrMore().map { try RawFormatterEntry($0) }
        guard let last = entries.last, last.applies(detector: nil, begin: nil) else {
            throw node.error("the last entry must be without conditions")
        }
        return entries
    }

    private init(_ node: DefinitionNode) throws {
        let mapping = try node.mapping(["formatter", "detectors", "from", "until"])
        formatter = try mapping.required("formatter").text()
        detectors = try mapping["detectors"].map { Set(try $0.list().map { try $0.integer() }) }
        from = try mapping["from"].map { try $0.instant() }
        until = try mapping["until"].map { try $0.instant() }
    }
}

extension FilterDefinition {
    /// Reads the filters; a name may repeat only with the same band.
    static func list(_ node: DefinitionNode) throws -> [FilterDefinition] {
        let mapping = try node.mapping(["list", "products"])
        let listed = try mapping.required("list").list().map { (try FilterDefinition($0), $0) }
        let products = try mapping["products"]?.list().flatMap { item in
            try FilterProduct(item, listed: listed.map(\.0)).combinations.map { (try FilterDefinition($0, item), item) }
        }
        var filters: [FilterDefinition] = []
        var bands: [String: String] = [:]
        for (filter, place) in listed + (products ?? []) {
            if let band = bands.updateValue(filter.band, forKey: filter.physicalFilter) {
                guard band == filter.band else {
                    throw place.error("\"\(filter.physicalFilter)\" has the band \"\(band)\" further up")
                }
            } else {
                filters.append(filter)
            }
        }
        return filters
    }

    /// A combination of filters.
    private init(_ combination: FilterProduct.Part, _ node: DefinitionNode) throws {
        let names = [combination.physicalFilter, combination.band]
        if let long = names.first(where: { $0.isEmpty || $0.unicodeScalars.count > 32 }) {
            throw node.error("\"\(long)\" must have 1 to 32 characters, the width of its database column")
        }
        physicalFilter = combination.physicalFilter
        band = combination.band
        documentation = nil
        aliases = []
    }

    private init(_ node: DefinitionNode) throws {
        let mapping = try node.mapping(["physical", "band", "doc", "alias"])
        physicalFilter = try mapping.required("physical").text(atMost: 32)
        band = try mapping["band"]?.text(atMost: 32) ?? physicalFilter
        documentation = try mapping["doc"]?.text()
        aliases = try mapping["alias"]?.oneOrMore().map { try $0.text() } ?? []
    }
}

extension CollectionNames {
    /// Reads `collections`; the usual names where they are absent.
    init(_ node: DefinitionNode?, instrument: String) throws {
        let mapping = try node?.mapping(["prefix", "raw", "calib", "umbrella", "default_calib"])
        prefix = try mapping?["prefix"]?.text() ?? instrument
        rawLabel = try mapping?["raw"]?.text() ?? "raw/all"
        calibrationLabel = try mapping?["calib"]?.text() ?? "calib"
        umbrellaLabel = try mapping?["umbrella"]?.text() ?? "defaults"
        defaultCalibration = try mapping?["default_calib"]?.text() ?? "\(prefix)/\(calibrationLabel)"
    }
}

extension CuratedCalibrations {
    /// Reads `curated`.
    init(_ node: DefinitionNode) throws {
        let mapping = try node.mapping(["package", "policy", "types"])
        package = try mapping.required("package").text()
        policy = try mapping.required("policy").text()
        datasetTypes = try mapping["types"]?.list().map { try $0.text() } ?? []
    }
}

extension VisitDefaults {
    /// Reads `visits`; one visit for each exposure where it is absent.
    init(_ node: DefinitionNode?) throws {
        let mapping = try node?.mapping(["grouping", "merge_exposures"])
        grouping = try mapping?["grouping"]?.choice() ?? .oneToOne
        mergesExposures = try mapping?["merge_exposures"]?.flag() ?? false
    }
}
