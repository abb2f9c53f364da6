import SwiftUI
import Wayside
import WaysideModel

/// Something captured goes straight into the record; what is there is not shown again, for others look over shoulders.
struct AttachmentControl: View {
    let shell: Observed
    let words: Words
    let question: QuestionView

    private var kinds: [CaptureKind] { captures(question, shell.core.host.senses) }

    var body: some View {
        if !question.value.isEmpty {
            Notice(words.media.kept)
            Wide(text: words.media.remove, id: "\(question.reference)=remove", main: false, enabled: !shell.state.busy) { [question] in
                shell.ask { try $0.mark(question, .notAsked) }
            }
        } else if isDrawn(question) {
            DrawingControl(shell: shell, words: words, question: question)
        } else {
            if kinds.isEmpty { Text(words.questions.notHere) }
            ForEach(kinds, id: \.self) { kind in
                Wide(text: text(kind), id: "\(question.reference)=\(kind)", main: false, enabled: !shell.state.busy) { [question] in
                    shell.run { await $0.capture(question, kind) }
                }
                if kind == .file { Text(words.media.fileStays) }
            }
        }
    }

    private func text(_ kind: CaptureKind) -> String {
        switch kind {
        case .picture: words.media.photo
        case .sound: words.media.sound
        case .film: words.media.video
        case .file: words.media.file
        }
    }
}

/// A place for a finger; what is drawn there lives in memory until it is kept.
private struct DrawingControl: View {
    let shell: Observed
    let words: Words
    let question: QuestionView
    @State private var drawing = Drawing()
    @State private var isDown = false

    private var says: String { looks(question).contains("signature") ? words.media.sign : words.media.draw }

    var body: some View {
        Text(says)
        GeometryReader { place in
            Path { path in
                for stroke in drawing.strokes {
                    for (index, point) in stroke.enumerated() {
                        let at = CGPoint(x: point.x * place.size.width, y: point.y * place.size.height)
                        if index == 0 { path.move(to: at) } else { path.addLine(to: at) }
                    }
                }
            }
            .stroke(Color.wayside, lineWidth: 3)
            .contentShape(Rectangle())
            .gesture(
                DragGesture(minimumDistance: 0)
                    .onChanged { drag in
                        let (x, y) = (drag.location.x / place.size.width, drag.location.y / place.size.height)
                        if isDown { drawing.on(x, y) } else { drawing.begin(x, y) }
                        isDown = true
                    }
                    .onEnded { _ in isDown = false })
        }
        .aspectRatio(drawing.ratio, contentMode: .fit)
        .overlay(RoundedRectangle(cornerRadius: 12).stroke(Color.wayside))
        .accessibilityIdentifier(question.reference)
        HStack(spacing: 12) {
            Wide(text: words.media.clear, id: "\(question.reference)=clear", main: false, enabled: !drawing.isEmpty) { drawing.clear() }
            Wide(text: words.media.takeKept, id: "\(question.reference)=keep", main: false, enabled: !drawing.isEmpty && !shell.state.busy) {
                [question, drawing] in shell.run { await $0.sign(question, drawing) }
            }
        }
    }
}

/// Where the phone is, or where somebody says; a line or an area, point after point.
struct PlaceControl: View {
    let shell: Observed
    let words: Words
    let view: InterviewView
    let question: QuestionView

    private var held: String { view.typed[question.reference] ?? question.value }
    private var isPoint: Bool { question.kind == .geopoint }

    var body: some View {
        if !isPoint && !points(held).isEmpty { Text(words.media.points(points(held).count)) }
        Wide(text: isPoint ? words.media.position : words.media.addPoint, id: "\(question.reference)=position", main: false) { [question] in
            shell.run { await $0.takePosition(question) }
        }
        if isPoint {
            TextField(words.media.latitude, text: half(0)).discreet(.numbersAndPunctuation)
                .accessibilityIdentifier("\(question.reference)#latitude")
            TextField(words.media.longitude, text: half(1)).discreet(.numbersAndPunctuation)
                .accessibilityIdentifier("\(question.reference)#longitude")
        } else if !points(held).isEmpty {
            Wide(text: words.media.clear, id: "\(question.reference)=clear", main: false) { shell.core.type(question.reference, "") }
        }
        RefusedText(words: words, view: view, question: question)
    }

    /// One of the two numbers of a place that is typed.
    private func half(_ index: Int) -> Binding<String> {
        Binding(
            get: {
                let parts = held.split(separator: " ", omittingEmptySubsequences: false)
                return index < parts.count ? String(parts[index]) : ""
            },
            set: { text in
                var parts = held.split(separator: " ", omittingEmptySubsequences: false).prefix(2).map(String.init)
                while parts.count < 2 { parts.append("") }
                parts[index] = text.trimmingCharacters(in: .whitespaces)
                shell.core.type(question.reference, parts.allSatisfy(\.isEmpty) ? "" : parts.joined(separator: " "))
            })
    }
}
