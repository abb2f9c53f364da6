// swift-tools-version:6.0
import Foundation
import PackageDescription

// Laid out by `cargo xtask bindings swift` under target/bindings/swift, together with the generated sources.
// On Linux, where only the tests run, the library is the one cargo built; Apple's systems get an XCFramework.
#if os(Linux)
let library = ProcessInfo.processInfo.environment["WAYSIDE_LIB_DIR"] ?? "../../debug"
let ffi: Target = .systemLibrary(name: "WaysideFFI", path: "Sources/WaysideFFI")
let linking: [LinkerSetting] = [.unsafeFlags(["-L\(library)", "-Xlinker", "-rpath", "-Xlinker", library])]
#else
let ffi: Target = .binaryTarget(name: "WaysideFFI", path: "WaysideFFI.xcframework")
let linking: [LinkerSetting] = []
#endif

let package = Package(
    name: "Wayside",
    platforms: [.iOS(.v16), .macOS(.v13)],
    products: [.library(name: "Wayside", targets: ["Wayside"])],
    targets: [
        ffi,
        // The generated file is Swift 5: compiling it in the language mode of Swift 6 stops Swift 6.0.3.
        .target(
            name: "Wayside", dependencies: ["WaysideFFI"], swiftSettings: [.swiftLanguageMode(.v5)],
            linkerSettings: linking),
        .testTarget(name: "WaysideTests", dependencies: ["Wayside"]),
    ],
    swiftLanguageModes: [.v6]
)
