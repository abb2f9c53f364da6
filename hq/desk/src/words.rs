//! The words of the pages. They say what was recorded and what a rule made of it, and nothing about what a person is.

use crate::people::PersonRole;
use crate::publishing::PublishedKind;
use crate::requests::RequestKind;
use wayside_model::{
    AgeBasis, AgeStatement, AnswerState, Calendar, ConsentGiver, ConsentHow, ConsentLine, ConsentValue, Fallback,
    FormTerms, Gate, HeardIn, Route, Sensitivity, StopReason, Timestamp,
};
use wayside_screening::referral::State;
use wayside_screening::{DimensionResult, FindingState, Phase, Weight};

/// Stands on every page that shows an outcome.
pub(crate) const CAVEAT: &str = "Screening is not identification. A record shows what was said and seen, and which next \
    step the rules suggest. Who somebody is in law, only the competent body decides.";

/// Colour family of an outcome. The words beside it say the same.
pub(crate) fn outcome_tone(id: &str) -> &'static str {
    match id {
        "N1" | "N2" => "now",
        "N3" | "N4" | "N5" => "care",
        // Also N9: "nothing recorded" is no all-clear and never green.
        _ => "calm",
    }
}

/// Short name of an outcome (domain rules, outcome table).
pub(crate) fn outcome_name(id: &str) -> &str {
    match id {
        "N1" => "Act now",
        "N2" => "Child protection",
        "N3" => "Refer to the competent body",
        "N4" => "At risk or under control",
        "N5" => "Exploitation, no means recorded",
        "N6" => "Some indicators",
        "N7" => "Undetermined",
        "N8" => "Support needs",
        "N9" => "Nothing recorded",
        other => other,
    }
}

/// What was asked in the talks that a table counts together: never what somebody is.
pub(crate) fn profile_name(id: &str) -> &str {
    match id {
        "AL" => "Adults, questions about work",
        "AS" => "Adults, private questions",
        "CL" => "Children, questions about work",
        "CS" => "Children, private questions",
        "none" => "No set of questions",
        other => other,
    }
}

/// The word by which the page says that a form of others is not about a person.
pub(crate) const ABOUT_NOBODY: &str = "nobody";

/// Whether a form of others asks about a person.
pub(crate) const fn about_person(terms: &FormTerms) -> &'static str {
    if terms.about_person { "About a person" } else { "Not about a person" }
}

/// How sensitive a form of others is.
pub(crate) const fn sensitivity(sensitivity: Sensitivity) -> &'static str {
    match sensitivity {
        Sensitivity::Restricted => "restricted",
        Sensitivity::Confidential => "confidential",
        Sensitivity::StrictlyConfidential => "strictly confidential",
    }
}

/// What was decided of forms of others, for the audit: no purpose, which is free text.
pub(crate) fn decided(of: &str, terms: &FormTerms) -> String {
    let about = about_person(terms).to_lowercase();
    let days = terms.days.map(|days| format!(", {days} days")).unwrap_or_default();
    format!("{of}: {about}, {}{days}", sensitivity(terms.sensitivity))
}

/// What can be published.
pub(crate) const fn published_kind(kind: PublishedKind) -> &'static str {
    match kind {
        PublishedKind::Services => "Directory of services",
        PublishedKind::Form => "Form",
        PublishedKind::RuleSet => "Rule set",
        PublishedKind::Pack => "Language pack",
        PublishedKind::Bundle => "Bundle",
    }
}

/// The state of a dimension in one word, and its colour family.
pub(crate) fn dimension_state(dimension: &DimensionResult) -> (&'static str, &'static str) {
    match (dimension.explored, dimension.lower, dimension.upper) {
        (false, ..) => ("Not explored", "calm"),
        (_, true, _) => ("Rule met", "care"),
        (_, false, true) => ("Open", "calm"),
        (_, false, false) => ("Rule not met", "calm"),
    }
}

