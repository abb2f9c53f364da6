import Foundation
import Wayside
import WaysideModel
import XCTest

/// What a worker keeps of a finished interview, and what is added by its code, against the real core.
@MainActor
final class CasesTests: XCTestCase {
    private func onField(_ test: (Field) async throws -> Void) async throws {
        let field = try await Field.enrolled()
        try await field.makeReady()
        try await test(field)
        await field.close()
    }

    private func toCase(_ field: Field) async throws -> String {
        try await field.quickResult()
        await field.shell.showWork()
        let code = try XCTUnwrap(try field.work().first?.code)
        await field.shell.showCase(code)
        return code
    }

    func testACaseHasACodeAndANextStepAndGoesOffTheList() async throws {
        try await onField { field in
            let code = try await toCase(field)
            await field.shell.setNext(code, .talkAgain, days: 0)
            XCTAssertEqual(try field.case_().noted?.isSealed, false)
            XCTAssertTrue(try field.case_().item.isDue)
            await field.shell.setNext(code, .checkReferral, days: 3)
            XCTAssertFalse(try field.case_().item.isDue)
            let due = try field.case_().item.due
            XCTAssertEqual(field.shell.day(due), field.shell.day(Date(timeIntervalSinceNow: 3 * 86_400)))
            await field.shell.closeCase(code)
            XCTAssertEqual(try field.work().count, 0)
        }
    }

    func testWhoSaidNotToBeContactedIsNot() async throws {
        try await onField { field in
            try await field.start("wayside-b6")
            try await field.open()
            var said = ""
            while case .questions(_, let questions, _) = try field.view().step {
                if let contact = questions.first(where: { $0.reference == "/data/contact_group/contact" }) {
                    await field.shell.ask { try $0.choose(contact, "do_not_contact") }
                    said = try field.question(contact.reference).value
                }
                await field.shell.ask { try $0.forward() }
            }
            XCTAssertEqual(said, "do_not_contact")
            await field.shell.ask { try $0.finish() }
            await field.shell.showWork()
            let item = try XCTUnwrap(try field.work().first)
            await field.shell.showCase(item.code)
            await field.shell.setNext(item.code, .contact, days: 3)
            XCTAssertEqual(field.problem, "contact.forbidden")
            XCTAssertEqual(try field.case_().item.action, item.action)
        }
    }

    func testWhatIsAskedByCodeIsSealed() async throws {
        try await onField { field in
            let code = try await toCase(field)
            _ = field.sealed.take()
            await field.shell.request(code, .correction(text: " "))
            XCTAssertEqual(field.problem, "entry.malformed")
            await field.shell.request(code, .correction(text: "the place was another one"))
            XCTAssertEqual(try field.case_().noted?.isSealed, true)
            await field.shell.request(code, .withdrawal(line: .c6, recipient: nil))
            await field.shell.request(code, .erasure(reason: .personAsked))
            XCTAssertEqual(field.sealed.take(), [false, true, true], "the person's own wishes go first")
            await field.shell.showQueue()
            XCTAssertEqual(try field.queue().status.waiting, 4)
        }
    }

    private func form() -> ReferralForm {
        var form = ReferralForm()
        form.fields = ["needs": "a doctor"]
        form.wants = "to see a doctor"
        form.urgency = .day
        form.handover = .phone
        return form
    }

    func testAReferralCarriesWhatThePersonAgreesTo() async throws {
        try await onField { field in
            try await field.quickResult()
            let (clinic, form) = (try field.service("clinic"), form())
            XCTAssertTrue(form.isComplete(clinic))
            await field.shell.ask { $0.toReferral(clinic) }
            guard case .refer = try field.view().step else { return XCTFail("no referral") }
            _ = field.sealed.take()
            await field.shell.ask { try $0.refer(clinic, form, agrees: true) }
            XCTAssertNil(field.problem)
            guard case .referred = try field.view().step else { return XCTFail("not sent") }
            XCTAssertEqual(field.sealed.take(), [true])
            await field.shell.showWork()
            let item = try XCTUnwrap(try field.work().first)
            XCTAssertEqual(item.action, .checkReferral)
            XCTAssertEqual(item.referrals.map { "\($0.recipient) \($0.state)" }, ["clinic sent"])
        }
    }

    func testAReferralWaitsForTheWarningAndANoSendsNothing() async throws {
        try await onField { field in
            try await field.quickResult()
            let (house, clinic, form) = (try field.service("women-house"), try field.service("clinic"), form())
            XCTAssertFalse(form.isComplete(house))
            await field.shell.ask { try $0.refer(house, form, agrees: true) }
            XCTAssertEqual(field.problem, "referral.warning")
            await field.shell.ask { try $0.refer(clinic, form, agrees: false) }
            guard case .finished = try field.view().step else { return XCTFail("not back") }
            await field.shell.ask { try $0.withhold(clinic) }
            await field.shell.ask { try $0.refer(clinic, form, agrees: true) }
            XCTAssertEqual(field.problem, "referral.withheld")
            await field.shell.showQueue()
            XCTAssertEqual(try field.queue().status.waiting, 1)
        }
    }

    func testAWorkerAsksToBeCalled() async throws {
        try await onField { field in
            await field.shell.showHelp()
            await field.shell.askForHelp(asked: true)
            guard case .help(asked: true, _) = field.shell.state.screen else { return XCTFail("not asked") }
            await field.shell.showQueue()
            XCTAssertEqual(try field.queue().status.waiting, 1)
        }
    }
}
