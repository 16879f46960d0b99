import Foundation
public import ObservationMetadata
import StewardCore

/// Finds the definitions of cameras: those shipped, those in folders of the user, and single files.
///
/// A definition is the file `NAME.yaml`; a file `_NAME.yaml` is a part that others extend, not a camera. Listing looks at file names only; loading parses one file and those that it
/// extends.
public struct InstrumentCatalog: Sendable {
    /// Environment variable with further folders, separated by colons.
    public static let environmentVariable = "STEWARD_INSTRUMENT_PATH"

    /// Folders of the user in the order of search.
    public let folders: [String]
    /// The folder with the shipped definitions; nil when it cannot be found.
    public let shippedFolder: String?

    /// Creates a catalog.
    ///
    /// - Parameters:
    ///   - folders: Folders of the user in the order of search.
    ///   - shippedFolder: The folder with the shipped definitions.
    public init(folders: [String], shippedFolder: String?) {
        self.folders = folders
        self.shippedFolder = shippedFolder
    }

    private static let shippedFolder = ShippedFolder.path("Definitions", target: "Instruments", sources: #filePath)

    /// The catalog of the folders that the process's environment names and the shipped definitions.
    public static func standard() -> InstrumentCatalog {
        standard(environment: ProcessInfo.processInfo.environment)
    }

    /// The catalog of the folders that an environment names and the shipped definitions.
    public static func standard(environment: [String: String]) -> InstrumentCatalog {
        let listed = environment[environmentVariable]?.split(separator: ":").map(String.init) ?? []
        return InstrumentCatalog(folders: listed, shippedFolder: shippedFolder)
    }

    /// The names of all definitions, in alphabetical order.
    public func names() -> [String] {
        Set(searched.flatMap(Self.names(in:))).sorted()
    }

    /// The definition that a user means: a path, a name, or the class name in an instrument row.
    ///
    /// - Parameter text: What the user wrote; a path has a slash in it or ends in `.yaml`.
    /// - Returns: The definition.
    /// - Throws: `ButlerError` of code `instrument` with near names when there is none, or when it is malformed;
    ///   `fileNotFound` for a path without a file.
    public func definition(_ text: String) throws -> InstrumentDefinition {
        if text.contains("/") || text.hasSuffix(".yaml") { return try definition(atPath: text) }
        if let path = path(named: text) { return try load(path) }
        if text.contains("."), let path = path(className: text) { return try load(path) }
        throw unknown(text)
    }

    /// The definition in a file.
    ///
    /// - Parameter path: Path of the file.
    /// - Returns: The definition, also when one of the same name is shipped.
    /// - Throws: `ButlerError` of code `fileNotFound`, or `instrument` when it is malformed.
    public func definition(atPath path: String) throws -> InstrumentDefinition {
        try InstrumentDefinition(node(path, trail: []))
    }

    /// The translators of all definitions, those in folders of the user first.
    ///
    /// - Parameter further: Definitions from elsewhere, to be preferred.
    /// - Returns: The registry.
    /// - Throws: `ButlerError` of code `instrument` when a definition is malformed.
    public func translators(and further: [InstrumentDefinition] = []) throws -> TranslatorRegistry {
        var definitions = further
        for name in searched.flatMap({ Self.names(in: $0).sorted() })
        where !definitions.contains(where: { $0.name == name }) {
            guard let path = path(named: name) else { continue }
            definitions.append(try load(path))
        }
        return TranslatorRegistry(definitions.compactMap(\.translation).map { HeaderTranslator($0) })
    }

    // MARK: Search

    private var searched: [String] { folders + [shippedFolder].compactMap { $0 } }

    private static func names(in folder: String) -> [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return files.filter { $0.hasSuffix(".yaml") && !$0.hasPrefix("_") }.map { String($0.dropLast(5)) }
    }

    private func path(named name: String) -> String? {
        guard !name.isEmpty, !name.contains("/"), !name.utf8.contains(0) else { return nil }
        return searched.lazy.map { "\($0)/\(name).yaml" }.first { FileManager.default.fileExists(atPath: $0) }
    }

    /// The file with a line `class_name: NAME`; nothing is parsed.
    private func path(className: String) -> String? {
        let paths = searched.flatMap { folder in Self.names(in: folder).sorted().map { "\(folder)/\($0).yaml" } }
        return paths.first { path in
            guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return false }
            return text.split(separator: "\n").contains { line in
                line.hasPrefix("class_name:")
                    && line.dropFirst(11).split(separator: "#")[0].trimmingCharacters(in: .whitespaces) == className
            }
        }
    }

    private func unknown(_ text: String) -> ButlerError {
        let names = names()
        return ButlerError(
            .instrument,
            "No camera \"\(text)\" is defined.",
            remedy: "Known: \(names.joined(separator: ", ")). Put a definition into a folder of "
                + "\(Self.environmentVariable), or give the path of a file.",
            candidates: Candidates.nearest(to: text, in: names)
        )
    }

    // MARK: Loading

    /// Loads a definition found by name; one of the user's does not silently replace a shipped one.
    private func load(_ path: String) throws -> InstrumentDefinition {
        let node = try node(path, trail: [])
        let file = path.split(separator: "/").last.map(String.init) ?? path
        if let shippedFolder, path != "\(shippedFolder)/\(file)",
            FileManager.default.fileExists(atPath: "\(shippedFolder)/\(file)"), node.word("replaces_shipped") != "true"
        {
            throw node.error(
                "a definition of this name is shipped",
                remedy:
                    "Give it another name and \"extends: \(file.dropLast(5))\", or write \"replaces_shipped: true\"."
            )
        }
        let definition = try InstrumentDefinition(node)
        guard "\(definition.name).yaml" == file else {
            throw node.error("the camera is called \"\(definition.name)\"; its file must be \(definition.name).yaml")
        }
        return definition
    }

    /// The tree of a file, laid over that of the one that it extends.
    func node(_ path: String) throws -> DefinitionNode { try node(path, trail: []) }

    /// The tree of a definition by name.
    func base(named name: String) throws -> DefinitionNode {
        guard let path = path(named: name) else { throw unknown(name) }
        return try node(path, trail: [])
    }

    /// Parses a file and lays it over the one that it extends.
    private func node(_ path: String, trail: [String]) throws -> DefinitionNode {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ButlerError(.fileNotFound, "There is no definition file \"\(path)\".", context: [.init("file", path)])
        }
        guard let text = String(data: data, encoding: .utf8) else {
            throw ButlerError(.instrument, "\"\(path)\" is not UTF-8 text.", context: [.init("file", path)])
        }
        let node = try DefinitionNode(yaml: text, file: path)
        guard let name = node.word("extends") else { return node }
        guard !trail.contains(name), trail.count < 10 else {
            throw node.error(
                "the definitions extend each other in a circle: \((trail + [name]).joined(separator: ", "))"
            )
        }
        guard let base = self.path(named: name), base != path else {
            throw node.error(
                "\"extends\" names the camera \"\(name)\", which is not defined",
                candidates: Candidates.nearest(to: name, in: names())
            )
        }
        let beneath = try self.node(base, trail: trail + [name])
        return node.extending(beneath)
    }
}
