package org.wayside.app

import androidx.compose.foundation.clickable
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.layout.width
import androidx.compose.material3.Text
import androidx.compose.ui.Modifier
import androidx.compose.ui.geometry.Size
import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.assert
import androidx.compose.ui.test.assertIsDisplayed
import androidx.compose.ui.test.assertIsNotEnabled
import androidx.compose.ui.test.assertIsSelected
import androidx.compose.ui.test.assertTextContains
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.onAllNodesWithTag
import androidx.compose.ui.test.onNodeWithTag
import androidx.compose.ui.test.onNodeWithText
import androidx.compose.ui.test.performScrollTo
import androidx.compose.ui.test.performTextInput
import androidx.compose.ui.test.v2.runSkikoComposeUiTest
import androidx.compose.ui.unit.Density
import androidx.compose.ui.unit.dp
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertTrue
import org.wayside.app.model.Between
import org.wayside.app.model.Chosen
import org.wayside.app.model.Screen
import org.wayside.app.model.Step
import org.wayside.app.model.Sync
import org.wayside.app.model.forward
import org.wayside.app.model.lock
import org.wayside.core.ConsentLine
import org.wayside.core.Gate
import org.wayside.core.Hq
import org.wayside.core.SECRET

/** The screens as a worker uses them, through the real core to a relay and a desk that run as processes. */
@OptIn(ExperimentalTestApi::class)
class ScreensTest {
    private fun Phone.noUrgentNeed() = repeat(8) { number ->
        ui.waitUntil("question ${number + 1}", 30_000) { (step() as? Step.Urgent)?.number == number + 1 }
        tap("urgent-absent")
    }

    private fun Phone.understood() {
        tap("understood")
        tap("next")
    }

    private fun Phone.openGates(picture: (String) -> Unit = {}) {
        await("yes")
        picture("gate")
        repeat(2) { tap("yes") }
        await("urgent-absent")
        picture("urgent")
        noUrgentNeed()
        tap("age-year")
        await("year").performTextInput("1994")
        tap("calendar-gregorian")
        picture("age")
        tap("next")
        await("understood")
        picture("explain")
        understood()
        await("no")
        picture("consent")
        repeat(3) { tap("yes") }
    }

    @Test
    fun anInterviewFromTheFirstStartToTheReceiptOfHq() = Stick().let { Field(senses = it, saver = it, nearby = beside) }.use { field ->
        onPhone(field) {
            await("record").performTextInput(Hq.enrolmentRecord())
            await("secret").performTextInput(SECRET)
            tap("open")
            await("queue")
            picture("not-ready")
            assertTrue(ui.onAllNodesWithTag("form-wayside-b2").fetchSemanticsNodes().isEmpty())
            tap("queue")
            await("sync")
            Hq.confirm(field.queueNow()!!.device.device)
            tap("sync")
            ui.waitUntil(timeoutMillis = 30_000) { field.queueNow()?.sync is Sync.Ended }
            tap("back")
            await("form-wayside-b2")
            picture("forms")
            tap("form-wayside-b2")
            openGates(::picture)

            tap("/data/work/unpaid=yes")
            tap("/data/work/forced=declined")
            ui.waitUntil(timeoutMillis = 5_000) { field.named("unpaid").value == "yes" }
            picture("questions")
            tap("next")
            await("/data/control/held=no")
            tap("back")
            await("/data/work/unpaid=yes").performScrollTo().assertIsSelected()
            repeat(3) { tap("next") }
            await("/data/where").performTextInput("the salt pans of Velmora")
            picture("text")
            tap("next")

            await("keep")
            picture("end")
            tap("keep")
            await("next")
            picture("result")
            tap("next")
            await("yes")
            picture("offer")
            tap("no")
            tap("done")
            await("waiting").assertTextContains("1")
            picture("queue-waiting")

            tap("sync")
            ui.waitUntil(timeoutMillis = 30_000) { field.queueNow()?.status?.handedOver == 1u }
            await("handed-over").assertTextContains("1")
            await("hq-has-it").assertTextContains("0")
            picture("queue-handed-over")

            Hq.desk("pull")
            tap("sync")
            ui.waitUntil(timeoutMillis = 30_000) { field.queueNow()?.status?.hqHasIt == 1u }
            await("hq-has-it").assertTextContains("1")
            picture("queue-hq-has-it")
        }
    }

