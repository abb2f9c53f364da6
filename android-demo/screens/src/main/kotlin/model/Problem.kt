package org.wayside.app.model

import org.wayside.core.FieldException
import org.wayside.core.InternalException
import org.wayside.core.Place

/** Why something did not work: a code of the core, for which [Words] has a sentence. Never the text of an exception. */
data class Problem(val code: String, val waitSeconds: Int? = null) {
    companion object {
        /** What a call of the core threw. Anything it does not declare counts as a mistake in the core. */
        fun of(thrown: Exception): Problem = when (thrown) {
            is FieldException.Failed -> Problem(thrown.code, (thrown.place as? Place.Wait)?.seconds?.toInt())
            is InternalException -> Problem("bug")
            else -> throw thrown
        }
    }
}
