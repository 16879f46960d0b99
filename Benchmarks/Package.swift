// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "steward-benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "steward", path: "..")],
    targets: [
        .target(name: "SQLiteFloor", linkerSettings: [.linkedLibrary("sqlite3")]),
        .executableTarget(
            name: "StewardBench",
            dependencies: [
                "Steward", "AstroTime", "FITS", "Instruments", "ReferenceCatalogues", "SphericalGeometry",
            ].map {
                .product(name: $0, package: "steward")
            } + ["SQLiteFloor"],
            swiftSettings: [.swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny")]
        )
    ]
)
