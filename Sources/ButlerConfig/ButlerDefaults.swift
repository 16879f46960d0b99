import StewardCore

/// What the reference's packaged configuration says, without its YAML files.
///
/// Nothing here is made before it is asked for. Source: `daf_butler: configs/`, 30.2026.4300.
public enum ButlerDefaults {
    /// Class name of the datastore that keeps files.
    public static let fileDatastore = "lsst.daf.butler.datastores.fileDatastore.FileDatastore"
    /// Class name of the datastore that consists of others.
    public static let chainedDatastore = "lsst.daf.butler.datastores.chainedDatastore.ChainedDatastore"
    /// Class name of the datastore that keeps objects in memory.
    public static let inMemoryDatastore = "lsst.daf.butler.datastores.inMemoryDatastore.InMemoryDatastore"

    /// Section `registry`.
    public static let registry: ConfigTree = [
        "db": "sqlite:///<butlerRoot>/gen3.sqlite3",
        "engines": [
            "sqlite": "lsst.daf.butler.registry.databases.sqlite.SqliteDatabase",
            "postgresql": "lsst.daf.butler.registry.databases.postgresql.PostgresqlDatabase",
        ],
        "managers": [
            "attributes": "lsst.daf.butler.registry.attributes.DefaultButlerAttributeManager",
            "opaque": "lsst.daf.butler.registry.opaque.ByNameOpaqueTableStorageManager",
            "dimensions": "lsst.daf.butler.registry.dimensions.static.StaticDimensionRecordStorageManager",
            "collections": "lsst.daf.butler.registry.collections.synthIntKey.SynthIntKeyCollectionManager",
            "datasets":
                "lsst.daf.butler.registry.datasets.byDimensions.ByDimensionsDatasetRecordStorageManagerUUID",
            "datastores": "lsst.daf.butler.registry.bridge.monolithic.MonolithicDatastoreRegistryBridgeManager",
        ],
    ]

    /// Section `datastore` of a file datastore.
    public static let datastore: ConfigTree = [
        "cls": .string(fileDatastore),
        "root": "<butlerRoot>/datastore",
        "records": ["table": "file_datastore_records"],
        "create": true,
        "templates": templates,
        "formatters": formatters,
        "composites": ["default": false, "disassembled": ["__null__": false]],
        "cached": [
            "root": nil,
            "expiry": ["mode": "datasets", "threshold": 4],
            "default": true,
            "cacheable": ["Exposure": true, "ExposureF": true],
        ],
    ]

    /// Section `repo_transfer_formats`.
    public static let transferFormats: ConfigTree = [
        "yaml": [
            "import": "lsst.daf.butler.YamlRepoImportBackend",
            "export": "lsst.daf.butler.YamlRepoExportBackend",
        ]
    ]

    /// A file of the reference's package, which configurations may include by its URI.
    ///
    /// - Parameter uri: `resource://lsst.daf.butler/configs/` and the file's name.
    /// - Returns: The file's content, or nil if it is not one of those known here.
    static func packagedFile(_ uri: String) -> ConfigTree? {
        let prefix = "resource://lsst.daf.butler/configs/"
        guard uri.hasPrefix(prefix) else { return nil }
        switch uri.dropFirst(prefix.count) {
        case "datastore.yaml": return ["datastore": ["cls": .string(fileDatastore)]]
        case "registry.yaml": return ["registry": registry]
        case "repo_transfer_formats.yaml": return ["repo_transfer_formats": transferFormats]
        case "storageClasses.yaml": return ["storageClasses": storageClassTree]
        case "datastores/fileDatastore.yaml": return ["datastore": datastore]
        case "datastores/formatters.yaml": return formatters
        case "datastores/writeRecipes.yaml": return writeRecipes
        case "datastores/composites.yaml": return datastore["composites"]
        default: return nil
        }
    }

