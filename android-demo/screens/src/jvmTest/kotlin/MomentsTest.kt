package org.wayside.app

import com.google.zxing.BarcodeFormat
import com.google.zxing.qrcode.QRCodeWriter
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import org.wayside.app.model.DayForm
import org.wayside.app.model.Scale
import org.wayside.app.model.TimeForm
import org.wayside.app.model.wishedCalendar
import org.wayside.core.Bounds
import org.wayside.core.CalendarSystem
import org.wayside.core.Hq

/** What is filled in piece by piece: days, times, ranges, and codes before the camera. */
class MomentsTest {
    @Test
    fun theSameDayInFourCalendars() {
        val days = listOf(
            DayForm(CalendarSystem.GREGORIAN, "2005", "9", "11"), DayForm(CalendarSystem.ETHIOPIAN, "1998", "1", "1"),
            DayForm(CalendarSystem.SOLAR_HIJRI, "1384", "6", "20"), DayForm(CalendarSystem.LUNAR_HIJRI, "1426", "8", "7"),
        )
        assertEquals(setOf("2005-09-11"), days.map { it.gregorian() }.toSet())
        assertNull(DayForm(CalendarSystem.GREGORIAN, "2005", "2", "30").gregorian())
        assertNull(DayForm(CalendarSystem.GREGORIAN, "2005", "300", "1").gregorian())
        assertEquals(DayForm(CalendarSystem.GREGORIAN, "2005", "09", "11"), DayForm.of("2005-09-11T08:00", CalendarSystem.ETHIOPIAN))
        assertEquals(CalendarSystem.SOLAR_HIJRI, wishedCalendar(listOf("w4", "persian")))
    }

    @Test
    fun aTimeHasTheOffsetOfThePlace() {
        assertEquals("23:05:00.000-02:30", TimeForm("23", "5").time(-150))
        assertEquals("09:00:00.000+03:00", TimeForm("٩", "0").time(180))
        assertNull(TimeForm("24", "0").time(0))
        assertEquals(TimeForm("23", "59"), TimeForm.of("2026-03-31T23:59:00.000+00:00"))
        assertEquals(TimeForm(), TimeForm.of(""))
    }

    @Test
    fun aRangeIsExactAlsoDownwards() {
        val scale = assertNotNull(Scale.of(Bounds(2.5, 0.0, 0.1)))
        assertEquals(25, scale.steps)
        assertEquals("0.3", scale.text(22))
        assertEquals(22, scale.indexOf("0.30"))
        assertNull(scale.indexOf("0.35"))
        assertNull(Scale.of(Bounds(0.0, 1.0, 0.0)))
        assertNull(Scale.of(Bounds(0.0, 1e9, 1.0)), "more steps than a thumb can tell apart")
    }

    @Test
    fun theCodeOfAnEnrolmentIsRead() {
        val record = Hq.enrolmentRecord()
        val size = 600
        val code = QRCodeWriter().encode(record, BarcodeFormat.QR_CODE, size, size)
        // As a camera gives it: rows longer than the picture is wide.
        val row = size + 24
        val brightness = ByteArray(row * size) { at -> if (at % row < size && code[at % row, at / row]) 0 else -1 }
        assertEquals(record, CodeReader.read(brightness, row, size, size))
        assertNull(CodeReader.read(ByteArray(row * size) { -1 }, row, size, size))
    }
}
