//! An interview by questions in the terminal. The core decides what comes next; here it is only shown and typed. Everything
//! is shown on stderr, so that stdout stays free for the result.

use std::io::{self, BufRead as _, Write as _};

use wayside_field::{
    AgeBasis, AgeStatement, AnswerState, Calendar, ConsentGiver, ConsentHow, ConsentInput, ConsentLine, ErrorCode,
    FieldError, FindingState, FormSession, Gate, PageKind, PromptPart, PromptView, QuestionView, RepeatView,
};
use wayside_model::{Coded as _, ConsentValue, StopReason};

use crate::device::fill::is_open;
use crate::error::CliError;
use crate::output::Output;

const HELP: &str = "Type a number or a value. ENTER goes on, b goes back, d = does not want to say, u = does not know,\n\
                    s stops the interview, l LANGUAGE switches the language.";

/// What to do after a screen.
enum Next {
    Go,
    End,
}

/// Holds the interview until it is stopped, refused or at its end; gives the number of entries made.
pub(crate) fn run(session: &mut FormSession, output: &Output) -> Result<usize, CliError> {
    output.note(HELP);
    let mut entries = 0;
    while is_open(session) {
        let page = session.page()?;
        output.note(&format!("\n— {} —", page.title));
        let next = match &page.kind {
            PageKind::Gate(view) => gate(session, view.gate, view.refused, output)?,
            PageKind::Questions { heading, questions, repeats } => {
                output.note(&format!("{} of {}  {heading}", page.position, page.of));
                screen(session, questions, repeats, &page.prompts, output)?
            }
            PageKind::Danger => danger(session, output)?,
            PageKind::Quick => yes_or_no(
                "Was there anything in the first questions, or in what you saw?",
                session,
                |session, yes| session.quick_answered(yes).map(drop),
                output,
            )?,
            PageKind::Offer => yes_or_no(
                "Does the person want to talk about it in detail?",
                session,
                FormSession::answer_offer,
                output,
            )?,
            PageKind::Gender => yes_or_no(
                "Were a worker and interpreter of the gender the person chooses offered, and does the person agree?",
                session,
                |session, yes| session.offer_gender_choice(yes).map(drop),
                output,
            )?,
            PageKind::GoOn => {
                yes_or_no("Forty minutes are over. Does the person want to go on?", session, go_on_or_stop, output)?
            }
            PageKind::End => Next::End,
        };
        if matches!(next, Next::End) {
            break;
        }
        entries += 1;
    }
    Ok(entries)
}

fn gate(session: &mut FormSession, gate: Gate, refused: bool, output: &Output) -> Result<Next, CliError> {
    if refused {
        output.note("This gate did not open. It can be looked at again, or the interview can be stopped.");
    }
    if gate == Gate::Consent {
        return consent(session, output);
    }
    if gate == Gate::Age {
        return age(session, output);
    }
    if gate == Gate::Danger {
        return urgent(session, output);
    }
    if gate == Gate::Interpreter {
        return interpreter(session, output);
    }
    let question = "Out of sight and hearing of others, with time enough?";
    yes_or_no(question, session, |session, yes| session.pass_gate(gate, yes).map(drop), output)
}

/// Who is there, by a code. Empty where there is nobody, or no code.
fn interpreter(session: &mut FormSession, output: &Output) -> Result<Next, CliError> {
    match ask("No interpreter, or one who is safe and accepted? [y/n/s] ")?.as_str() {
        "y" => {}
        "n" => return told(session.pass_gate(Gate::Interpreter, false).map(drop), output),
        "s" => return stop(session),
        _ => return told(Err(ErrorCode::EntryMalformed.into()), output),
    }
    let opened = match ask("Code of the interpreter, never a name; empty without one, s to stop: ")?.as_str() {
        "s" => return stop(session),
        "" => session.pass_gate(Gate::Interpreter, true),
        code => session.accept_interpreter(code, false),
    };
    told(opened.map(drop), output)
}

fn yes_or_no(
    question: &str,
    session: &mut FormSession,
    call: impl FnOnce(&mut FormSession, bool) -> Result<(), FieldError>,
    output: &Output,
) -> Result<Next, CliError> {
    match ask(&format!("{question} [y/n/s] "))?.as_str() {
        "y" => told(call(session, true), output),
        "n" => told(call(session, false), output),
        "s" => stop(session),
        _ => told(Err(ErrorCode::EntryMalformed.into()), output),
    }
}

