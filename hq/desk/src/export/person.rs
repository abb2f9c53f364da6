//! A person's own data as a text they can read: the questions as they were put, the answers as they were given.

use std::fmt::Write;

use wayside_model::{AnswerState, Timestamp};

use crate::referrals::ReferralRow;
use crate::views::{RecordView, ScreeningView};
use crate::words;

/// Everything of one case.
pub(super) fn text(org: &str, code: &str, views: &[RecordView], referrals: &[ReferralRow], now: Timestamp) -> String {
    let mut text = format!(
        "What {org} keeps about you\n\nCase {code}. Made on {}.\n\n{}\n",
        words::moment(now),
        "You may ask to have it corrected, restricted or erased, at any time and without a reason."
    );
    for view in views {
        // Writing into a string does not fail.
        let _ = one(&mut text, view);
    }
    if !referrals.is_empty() {
        text.push_str("\nReferrals\n");
        for row in referrals {
            let fields: Vec<_> = row.fields.iter().map(|field| words::field(field)).collect();
            let state = words::referral_state(row.state());
            let _ = writeln!(
                text,
                "- to {} on {}: {state}. It carried: {}.",
                row.recipient,
                words::moment(row.at),
                fields.join(", ")
            );
        }
    }
    text
}

fn one(text: &mut String, view: &RecordView) -> std::fmt::Result {
    writeln!(text, "\nTalk of {}, at {}\n", words::moment(view.row.at), view.row.site)?;
    let Some(screening) = &view.screening else { return writeln!(text, "Its content cannot be opened.") };
    consents(text, screening)?;
    writeln!(text, "\nWhat was asked and answered")?;
    for answer in screening.answers.iter().chain(&screening.actors) {
        let question = answer.question.as_deref().unwrap_or(&answer.reference);
        let said = match answer.state {
            AnswerState::Given => answer.shown.as_deref().unwrap_or(&answer.value),
            state => words::answer_state(state),
        };
        writeln!(text, "- {question} {said}")?;
    }
    if screening.actors_shut > 0 {
        writeln!(text, "- What you said of other people is kept apart. HQ gives it out when two people there agree.")?;
    }
    for file in &screening.attachments {
        writeln!(text, "- A file: {} ({} bytes)", file.name, file.bytes)?;
    }
    if let Some(explanation) = &screening.explanation {
        writeln!(text, "\nWhat could be offered next, by the rules {}", explanation.ruleset)?;
        for outcome in &explanation.outcomes {
            writeln!(text, "- {}", outcome.text)?;
        }
        writeln!(text, "{}", words::CAVEAT)?;
    }
    for correction in &screening.corrections {
        writeln!(text, "\nCorrected on {}: {}", words::moment(correction.at), correction.text)?;
    }
    Ok(())
}

fn consents(text: &mut String, screening: &ScreeningView) -> std::fmt::Result {
    writeln!(text, "What you agreed to")?;
    for entry in &screening.consents {
        let (_, name) = words::consent_line(entry.line);
        let (value, _) = words::consent_value(entry.value);
        let to = entry.recipient.as_ref().map_or_else(String::new, |to| format!(" ({to})"));
        let read = entry.script.as_ref().map(|script| format!(", read out in {} from {script}", entry.language));
        writeln!(text, "- {name}{to}: {value}, {}{}", words::moment(entry.at), read.unwrap_or_default())?;
    }
    for line in &screening.withdrawn {
        let (_, name) = words::consent_line(line.line);
        writeln!(text, "- {name}: taken back, {}", words::moment(line.at))?;
    }
    Ok(())
}
