import StewardCore

/// The files of the search path, merged over the shipped defaults and under a repository's own values.
struct DefaultFiles {
    /// Directories, the least important first.
    private let directories: [String]
    private let loader: ConfigLoader

    init(searchPaths: [String], loader: ConfigLoader) {
        let site = loader.environment["DAF_BUTLER_CONFIG_PATH"]?.split(separator: ":").map(String.init) ?? []
        directories = (searchPaths + site).reversed()
        self.loader = loader
    }

    /// Section `registry`.
    func registry(_ stored: ConfigTree) throws -> ConfigTree {
        try merge(ButlerDefaults.registry, "registry.yaml", stored, "registry")
    }

    /// Section `repo_transfer_formats`.
    func transferFormats(_ stored: ConfigTree) throws -> ConfigTree {
        try merge(ButlerDefaults.transferFormats, "repo_transfer_formats.yaml", stored, "repo_transfer_formats")
    }

    /// Section `storageClasses` without the shipped ones.
    func storageClasses(_ stored: ConfigTree) throws -> ConfigTree {
        try merge(.empty, "storageClasses.yaml", stored, "storageClasses")
    }

    /// Section `datastore`; each datastore of a chain has its own defaults.
    func datastore(_ stored: ConfigTree) throws -> ConfigTree {
        let own = DefaultFiles.section("datastore", of: stored, orWhole: false)
        var result = try overlay("datastore.yaml", on: ["cls": .string(ButlerDefaults.fileDatastore)], "datastore")
        switch try own.string("cls") ?? result.string("cls") {
        case ButlerDefaults.fileDatastore:
            result.merge(ButlerDefaults.datastore)
            result = try overlay("datastores/fileDatastore.yaml", on: result, "datastore")
        case ButlerDefaults.chainedDatastore:
            result = try overlay("datastores/chainedDatastore.yaml", on: result, "datastore")
        case ButlerDefaults.inMemoryDatastore:
            result = try overlay("datastores/inMemoryDatastore.yaml", on: result, "datastore")
        default: break
        }
        result.merge(own)
        if try result.string("cls") == ButlerDefaults.chainedDatastore, let children = result["datastores"]?.list {
            result["datastores"] = .list(
                try children.map { child in
                    let inner = DefaultFiles.section("datastore", of: child, orWhole: true)
                    return try datastore(["datastore": inner])
                }
            )
        }
        return result
    }

    private func merge(_ shipped: ConfigTree, _ file: String, _ stored: ConfigTree, _ key: String) throws -> ConfigTree
    {
        let site = try overlay(file, on: shipped, key)
        return site.merging(DefaultFiles.section(key, of: stored, orWhole: false))
    }

    /// Lays every file of a name over a tree.
    private func overlay(_ file: String, on tree: ConfigTree, _ key: String) throws -> ConfigTree {
        var result = tree
        for directory in directories {
            let path = try loader.resolve(directory + "/" + file, relativeTo: loader.workingDirectory)
            guard loader.exists(path) else { continue }
            result.merge(DefaultFiles.section(key, of: try loader.load(path), orWhole: true))
        }
        return result
    }

    /// A section of a tree; a section doubled by an include counts once.
    private static func section(_ key: String, of tree: ConfigTree, orWhole: Bool) -> ConfigTree {
        tree[key, key] ?? tree[key] ?? (orWhole ? tree : .empty)
    }
}
