// swift-tools-version: 6.2
import Foundation
import PackageDescription

let package = Package(
    name: "steward",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Steward", targets: ["Steward"]),
        .library(name: "AstroTime", targets: ["AstroTime"]),
        .library(name: "FITS", targets: ["FITS"]),
        .library(name: "SphericalGeometry", targets: ["SphericalGeometry"]),
        .executable(name: "steward", targets: ["StewardMain"]),
        .executable(name: "steward-demo", targets: ["StewardDemo"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: []
)

// MARK: - Third-party products

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let collections = Target.Dependency.product(name: "OrderedCollections", package: "swift-collections")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let grdbSQLite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

// MARK: - Building blocks

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

/// BOOTSTRAP: while the house is being built in parallel, a target is declared once its folder exists.
let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
@MainActor func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: root.appendingPathComponent(path).path)
}

/// Adds a Swift target and, where `Tests/<name>Tests` exists, its test target.
@MainActor func add(
    _ name: String,
    _ own: [String] = [],
    products: [Target.Dependency] = [],
    tests: [Target.Dependency] = [],
    resources: [Resource] = [],
    executable: Bool = false
) {
    guard exists("Sources/\(name)"), own.allSatisfy({ name in package.targets.contains { $0.name == name } }) else {
        return
    }
    let dependencies = own.map { Target.Dependency.byName(name: $0) } + products
    package.targets.append(
        executable
            ? .executableTarget(name: name, dependencies: dependencies, swiftSettings: settings)
            : .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: settings)
    )
    guard exists("Tests/\(name)Tests") else { return }
    let tested: [Target.Dependency] = executable ? [] : [.byName(name: name)]
    package.targets.append(
        .testTarget(name: "\(name)Tests", dependencies: tested + dependencies + tests, swiftSettings: settings)
    )
}

@MainActor func systemLibrary(_ name: String, pkgConfig: String, apt: String) {
    guard exists("Sources/\(name)") else { return }
    package.targets.append(.systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([apt])]))
}

/// A C target whose headers and library come from the system-library target that it wraps.
@MainActor func shim(_ name: String, over system: String) {
    guard exists("Sources/\(name)") else { return }
    package.targets.append(.target(name: name, dependencies: [.byName(name: system)]))
}

// MARK: - C seams

systemLibrary("CCrypto", pkgConfig: "libcrypto", apt: "libssl-dev")
systemLibrary("CZlib", pkgConfig: "zlib", apt: "zlib1g-dev")
systemLibrary("CFITSIOSystem", pkgConfig: "cfitsio", apt: "libcfitsio-dev")
systemLibrary("CWCSSystem", pkgConfig: "wcslib", apt: "wcslib-dev")
shim("CFITSIO", over: "CFITSIOSystem")
shim("CWCS", over: "CWCSSystem")
if exists("Sources/CFileCalls") { package.targets.append(.target(name: "CFileCalls")) }
package.targets.append(.target(name: "CSQLiteConfig", linkerSettings: [.linkedLibrary("sqlite3")]))

// MARK: - Floor 0: base

add("StewardCore", ["CCrypto"])
add("SphericalGeometry", ["StewardCore"])
add("AstroTime", ["StewardCore"])
add("ButlerConfig", ["StewardCore"], products: [yams])
add("Databases", ["StewardCore"], tests: ["StewardTesting"])
add("Resources", ["CFileCalls", "StewardCore"])
add("FITS", ["CFITSIO", "CWCS", "CZlib", "StewardCore"])

// MARK: - Floor 1: model

add("Dimensions", ["AstroTime", "ButlerConfig", "SphericalGeometry", "StewardCore"])
add("Datasets", ["AstroTime", "ButlerConfig", "Dimensions", "SphericalGeometry", "StewardCore"])
add("Queries", ["AstroTime", "Datasets", "Dimensions", "SphericalGeometry", "StewardCore"])

// MARK: - Floor 2: services

add(
    "SQLiteDriver",
    ["CSQLiteConfig", "Databases", "StewardCore"],
    products: [grdb, grdbSQLite],
    tests: ["StewardTesting"]
)
add(
    "Registry",
    ["AstroTime", "Databases", "Datasets", "Dimensions", "SphericalGeometry", "StewardCore"],
    tests: ["SQLiteDriver", "StewardTesting"]
)
add(
    "QueryExecution",
    ["AstroTime", "Databases", "Datasets", "Dimensions", "Queries", "Registry", "SphericalGeometry", "StewardCore"],
    tests: ["SQLiteDriver", "StewardTesting"]
)
add(
    "Datastores",
    ["AstroTime", "ButlerConfig", "Datasets", "Dimensions", "Resources", "SphericalGeometry", "StewardCore"]
)
add(
    "Formatters",
    ["AstroTime", "ButlerConfig", "Datasets", "Datastores", "Dimensions", "FITS", "Resources", "StewardCore"],
    products: [yams]
)

// MARK: - Floor 4: facade

add(
    "Steward",
    [
        "AstroTime", "ButlerConfig", "Databases", "Datasets", "Datastores", "Dimensions", "Formatters", "Queries",
        "QueryExecution", "Registry", "Resources", "SphericalGeometry", "SQLiteDriver", "StewardCore",
    ],
    products: [yams],
    tests: ["StewardTesting"]
)

// MARK: - Floor 5: observatory

add("ObservationMetadata", ["AstroTime", "FITS", "StewardCore"], products: [yams])
add(
    "Instruments",
    [
        "AstroTime", "Datasets", "Dimensions", "FITS", "ObservationMetadata", "Queries", "Resources",
        "SphericalGeometry", "Steward", "StewardCore",
    ],
    resources: [.copy("Definitions")]
)

// MARK: - Floor 6 and 7: fronts and programs

add(
    "StewardCLI",
    [
        "ButlerConfig", "CZlib", "Datasets", "Datastores", "FITS", "Formatters", "Instruments", "ObservationMetadata",
        "Resources", "Steward", "StewardCore",
    ],
    products: [argumentParser]
)
add("StewardMain", ["StewardCLI"], executable: true)
add("StewardDemo", ["AstroTime", "FITS", "Formatters", "Steward", "StewardCore"], executable: true)

// MARK: - Test kit

package.targets.append(.testTarget(name: "LayoutTests", swiftSettings: settings))
if exists("Sources/StewardTesting") {
    package.targets.append(
        .target(name: "StewardTesting", dependencies: ["Databases", "StewardCore"], swiftSettings: settings)
    )
}
package.products = package.products.filter { product in
    package.targets.contains {
        $0.name == product.name || ($0.name == "StewardMain" && product.name == "steward")
            || ($0.name == "StewardDemo" && product.name == "steward-demo")
    }
}
