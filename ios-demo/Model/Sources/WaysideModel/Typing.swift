import Foundation

/// What is typed and not yet given to the core. Typing goes on while a step is under way on another thread.
final class Typing: @unchecked Sendable {
    private let lock = NSLock()
    private var texts: [String: String] = [:]
    private var problems: [String: Problem] = [:]

    var typed: [String: String] { lock.withLock { texts } }
    var refused: [String: Problem] { lock.withLock { problems } }

    func type(_ reference: String, _ text: String) {
        lock.withLock {
            texts[reference] = text
            problems[reference] = nil
        }
    }

    func refuse(_ reference: String, _ problem: Problem) { lock.withLock { problems[reference] = problem } }

    func settle(_ reference: String) {
        lock.withLock {
            texts[reference] = nil
            problems[reference] = nil
        }
    }

    func clear() {
        lock.withLock {
            texts = [:]
            problems = [:]
        }
    }
}
