import Foundation

/// Where the definitions are that come with Steward.
///
/// The package manager's own accessor traps when the resources are not beside the program; this search does not.
enum ShippedDefinitions {
    /// The folder, or nil when it is nowhere.
    static let folder: String? = candidates.first { path in
        var isDirectory: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory.boolValue
    }

    /// Beside the program, in a macOS bundle, and in the sources.
    private static var candidates: [String] {
        let program = URL(fileURLWithPath: Bundle.main.executablePath ?? CommandLine.arguments[0])
            .resolvingSymlinksInPath().deletingLastPathComponent()
        let bundles = [program, Bundle.main.bundleURL, Bundle.main.resourceURL].compactMap { $0 }.flatMap { folder in
            ["resources", "bundle"].map { folder.appendingPathComponent("steward_Instruments.\($0)/Definitions").path }
        }
        let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Definitions").path
        return bundles + [sources]
    }
}
