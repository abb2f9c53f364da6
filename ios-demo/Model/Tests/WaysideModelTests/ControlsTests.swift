import Foundation
import Wayside
import WaysideModel
import XCTest

/// Bytes that lie nowhere but where the app puts them.
private let mark = "the river bends twice before the mill"

/// Numbers of the pieces that are left.
private final class Left: @unchecked Sendable {
    private var left = 3
    func next() -> Int? {
        left -= 1
        return left < 0 ? nil : left
    }
}

/// Senses that give real bytes, in pieces as a camera does.
private struct TestSenses: Senses {
    let kinds = Set(CaptureKind.allCases)

    func capture(_ kind: CaptureKind, type: String) async -> Captured? {
        let left = Left()
        return Captured(ending: "bin") { left.next().map { Data(String(repeating: "\(mark) \($0). ", count: 50).utf8) } }
    }

    func scan() async -> String? { "4006381333931" }
    func position() async -> String? { "13.4967 39.4753 2084 5" }
    func png(_ drawing: Drawing) -> Data? { Data("\(mark) \(drawing.strokes.count)".utf8) }
}

/// The form with every control, answered by the view models on the real core.
@MainActor
final class ControlsTests: XCTestCase {
    func testEveryControlTakesItsAnswerAndNothingCapturedLiesInAFile() async throws {
        let field = try await Field.enrolled(senses: TestSenses())
        try await field.makeReady()
        try await field.start("controls")
        try await field.open()
        var asked: [String: String] = [:]
        while case .questions(_, let questions, let repeats) = try field.view().step {
            if let question = questions.first {
                try await answer(question, field)
                if let problem = field.problem { return XCTFail("\(question.reference): \(problem)") }
                asked[question.reference] = try field.question(question.reference).value
            } else if let one = repeats.first, one.count == 0 {
                await field.shell.ask { try $0.add(one) }
                await field.shell.ask { try $0.jump(one, to: 1) }
                continue
            }
            await field.shell.ask { try $0.forward() }
            XCTAssertEqual(try field.view().refused, [:])
        }
        XCTAssertEqual(asked["/data/rank"], "a c b")
        XCTAssertEqual(asked["/data/many"], "a c")
        XCTAssertEqual(asked["/data/code"], "4006381333931")
        XCTAssertNotNil(asked["/data/thing[1]/name"])
        XCTAssertEqual(asked.count, 31)
        let files = ["picture", "sound", "film", "file", "signature"].compactMap { asked["/data/\($0)"] }
        XCTAssertEqual(Set(files).count, 5)
        XCTAssertFalse(files.contains(""))

        XCTAssertEqual(try holding(field.folder), [])
        let planted = field.folder.appendingPathComponent("vaults/gallery.jpg")
        try Data("x\(mark)".utf8).write(to: planted)
        XCTAssertEqual(try holding(field.folder), ["gallery.jpg"], "the search finds what is there")
        try FileManager.default.removeItem(at: planted)
        await field.shell.ask { try $0.finish() }
        XCTAssertNil(field.problem)
        XCTAssertEqual(try holding(field.folder), [])
        await field.close()
    }

    /// A file on a stick that is pulled out while it is read.
    private struct BreaksOff: Senses {
        let kinds: Set<CaptureKind> = [.file]

        func capture(_ kind: CaptureKind, type: String) async -> Captured? {
            let left = Left()
            return Captured(ending: "jpg") {
                guard left.next() != nil else { throw CocoaError(.fileReadUnknown) }
                return Data(count: 1000)
            }
        }

        func scan() async -> String? { nil }
        func position() async -> String? { nil }
        func png(_ drawing: Drawing) -> Data? { nil }
    }

    func testWhatBreaksOffWhileItIsReadIsNoAnswer() async throws {
        let field = try await Field.enrolled(senses: BreaksOff())
        try await field.makeReady()
        try await field.start("controls")
        try await field.open()
        for _ in 0..<40 where (try? field.question("/data/file")) == nil { await field.shell.ask { try $0.forward() } }
        await field.shell.capture(try field.question("/data/file"), .file)
        XCTAssertEqual(field.problem, "answer.attachment")
        XCTAssertEqual(try field.question("/data/file").value, "")
        await field.shell.ask { try $0.back() }
        XCTAssertNil(field.problem)
        await field.shell.ask { try $0.forward() }
        await field.shell.sign(try field.question("/data/file"), Drawing())
        XCTAssertEqual(field.problem, "answer.attachment", "nothing is drawn where no picture can be made of it")
        await field.close()
    }