/// What the two bounds say: `lower` takes open questions as absent, `upper` as present.
pub(crate) const fn bounds(lower: bool, upper: bool) -> &'static str {
    match (lower, upper) {
        (true, _) => "On what was recorded the rule is met, whatever the open questions would bring.",
        (false, true) => "On what was recorded the rule is not met; it would be if open questions turned out present.",
        (false, false) => "On what was recorded the rule is not met, and no open question could change that.",
    }
}

/// `1S+2M` in words: what the branch asks for.
pub(crate) fn branch(branch: &str) -> String {
    let part = |text: &str| {
        let (count, kind) = text.split_at(text.len().checked_sub(1)?);
        let kind = match kind {
            "S" => "strong",
            "M" => "medium",
            "W" => "weak",
            _ => return None,
        };
        let count = match count {
            "1" => "one",
            "2" => "two",
            "3" => "three",
            _ => return None,
        };
        Some(format!("{count} {kind}"))
    };
    let parts: Option<Vec<String>> = if branch.is_ascii() { branch.split('+').map(part).collect() } else { None };
    parts.map_or_else(|| branch.to_owned(), |parts| parts.join(" and "))
}

pub(crate) const fn weight(weight: Option<Weight>) -> &'static str {
    match weight {
        Some(Weight::S) => "strong",
        Some(Weight::M) => "medium",
        Some(Weight::W) => "weak",
        None => "no weight",
    }
}

pub(crate) const fn phase(phase: Option<Phase>) -> &'static str {
    match phase {
        Some(Phase::Before) => "before leaving",
        Some(Phase::Way) => "on the way",
        Some(Phase::Place) => "at the place of work or holding",
        None => "–",
    }
}

pub(crate) const fn finding(state: FindingState) -> &'static str {
    match state {
        FindingState::Present => "yes, said",
        FindingState::Observed => "yes, seen by the worker",
        FindingState::Absent => "no",
        FindingState::Unknown => "does not know",
        FindingState::Declined => "does not want to say",
        FindingState::NotAsked => "not asked",
    }
}

pub(crate) const fn answer_state(state: AnswerState) -> &'static str {
    match state {
        AnswerState::Given => "answered",
        AnswerState::Unknown => "does not know",
        AnswerState::Declined => "does not want to say",
        AnswerState::NotAsked => "not asked",
    }
}

pub(crate) const fn route(route: Option<Route>) -> &'static str {
    match route {
        Some(Route::Adult) => "Adult",
        Some(Route::Child) => "Child",
        None => "–",
    }
}

pub(crate) const fn gate(gate: Gate) -> &'static str {
    match gate {
        Gate::Services => "There is a service to refer to",
        Gate::Setting => "Out of sight and hearing, time enough",
        Gate::Interpreter => "No interpreter, or a safe one",
        Gate::Danger => "No immediate danger",
        Gate::Age => "Age was asked",
        Gate::Consent => "Consent to talk and to a record",
    }
}

pub(crate) const fn consent_line(line: ConsentLine) -> (&'static str, &'static str) {
    match line {
        ConsentLine::C1 => ("C1", "Talk and take part"),
        ConsentLine::C2 => ("C2", "Keep a record"),
        ConsentLine::C3 => ("C3", "Keep name and contact"),
        ConsentLine::C4 => ("C4", "Refer to one organisation"),
        ConsentLine::C5 => ("C5", "Contact again"),
        ConsentLine::C6 => ("C6", "Statistics without names"),
        ConsentLine::C7 => ("C7", "Anonymised research"),
        ConsentLine::C8 => ("C8", "Inform authorities"),
        ConsentLine::C9 => ("C9", "Share with family"),
    }
}

pub(crate) const fn consent_value(value: ConsentValue) -> (&'static str, &'static str) {
    match value {
        ConsentValue::Yes => ("Yes", "well"),
        ConsentValue::No => ("No", "calm"),
        ConsentValue::Withdrawn => ("Withdrawn", "now"),
    }
}

