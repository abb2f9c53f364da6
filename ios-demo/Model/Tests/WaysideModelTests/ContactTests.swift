import Foundation
import Wayside
import WaysideModel
import XCTest

/// By which the person knows the caller: nobody sees it before the core has allowed the call.
private let word = "blue kettle"
private let story = "asks about the shoes"

/// How a person may be contacted again, as it was agreed with them, against the real core.
@MainActor
final class ContactTests: XCTestCase {
    /// A phone on whose clock it is a little after noon.
    private func atNoon(_ test: (Field) async throws -> Void) async throws {
        let hour = Int32(Int(Date().timeIntervalSince1970) / 3600 % 24)
        let field = try await Field.enrolled(offsetMinutes: (12 - hour) * 60)
        try await field.makeReady()
        try await test(field)
        await field.close()
    }

    private nonisolated func isContact(_ step: Step) -> Bool {
        if case .consent(.c5) = step { return true }
        return false
    }

    /// Agrees on a call at this time of day, where the person says yes to being contacted at all; then to the case.
    private func agree(_ field: Field, yes: Bool = true, hours: String = "midday") async throws -> String {
        try await field.start("wayside-b6")
        try await field.open(until: isContact)
        XCTAssertTrue(isContact(try field.view().step), "asked before the first question")
        await field.shell.ask { try $0.consent(yes) }
        let said = [
            ("contact_group/contact", "yes"), ("contact_group/channel", "call"), ("contact_group/hours", hours),
            ("contact_group_2/who_answers", "trusted"), ("contact_group_2/contact_by", "chosen_gender"), ("contact_group_2/if_other", "cover"),
        ]
        while case .questions = try field.view().step {
            for (name, value) in said {
                guard let question = try? field.question("/data/\(name)") else { continue }
                await field.shell.ask { try $0.choose(question, value) }
            }
            for (name, text) in [("contact_group/code_word", word), ("contact_group_2/cover_story", story)]
            where (try? field.question("/data/\(name)")) != nil { field.shell.type("/data/\(name)", text) }
            await field.shell.ask { try $0.forward() }
        }
        await field.shell.ask { try $0.finish() }
        XCTAssertNil(field.problem)
        return try await toCase(field)
    }

    private func toCase(_ field: Field) async throws -> String {
        await field.shell.showWork()
        let code = try XCTUnwrap(try field.work().first?.code)
        await field.shell.showCase(code)
        return code
    }

    private func contact(_ field: Field, _ code: String, _ by: Channel) async throws -> ContactView? {
        await field.shell.contact(code, by: by)
        return try field.case_().contact
    }

    func testAPersonIsContactedOnlyAsAgreedAndNotOnceTheyTakeItBack() async throws {
        try await atNoon { field in
            let code = try await agree(field)
            let agreed = ContactView(
                channel: .call, caller: .chosenGender, codeWord: word, trustedMayAnswer: true, ifOther: .cover, story: story
            )
            let allowed = try await contact(field, code, .call)
            XCTAssertEqual(allowed, agreed)
            let other = try await contact(field, code, .message)
            XCTAssertNil(other, "what was allowed by telephone is gone from the screen")
            XCTAssertEqual(field.problem, "contact.forbidden")
            await field.shell.request(code, .withdrawal(line: .c5, recipient: nil))
            let after = try await contact(field, code, .call)
            XCTAssertNil(after)
            XCTAssertEqual(field.problem, "contact.forbidden")
        }
    }

    func testAnotherHourIsNotSafe() async throws {
        try await atNoon { field in
            let code = try await agree(field, hours: "evening")
            let allowed = try await contact(field, code, .call)
            XCTAssertNil(allowed)
            XCTAssertEqual(field.problem, "contact.forbidden")
        }
    }

    func testANoToBeingContactedWinsOverWhatIsFilledIn() async throws {
        try await atNoon { field in
            let code = try await agree(field, yes: false)
            let allowed = try await contact(field, code, .call)
            XCTAssertNil(allowed)
            XCTAssertEqual(field.problem, "contact.forbidden")
        }
    }

    func testWhereNothingWasAgreedNobodyIsContacted() async throws {
        try await atNoon { field in
            try await field.quickResult()
            let code = try await toCase(field)
            for by in [Channel.inPerson, .call, .message, .trusted] {
                let allowed = try await contact(field, code, by)
                XCTAssertNil(allowed)
            }
            XCTAssertEqual(field.problem, "contact.forbidden")
        }
    }
}
