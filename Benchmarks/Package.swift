// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "steward-benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "steward", path: "..")],
    targets: [
        .executableTarget(
            name: "StewardBench",
            dependencies: ["Steward", "AstroTime", "FITS", "SphericalGeometry"].map {
                .product(name: $0, package: "steward")
            },
            swiftSettings: [.swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny")]
        )
    ]
)
