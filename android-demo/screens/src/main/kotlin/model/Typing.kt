package org.wayside.app.model

import java.util.concurrent.ConcurrentHashMap

/** What is typed and not yet given to the core. Typing goes on while a step is under way on another thread. */
internal class Typing {
    private val texts = ConcurrentHashMap<String, String>()
    private val problems = ConcurrentHashMap<String, Problem>()
    val typed: Map<String, String> get() = texts.toMap()
    val refused: Map<String, Problem> get() = problems.toMap()

    fun type(reference: String, text: String) {
        texts[reference] = text
        problems -= reference
    }

    fun refuse(reference: String, problem: Problem) {
        problems[reference] = problem
    }

    fun settle(reference: String) {
        texts -= reference
        problems -= reference
    }

    fun clear() {
        texts.clear()
        problems.clear()
    }
}
