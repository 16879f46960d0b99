// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "steward-fuzzing",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "steward", path: "..")],
    targets: [
        .executableTarget(
            name: "DecoderFuzzer",
            dependencies: ["AstroTime", "SphericalGeometry"].map { .product(name: $0, package: "steward") },
            swiftSettings: [.swiftLanguageMode(.v6), .unsafeFlags(["-parse-as-library"])]
        )
    ]
)
