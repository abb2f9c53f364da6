//! One record: outcome, next steps, gates, consent, answers.

use maud::{Markup, html};
use wayside_model::{AnswerState, ConsentEntry, DeviceId, EventId};
use wayside_screening::{Explanation, StepResult};

use crate::actors::Release;
use crate::one_record::ConsentView;
use crate::page::{Head, Tab, form_name, frame, moment, record_state};
use crate::page_rules::rules;
use crate::requests::Withdrawal;
use crate::views::{AnswerView, RecordRow, RecordView, ScreeningView};
use crate::{page_actors, page_requests, words};

pub(crate) fn record(head: &Head<'_>, view: &RecordView, ask_reason: bool, release: Release) -> Markup {
    let opened = !view.row.case_code.is_empty();
    let about_nobody = view.row.about_nobody;
    let title = if about_nobody {
        format!("Record {}", view.row.case_code)
    } else if opened {
        format!("Case {}", view.row.case_code)
    } else {
        "A record that does not open".to_owned()
    };
    let content = html! {
        p.back { a href=(head.home()) { "← Work queue" } }
        h1 { (title) }
        p.lead { (record_state(&view.row)) }
        (facts(view))
        @if about_nobody { (of_nobody(view)) } @else { p.note { (words::CAVEAT) } }
        @match &view.screening {
            Some(screening) => {
                @if view.row.restricted {
                    p.note.care { "Restricted: it is kept and not used. Its content is shown to nobody until the restriction is lifted." }
                } @else if ask_reason { (reason(view)) }
                (whole(&view.row, screening, ask_reason || view.row.restricted))
                @if !ask_reason && !view.row.restricted { (page_actors::of_record(view.row.id, screening, release)) }
                @if head.viewer.is_some_and(|viewer| viewer.session().is_some()) {
                    @if !ask_reason && !view.row.restricted && !about_nobody {
                        p { a href={ "/records/" (view.row.id) "/copy" } download="own-copy.txt" { "A copy for the person" }
                            span.sub { "What is kept, as a text to read. It is written into the audit." } }
                    }
                    (page_requests::ask(&view.row.case_code))
                }
            },
            None => p.note.care {
                "The envelope is kept as it came. It was not opened, it does not count as verified, "
                "and no receipt was given for it."
            },
        }
    };
    frame(&title, head, Some(Tab::Records), &content)
}

/// Asks why, before answers are shown. The reason is kept with the person's name.
fn reason(view: &RecordView) -> Markup {
    html! {
        form.note.care method="post" action={ "/records/" (view.row.id) "/reason" } {
            p #why { "Answers are shown to who needs them for this person. Say why you do; it is kept with your staff code." }
            label for="reason" { "Reason" }
            input #reason type="text" name="reason" required minlength="5" maxlength="300" autocomplete="off" aria-describedby="why";
            button type="submit" { "Show the answers" }
        }
    }
}

/// The consent ledger alone, for who guards it and reads nothing else.
pub(crate) fn consent(head: &Head<'_>, view: &ConsentView) -> Markup {
    let content = html! {
        h1 { "Consent, case " (view.row.case_code) }
        @match &view.entries {
            Some(entries) => { (consents(entries)) (withdrawn(&view.withdrawn)) },
            None => p.note.care { "The envelope was not opened." },
        }
    };
    frame("Consent", head, None, &content)
}

fn facts(view: &RecordView) -> Markup {
    let row = &view.row;
    html! {
        div.sheet {
            dl.facts {
                @if let Some(screening) = &view.screening {
                    @if !row.about_nobody {
                        (fact("Age", html! { (words::age(&screening.age)) }))
                        (fact("Way", html! { (words::route(row.route)) }))
                    }
                    (fact("Finished", html! {
                        (moment(row.at)) @if let Some(reason) = screening.stopped { span.sub { (words::stopped(reason)) } }
                    }))
                    (fact("Form", html! {
                        span dir="auto" { (form_name(&row.form)) }
                        span.sub { (row.form) ", version " (screening.form_version) }
                    }))
                    (fact("Language", html! {
                        (screening.language)
                        @for heard in screening.wording.iter().flat_map(|wording| &wording.heard) {
                            span.sub { (words::heard_in(&heard.from)) ", " (heard.questions.len()) " answers" }
                        }
                    }))
                    (fact("Site", html! { span dir="auto" { (row.site) } span.sub dir="auto" { (row.worker) } }))
                } @else {
                    (fact("Came", moment(row.at)))
                }
                (fact("Device", html! {
                    code { (short(row.device)) } span.sub { "number " (view.seq) " of epoch " (view.epoch) }
                }))
            }
        }
    }
}

