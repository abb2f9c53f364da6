import Foundation
import XCTest

/// The Xcode project, as far as it can be read without Xcode: a property list whose parts fit together.
final class ProjectTests: XCTestCase {
    private let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private func text() throws -> String {
        try String(contentsOf: folder.appendingPathComponent("Wayside.xcodeproj/project.pbxproj"), encoding: .utf8)
    }

    /// Ids that are used and stand for nothing, kinds that a project of an app must have and has not, folders that are not there.
    private func faults(_ text: String) throws -> [String] {
        let list = try PropertyListSerialization.propertyList(from: Data(text.utf8), format: nil)
        guard let project = list as? [String: Any], let objects = project["objects"] as? [String: [String: Any]] else {
            return ["no objects"]
        }
        var faults: [String] = []
        func look(_ value: Any) {
            switch value {
            case let text as String where text.hasPrefix("AA0000") && objects[text] == nil: faults.append("unknown id \(text)")
            case let list as [Any]: list.forEach(look)
            case let table as [String: Any]: table.values.forEach(look)
            default: break
            }
        }
        look(project)
        let kinds = Set(objects.values.compactMap { $0["isa"] as? String })
        for kind in ["PBXProject", "PBXNativeTarget", "PBXSourcesBuildPhase", "XCConfigurationList"] where !kinds.contains(kind) {
            faults.append("no \(kind)")
        }
        for object in objects.values {
            let isOfTree = object["isa"] as? String == "PBXFileSystemSynchronizedRootGroup"
            let path = isOfTree ? object["path"] as? String : object["relativePath"] as? String
            // What is generated is there only after it was.
            guard let path, !path.contains("target/") else { continue }
            if !FileManager.default.fileExists(atPath: folder.appendingPathComponent(path).path) { faults.append("no folder \(path)") }
        }
        return faults
    }

    func testTheProjectFitsTogether() throws { XCTAssertEqual(try faults(try text()), []) }

    func testAFaultInAProjectIsFound() throws {
        let text = try text()
        func after(_ old: String, _ new: String) -> [String] {
            let changed = text.replacingOccurrences(of: old, with: new)
            XCTAssertNotEqual(changed, text)
            return (try? faults(changed)) ?? ["no property list"]
        }
        XCTAssertEqual(after("rootObject = AA0000000000000000000001", "rootObject = AA0000000000000000000009"), ["unknown id AA0000000000000000000009"])
        XCTAssertEqual(after("path = App;", "path = Apps;"), ["no folder Apps"])
        XCTAssertEqual(after("isa = PBXSourcesBuildPhase;", "isa = PBXOtherBuildPhase;"), ["no PBXSourcesBuildPhase"])
        XCTAssertEqual(after("objectVersion = 77;", "objectVersion 77"), ["no property list"])
    }
}