pub(crate) const fn giver(by: ConsentGiver) -> &'static str {
    match by {
        ConsentGiver::Person => "the person",
        ConsentGiver::Caregiver => "a caregiver",
        ConsentGiver::Guardian => "a guardian",
        ConsentGiver::Other => "someone else",
    }
}

pub(crate) const fn how(how: ConsentHow) -> &'static str {
    match how {
        ConsentHow::Oral => "said aloud",
        ConsentHow::Signature => "signed",
        ConsentHow::Thumb => "thumb print",
    }
}

pub(crate) const fn stopped(reason: StopReason) -> &'static str {
    match reason {
        StopReason::Stopped => "stopped before the end",
        StopReason::Danger => "ended because of danger",
    }
}

const fn basis(basis: AgeBasis) -> &'static str {
    match basis {
        AgeBasis::Statement => "said by the person",
        AgeBasis::Document => "from a document",
        AgeBasis::Caregiver => "said by a caregiver",
        AgeBasis::Estimate => "the worker's impression",
        AgeBasis::Authority => "assessed by an authority",
    }
}

const fn calendar(calendar: Calendar) -> &'static str {
    match calendar {
        Calendar::Gregorian => "Gregorian",
        Calendar::Ethiopian => "Ethiopian",
        Calendar::SolarHijri => "Solar Hijri",
        Calendar::LunarHijri => "lunar Hijri",
    }
}

/// What is known of the age, as it was said.
pub(crate) fn age(age: &AgeStatement) -> String {
    match age {
        AgeStatement::Unknown => "not known".to_owned(),
        AgeStatement::Between { low, high, basis: from } if low == high => format!("{low}, {}", basis(*from)),
        AgeStatement::Between { low, high, basis: from } => format!("{low} to {high}, {}", basis(*from)),
        AgeStatement::Born { calendar: in_calendar, year, month, day, basis: from } => {
            let mut date = year.to_string();
            for part in [month, day] {
                match part {
                    Some(part) => date.push_str(&format!("-{part:02}")),
                    None => break,
                }
            }
            format!("born {date} ({} calendar), {}", calendar(*in_calendar), basis(*from))
        }
    }
}

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A moment for people, in UTC: the desk does not know in which zone its readers are.
pub(crate) fn moment(at: Timestamp) -> String {
    format!("{}, {}", day(at), time_of_day(at))
}

/// The day of a moment.
pub(crate) fn day(at: Timestamp) -> String {
    let date = at.date(0);
    let month = MONTHS.get(usize::from(date.month()) - 1).copied().unwrap_or_default();
    format!("{} {month} {}", date.day(), date.year())
}

/// What somebody does at the desk.
pub(crate) const fn person_role(role: PersonRole) -> &'static str {
    match role {
        PersonRole::SiteFocalPoint => "Site focal point",
        PersonRole::ChildProtection => "Child protection",
        PersonRole::CaseManager => "Case manager",
        PersonRole::Analyst => "Analyst",
        PersonRole::KeyOfficer => "Data-protection and key officer",
    }
}

/// The month of a moment, as `2026-03`.
pub(crate) fn month(at: Timestamp) -> String {
    at.date(0).to_string().chars().take(7).collect()
}

/// The rest of a moment.
pub(crate) fn time_of_day(at: Timestamp) -> String {
    format!("{} UTC", clock(at))
}

/// A moment for machines, as in the `datetime` attribute.
pub(crate) fn iso(at: Timestamp) -> String {
    format!("{}T{}Z", at.date(0), clock(at))
}

fn clock(at: Timestamp) -> String {
    let minutes = at.as_millis().div_euclid(60_000).rem_euclid(24 * 60);
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

/// How a referral stands.
pub(crate) const fn referral_state(state: State) -> &'static str {
    match state {
        State::Draft => "Being written",
        State::Offered => "Offered",
        State::Wanted => "Wanted",
        State::Sent => "Sent",
        State::Received => "Received",
        State::Accepted => "Accepted",
        State::Declined => "Declined",
        State::Started => "Started",
        State::Done => "Done",
        State::Failed => "Came to nothing",
        State::Revoked => "Taken back",
    }
}