    @Test
    fun aRefusalEndsInAQuietScreenAndNoDraft() = Field().use { field ->
        field.enrolReady()
        onPhone(field) {
            tap("form-wayside-b2")
            repeat(2) { tap("yes") }
            noUrgentNeed()
            tap("age-unknown")
            tap("next")
            understood()
            tap("no")
            await("done")
            picture("nothing-kept")
            tap("done")
            await("form-wayside-b2")
            assertEquals(0, (field.screen as Screen.Forms).drafts.size)
        }
    }

    @Test
    fun stopAndDangerAreOnEveryScreenOfAnInterviewAndTakeOneTap() = Field().use { field ->
        field.enrolReady()
        onPhone(field) {
            fun inReach() {
                await("stop").assertIsDisplayed()
                await("danger").assertIsDisplayed()
            }
            await("danger").assertIsDisplayed()
            tap("form-wayside-b2")
            repeat(2) {
                inReach()
                tap("yes")
            }
            inReach()
            noUrgentNeed()
            tap("age-unknown")
            inReach()
            tap("next")
            inReach()
            understood()
            repeat(3) {
                inReach()
                tap("yes")
            }
            inReach()
            tap("danger")
            await("end-danger").assertIsDisplayed()
            tap("back")
            inReach()
            tap("stop")
            await("discard")
            assertTrue((field.view.step as Step.End).stopped)
        }
    }

    @Test
    fun dangerShowsTheStepsOfTheSiteAndEndsTheTalk() = Field().use { field ->
        field.enrolReady()
        onPhone(field) {
            tap("form-wayside-b2")
            await("yes")
            tap("danger")
            ui.onNodeWithText("Go inside together.", substring = true).assertIsDisplayed()
            picture("protocol")
            tap("end-danger")
            await("done")
            assertEquals(Step.NothingKept, field.view.step)
        }
    }

    @Test
    fun aShutGateSaysWhatToDo() = Field().use { field ->
        field.enrolReady()
        onPhone(field) {
            tap("form-wayside-b2")
            tap("yes")
            ui.waitUntil(timeoutMillis = 30_000) { step() == Step.Look(Gate.INTERPRETER, refused = false) }
            tap("no")
            await("problem").assertIsDisplayed()
            await("remote").assertIsDisplayed()
            picture("gate-shut")
            await("interpreter").performScrollTo().performTextInput("INT-4")
            tap("yes")
            await("urgent-present")
        }
    }

    @Test
    fun anAgeNeedsItsCalendar() = Field().use { field ->
        field.enrolReady()
        onPhone(field) {
            tap("form-wayside-b2")
            repeat(2) { tap("yes") }
            noUrgentNeed()
            tap("age-year")
            await("year").performTextInput("2002")
            ui.onNodeWithTag("next").assertIsNotEnabled()
            tap("calendar-ethiopian")
            tap("next")
            await("understood")
        }
    }

    /** Each screen in the dark, from right to left, and on a small phone with large letters: nothing cut, nothing small. */
    @Test
    fun everyScreenFits() {
        val devices = mapOf(
            "plain" to Device(),
            "dark" to Device(dark = true),
            "small-large-letters" to Device(width = 320, height = 568, font = 2f),
        )
        for ((name, device) in devices) fits(device, name, "en")
        fits(Device(), "arabic", "ar")
        fits(Device(), "tigrinya", "ti")
        fits(Device(width = 320, height = 568, font = 2f), "french-small-large-letters", "fr")
    }

