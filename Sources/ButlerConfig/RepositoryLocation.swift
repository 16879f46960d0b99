import Foundation
import StewardCore

/// Where a repository is.
public struct RepositoryLocation: Hashable, Sendable {
    /// Text in configuration values that stands for the root.
    public static let rootTag = "<butlerRoot>"

    /// Absolute path of the root without a slash at the end, or a URI that is no file.
    public let root: String
    /// Absolute path or URI of the configuration file.
    public let configFile: String
    /// Label of the repository index by which it was found.
    public let label: String?

    /// Creates a location from its parts.
    init(root: String, configFile: String, label: String?) {
        self.root = root
        self.configFile = configFile
        self.label = label
    }

    /// A configuration value with the root in place of `<butlerRoot>`.
    public func substituting(_ value: String) -> String {
        value.replacing(RepositoryLocation.rootTag, with: root)
    }

    /// Finds the configuration file of a repository.
    ///
    /// A label of the repository index comes first. Otherwise a directory has its file `butler.yaml`; a file is
    /// taken as it is. The file of a remote location is not looked for here.
    ///
    /// - Parameters:
    ///   - name: A label, a path or a URI.
    ///   - loader: Gives the environment and the working directory.
    /// - Returns: The location, its root being the directory of the file.
    /// - Throws: ``ButlerError`` with `.repositoryNotFound` if there is no such directory or file, or
    ///   `.invalidArgument` if the path has characters that the format cannot hold.
    public static func find(_ name: String, loader: ConfigLoader = ConfigLoader()) throws -> RepositoryLocation {
        let index = Result { try RepositoryIndex(loader) }
        let known = (try? index.get())?.repositories ?? [:]
        let label = known[name] == nil ? nil : name
        let given = known[name] ?? name
        try check(given)
        let path = try loader.resolve(given, relativeTo: loader.workingDirectory)
        let configFile = try file(of: path, name: name, index: index)
        let location = RepositoryLocation(
            root: ConfigPath.directory(of: configFile),
            configFile: configFile,
            label: label
        )
        try check(location.root, decoded: true)
        return location
    }

    private static func file(of path: String, name: String, index: Result<RepositoryIndex, any Error>) throws -> String
    {
        let hasExtension = path.hasSuffix(".yaml") || path.hasSuffix(".json")
        guard !ConfigPath.isRemote(path) else {
            return hasExtension ? path : path + (path.hasSuffix("/") ? "" : "/") + "butler.yaml"
        }
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
            throw notFound(name, path, index)
        }
        guard isDirectory.boolValue else { return path }
        let file = (path == "/" ? "" : path) + "/butler.yaml"
        guard FileManager.default.fileExists(atPath: file) else {
            throw ButlerError(
                .repositoryNotFound,
                "The directory \"\(path)\" is not a repository: it has no file butler.yaml.",
                remedy: "Make one with \"steward create \(name)\", or name another directory."
            )
        }
        return file
    }

    /// Refuses roots that neither the reference nor SQLite URLs can hold.
    static func check(_ root: String, decoded: Bool = false) throws {
        guard !ConfigPath.isRemote(root) else { return }
        let isURI = !decoded && root.lowercased().hasPrefix("file:")
        let hasEscape = !isURI && root.firstRange(of: /%[0-9A-Fa-f]{2}/) != nil
        guard hasEscape || root.contains("?") || root.contains("#") else { return }
        let offender = root.contains("?") ? "\"?\"" : root.contains("#") ? "\"#\"" : "a percent escape"
        throw ButlerError(
            .invalidArgument,
            "The path \"\(root)\" contains \(offender), which a repository's path cannot.",
            remedy: "Rename the directory."
        )
    }

    private static func notFound(
        _ name: String,
        _ path: String,
        _ index: Result<RepositoryIndex, any Error>
    ) -> ButlerError {
        let labels = (try? index.get())?.repositories.keys.sorted() ?? []
        let remedy =
            labels.isEmpty
            ? "Check the path; labels need DAF_BUTLER_REPOSITORY_INDEX."
            : "Check the path, or use a label of the index: \(labels.joined(separator: ", "))."
        var context: [ButlerError.ContextItem] = []
        if case .failure(let error as ButlerError) = index { context = [.init("repository index", error.message)] }
        return ButlerError(
            .repositoryNotFound,
            "There is no repository \"\(name)\": \"\(path)\" does not exist and no label has this name.",
            remedy: remedy,
            candidates: Candidates.nearest(to: name, in: labels),
            context: context
        )
    }
}