/// Colour family of a referral's state.
pub(crate) const fn referral_tone(state: State) -> &'static str {
    match state {
        State::Accepted | State::Started | State::Done => "well",
        State::Declined | State::Failed | State::Revoked => "now",
        _ => "care",
    }
}

/// How soon, from its word in an event.
pub(crate) fn urgency(word: &str) -> &str {
    match word {
        "now" => "Now",
        "day" => "Within a day",
        "three_days" => "Within three days",
        "routine" => "As usual",
        other => other,
    }
}

/// What a request asks for.
pub(crate) const fn request(kind: RequestKind) -> &'static str {
    match kind {
        RequestKind::Erasure => "Erase it",
        RequestKind::Rectification => "Correct it",
        RequestKind::Restriction => "Keep it and do not use it",
    }
}

/// Where the words of questions came from, as `language pack fr 3, a lingua franca`.
pub fn heard_in(from: &HeardIn) -> String {
    let source = match (from.pack, &from.glosses_of) {
        (0, _) => format!("the form in {}", from.language),
        (version, None) => format!("language pack {} {version}", from.language),
        (version, Some(pack)) => format!("the {} glosses of language pack {pack} {version}", from.language),
    };
    let how = match from.fallback {
        Fallback::None => "",
        Fallback::Language => ", the language of the dialect",
        Fallback::LinguaFranca => ", a lingua franca",
        Fallback::Gloss => ", said by the worker or an interpreter",
    };
    source + how
}

/// A side of a contradiction: a word of consent, or an outcome.
pub(crate) fn side(value: &str) -> &str {
    match value {
        "yes" => "Yes",
        "no" => "No",
        "withdrawn" => "Taken back",
        outcome => outcome_name(outcome),
    }
}

/// A field of a referral's letter.
pub(crate) fn field(name: &str) -> &str {
    match name {
        "needs" => "Needs",
        "age" => "Age",
        "language" => "Language",
        "contact" => "Contact",
        "name" => "Name",
        "summary" => "Summary",
        "answers" => "Answers",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn branches_and_moments_are_read_aloud() {
        assert_eq!(branch("1S+1M"), "one strong and one medium");
        assert_eq!(branch("3M"), "three medium");
        for odd in ["", "S", "9Z", "1S+", "é"] {
            assert_eq!(branch(odd), odd);
        }
        let at = Timestamp::from_millis(1_757_926_500_000);
        assert_eq!(moment(at), "15 Sep 2025, 08:55 UTC");
        assert_eq!(iso(at), "2025-09-15T08:55Z");
        assert_eq!(iso(Timestamp::from_millis(-1)), "1969-12-31T23:59Z");
    }

    #[test]
    fn a_gloss_names_the_pack_it_is_of() {
        let own = HeardIn { language: "fr".into(), pack: 3, fallback: Fallback::LinguaFranca, glosses_of: None };
        assert_eq!(heard_in(&own), "language pack fr 3, a lingua franca");
        assert_eq!(heard_in(&HeardIn { pack: 0, fallback: Fallback::None, ..own }), "the form in fr");
        let gloss =
            HeardIn { language: "en".into(), pack: 3, fallback: Fallback::Gloss, glosses_of: Some("fr".into()) };
        assert_eq!(heard_in(&gloss), "the en glosses of language pack fr 3, said by the worker or an interpreter");
    }

    #[test]
    fn an_age_keeps_its_calendar() {
        let born = AgeStatement::Born {
            calendar: Calendar::Ethiopian,
            year: 2001,
            month: Some(3),
            day: None,
            basis: AgeBasis::Statement,
        };
        assert_eq!(age(&born), "born 2001-03 (Ethiopian calendar), said by the person");
        let between = AgeStatement::Between { low: 16, high: 19, basis: AgeBasis::Estimate };
        assert_eq!(age(&between), "16 to 19, the worker's impression");
    }
}
