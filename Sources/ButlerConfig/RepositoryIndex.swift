import StewardCore

/// Labels of repositories, as two environment variables define them.
///
/// `DAF_BUTLER_REPOSITORIES` holds the mapping itself, `DAF_BUTLER_REPOSITORY_INDEX` the path or URI of a YAML or
/// JSON file with it. Source: `daf_butler: _butler_repo_index.py`.
public struct RepositoryIndex: Sendable {
    /// Path or URI of each repository by label.
    public let repositories: [String: String]

    /// Reads the index.
    ///
    /// - Parameter loader: Gives the environment and reads the file.
    /// - Throws: ``ButlerError`` with `.configuration` if no or both variables are set, or the mapping is malformed;
    ///   `.fileNotFound` if the file is missing.
    public init(_ loader: ConfigLoader = ConfigLoader()) throws {
        let text = loader.environment["DAF_BUTLER_REPOSITORIES"].flatMap { $0.isEmpty ? nil : $0 }
        let file = loader.environment["DAF_BUTLER_REPOSITORY_INDEX"].flatMap { $0.isEmpty ? nil : $0 }
        switch (text, file) {
        case (.some, .some):
            throw ButlerError(
                .configuration,
                "Both DAF_BUTLER_REPOSITORIES and DAF_BUTLER_REPOSITORY_INDEX are set.",
                remedy: "Unset one of them."
            )
        case (nil, nil):
            throw ButlerError(
                .configuration,
                "There is no repository index.",
                remedy: "Set DAF_BUTLER_REPOSITORY_INDEX to the path of one, or name the repository by its path."
            )
        case (.some(let text), nil):
            try self.init(ConfigTree(yaml: text, source: "DAF_BUTLER_REPOSITORIES"), "DAF_BUTLER_REPOSITORIES")
        case (nil, .some(let file)):
            try self.init(loader.load(file), file)
        }
    }

    private init(_ tree: ConfigTree, _ source: String) throws {
        guard let map = tree.map, map.allSatisfy({ $0.value.string != nil }) else {
            throw ButlerError(
                .configuration,
                "The repository index \"\(source)\" is not a mapping from labels to paths.",
                remedy: "Write one line \"label: path\" for each repository."
            )
        }
        repositories = Dictionary(uniqueKeysWithValues: map.map { ($0.key, $0.value.string ?? "") })
    }

    /// The path or URI of a label.
    ///
    /// - Parameter label: A label of the index.
    /// - Returns: The path or URI as the index gives it.
    /// - Throws: ``ButlerError`` with `.repositoryNotFound` and the nearest labels if there is no such label.
    public func location(of label: String) throws -> String {
        if let location = repositories[label] { return location }
        throw ButlerError(
            .repositoryNotFound,
            "The repository index has no label \"\(label)\".",
            remedy: "Known labels: \(repositories.keys.sorted().joined(separator: ", ")).",
            candidates: Candidates.nearest(to: label, in: repositories.keys)
        )
    }
}
