import Foundation
import Wayside
import WaysideModel
import XCTest

/// An ear in place of the phone's: what plays goes on until it is stopped.
@MainActor
private final class Ear: Voice {
    private(set) var heard: [Data] = []
    var isDeaf = false
    private var playing: CheckedContinuation<Void, Never>?
    var isPlaying: Bool { playing != nil }

    func play(_ opus: Data) async throws {
        if isDeaf { throw CocoaError(.fileReadUnknown) }
        heard.append(opus)
        await withCheckedContinuation { playing = $0 }
    }

    func stop() {
        playing?.resume()
        playing = nil
    }
}

/// A question is heard in the person's language, from what the office handed out, against the real core.
@MainActor
final class HeardTests: XCTestCase {
    private func pack() throws -> URL {
        let scenarios = ProcessInfo.processInfo.environment["WAYSIDE_SCENARIOS"]
        return URL(fileURLWithPath: try XCTUnwrap(scenarios)).appendingPathComponent("../../core/screening/packs/fr")
    }

    /// At the first questions of the quick screen in French, with a worker who reads English.
    private func inFrench(_ test: (Field, Ear) async throws -> Void) async throws {
        let ear = Ear()
        let field = try await Field.enrolled(voice: ear)
        try await field.makeReady()
        await field.shell.showQueue()
        let device = try field.queue().device.device
        try Hq.desk("hand-out", "pack", try pack().appendingPathComponent("pack.json").path, "--device", device, "--unchecked")
        await field.shell.sync()
        try await field.start("wayside-b2")
        try await field.open()
        let french = try XCTUnwrap(try field.view().languages.first { languageTag($0) == "fr" })
        await field.shell.ask { try $0.language(french) }
        XCTAssertNil(field.problem)
        try await test(field, ear)
        await field.close()
    }

    /// Plays it, and gives back what is heard while it still plays.
    private func sound(_ field: Field, _ ear: Ear, choice: String? = nil) async throws -> Data {
        let question = try field.named("unpaid")
        let view = try field.view()
        let prompt = try XCTUnwrap(choice.map { view.prompt(question, choice: $0) } ?? view.prompt(question))
        XCTAssertTrue(prompt.hasAudio)
        let count = ear.heard.count
        let shell = field.shell
        Task { await shell.listen(prompt) }
        for _ in 0..<2000 where ear.heard.count == count { try await Task.sleep(nanoseconds: 10_000_000) }
        XCTAssertTrue(ear.isPlaying)
        return try XCTUnwrap(ear.heard.count > count ? ear.heard.last : nil)
    }

    private func holding(_ field: Field, _ bytes: Data) throws -> Set<String> {
        let part = bytes.dropFirst(bytes.count / 2).prefix(64)
        let found = FileManager.default.enumerator(at: field.folder, includingPropertiesForKeys: nil)
        let files = (found?.allObjects as? [URL] ?? []).filter { !$0.hasDirectoryPath }
        return Set(try files.filter { try Data(contentsOf: $0).range(of: part) != nil }.map(\.lastPathComponent))
    }

    func testAQuestionAndItsChoicesAreHeardAndTheNextStepEndsIt() async throws {
        try await inFrench { field, ear in
            let audio = try pack().appendingPathComponent("audio")
            let files = try FileManager.default.contentsOfDirectory(at: audio, includingPropertiesForKeys: nil)
            let handedOut = Set(try files.map { try Data(contentsOf: $0) })
            let question = try await sound(field, ear)
            let yes = try await sound(field, ear, choice: "yes")
            XCTAssertTrue(handedOut.contains(question) && handedOut.contains(yes) && yes.count < question.count)
            await field.shell.ask { try $0.forward() }
            XCTAssertFalse(ear.isPlaying, "the next step ends it")
        }
    }

    func testPlayingLeavesNoFile() async throws {
        try await inFrench { field, ear in
            let heard = try await sound(field, ear)
            let before = try holding(field, heard)
            let planted = field.folder.appendingPathComponent("vaults/said.opus")
            try heard.write(to: planted)
            XCTAssertEqual(try holding(field, heard), before.union(["said.opus"]), "the search finds what is there")
            try FileManager.default.removeItem(at: planted)
            _ = try await sound(field, ear)
            XCTAssertEqual(try holding(field, heard), before)
        }
    }

    func testASoundThatCannotBePlayedIsSaid() async throws {
        try await inFrench { field, ear in
            ear.isDeaf = true
            await field.shell.listen(try XCTUnwrap(try field.view().prompt(try field.named("unpaid"))))
            XCTAssertEqual(field.problem, "sound")
        }
    }

    func testAWorkerWhoReadsWhatThePersonReadsNeedsNoOtherWords() async throws {
        try await inFrench { field, _ in
            let prompt = try XCTUnwrap(try field.view().prompt(try field.named("unpaid")))
            XCTAssertEqual(prompt.gloss(for: "en")?.hasPrefix("Have you done work on this journey"), true)
            XCTAssertNil(prompt.gloss(for: "fr"))
        }
    }
}
