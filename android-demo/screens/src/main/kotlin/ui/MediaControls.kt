package org.wayside.app.ui

import androidx.compose.foundation.border
import androidx.compose.foundation.Canvas
import androidx.compose.foundation.gestures.detectDragGestures
import androidx.compose.foundation.layout.aspectRatio
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.material3.MaterialTheme
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.geometry.Offset
import androidx.compose.ui.graphics.Path
import androidx.compose.ui.graphics.StrokeCap
import androidx.compose.ui.graphics.StrokeJoin
import androidx.compose.ui.graphics.drawscope.Stroke
import androidx.compose.ui.input.pointer.pointerInput
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.input.KeyboardType
import androidx.compose.ui.unit.dp
import org.wayside.app.model.CaptureKind
import org.wayside.app.model.Drawing
import org.wayside.app.model.InterviewView
import org.wayside.app.model.Shell
import org.wayside.app.model.capture
import org.wayside.app.model.captures
import org.wayside.app.model.isDrawn
import org.wayside.app.model.looks
import org.wayside.app.model.mark
import org.wayside.app.model.points
import org.wayside.app.model.scanInto
import org.wayside.app.model.sign
import org.wayside.app.model.takePosition
import org.wayside.core.AnswerState
import org.wayside.core.QuestionView

/** Something captured goes straight into the record; what is there is not shown again, for others look over shoulders. */
@Composable
internal fun AttachmentControl(question: QuestionView, busy: Boolean, shell: Shell) {
    val words = LocalWords.current.media
    if (question.value.isNotEmpty()) {
        Notice(words.kept)
        Other(words.remove, tag(question, "remove"), Modifier.fillMaxWidth(), !busy) {
            shell.ask { mark(question, AnswerState.NOT_ASKED) }
        }
        return
    }
    if (isDrawn(question)) return DrawingControl(question, busy, shell)
    val kinds = captures(question, shell.host.senses)
    if (kinds.isEmpty()) Said(LocalWords.current.questions.notHere)
    kinds.forEach { kind ->
        val text = when (kind) {
            CaptureKind.PICTURE -> words.photo
            CaptureKind.SOUND -> words.sound
            CaptureKind.FILM -> words.video
            CaptureKind.FILE -> words.file
        }
        Other(text, tag(question, kind.name.lowercase()), Modifier.fillMaxWidth(), !busy) { shell.capture(question, kind) }
        if (kind == CaptureKind.FILE) Said(words.fileStays)
    }
}

/** A place for a finger; what is drawn there lives in memory until it is kept. */
@Composable
private fun DrawingControl(question: QuestionView, busy: Boolean, shell: Shell) {
    val words = LocalWords.current.media
    val signs = "signature" in looks(question)
    var drawing by remember(question.reference) { mutableStateOf(Drawing(ratio = if (signs) 2f else 1f)) }
    val ink = MaterialTheme.colorScheme.onSurface
    val says = if (signs) words.sign else words.draw
    Said(says)
    Canvas(
        Modifier.fillMaxWidth().aspectRatio(drawing.ratio).border(1.dp, MaterialTheme.colorScheme.outline, RoundedCornerShape(12.dp))
            .testTag(question.reference).semantics { contentDescription = says }
            .pointerInput(question.reference) {
                detectDragGestures(
                    onDragStart = { drawing = drawing.begin(it.x / size.width, it.y / size.height) },
                    onDrag = { change, _ -> drawing = change.position.let { drawing.on(it.x / size.width, it.y / size.height) } },
                )
            },
    ) {
        drawing.strokes.forEach { stroke ->
            val points = stroke.map { (x, y) -> Offset(x * size.width, y * size.height) }
            val path = Path().apply { points.forEachIndexed { index, at -> if (index == 0) moveTo(at.x, at.y) else lineTo(at.x, at.y) } }
            drawPath(path, ink, style = Stroke(3.dp.toPx(), cap = StrokeCap.Round, join = StrokeJoin.Round))
        }
    }
    Beside {
        val half = Modifier.weight(1f)
        Other(words.clear, tag(question, "clear"), half, !busy && !drawing.isEmpty) { drawing = drawing.copy(strokes = emptyList()) }
        Other(words.takeKept, tag(question, "keep"), half, !busy && !drawing.isEmpty) { shell.sign(question, drawing) }
    }
}

/** A code can be held before the camera, or typed where there is none. */
@Composable
internal fun BarcodeControl(question: QuestionView, view: InterviewView, busy: Boolean, shell: Shell) {
    if (CaptureKind.PICTURE in shell.host.senses.kinds) {
        Other(LocalWords.current.media.scan, tag(question, "scan"), Modifier.fillMaxWidth(), !busy) { shell.scanInto(question) }
    }
    TextControl(question, view, shell, "", KeyboardType.Text)
}

/** Where the phone is, or where somebody says; a phone without a position still gives a place to type it. */
@Composable
internal fun PointControl(question: QuestionView, view: InterviewView, busy: Boolean, shell: Shell) {
    val words = LocalWords.current.media
    Other(words.position, tag(question, "position"), Modifier.fillMaxWidth(), !busy) { shell.takePosition(question) }
    val held = (view.typed[question.reference] ?: question.value).split(' ')
    val (latitude, longitude) = (held.getOrNull(0).orEmpty()) to (held.getOrNull(1).orEmpty())
    fun give(latitude: String, longitude: String) =
        shell.type(question.reference, if (latitude.isBlank() && longitude.isBlank()) "" else "${latitude.trim()} ${longitude.trim()}")
    Field(latitude, { give(it, longitude) }, words.latitude, "", "${question.reference}#latitude")
    Field(longitude, { give(latitude, it) }, words.longitude, "", "${question.reference}#longitude")
    Refused(question, view)
}

/** A line or an area, point after point. */
@Composable
internal fun PointsControl(question: QuestionView, view: InterviewView, busy: Boolean, shell: Shell) {
    val words = LocalWords.current.media
    val held = view.typed[question.reference] ?: question.value
    val points = points(held)
    if (points.isNotEmpty()) Said(words.points(points.size))
    Other(words.addPoint, tag(question, "position"), Modifier.fillMaxWidth(), !busy) { shell.takePosition(question) }
    if (points.isNotEmpty()) {
        Other(words.clear, tag(question, "clear"), Modifier.fillMaxWidth(), !busy) { shell.type(question.reference, "") }
    }
    Refused(question, view)
}