    private func answer(_ question: QuestionView, _ field: Field) async throws {
        let shell = field.shell
        switch question.kind {
        case .text: shell.type(question.reference, "plain words")
        case .barcode: await shell.scanInto(question)
        case .integer: shell.type(question.reference, "12")
        case .decimal: shell.type(question.reference, "2.5")
        case .day:
            var form = DayForm("", wished: wishedCalendar(looks(question)))
            (form.year, form.month, form.day) = form.calendar == .gregorian ? ("2026", "3", "31") : ("1400", "1", "1")
            shell.type(question.reference, form.gregorian ?? "?")
        case .timeOfDay: shell.type(question.reference, "09:05:00.000+00:00")
        case .moment: shell.type(question.reference, "2026-03-31T23:59:00.000+00:00")
        case .selectOne: await shell.ask { try $0.choose(question, question.choices[0].value) }
        case .selectMultiple:
            await shell.ask { try $0.toggle(question, "c") }
            let now = try field.question(question.reference)
            await shell.ask { try $0.toggle(now, "a") }
        case .rank: await shell.ask { try $0.move(question, "c", by: -1) }
        case .span:
            let scale = try XCTUnwrap(question.bounds.flatMap(Scale.init))
            shell.type(question.reference, scale.text(scale.steps))
        case .trigger: await shell.ask { try $0.toggleSeen(question) }
        case .geopoint: await shell.takePosition(question)
        case .geotrace, .geoshape: for _ in 0..<3 { await shell.takePosition(question) }
        case .attachment:
            if isDrawn(question) {
                var drawing = Drawing()
                drawing.begin(0.1, 0.5)
                drawing.on(0.9, 0.5)
                await shell.sign(question, drawing)
            } else {
                let kind = try XCTUnwrap(captures(question, field.host.senses).first)
                await shell.capture(question, kind)
            }
        case .yesNo: await shell.ask { try $0.choose(question, "true") }
        case .note, .hidden: break
        }
    }

    /// Names of the files that hold the bytes as they were captured.
    private func holding(_ folder: URL) throws -> [String] {
        let found = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        let files = (found?.allObjects as? [URL] ?? []).filter { !$0.hasDirectoryPath }
        return try files.filter { try Data(contentsOf: $0).range(of: Data(mark.utf8)) != nil }.map(\.lastPathComponent)
    }

    nonisolated func testARangeIsExactAlsoDownwards() {
        let scale = Scale(Bounds(start: 2.5, end: 0, step: 0.1))
        XCTAssertEqual(scale?.steps, 25)
        XCTAssertEqual(scale?.text(22), "0.3")
        XCTAssertEqual(scale?.index(of: "0.3"), 22)
        XCTAssertNil(scale?.index(of: "0.35"))
        XCTAssertNil(Scale(Bounds(start: 0, end: 1, step: 0)))
    }

    nonisolated func testTheSameDayInFourCalendars() {
        let days: [(CalendarSystem, String, String, String)] = [
            (.gregorian, "2005", "9", "11"), (.ethiopian, "1998", "1", "1"), (.solarHijri, "1384", "6", "20"),
            (.lunarHijri, "1426", "8", "7"),
        ]
        for (calendar, year, month, day) in days {
            var form = DayForm("", wished: calendar)
            (form.year, form.month, form.day) = (year, month, day)
            XCTAssertEqual(form.gregorian, "2005-09-11", "\(calendar)")
        }
        XCTAssertEqual(TimeForm("T9:05").hour, "9")
        var time = TimeForm("")
        (time.hour, time.minute) = ("23", "5")
        XCTAssertEqual(time.time(offsetMinutes: -150), "23:05:00.000-02:30")
    }
}
