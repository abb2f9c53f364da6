import Wayside
import WaysideModel
import XCTest

final class WordsTests: XCTestCase {
    func testACodeFindsItsSentenceItsFamilysOrTheLast() {
        let words = Words.of("en-GB")
        XCTAssertTrue(words.problem(Problem(code: "age.implausible")).hasPrefix("This age cannot be right."))
        XCTAssertTrue(words.problem(Problem(code: "storage.io")).hasPrefix("The phone could not save."))
        XCTAssertTrue(words.problem(Problem(code: "new.one")).hasSuffix("Tell your office the code. [new.one]"))
        XCTAssertTrue(words.problem(Problem(code: "vault.wait", waitSeconds: 30)).contains("(30 s)"))
    }

    func testTheLanguageOfAnInterviewDecidesWordsAndDirection() {
        XCTAssertEqual(languageTag("Français (fr)"), "fr")
        XCTAssertEqual(languageTag("en"), "en")
        XCTAssertEqual(Words.of("fr").common.yes, "Oui")
        XCTAssertEqual(Words.of("am").tag, "en")
        XCTAssertTrue(isRightToLeft("ar-SD"))
        XCTAssertFalse(isRightToLeft("am"))
    }

    func testAnAgeIsCompleteOnlyWithItsCalendar() {
        var form = AgeForm()
        XCTAssertNil(form.statement())
        form.kind = .year
        form.year = "١٩٩٤"
        XCTAssertNil(form.statement())
        form.calendar = .gregorian
        XCTAssertEqual(
            form.statement(), .born(calendar: .gregorian, year: 1994, month: nil, day: nil, basis: .statement))
        form.kind = .between
        form.low = "30"
        XCTAssertNil(form.statement())
        form.high = "300"
        XCTAssertNil(form.statement())
        form.kind = .unknown
        XCTAssertEqual(form.statement(), .unknown)
    }
}
