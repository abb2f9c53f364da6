package org.wayside.app.model

/** The BCP 47 tag in a form's name of a language, which XLSForm writes in brackets: `Français (fr)`. */
fun languageTag(name: String): String = name.substringAfterLast('(', name).substringBefore(')').trim()

private val RIGHT_TO_LEFT = setOf("ar", "arc", "ckb", "dv", "fa", "he", "ks", "prs", "ps", "sd", "ug", "ur", "yi")

/** Whether a language is written from right to left, by its primary subtag. */
fun isRightToLeft(tag: String): Boolean = tag.substringBefore('-').lowercase() in RIGHT_TO_LEFT
