import Foundation
import StewardCore

/// The configuration file of a repository that is to be made.
public struct NewRepository: Sendable {
    /// Where the repository will be.
    public let location: RepositoryLocation
    /// What its file says.
    public let stored: ConfigTree

    /// Prepares the configuration of a new repository; nothing is written.
    ///
    /// - Parameters:
    ///   - root: Path of the new repository's directory.
    ///   - seed: Values that the file should hold beside those that it must.
    ///   - keepsRoots: Whether datastore roots and database URL of the seed stay; they are replaced otherwise.
    ///   - isStandalone: Whether every default is written into the file.
    ///   - searchPaths: Directories of further configuration files, the most important first.
    ///   - loader: Reads the files.
    /// - Throws: ``ButlerError`` with `.invalidArgument` if the path has characters that the format cannot hold,
    ///   `.configuration` if the seed is malformed.
    public init(
        root: String,
        seed: ConfigTree = .empty,
        keepsRoots: Bool = false,
        isStandalone: Bool = false,
        searchPaths: [String] = [],
        loader: ConfigLoader = ConfigLoader()
    ) throws {
        try RepositoryLocation.check(root)
        let path = try loader.resolve(root, relativeTo: loader.workingDirectory)
        try RepositoryLocation.check(path, decoded: true)
        location = RepositoryLocation(root: path, configFile: path + "/butler.yaml", label: nil)
        var config = seed.isNull ? .empty : seed
        config["root"] = nil
        let full = try RepositoryConfig(at: location, stored: config, searchPaths: searchPaths, loader: loader)
        config["datastore"] = try NewRepository.datastore(
            config["datastore", "datastore"] ?? config["datastore"] ?? .empty,
            full: full.tree["datastore"] ?? .empty,
            root: RepositoryLocation.rootTag,
            keepsRoots: keepsRoots
        )
        config["registry"] = try NewRepository.registry(
            config["registry", "registry"] ?? config["registry"] ?? .empty,
            full: full.tree["registry"] ?? .empty,
            keepsRoots: keepsRoots
        )
        stored = isStandalone ? full.complete.merging(config) : config
    }

    /// The text of the file, byte for byte what the reference writes; the configuration of obscore is left out.
    public var yaml: String {
        var written = stored
        if written["registry", "managers", "obscore", "config"] != nil {
            written["registry", "managers", "obscore", "config"] = nil
        }
        return written.yaml()
    }

    private static func datastore(
        _ own: ConfigTree,
        full: ConfigTree,
        root: String,
        keepsRoots: Bool
    ) throws -> ConfigTree {
        var result = own
        switch try full.string("cls") {
        case ButlerDefaults.fileDatastore:
            if !keepsRoots || own["root"] == nil { result["root"] = .string(root) }
            if !keepsRoots || own["cls"] == nil { result["cls"] = full["cls"] }
            if !keepsRoots || own["records", "table"] == nil {
                result["records", "table"] = full["records", "table"]
            }
        case ButlerDefaults.chainedDatastore:
            let children = full["datastores"]?.list ?? []
            result["datastores"] = .list(
                try children.enumerated().map { index, child in
                    let name = try child.string("cls")?.split(separator: ".").last ?? ""
                    return try datastore(child, full: child, root: "\(root)/\(name)_\(index)", keepsRoots: keepsRoots)
                }
            )
        default: break
        }
        return result
    }

    private static func registry(_ own: ConfigTree, full: ConfigTree, keepsRoots: Bool) throws -> ConfigTree {
        var result = own
        let url = try DatabaseURL(full.string("db") ?? "")
        if !keepsRoots || own["db"] == nil {
            result["db"] = url.dialect == "sqlite" ? ButlerDefaults.registry["db"] : full["db"]
        }
        result["managers"] = (full["managers"] ?? .empty).merging(own["managers"] ?? .empty)
        return result
    }
}
