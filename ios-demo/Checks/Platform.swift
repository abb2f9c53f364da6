import WaysideModel

// What the views see of App/Platform.swift, which needs the device's frameworks.
enum Platform {
    static var language: String { "en" }
    static func host() -> Host { fatalError() }
    @MainActor static func stayAwake(_ awake: Bool) {}
    @MainActor static func finishing(_ work: @escaping @MainActor () async -> Void) {}
}