fn go_on_or_stop(session: &mut FormSession, yes: bool) -> Result<(), FieldError> {
    if yes { session.go_on().map(drop) } else { session.stop(StopReason::Stopped) }
}

fn urgent(session: &mut FormSession, output: &Output) -> Result<Next, CliError> {
    output.note("y = yes, v = not said but seen, n = no, d = does not want to say, u = does not know");
    let mut answers = [FindingState::NotAsked; 8];
    for (answer, question) in answers.iter_mut().zip(session.urgent_questions()?) {
        *answer = match ask(&format!("{question} "))?.as_str() {
            "y" => FindingState::Present,
            "v" => FindingState::Observed,
            "n" => FindingState::Absent,
            "d" => FindingState::Declined,
            "u" => FindingState::Unknown,
            "s" => return stop(session),
            _ => return told(Err(ErrorCode::EntryMalformed.into()), output),
        };
    }
    let hours = if answers[3].is_present() { ask("About how many hours ago? ")?.parse().ok() } else { None };
    told(session.urgent(&answers, hours).map(drop), output)
}

/// Help comes first. The questions are put anew when the person is safe.
fn danger(session: &mut FormSession, output: &Output) -> Result<Next, CliError> {
    if let Some(danger) = session.standing()?.danger {
        output.note("Help first. The protocol of this site:");
        danger.protocol.iter().for_each(|step| output.note(&format!("  - {step}")));
        let left = danger.hiv_minutes_left.zip(danger.contraception_minutes_left);
        if let Some((hiv, contraception)) = left {
            let (hiv, contraception) = (hiv / 60, contraception / 60);
            output.note(&format!(
                "  Medical help: {hiv} hours left for prevention of HIV, {contraception} for contraception."
            ));
        }
    }
    match ask("Is the person safe now, so that the questions can be put anew? [y/s] ")?.as_str() {
        "y" => urgent(session, output),
        "s" => stop(session),
        _ => told(Err(ErrorCode::EntryMalformed.into()), output),
    }
}

fn age(session: &mut FormSession, output: &Output) -> Result<Next, CliError> {
    output.note("Age: a year of birth, or two ages as 16-19, or ENTER if nothing is known.");
    let text = ask("Year or ages: ")?;
    if text == "s" {
        return stop(session);
    }
    let statement = if text.is_empty() {
        Some(AgeStatement::Unknown)
    } else if let Some((low, high)) = text.split_once('-') {
        low.trim().parse().ok().zip(high.trim().parse().ok()).map(|(low, high)| AgeStatement::Between {
            low,
            high,
            basis: AgeBasis::Statement,
        })
    } else {
        let calendar = match ask("In which calendar? g = Gregorian, e = Ethiopian, p = Solar Hijri, h = lunar Hijri: ")?
            .as_str()
        {
            "g" => Some(Calendar::Gregorian),
            "e" => Some(Calendar::Ethiopian),
            "p" => Some(Calendar::SolarHijri),
            "h" => Some(Calendar::LunarHijri),
            _ => None,
        };
        text.parse().ok().zip(calendar).map(|(year, calendar)| AgeStatement::Born {
            calendar,
            year,
            month: None,
            day: None,
            basis: AgeBasis::Statement,
        })
    };
    match statement {
        Some(statement) => told(session.set_age(statement).map(drop), output),
        None => told(Err(ErrorCode::EntryMalformed.into()), output),
    }
}

fn consent(session: &mut FormSession, output: &Output) -> Result<Next, CliError> {
    output.note("Explain, and see that it is understood:");
    session.explanation_points()?.iter().for_each(|point| output.note(&format!("  - {point}")));
    match ask("Was everything explained and understood? [y/n/s] ")?.as_str() {
        "y" => session.explained(true)?,
        "s" => return stop(session),
        _ => return Ok(Next::Go),
    }
    for (line, text) in [
        (ConsentLine::C1, "Do you agree to talk with me? You can stop at any time. [y/n] "),
        (ConsentLine::C2, "May we keep a record, without your name, here and at our office? [y/n] "),
    ] {
        let value = match ask(text)?.as_str() {
            "y" => ConsentValue::Yes,
            "n" => ConsentValue::No,
            "s" => return stop(session),
            _ => return told(Err(ErrorCode::EntryMalformed.into()), output),
        };
        let said = ConsentInput {
            line,
            value,
            by: ConsentGiver::Person,
            how: ConsentHow::Oral,
            recipient: None,
            data_set: None,
        };
        session.consent(said)?;
        if value == ConsentValue::No {
            output.note("No record is kept.");
            return Ok(Next::End);
        }
    }
    Ok(Next::Go)
}

