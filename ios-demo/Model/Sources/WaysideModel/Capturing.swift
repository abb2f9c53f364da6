import Foundation
import Wayside

private let drawn: Set = ["signature", "draw", "annotate"]

/// The form's wishes for how a question looks, one by one.
public func looks(_ question: QuestionView) -> [String] { question.appearance.lowercased().split(separator: " ").map(String.init) }

/// Whether the picture is made with a finger.
public func isDrawn(_ question: QuestionView) -> Bool {
    question.kind == .attachment && looks(question).contains(where: drawn.contains)
}

/// What can be captured for a question on this phone, by what the form takes and how it wants it.
public func captures(_ question: QuestionView, _ senses: Senses) -> [CaptureKind] {
    if isDrawn(question) { return [] }
    let wanted: [CaptureKind] =
        switch question.mediaType.prefix(while: { $0 != "/" }) {
        case "image": [.picture, .file]
        case "audio": [.sound, .file]
        case "video": [.film, .file]
        default: [.file]
        }
    // A form that wants it new takes nothing that lay on the phone before.
    let isNew = looks(question).contains("new")
    return wanted.filter { senses.kinds.contains($0) && !(isNew && $0 == .file) }
}

/// The points of a line or an area.
public func points(_ text: String) -> [String] {
    text.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
}

/// With one point more; an area ends where it began.
func withPoint(_ kind: QuestionKind, _ held: [String], _ point: String) -> String {
    let isClosed = kind == .geoshape && held.count > 3 && held.first == held.last
    var all = (isClosed ? Array(held.dropLast()) : held) + [point]
    if kind == .geoshape && all.count > 2 { all.append(all[0]) }
    return all.joined(separator: ";")
}

/// Answers that are not typed.
extension Shell {
    /// Captures and puts it into the record, piece by piece: it never lies in a file.
    public func capture(_ question: QuestionView, _ kind: CaptureKind) async {
        guard let captured = await host.senses.capture(kind, type: question.mediaType) else { return }
        await ask(waits: true) { try $0.attach(question, captured) }
    }

    public func sign(_ question: QuestionView, _ drawing: Drawing) async {
        let png = host.senses.png(drawing)
        await ask {
            guard let png else { throw notTaken }
            try $0.attach(question, ending: "png", png)
        }
    }

    /// Fills in where the phone is; of a line or an area, one point more than is held. One point alone is no line yet.
    public func takePosition(_ question: QuestionView) async {
        guard let here = await host.senses.position(), case .asking(let view) = state.screen else { return }
        // As it is now: another point may have come since the tap.
        let held = view.typed[question.reference] ?? question.value
        type(question.reference, question.kind == .geopoint ? here : withPoint(question.kind, points(held), here))
    }

    /// Answers with the text of a code before the camera.
    public func scanInto(_ question: QuestionView) async {
        guard let text = await host.senses.scan() else { return }
        await ask(waits: true) { try $0.choose(question, text) }
    }
}
