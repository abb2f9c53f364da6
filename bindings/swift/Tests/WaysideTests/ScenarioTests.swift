import Foundation
import Wayside
import XCTest

/// Every scenario holds through the Swift package, and a wrong expectation is seen.
final class ScenarioTests: XCTestCase {
    private func folder() throws -> URL { URL(fileURLWithPath: try Hq.environment("WAYSIDE_SCENARIOS")) }

    private func read(_ file: URL) throws -> Json {
        guard let scenario = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? Json else {
            throw Unreadable(what: file.lastPathComponent)
        }
        return scenario
    }

    /// Each file, with its name.
    private func all() throws -> [(String, Json)] {
        let all = try FileManager.default.contentsOfDirectory(at: try folder(), includingPropertiesForKeys: nil)
        let files = all.filter { $0.pathExtension == "json" }.sorted { $0.path < $1.path }
        return try files.map { ($0.deletingPathExtension().lastPathComponent, try read($0)) }
    }

    func testEveryScenarioHolds() throws {
        let (folder, all) = (try folder(), try all())
        var held = 0
        for (name, scenario) in all {
            do {
                try Player(scenario, folder: folder).play()
                held += 1
            } catch {
                XCTFail("\(name): \(error)")
            }
        }
        print("swift: \(held) of \(all.count)")
        XCTAssertGreaterThanOrEqual(all.count, 69)
    }

    func testWithoutItsCauseNoneHolds() throws {
        let folder = try folder()
        // Playing every file twice takes minutes: all of them with `cargo xtask scenarios --causes`, some with every run.
        let step = ProcessInfo.processInfo.environment["WAYSIDE_CAUSES"] == nil ? 8 : 1
        for (at, (name, scenario)) in try all().enumerated() where at % step == 0 {
            XCTAssertThrowsError(try Player(try withoutCause(scenario), folder: folder).play(), name) {
                XCTAssertTrue($0 is Differs || $0 is FieldError, "\(name): something else broke: \($0)")
            }
        }
    }

    func testAnotherRefusalIsSeen() throws {
        var scenario = try read(try folder().appendingPathComponent("gates-in-order.json"))
        var steps: [Json] = try scenario.at("steps")
        for index in steps.indices where steps[index]["refused"] != nil { steps[index]["refused"] = "session.closed" }
        scenario["steps"] = steps
        XCTAssertThrowsError(try Player(scenario, folder: try folder()).play()) { XCTAssertTrue("\($0)".contains("step")) }
    }

    /// The same without the last step that was to be done, and not refused, before the last look: what it is about.
    private func withoutCause(_ scenario: Json) throws -> Json {
        var (scenario, steps): (Json, [Json]) = (scenario, try scenario.at("steps"))
        guard let lastLook = steps.lastIndex(where: { $0["expect"] != nil }),
            let cause = steps[..<lastLook].lastIndex(where: { $0["expect"] == nil && $0["refused"] == nil })
        else { throw Unreadable(what: "cause") }
        steps.remove(at: cause)
        scenario["steps"] = steps
        return scenario
    }
}