fn screen(
    session: &mut FormSession,
    questions: &[QuestionView],
    repeats: &[RepeatView],
    prompts: &[PromptView],
    output: &Output,
) -> Result<Next, CliError> {
    for view in questions {
        loop {
            show(view, prompts, output);
            let text = ask("> ")?;
            let done = match text.as_str() {
                "" => break,
                "b" => {
                    session.back()?;
                    return Ok(Next::Go);
                }
                "s" => return stop(session),
                "d" => session.mark(&view.reference, AnswerState::Declined).map(drop),
                "u" => session.mark(&view.reference, AnswerState::Unknown).map(drop),
                other => match other.strip_prefix("l ") {
                    Some(language) => {
                        session.set_language(language)?;
                        return Ok(Next::Go);
                    }
                    None => session.answer(&view.reference, &value(view, other)).map(drop),
                },
            };
            match done {
                Ok(()) => break,
                // An answer before may have closed this question; the screen is shown anew.
                Err(error) if error.code == ErrorCode::AnswerNotRelevant => break,
                Err(error) => output.note(&said(error)),
            }
        }
    }
    for view in repeats {
        output.note(&format!("\n{}: {} so far", view.label, view.count));
        match ask("a = one more, r = take the last one out, ENTER = go on: ")?.as_str() {
            "a" if view.can_add => return told(session.add_repeat(&view.reference).map(drop), output),
            "r" if view.can_remove && view.count > 0 => {
                let last = format!("{}[{}]", view.reference, view.count);
                return told(session.remove_repeat(&last).map(drop), output);
            }
            "s" => return stop(session),
            _ => {}
        }
    }
    session.forward()?;
    Ok(Next::Go)
}

/// The question with the worker's own words beside it, where they differ, and a mark where nobody has reviewed the translation.
fn show(view: &QuestionView, prompts: &[PromptView], output: &Output) {
    let must = if view.required { " *" } else { "" };
    output.note(&format!("\n{}{must}", view.label));
    let gloss = |part| {
        let said = prompts.iter().find(|prompt| prompt.part == part && prompt.question == view.reference);
        if let Some(prompt) = said.filter(|prompt| prompt.gloss != prompt.text) {
            let mark = if prompt.draft { ", not reviewed" } else { "" };
            output.note(&format!("  [{}{mark}] {}", prompt.language, prompt.gloss));
        }
    };
    gloss(PromptPart::Question);
    if !view.hint.is_empty() {
        output.note(&format!("  ({})", view.hint));
        gloss(PromptPart::Hint);
    }
    for (number, choice) in view.choices.iter().enumerate() {
        output.note(&format!("  {} {}", number + 1, choice.label));
    }
    if !view.value.is_empty() {
        output.note(&format!("  now: {}", view.value));
    }
}

/// Numbers of choices become their codes; several are parted by spaces or commas.
fn value(view: &QuestionView, typed: &str) -> String {
    if view.choices.is_empty() {
        return typed.to_owned();
    }
    let code = |part: &str| {
        let number = part.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        number.and_then(|index| view.choices.get(index)).map_or_else(|| part.to_owned(), |choice| choice.value.clone())
    };
    typed.split([' ', ',']).filter(|part| !part.is_empty()).map(code).collect::<Vec<_>>().join(" ")
}

fn stop(session: &mut FormSession) -> Result<Next, CliError> {
    session.stop(StopReason::Stopped)?;
    Ok(Next::End)
}

/// A refusal is said and the same screen comes again.
fn told(done: Result<(), FieldError>, output: &Output) -> Result<Next, CliError> {
    if let Err(error) = done {
        output.note(&said(error));
    }
    Ok(Next::Go)
}

fn said(error: FieldError) -> String {
    let code = error.code();
    format!("  {code}: {} {}", code.meaning(), code.advice())
}

/// One line from the terminal. The end of input stops like a person who leaves.
fn ask(prompt: &str) -> Result<String, CliError> {
    let mut stderr = io::stderr().lock();
    let _ = write!(stderr, "{prompt}").and_then(|()| stderr.flush());
    let mut line = String::new();
    match io::stdin().lock().read_line(&mut line).map_err(CliError::file("the terminal"))? {
        0 => Ok("s".to_owned()),
        _ => Ok(line.trim().to_owned()),
    }
}
