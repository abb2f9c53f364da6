import Foundation
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

    func testEveryScenarioHolds() throws {
        let folder = try folder()
        let all = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        let files = all.filter { $0.pathExtension == "json" }.sorted { $0.path < $1.path }
        var held = 0
        for file in files {
            do {
                try Player(try read(file), folder: folder).play()
                held += 1
            } catch {
                XCTFail("\(file.deletingPathExtension().lastPathComponent): \(error)")
            }
        }
        print("swift: \(held) of \(files.count)")
        XCTAssertGreaterThanOrEqual(files.count, 20)
    }

    func testAMissingCauseIsSeen() throws {
        try altered { $0.remove(at: $0.count - 2) }
    }

    func testAnotherRefusalIsSeen() throws {
        try altered { steps in
            for index in steps.indices where steps[index]["refused"] != nil { steps[index]["refused"] = "session.closed" }
        }
    }

    private func altered(_ change: (inout [Json]) -> Void) throws {
        var scenario = try read(try folder().appendingPathComponent("gates-in-order.json"))
        var steps: [Json] = try scenario.at("steps")
        change(&steps)
        scenario["steps"] = steps
        XCTAssertThrowsError(try Player(scenario, folder: try folder()).play()) { XCTAssertTrue("\($0)".contains("step")) }
    }
}