/// The first digits of the id, as the list of devices begins with them.
fn short(device: DeviceId) -> String {
    device.to_string().chars().take(8).collect()
}

fn fact(name: &str, value: Markup) -> Markup {
    html! { div { dt { (name) } dd { (value) } } }
}

/// A record that is about nobody: there was no gate and no consent, and HQ's own word stands beside the phone's.
fn of_nobody(view: &RecordView) -> Markup {
    let signed = view.screening.as_ref().is_some_and(|screening| screening.signed_about_nobody);
    html! {
        p.note { "This form is not about a person: nobody was asked, so there is no gate, no consent and no outcome." }
        @if !signed {
            p.note.care { "HQ does not say of this form, as it is now, that it is not about a person. Look at what was written down." }
        }
    }
}

fn whole(row: &RecordRow, screening: &ScreeningView, kept_shut: bool) -> Markup {
    let id = row.id;
    if row.about_nobody {
        return html! { (corrections(screening)) @if !kept_shut { (answers(id, screening)) } };
    }
    html! {
        @match &screening.explanation {
            Some(explanation) => {
                (outcomes(explanation))
                (steps(&explanation.steps))
                (rules(explanation, &screening.answers))
            },
            None if kept_shut => {},
            None => { h2 { "Outcome" } p { "This form has no indicators, so no rule was applied." } },
        }
        (consents(&screening.consents))
        (withdrawn(&screening.withdrawn))
        (corrections(screening))
        (gates(screening))
        @if !kept_shut { (answers(id, screening)) }
    }
}

fn corrections(screening: &ScreeningView) -> Markup {
    html! {
        @if !screening.corrections.is_empty() {
            div.note {
                p { "Corrected later; the record itself is never changed:" }
                ul { @for it in &screening.corrections { li { span dir="auto" { (it.text) } " · " (moment(it.at)) } } }
            }
        }
    }
}

fn outcomes(explanation: &Explanation) -> Markup {
    html! {
        h2 #outcome { "Outcome" }
        div.outcomes {
            @for outcome in &explanation.outcomes {
                article.outcome.(words::outcome_tone(&outcome.id)) {
                    h3 { span.code { (outcome.id) } (words::outcome_name(&outcome.id)) }
                    p { (outcome.text) }
                    @if !outcome.because.is_empty() { p.small.quiet { "Rests on " (outcome.because.join(", ")) } }
                    @if !outcome.cite.is_empty() { p.small.quiet { "Source: " (outcome.cite.join("; ")) } }
                }
            }
        }
        @if !explanation.caveats.is_empty() {
            ul.small.quiet { @for caveat in &explanation.caveats { li { (caveat) } } }
        }
    }
}

fn steps(steps: &[StepResult]) -> Markup {
    html! {
        @if !steps.is_empty() {
            h2 #steps { "What can be offered next" }
            ul.steps {
                @for step in steps {
                    li {
                        (step.text)
                        @if let Some(line) = step.needs_consent {
                            @let (code, name) = words::consent_line(line);
                            " " span.tag { "needs consent " (code) ": " (name) }
                        }
                    }
                }
            }
        }
    }
}

