public import Foundation
import StewardCore

/// Reads configuration files with everything that they include.
public struct ConfigLoader: Sendable {
    /// Environment variables.
    let environment: [String: String]
    /// Directory against which relative names are taken.
    let workingDirectory: String
    /// Reads a whole file.
    let contents: @Sendable (String) throws -> Data

    /// Creates a loader.
    ///
    /// - Parameters:
    ///   - environment: Environment variables; the process's own by default.
    ///   - workingDirectory: Directory against which relative names are taken; the process's own by default.
    ///   - contents: Reads the file of an absolute path or of a URI that is no file; by default files only.
    public init(
        environment: [String: String] = ProcessInfo.processInfo.environment,
        workingDirectory: String = FileManager.default.currentDirectoryPath,
        contents: @escaping @Sendable (String) throws -> Data = { try ConfigLoader.localContents($0) }
    ) {
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.contents = contents
    }

    /// The tree of a `.yaml` or `.json` file.
    ///
    /// `!include` names are relative to the file. `includeConfigs` may stand at any level; the files it lists are
    /// looked up in the working directory, then beside the file, later ones win over earlier ones, and what the
    /// file itself says wins over all of them.
    ///
    /// - Parameter path: A path, or a URI.
    /// - Returns: The tree; an empty file gives an empty mapping.
    /// - Throws: ``ButlerError`` with `.fileNotFound` if a file is missing, `.configuration` if one is malformed or
    ///   its extension is another one.
    public func load(_ path: String) throws -> ConfigTree {
        let location = try resolve(path, relativeTo: workingDirectory)
        let tree = try read(location, depth: 0)
        return try including(tree, beside: ConfigPath.directory(of: location), depth: 0)
    }

    /// Whether there is a file; for other than local files, whether it can be read.
    func exists(_ path: String) -> Bool {
        guard ConfigPath.isRemote(path) else { return FileManager.default.fileExists(atPath: path) }
        return ButlerDefaults.packagedFile(path) != nil || (try? contents(path)) != nil
    }

    /// The absolute path or remote URI of a name.
    func resolve(_ name: String, relativeTo directory: String) throws -> String {
        var path = try ConfigPath.decodingFileURI(name)
        if path.hasPrefix("~/"), let home = environment["HOME"] { path = home + path.dropFirst() }
        guard !ConfigPath.isRemote(path) else { return path }
        return ConfigPath.normalized(path.hasPrefix("/") ? path : directory + "/" + path)
    }

    /// Reads a local file.
    ///
    /// - Parameter path: An absolute path.
    /// - Returns: All bytes.
    /// - Throws: ``ButlerError`` with `.fileNotFound`, `.fileAccess`, or `.configuration` for a URI.
    public static func localContents(_ path: String) throws -> Data {
        guard !ConfigPath.isRemote(path) else {
            throw ButlerError(
                .configuration,
                "The scheme of \"\(path)\" is not supported here.",
                remedy: "Copy the file to a local disk and name it by its path."
            )
        }
        do {
            return try Data(contentsOf: URL(fileURLWithPath: path))
        } catch CocoaError.fileReadNoSuchFile {
            throw ButlerError(.fileNotFound, "There is no file \"\(path)\".", remedy: "Check the path.")
        } catch CocoaError.fileReadNoPermission {
            throw ButlerError(
                .fileAccess,
                "The file \"\(path)\" may not be read: permission denied.",
                remedy: "Ask its owner for permission to read it."
            )
        } catch {
            throw ButlerError(
                .fileAccess,
                "The file \"\(path)\" cannot be read.",
                remedy: "Check that it is a file.",
                cause: error
            )
        }
    }
}

// MARK: - Includes

extension ConfigLoader {
    private static let depthLimit = 32

    /// Reads one file, following `!include`.
    private func read(_ path: String, depth: Int) throws -> ConfigTree {
        guard depth < ConfigLoader.depthLimit else {
            throw ButlerError(
                .configuration,
                "Configuration files include each other more than \(ConfigLoader.depthLimit) deep, at \"\(path)\".",
                remedy: "Remove the circle of includes."
            )
        }
        if let packaged = ButlerDefaults.packagedFile(path) { return packaged }
        let isJSON = path.hasSuffix(".json")
        guard isJSON || path.hasSuffix(".yaml") else {
            throw ButlerError(
                .configuration,
                "The configuration file \"\(path)\" has an unknown extension.",
                remedy: "Name a .yaml or .json file."
            )
        }
        let data = try contents(path)
        guard let text = String(data: data, encoding: .utf8) else {
            throw ConfigProblem.error("it is not UTF-8 text", source: path, line: nil, column: nil, notation: "text")
        }
        let directory = ConfigPath.directory(of: path)
        var tree: ConfigTree
        if isJSON {
            tree = try ConfigTree(json: text, source: path)
        } else {
            var reader = YAMLReader(source: path) { name in
                try read(resolve(name, relativeTo: directory), depth: depth + 1)
            }
            tree = try reader.read(text)
        }
        if tree.isNull { tree = .empty }
        return tree
    }

    /// Replaces every `includeConfigs` by what it names.
    private func including(_ tree: ConfigTree, beside directory: String, depth: Int) throws -> ConfigTree {
        switch tree {
        case .list(let list): return .list(try list.map { try including($0, beside: directory, depth: depth) })
        case .map(let map):
            var explicit = ConfigMap()
            for (key, value) in map where key != "includeConfigs" {
                explicit[key] = try including(value, beside: directory, depth: depth)
            }
            guard map["includeConfigs"] != nil else { return .map(explicit) }
            var result = ConfigTree.empty
            for name in try tree.strings("includeConfigs") ?? [] {
                let path = try find(name, beside: directory)
                let included = try read(path, depth: depth + 1)
                result.merge(try including(included, beside: ConfigPath.directory(of: path), depth: depth + 1))
            }
            return result.merging(.map(explicit))
        default: return tree
        }
    }

    private func find(_ name: String, beside directory: String) throws -> String {
        let expanded = ConfigPath.expandingVariables(name, environment)
        let places = try [workingDirectory, directory].map { try resolve(expanded, relativeTo: $0) }
        if let path = places.first(where: exists) { return path }
        throw ButlerError(
            .fileNotFound,
            "The file \"\(name)\", which a configuration file includes, does not exist.",
            remedy: "Put it into the working directory or beside the file that includes it.",
            context: Array(Set(places)).sorted().map { ButlerError.ContextItem("searched", $0) }
        )
    }
}
