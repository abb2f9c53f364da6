//! How the outcome came about: each dimension with its rule branch and the answers behind it, and the quick screen.

use maud::{Markup, html};
use wayside_screening::{Because, DimensionResult, Explanation, QuickResult};

use crate::indicators;
use crate::views::AnswerView;
use crate::words;

pub(crate) fn rules(explanation: &Explanation, answers: &[AnswerView]) -> Markup {
    let (explored, rest): (Vec<_>, Vec<_>) = explanation.dimensions.iter().partition(|one| one.explored);
    let (telling, plain): (Vec<_>, Vec<_>) =
        explored.into_iter().partition(|one| one.lower || one.upper || !one.because.is_empty());
    html! {
        h2 #why { "How it came about" }
        p.lead { "Rule set " code { (explanation.ruleset) } ", engine " (explanation.engine_version) "." }
        (quick(&explanation.quick, answers))
        @for one in telling { (dimension(one, &explanation.ruleset, answers)) }
        (names("Asked about, nothing recorded as present, rule not met: ", &plain))
        (names("Not explored, so nothing is said about them: ", &rest))
    }
}

fn names(lead: &str, dimensions: &[&DimensionResult]) -> Markup {
    html! {
        @if !dimensions.is_empty() {
            p.quiet {
                (lead)
                @for (index, one) in dimensions.iter().enumerate() {
                    @if index > 0 { ", " }
                    span.code { (one.id) } " " (one.name)
                }
                "."
            }
        }
    }
}

fn quick(items: &[QuickResult], answers: &[AnswerView]) -> Markup {
    html! {
        @if !items.is_empty() {
            div.sheet.dimension {
                table {
                    caption { "Quick screen: it opens further questions and never counts as an indicator" }
                    thead { tr { th scope="col" { "Item" } th scope="col" { "Recorded" } th scope="col" { "Opens" } } }
                    tbody {
                        @for item in items {
                            tr {
                                th scope="row" { (item.text) (place(&item.answer_id, answers)) }
                                td { (words::finding(item.state)) }
                                td { @if item.points_to.is_empty() { "–" } @else { (item.points_to.join(", ")) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn dimension(one: &DimensionResult, ruleset: &str, answers: &[AnswerView]) -> Markup {
    let (state, tone) = words::dimension_state(one);
    html! {
        section.sheet.dimension aria-labelledby={ "dimension-" (one.id) } {
            header {
                h3 id={ "dimension-" (one.id) } { span.code { (one.id) } span.name { (one.name) } }
                span.tag.(tone) { (state) }
            }
            p {
                (words::bounds(one.lower, one.upper)) " "
                span.quiet {
                    "Present: " (one.s) " strong, " (one.m) " medium, " (one.w) " weak."
                    @if let Some(branch) = &one.branch {
                        " Rule branch " code { (branch) } ": " (words::branch(branch)) "."
                    }
                }
            }
            @if !one.minimal_sets.is_empty() {
                p.small.quiet {
                    "Each of these is enough by itself: "
                    @for (index, set) in one.minimal_sets.iter().enumerate() { @if index > 0 { "; " } (set.join(" + ")) }
                    "."
                }
            }
            @if !one.could_change.is_empty() {
                p.small { "Still open, and could change this. Do not press for it." }
                ul.plain.small {
                    @for code in &one.could_change {
                        li {
                            span.code.quiet { (code) }
                            @if let Some(text) = indicators::text(ruleset, code) { " " (text) }
                        }
                    }
                }
            }
            @if !one.because.is_empty() { (because(&one.because, answers)) }
        }
    }
}

fn because(rows: &[Because], answers: &[AnswerView]) -> Markup {
    html! {
        table.rules {
            caption { "Indicators recorded as present, and the answers behind them" }
            thead {
                tr {
                    th scope="col" { "Indicator" } th scope="col" { "Weight" } th scope="col" { "When" }
                    th scope="col" { "Answer" } th scope="col" { "Question" }
                }
            }
            tbody {
                @for row in rows {
                    tr {
                        th scope="row" { strong.code { (row.indicator) } " " (row.text) }
                        td { (words::weight(row.weight)) }
                        td { (words::phase(row.phase)) }
                        td { (words::finding(row.state)) }
                        td { (place(&row.answer_id, answers)) }
                    }
                }
            }
        }
    }
}

/// The place of a question, as a link to its answer further down.
fn place(reference: &str, answers: &[AnswerView]) -> Markup {
    html! {
        @match answers.iter().position(|answer| answer.reference == reference) {
            Some(index) => a.place href={ "#answer-" (index + 1) } { code { (reference) } },
            None => code.place { (reference) },
        }
    }
}
