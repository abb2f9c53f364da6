import Foundation
import Wayside
import WaysideModel
import XCTest

private let quick = "wayside-b2"
private let adults = "wayside-b3-al"

/// The whole session with a person in the view models, against the real core: what stands around the forms.
@MainActor
final class SessionTests: XCTestCase {
    private func onField(_ test: (Field) async throws -> Void) async throws {
        let field = try await Field.enrolled()
        try await field.makeReady()
        try await test(field)
        await field.close()
    }

    private func next(_ field: Field, _ form: String) throws -> FormSummary {
        guard case .nextForm(let forms) = try field.view().step, let found = forms.first(where: { $0.id == form }) else {
            throw Unfit(what: form)
        }
        return found
    }

    private nonisolated func isUrgent(_ step: Step) -> Bool { if case .urgent = step { true } else { false } }

    func testAPhoneThatIsNotReadySaysWhatIsMissingUntilItIs() async throws {
        let field = try await Field.enrolled()
        XCTAssertEqual(try field.forms().missing.contains(.training), true)
        try await field.start(quick)
        XCTAssertEqual(field.shell.state.problem?.code, "session.not_ready")
        try await field.makeReady()
        XCTAssertEqual(try field.forms().missing, [])
        XCTAssertEqual(try field.forms().inDanger.count, 3)
        await field.close()
    }

    func testAYesToAnUrgentQuestionIsActedOnAtOnceAndTheQuestionsArePutAnew() async throws {
        try await onField { field in
            try await field.start(quick)
            try await field.open(until: isUrgent)
            await field.shell.ask { try $0.urgent(.absent) }
            guard case .urgent(_, 2, 8) = try field.view().step else { return XCTFail("not the second") }
            await field.shell.ask { $0.urgentBack() }
            await field.shell.ask { try $0.urgent(.observed) }
            guard case .danger(let danger, asksHours: false) = try field.view().step else { return XCTFail("no danger") }
            XCTAssertEqual(danger.protocol, try field.view().inDanger)
            await field.shell.ask { try $0.askAnew() }
            guard case .urgent(_, 1, 8) = try field.view().step else { return XCTFail("not the first") }
            try await field.open { if case .age = $0 { true } else { false } }
            guard case .age = try field.view().step else { return XCTFail("the gate did not open") }
        }
    }

    func testTheMedicalTimesAreReckonedFromTheHoursThatAreSaid() async throws {
        try await onField { field in
            try await field.start(quick)
            try await field.open(until: isUrgent)
            for _ in 0..<3 { await field.shell.ask { try $0.urgent(.unknown) } }
            await field.shell.ask { try $0.urgent(.present) }
            guard case .danger(let unknown, asksHours: true) = try field.view().step else { return XCTFail("no hours") }
            XCTAssertEqual(unknown.hivMinutesLeft, 0)
            await field.shell.ask { try $0.hoursAgo(70) }
            guard case .danger(let known, _) = try field.view().step else { return XCTFail("no danger") }
            XCTAssertTrue((110...120).contains(known.hivMinutesLeft ?? 0))
        }
    }

    func testDangerEndsTheTalkAndLeavesNothingBeforeConsent() async throws {
        try await onField { field in
            try await field.start(quick)
            try await field.open(until: isUrgent)
            await field.shell.stop(.danger)
            guard case .nothingKept = try field.view().step else { return XCTFail("something is kept") }
        }
    }

    func testNoYesIsTakenBeforeEverythingIsExplained() async throws {
        try await onField { field in
            try await field.start(quick)
            try await field.open { if case .explain = $0 { true } else { false } }
            await field.shell.ask { try $0.consent(true) }
            XCTAssertEqual(field.shell.state.problem?.code, "session.consent")
            await field.shell.ask { try $0.explained() }
            guard case .consent(.c1) = try field.view().step else { return XCTFail("not asked") }
        }
    }

    func testWhoWantsNoRecordGetsAdviceAndNothingIsKept() async throws {
        try await onField { field in
            try await field.start(quick)
            try await field.open { if case .consent(.c2) = $0 { true } else { false } }
            await field.shell.ask { try $0.consent(false) }
            XCTAssertTrue(try field.view().withoutRecord)
            let unpaid = try field.named("unpaid")
            await field.shell.ask { try $0.choose(unpaid, "yes") }
            while case .questions = try field.view().step { await field.shell.ask { try $0.forward() } }
            guard case .advice(let advice, let services) = try field.view().step else { return XCTFail("no advice") }
            XCTAssertEqual(advice.outcomes.map(\.id), ["N6"])
            XCTAssertFalse(services.isEmpty)
            await field.shell.ask { try $0.discard() }
            guard case .nothingKept = try field.view().step else { return XCTFail("something is kept") }
            await field.shell.showForms()
            XCTAssertEqual(try field.forms().drafts.count, 0)
        }
    }

    func testTheQuickScreenLeadsToTheOfferAndTheOfferToTheDetailedForm() async throws {
        try await onField { field in
            try await field.quickScreen("yes")
            await field.shell.ask { try $0.finish() }
            guard case .finished(_, let services, offers: true) = try field.view().step else { return XCTFail("no offer") }
            // Who speaks the language of the interview is named first.
            XCTAssertEqual(services.map(\.code), ["women-house", "clinic"])
            await field.shell.ask { try $0.toOffer() }
            guard case .ask(.offer, _, possible: true) = try field.view().step else { return XCTFail("not offered") }
            await field.shell.ask { try $0.answer(.offer, true) }
            let form = try next(field, adults)
            await field.shell.ask { try $0.openForm(form) }
            let blocks = try field.question("/data/blocks")
            await field.shell.ask { try $0.toggle(blocks, "work") }
            await field.shell.stop()
            await field.shell.ask { try $0.finish() }
            guard case .finished(_, _, offers: false) = try field.view().step else { return XCTFail("offered again") }
            await field.shell.showQueue()
            XCTAssertEqual(try field.queue().status.waiting, 2)
        }
    }

    func testNothingFoundMeansNoOfferAndAnotherFormAsksNothingTwice() async throws {
        try await onField { field in
            try await field.quickScreen("no")
            await field.shell.ask { try $0.finish() }
            guard case .finished(_, _, offers: false) = try field.view().step else { return XCTFail("offered") }
            await field.shell.ask { try $0.otherForm() }
            let form = try next(field, "wayside-b4")
            await field.shell.ask { try $0.openForm(form) }
            guard case .questions = try field.view().step else { return XCTFail("no question") }
        }
    }

    func testPrivateMattersWaitForTheChoiceOfWhoAsks() async throws {
        try await onField { field in
            try await field.start("wayside-b3-as")
            try await field.open { if case .ask(.gender, _, _) = $0 { true } else { false } }
            await field.shell.ask { try $0.answer(.gender, false) }
            guard case .ask(.gender, refused: true, _) = try field.view().step else { return XCTFail("not refused") }
            await field.shell.ask { try $0.answer(.gender, true) }
            // Statistics are asked once, before the first question.
            guard case .consent(.c6) = try field.view().step else { return XCTFail("not asked") }
            await field.shell.ask { try $0.consent(false) }
            guard case .questions = try field.view().step else { return XCTFail("no question") }
        }
    }
}