fn consents(entries: &[ConsentEntry]) -> Markup {
    html! {
        h2 #consent { "Consent" }
        div.sheet {
            table {
                caption { "As given, in order; nothing is ever changed in it" }
                thead {
                    tr {
                        th scope="col" { "Line" } th scope="col" { "Answer" } th scope="col" { "Given by" }
                        th scope="col" { "How" } th scope="col" { "For whom" } th scope="col" { "When" }
                    }
                }
                tbody {
                    @if entries.is_empty() { tr { td.nothing colspan="6" { "No line was recorded." } } }
                    @for entry in entries {
                        @let (code, name) = words::consent_line(entry.line);
                        @let (value, tone) = words::consent_value(entry.value);
                        tr {
                            th scope="row" { span.code.quiet { (code) } " " (name) }
                            td { span.tag.(tone) { (value) } }
                            td { (words::giver(entry.by)) }
                            td {
                                (words::how(entry.how))
                                span.sub {
                                    "in " (entry.language)
                                    @if let Some(script) = &entry.script { ", read from " bdi { (script) } }
                                }
                            }
                            td dir="auto" { (entry.recipient.as_deref().unwrap_or("–")) }
                            td.narrow { (moment(entry.at)) }
                        }
                    }
                }
            }
        }
    }
}

fn withdrawn(lines: &[Withdrawal]) -> Markup {
    html! {
        @if !lines.is_empty() {
            div.note.care {
                p { "Taken back after the record was sealed:" }
                ul {
                    @for line in lines {
                        @let (code, name) = words::consent_line(line.line);
                        li { span.code { (code) } " " (name) @if let Some(to) = &line.recipient { " · " bdi { (to) } } " · " (moment(line.at)) }
                    }
                }
            }
        }
    }
}

fn gates(screening: &ScreeningView) -> Markup {
    html! {
        h2 #gates { "Gates before the first question" }
        div.sheet {
            table {
                caption { "Looked at in this order" }
                thead { tr { th scope="col" { "Gate" } th scope="col" { "Found" } th scope="col" { "When" } } }
                tbody {
                    @for record in &screening.gates {
                        tr {
                            th scope="row" { (words::gate(record.gate)) }
                            td { @if record.passed { span.tag.well { "open" } } @else { span.tag.now { "shut" } } }
                            td.narrow { (moment(record.at)) }
                        }
                    }
                }
            }
        }
    }
}

fn answers(id: EventId, screening: &ScreeningView) -> Markup {
    html! {
        h2 #answers { "All answers" }
        div.sheet {
            table.answers {
                caption { "In the order of the form; “does not know” and “does not want to say” are answers" }
                thead { tr { th scope="col" { "Question" } th scope="col" { "Answer" } } }
                tbody {
                    @if screening.answers.is_empty() { tr { td.nothing colspan="2" { "No answer was recorded." } } }
                    @for (index, answer) in screening.answers.iter().enumerate() {
                        tr id={ "answer-" (index + 1) } { (answer_row(answer, &screening.language)) }
                    }
                }
            }
        }
        @if !screening.attachments.is_empty() {
            h2 #files { "Files" }
            ul {
                @for file in &screening.attachments {
                    li {
                        @if file.has_come {
                            a href={ "/records/" (id) "/files/" (file.name) } download { code { (file.name) } }
                            " · " (file.bytes) " bytes"
                        } @else {
                            code { (file.name) } " · " (file.bytes) " bytes · parts of it are still on their way"
                        }
                    }
                }
            }
        }
    }
}

/// A question and what was said.
pub(crate) fn answer_row(answer: &AnswerView, language: &str) -> Markup {
    html! {
        th scope="row" { (question(answer)) }
        td { (answer_text(answer, language)) }
    }
}

/// The question's words where the desk has the form, and always its place in it.
fn question(answer: &AnswerView) -> Markup {
    html! {
        @match &answer.question {
            Some(text) => { span dir="auto" { (text) } code.sub { (answer.reference) } },
            None => code { (answer.reference) },
        }
    }
}

/// A given value in the interview's language, any other state in words.
fn answer_text(answer: &AnswerView, language: &str) -> Markup {
    html! {
        @if answer.state == AnswerState::Given {
            @match &answer.shown {
                Some(text) => span dir="auto" { (text) },
                None => span dir="auto" lang=(language) { (answer.value) },
            }
        } @else { span.quiet { (words::answer_state(answer.state)) } }
    }
}
