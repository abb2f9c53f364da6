import Foundation
import Wayside

/// The choices of a ranking in the order that holds now: the form's, until somebody moves one.
public func ranked(_ question: QuestionView) -> [String] {
    let held = question.value.split(separator: " ").map(String.init)
    return held.isEmpty ? question.choices.map(\.value) : held
}

/// What the phone could not capture whole is no answer.
let notTaken = FieldError.Failed(code: "answer.attachment", retryable: false, place: .nowhere)

/// How the questions of a page are answered.
extension Interview {
    public func choose(_ question: QuestionView, _ value: String) throws { try answer(question.reference, value) }

    /// Takes one of several choices in or out.
    public func toggle(_ question: QuestionView, _ value: String) throws {
        var chosen = Set(question.value.split(separator: " ").map(String.init))
        if chosen.remove(value) == nil { chosen.insert(value) }
        // In the order of the form, so that the same choice always reads the same.
        let ordered = question.choices.map(\.value).filter(chosen.contains)
        if ordered.isEmpty {
            try mark(question, .notAsked)
        } else {
            try answer(question.reference, ordered.joined(separator: " "))
        }
    }

    /// Moves one place up or down.
    public func move(_ question: QuestionView, _ value: String, by: Int) throws {
        var order = ranked(question)
        guard let at = order.firstIndex(of: value) else { return }
        let to = min(max(at + by, 0), order.count - 1)
        order.insert(order.remove(at: at), at: to)
        try answer(question.reference, order.joined(separator: " "))
    }

    /// Acknowledges what was read, or takes that back.
    public func toggleSeen(_ question: QuestionView) throws {
        if question.value.isEmpty { try answer(question.reference, "OK") } else { try mark(question, .notAsked) }
    }

    public func add(_ one: RepeatView) throws { try guarded { try show(try session.addRepeat(reference: one.reference)) } }

    public func removeLast(_ one: RepeatView) throws {
        try guarded { try show(try session.removeRepeat(reference: "\(one.reference)[\(one.count)]")) }
    }

    /// To the first page of an instance, counted from 1.
    public func jump(_ one: RepeatView, to number: Int) throws {
        if try giveTyped() { try show(try session.jump(instance: "\(one.reference)[\(number)]")) }
    }

    /// Puts what was captured into the record, piece by piece: each is in the vault before the next is read.
    public func attach(_ question: QuestionView, _ captured: Captured) throws {
        try guarded {
            let name = try session.beginFile(reference: question.reference, extension: captured.ending)
            do {
                while let piece = try captured.next() { _ = try session.appendFile(name: name, piece: piece) }
                try show(try session.endFile(name: name))
            } catch {
                // Half a file is no answer; that it cannot be erased now is not what the worker has to hear.
                try? session.cancelFile(name: name)
                throw error is FieldError ? error : notTaken
            }
        }
    }

    /// Puts something small into the record, as a drawing.
    public func attach(_ question: QuestionView, ending: String, _ bytes: Data) throws {
        try guarded { try show(try session.attach(reference: question.reference, extension: ending, bytes: bytes)) }
    }

    /// Declined, unknown, or open again.
    public func mark(_ question: QuestionView, _ state: AnswerState) throws {
        try guarded { try show(try session.mark(reference: question.reference, state: state)) }
        typing.settle(question.reference)
    }

    private func answer(_ reference: String, _ value: String) throws {
        try guarded { try show(try session.answer(reference: reference, value: value)) }
        typing.settle(reference)
    }

    /// A form that is not for this person is no slip of the worker's: it is a screen of its own.
    private func guarded(_ call: () throws -> Void) throws {
        do {
            try call()
        } catch FieldError.Failed("session.child_route", _, _) {
            over = .forAdultsOnly
        }
    }

    public func forward() throws {
        if try giveTyped() { try show(try session.forward()) }
    }

    public func back() throws {
        if try giveTyped() { try show(try session.back()) }
    }

    /// Gives the core what was typed. What it refuses stays on the screen with the reason.
    private func giveTyped() throws -> Bool {
        for (reference, text) in typing.typed {
            do {
                if text.allSatisfy(\.isWhitespace) {
                    try guarded { try show(try session.mark(reference: reference, state: .notAsked)) }
                    typing.settle(reference)
                } else {
                    try answer(reference, text)
                }
            } catch FieldError.Failed("answer.not_relevant", _, _) {
                // An answer before has closed this question.
                typing.settle(reference)
            } catch {
                typing.refuse(reference, Problem(error))
            }
        }
        return typing.refused.isEmpty && over == nil
    }
}
