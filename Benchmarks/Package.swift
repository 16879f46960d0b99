// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "steward-benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "steward", path: "..")],
    targets: [
        .executableTarget(
            name: "StewardBench",
            dependencies: [.product(name: "Steward", package: "steward")],
            swiftSettings: [.swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny")]
        )
    ]
)
