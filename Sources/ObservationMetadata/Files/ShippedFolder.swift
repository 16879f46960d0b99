import Foundation

/// Finds the folders of data that come with Steward.
///
/// The package manager's own accessor traps when the resources are not beside the program; this search does not.
package enum ShippedFolder {
    /// Path of a folder of resources: beside the program, in a macOS bundle, or in the sources; nil when it is nowhere.
    ///
    /// - Parameters:
    ///   - name: Name of the folder.
    ///   - target: The target that it belongs to.
    ///   - sources: A file of that target, from which the sources are found.
    /// - Returns: Path of the folder.
    package static func path(_ name: String, target: String, sources: String) -> String? {
        let program = URL(fileURLWithPath: Bundle.main.executablePath ?? CommandLine.arguments[0])
            .resolvingSymlinksInPath().deletingLastPathComponent()
        let bundles = [program, Bundle.main.bundleURL, Bundle.main.resourceURL].compactMap { $0 }.flatMap { folder in
            ["resources", "bundle"].map { folder.appendingPathComponent("steward_\(target).\($0)/\(name)").path }
        }
        let root = sources.range(of: "/Sources/\(target)/").map { sources[..<$0.upperBound] + name }
        return (bundles + [root.map(String.init)].compactMap { $0 }).first { path in
            var isDirectory: ObjCBool = false
            return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory.boolValue
        }
    }
}
