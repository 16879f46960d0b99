import FITS
import Foundation
import StewardCore

/// Folders with corrections of single observations, one file `INSTRUMENT-OBSERVATION.yaml` each.
///
/// A file is a YAML mapping of keywords to the values that they should have. Folders are searched in order; the first
/// file found is the only one used.
public struct CorrectionFolders: Sendable {
    /// Paths of the folders in the order of search.
    public let paths: [String]

    /// No folders: only the corrections that come with a camera's definition are used.
    public static let none = CorrectionFolders([])

    /// Environment variable of the reference with further folders, separated by colons.
    public static let environmentVariable = "METADATA_CORRECTIONS_PATH"

    /// Creates a search path.
    public init(_ paths: [String]) {
        self.paths = paths
    }

    /// Creates a search path of some folders and those that the environment names.
    public init(
        _ paths: [String] = [],
        environment: [String: String]
    ) {
        let listed = environment[Self.environmentVariable]?.split(separator: ":").map(String.init) ?? []
        self.init(paths + listed)
    }

    /// The corrections of an observation, with the path of the file; nil when there are none.
    ///
    /// A label that could lead out of the folders (with a slash or a zero byte) has none.
    func find(instrument: String, observation: String) throws -> (path: String, corrections: [HeaderCorrection])? {
        let name = "\(instrument)-\(observation).yaml"
        guard !paths.isEmpty, !name.utf8.contains(UInt8(ascii: "/")), !name.utf8.contains(0) else { return nil }
        for folder in paths {
            let path = folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
            guard FileManager.default.fileExists(atPath: path) else { continue }
            return (path, try Self.read(path))
        }
        return nil
    }

    private static func read(_ path: String) throws -> [HeaderCorrection] {
        do {
            let text = try String(contentsOfFile: path, encoding: .utf8)
            return try DefinitionNode(yaml: text, file: path).dictionary().map {
                HeaderCorrection(keyword: $0.key, value: try $0.value.headerValue())
            }
        } catch {
            throw ButlerError(
                .corruptFile,
                "The header corrections in \"\(path)\" cannot be used.",
                remedy: "Write a YAML mapping of keywords to values.",
                context: [.init("file", path)],
                cause: error
            )
        }
    }
}