    private fun fits(device: Device, name: String, language: String) = Stick().let { Field(language = language, senses = it, saver = it, nearby = beside) }.use { field ->
        field.enrol()
        onPhone(field, device) {
            fun look(screen: String) {
                assertEquals(emptyList(), tooSmall(), "$name $screen")
                assertEquals(emptyList(), cut(), "$name $screen")
                picture("$name-$screen")
            }
            await("queue")
            look("0-not-ready")
            field.makeReady()
            await("form-wayside-b3-as")
            look("1-forms")
            tap("danger")
            await("back")
            look("1-protocol")
            tap("back")
            tap("form-wayside-b3-as")
            await("yes")
            look("2-gate")
            tap("yes")
            ui.waitUntil(timeoutMillis = 30_000) { step() == Step.Look(Gate.INTERPRETER, refused = false) }
            tap("no")
            await("remote")
            look("2-gate-shut")
            tap("yes")
            repeat(3) { tap("urgent-declined") }
            look("3-urgent")
            tap("urgent-present")
            await("anew")
            await("hours").performTextInput("5")
            tap("take-hours")
            ui.waitUntil(timeoutMillis = 30_000) { (step() as? Step.Danger)?.danger?.hivMinutesLeft != 0u }
            look("3-danger")
            tap("anew")
            noUrgentNeed()
            tap("age-between")
            await("low").performTextInput("30")
            await("high").performTextInput("40")
            look("4-age")
            tap("next")
            await("understood")
            look("4-explain")
            understood()
            await("no")
            look("4-consent")
            repeat(2) { tap("yes") }
            for (between in listOf(Between.QUICK, Between.OFFER, Between.GENDER)) {
                ui.waitUntil("$between", 30_000) { (step() as? Step.Ask)?.between == between }
                look("5-${between.name.lowercase()}")
                if (between == Between.GENDER) {
                    tap("no")
                    await("problem")
                    look("5-gender-first")
                }
                tap("yes")
            }
            // Statistics are asked once, before the first question.
            ui.waitUntil("statistics", 30_000) { step() == Step.Consent(ConsentLine.C6) }
            tap("no")
            await("next")
            look("6-questions")
            tap("stop")
            await("keep")
            look("7-end")
            tap("keep")
            await("another")
            look("8-result")
            tap("refer-clinic")
            tap("field-needs")
            await("value-needs").performScrollTo().performTextInput("a doctor, and somebody to go along")
            tap("field-name")
            await("value-name").performScrollTo().performTextInput("N. N.")
            tap("urgency-day")
            tap("handover-accompanied")
            look("8-refer")
            tap("back")
            tap("another")
            await("next-wayside-b4")
            look("8-next-form")
            tap("stop")
            tap("done")
            await("waiting")
            look("9-queue")
            tap("save-file")
            await("notice")
            look("9-queue-saved")
            tap("back")
            tap("work")
            ui.waitUntil("the case", 30_000) { field.work().size == 1 }
            tap("case-${field.work().single().code}")
            await("deed-next")
            look("9-case")
            for (deed in listOf("next", "contact", "correct", "withdraw", "erase", "close")) {
                tap("deed-$deed")
                await("do")
                look("9-case-$deed")
                tap("back")
            }
            await("deed-next")
            tap("back")
            await("case-${field.work().single().code}")
            look("9-work")
            tap("back")
            tap("help")
            tap("ask-help")
            await("notice")
            look("9-help")
            tap("back")
            tap("phone")
            await("part-secret")
            look("9-phone")
            for (part in listOf("language", "secret", "border", "check")) {
                tap("part-$part")
                ui.waitUntil(part, 30_000) { (field.screen as? Screen.Phone)?.part?.name?.lowercase() == part }
                look("9-phone-$part")
                tap("back")
            }
            await("part-secret")
            tap("practice")
            await("secret")
            look("9-phone-practice")
            field.wait(field.shell.lock(Chosen.Practice))
            await("open")
            look("0-start")
        }
    }

    /** Fields filled in bit by bit must not go on showing what is no answer any more. */
    @Test
    fun aDayThatIsDeclinedIsNotShownAnyMore() = Field().use { field ->
        field.enrolReady()
        field.start("wayside-b6")
        field.openGates()
        field.ask { forward() }
        val due = "/data/referral_2/due"
        onPhone(field) {
            await("$due#year").performScrollTo().performTextInput("2026")
            tap("$due=declined")
            await("$due=undo")
            await("$due#year").assert(hasText("2026").not())
            tap("$due=undo")
            await("$due=declined")
            await("$due#year").assert(hasText("2026").not())
        }
    }

    /** The two looks above find what they are for. */
    @Test
    fun aSmallButtonAndACutWordAreFound() = runSkikoComposeUiTest(Size(400f, 400f), Density(2f)) {
        setContent {
            Text("tap", Modifier.size(60.dp, 30.dp).clickable { })
            Text("a word that is longer than its place", Modifier.width(40.dp), maxLines = 1)
        }
        assertEquals(1, Phone(this).tooSmall().size)
        assertEquals(listOf("a word that is longer than its place"), Phone(this).cut())
        onNodeWithText("tap").assertIsDisplayed()
    }
}
