// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "steward",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Steward", targets: ["Steward"]),
        .library(name: "AstroTime", targets: ["AstroTime"]),
        .library(name: "FITS", targets: ["FITS"]),
        .library(name: "SkyMapRegistration", targets: ["SkyMapRegistration"]),
        .library(name: "SkyMaps", targets: ["SkyMaps"]),
        .library(name: "ReferenceCatalogues", targets: ["ReferenceCatalogues"]),
        .library(name: "Instruments", targets: ["Instruments"]),
        .library(name: "SphericalGeometry", targets: ["SphericalGeometry"]),
        .executable(name: "steward", targets: ["StewardMain"]),
        .executable(name: "steward-demo", targets: ["StewardDemo"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: []
)

// MARK: - Third-party products

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
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

/// Adds a Swift target and its test target, which may import all that the target may.
@MainActor func add(
    _ name: String,
    _ own: [String] = [],
    products: [Target.Dependency] = [],
    tests: [Target.Dependency]? = [],
    resources: [Resource] = [],
    executable: Bool = false
) {
    let dependencies = own.map { Target.Dependency.byName(name: $0) } + products
    package.targets.append(
        executable
            ? .executableTarget(name: name, dependencies: dependencies, swiftSettings: settings)
            : .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: settings)
    )
    guard let tests else { return }
    package.targets.append(
        .testTarget(
            name: "\(name)Tests",
            dependencies: [.byName(name: name)] + dependencies + tests,
            swiftSettings: settings
        )
    )
}

@MainActor func systemLibrary(_ name: String, pkgConfig: String, apt: String) {
    package.targets.append(.systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([apt])]))
}

/// A C target whose headers and library come from the system-library target that it wraps.
@MainActor func shim(_ name: String, over system: String) {
    package.targets.append(.target(name: name, dependencies: [.byName(name: system)]))
}

// MARK: - C seams

systemLibrary("CCrypto", pkgConfig: "libcrypto", apt: "libssl-dev")
systemLibrary("CZlib", pkgConfig: "zlib", apt: "zlib1g-dev")
systemLibrary("CCurl", pkgConfig: "libcurl", apt: "libcurl4-openssl-dev")
systemLibrary("CERFA", pkgConfig: "erfa", apt: "liberfa-dev")
systemLibrary("CPostgreSQL", pkgConfig: "libpq", apt: "libpq-dev")
systemLibrary("CFITSIOSystem", pkgConfig: "cfitsio", apt: "libcfitsio-dev")
systemLibrary("CWCSSystem", pkgConfig: "wcslib", apt: "wcslib-dev")
shim("CFITSIO", over: "CFITSIOSystem")
shim("CWCS", over: "CWCSSystem")
package.targets.append(.target(name: "CFileCalls"))
package.targets.append(.target(name: "CSQLiteConfig", linkerSettings: [.linkedLibrary("sqlite3")]))

// MARK: - Floor 0: base

add("StewardCore", ["CCrypto"])
add("SphericalGeometry", ["StewardCore"], tests: ["StewardTesting"])
add("AstroTime", ["StewardCore"], tests: ["StewardTesting"])
add("ButlerConfig", ["StewardCore"], products: [yams])
add("Databases", ["StewardCore"], tests: ["StewardTesting"])
add("Resources", ["CFileCalls", "StewardCore"], tests: ["StewardTesting"])
add("FITS", ["CFITSIO", "CWCS", "CZlib", "StewardCore"], tests: ["StewardTesting"])

// MARK: - Floor 1: model

add("RemoteResources", ["CCurl", "Resources", "StewardCore"], tests: ["StewardTesting"])
add("Dimensions", ["AstroTime", "ButlerConfig", "SphericalGeometry", "StewardCore"])
add("SkyMaps", ["ButlerConfig", "FITS", "SphericalGeometry", "StewardCore"], tests: ["StewardTesting"])
add("Datasets", ["AstroTime", "ButlerConfig", "Dimensions", "SphericalGeometry", "StewardCore"], tests: nil)
add("Queries", ["AstroTime", "Datasets", "Dimensions", "SphericalGeometry", "StewardCore"], tests: ["StewardTesting"])

