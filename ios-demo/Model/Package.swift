// swift-tools-version:6.0
import Foundation
import PackageDescription

// What the screens show and why, in plain Swift: on Linux it is built and tested against the real core.
// `cargo xtask bindings swift` lays the package of the core out.
let core = ProcessInfo.processInfo.environment["WAYSIDE_PACKAGE"] ?? "../../target/bindings/swift"

let package = Package(
    name: "WaysideModel",
    platforms: [.iOS(.v16), .macOS(.v13)],
    products: [
        .library(name: "WaysideModel", targets: ["WaysideModel"]),
        .library(name: "WaysideLink", targets: ["WaysideLink"]),
    ],
    dependencies: [.package(path: core)],
    targets: [
        .target(name: "WaysideModel", dependencies: [.product(name: "Wayside", package: "swift")]),
        // The ways to the relay and to a phone nearby: Foundation only, so the tests run those that the app has.
        .target(name: "WaysideLink", dependencies: ["WaysideModel", .product(name: "Wayside", package: "swift")]),
        .testTarget(name: "WaysideModelTests", dependencies: ["WaysideModel", "WaysideLink"]),
    ],
    swiftLanguageModes: [.v6]
)