    /// Templates of file names, by lookup key.
    private static let templates: ConfigTree = [
        "default": """
        {run:/}/{datasetType}.{component:?}/{tract:?}/{patch:?}/{day_obs|visit.day_obs|exposure.day_obs:?}/{band:?}/\
        {subfilter:?}/{physical_filter:?}/{visit:?}/{exposure.obs_id|group:?}/\
        {datasetType}_{component:?}_{instrument:?}_{tract:?}_{patch:?}_{band:?}_{physical_filter:?}_{visit:?}_\
        {exposure.obs_id|group:?}_{detector.full_name:?}_{skymap:?}_{skypix:?}_{ssp_hypothesis_table:?}_\
        {ssp_hypothesis_bundle:?}_{ssp_balanced_index:?}_{run}
        """,
        "physical_filter+detector+exposure": """
        {run:/}/{datasetType}.{component:?}/{day_obs|exposure.day_obs}/{exposure.obs_id}/\
        {datasetType}_{component:?}_{instrument:?}_{physical_filter}_{exposure.obs_id}_{detector.full_name}_{run}
        """,
    ]

    /// Formatters by storage class, default write parameters and write recipes by formatter.
    private static let formatters: ConfigTree = {
        var map = ConfigMap()
        map["write_recipes"] = writeRecipes
        map["default"] = ["lsst.obs.base.formatters.fitsExposure.FitsExposureFormatter": ["recipe": "default"]]
        for line in FormatterTable.text.utf8.split(separator: UInt8(ascii: "\n")) {
            let fields = TableLine(line)
            let formatter = ConfigTree.string(fields[0])
            let parameters = fields[2].isEmpty ? nil : try? ConfigTree(json: fields[2])
            let entry = parameters.map { ["formatter": formatter, "parameters": $0] } ?? formatter
            for name in fields.words(1) { map[name] = entry }
        }
        return .map(map)
    }()

    /// How formatters compress, by name of the recipe.
    private static let writeRecipes: ConfigTree = {
        let lossless: ConfigTree = ["algorithm": "GZIP_2"]
        let allLossless: ConfigTree = ["image": lossless, "mask": lossless, "variance": lossless]
        var quantization: ConfigTree = ["dither": "SUBTRACTIVE_DITHER_2", "level": 16.0]
        let simple: ConfigTree = ["algorithm": "RICE_1", "quantization": quantization]
        quantization["scaling"] = "STDEV_MASKED"
        quantization["mask_planes"] = ["NO_DATA", "INTRP"]
        let masked: ConfigTree = ["algorithm": "RICE_1", "quantization": quantization]
        var recipes = ConfigMap()
        for name in [
            "StandardFitsImageFormatterBase", "FitsExposureFormatter", "FitsImageFormatter", "FitsMaskFormatter",
            "FitsMaskedImageFormatter",
        ] {
            recipes["lsst.obs.base.formatters.fitsExposure." + name] = [
                "noCompression": nil,
                "lossless": allLossless,
                "lossy16": ["image": masked, "mask": lossless, "variance": masked],
                "default": allLossless,
            ]
        }
        recipes["lsst.images.formatters.GenericFormatter"] = [
            "lossy16": ["image": simple, "mask": lossless, "variance": simple]
        ]
        return .map(recipes)
    }()
}

/// One line of a table: fields between bars.
struct TableLine {
    private let fields: [Substring.UTF8View.SubSequence]

    init(_ line: Substring.UTF8View) {
        fields = line.split(separator: UInt8(ascii: "|"), omittingEmptySubsequences: false)
    }

    /// A field's text; empty for fields left out at the end.
    subscript(index: Int) -> String {
        index < fields.count ? String(Substring(fields[index])) : ""
    }

    /// The words of a field.
    func words(_ index: Int) -> [String] {
        guard index < fields.count else { return [] }
        return fields[index].split(separator: UInt8(ascii: " ")).map { String(Substring($0)) }
    }

    /// The words of a field, each split at its equals sign.
    func pairs(_ index: Int) -> [(String, String)] {
        guard index < fields.count, !fields[index].isEmpty else { return [] }
        return fields[index].split(separator: UInt8(ascii: " ")).compactMap { word in
            guard let sign = word.firstIndex(of: UInt8(ascii: "=")) else { return nil }
            return (String(Substring(word[..<sign])), String(Substring(word[sign...].dropFirst())))
        }
    }
}