// MARK: - Floor 2: services

add(
    "SQLiteDriver",
    ["CSQLiteConfig", "Databases", "StewardCore"],
    products: [grdb, grdbSQLite],
    tests: ["StewardTesting"]
)
add("PostgreSQLDriver", ["CPostgreSQL", "Databases", "StewardCore"], tests: ["StewardTesting"])
add(
    "Registry",
    ["AstroTime", "Databases", "Datasets", "Dimensions", "SphericalGeometry", "StewardCore"],
    tests: ["PostgreSQLDriver", "SQLiteDriver", "StewardTesting"]
)
add(
    "QueryExecution",
    ["AstroTime", "Databases", "Datasets", "Dimensions", "Queries", "Registry", "SphericalGeometry", "StewardCore"],
    tests: ["PostgreSQLDriver", "SQLiteDriver", "StewardTesting"]
)
add(
    "Datastores",
    ["AstroTime", "ButlerConfig", "CZlib", "Datasets", "Dimensions", "Resources", "SphericalGeometry", "StewardCore"],
    tests: ["RemoteResources", "StewardTesting"]
)
add(
    "Formatters",
    [
        "AstroTime", "ButlerConfig", "Datasets", "Datastores", "Dimensions", "FITS", "Resources", "SkyMaps",
        "StewardCore",
    ],
    products: [yams],
    tests: ["StewardTesting"]
)

// MARK: - Floor 4: facade

add(
    "Steward",
    [
        "AstroTime", "ButlerConfig", "Databases", "Datasets", "Datastores", "Dimensions", "Formatters", "Queries",
        "PostgreSQLDriver", "QueryExecution", "Registry", "RemoteResources", "Resources", "SphericalGeometry",
        "SQLiteDriver", "StewardCore",
    ],
    tests: ["StewardTesting"]
)

// MARK: - Floor 5: observatory

add(
    "ObservationMetadata",
    ["AstroTime", "CERFA", "FITS", "StewardCore"],
    products: [yams],
    resources: [.copy("Tables")]
)
add(
    "Instruments",
    [
        "AstroTime", "ButlerConfig", "Datasets", "Datastores", "Dimensions", "FITS", "ObservationMetadata", "Queries",
        "Resources",
        "SphericalGeometry", "Steward", "StewardCore",
    ],
    tests: ["Formatters", "StewardTesting"],
    resources: [.copy("Definitions")]
)
add(
    "ReferenceCatalogues",
    [
        "AstroTime", "CZlib", "Datasets", "Datastores", "Dimensions", "FITS", "Formatters", "ObservationMetadata",
        "Resources", "SphericalGeometry", "Steward", "StewardCore",
    ],
    tests: ["StewardTesting"]
)

add(
    "SkyMapRegistration",
    ["Datasets", "Dimensions", "SkyMaps", "SphericalGeometry", "Steward", "StewardCore"],
    tests: ["Instruments", "StewardTesting"]
)

// MARK: - Floor 6 and 7: fronts and programs

add(
    "StewardCLI",
    [
        "AstroTime", "ButlerConfig", "CZlib", "Datasets", "Datastores", "FITS", "Formatters", "Instruments",
        "ObservationMetadata", "ReferenceCatalogues", "Resources", "SkyMapRegistration", "SkyMaps",
        "SphericalGeometry", "Steward", "StewardCore",
    ],
    products: [argumentParser],
    tests: ["StewardTesting"]
)
add("StewardMain", ["StewardCLI"], tests: nil, executable: true)
add("StewardDemo", ["AstroTime", "FITS", "Formatters", "Steward", "StewardCore"], tests: nil, executable: true)

// MARK: - Test kit

add("StewardTesting", ["Databases", "Resources", "StewardCore"], tests: nil)
add("StewardWriters", ["Datastores", "Steward", "StewardCore", "StewardTesting"], tests: nil, executable: true)
package.targets.append(.testTarget(name: "LayoutTests", swiftSettings: settings))
