//! `wayside form FILE --fill`: one screen after the other, on any terminal or from a pipe.

use std::io::BufRead;
use std::sync::Arc;

use serde::Serialize;
use wayside_forms::{Form, QuestionKind, QuestionView, ScreenKind, ScreenRef, Session};
use wayside_model::Timestamp;

use crate::error::CliError;
use crate::forms::files::Beside;
use crate::output::Output;

#[derive(Serialize)]
struct Document {
    submission: String,
    violations: Vec<String>,
}

const HELP: &str = "an empty line leaves it as it is; :back, :clear, :add, :remove, :lang NAME, :end";

/// What a line asks for besides an answer.
enum Turn {
    Next,
    Back,
    End,
    To(ScreenRef),
    Again,
}

pub(super) fn run(form: Arc<Form>, beside: &Beside, output: &Output) -> Result<(), CliError> {
    let document = fill(form, beside, &mut std::io::stdin().lock().lines(), &now, output)?;
    document.violations.iter().for_each(|violation| output.note(violation));
    output.result(&document, || document.submission.clone())
}

fn now() -> Timestamp {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(i64::try_from(now.as_millis()).unwrap_or(i64::MAX))
}

fn fill(
    form: Arc<Form>,
    beside: &Beside,
    lines: &mut Lines<'_>,
    now: &dyn Fn() -> Timestamp,
    output: &Output,
) -> Result<Document, CliError> {
    let mut session = Session::start_with(form, super::env(now()), &beside.resources).map_err(super::refused)?;
    beside.problems.iter().for_each(|problem| output.note(problem));
    output.note(HELP);
    let mut before: Vec<ScreenRef> = Vec::new();
    let mut at = session.first_screen();
    'screens: while let Some(screen) = at {
        let turn = match screen.kind {
            ScreenKind::Repeat => at_repeat(&mut session, &screen, lines, output)?,
            ScreenKind::Question | ScreenKind::FieldList => {
                let mut turn = Turn::Next;
                let references = session.show(&screen).map(|view| {
                    view.titles.iter().for_each(|title| output.note(&format!("-- {}", title.label)));
                    view.questions.into_iter().map(|question| question.reference).collect::<Vec<_>>()
                });
                for reference in references.unwrap_or_default() {
                    turn = ask(&mut session, &reference, lines, output)?;
                    if !matches!(turn, Turn::Next) {
                        break;
                    }
                }
                turn
            }
        };
        at = match turn {
            Turn::Next => {
                before.push(screen.clone());
                session.screen_after(&screen)
            }
            Turn::Back => before.pop().or(Some(screen)),
            Turn::To(next) => {
                before.push(screen);
                Some(next)
            }
            Turn::Again => Some(screen),
            Turn::End => break 'screens,
        };
    }
    let violations = session.validate().into_iter();
    let violations = violations.map(|one| format!("{}: {:?} {}", one.reference, one.kind, one.message)).collect();
    // The form's `end` is when the last question was left, not when the form was opened.
    Ok(Document { submission: session.submission_xml(now()), violations })
}

/// What is typed, line by line.
type Lines<'l> = dyn Iterator<Item = std::io::Result<String>> + 'l;

fn read(lines: &mut Lines<'_>) -> Result<Option<String>, CliError> {
    lines.next().transpose().map_err(CliError::file("the terminal"))
}

fn at_repeat(
    session: &mut Session,
    screen: &ScreenRef,
    lines: &mut Lines<'_>,
    output: &Output,
) -> Result<Turn, CliError> {
    let count = session.show(screen).and_then(|view| view.repeats.first().map(|repeat| repeat.count)).unwrap_or(0);
    output.note(&format!("{} has {count}; :add, :remove, or an empty line to go on", screen.reference));
    Ok(match read(lines)?.as_deref().map(str::trim) {
        None | Some(":end") => Turn::End,
        Some(":back") => Turn::Back,
        Some(":add") => match session.add_repeat(&screen.reference) {
            Ok(instance) => session.screen_in(&instance).map_or(Turn::Again, Turn::To),
            Err(error) => {
                output.note(&error.to_string());
                Turn::Again
            }
        },
        Some(":remove") => {
            if let Err(error) = session.remove_repeat(&format!("{}[{count}]", screen.reference)) {
                output.note(&error.to_string());
            }
            Turn::Again
        }
        Some(_) => Turn::Next,
    })
}

fn ask(session: &mut Session, reference: &str, lines: &mut Lines<'_>, output: &Output) -> Result<Turn, CliError> {
    loop {
        let Some(question) = session.question(reference) else { return Ok(Turn::Next) };
        show(&question, output);
        if question.read_only || question.kind == QuestionKind::Note {
            return Ok(Turn::Next);
        }
        let Some(line) = read(lines)? else { return Ok(Turn::End) };
        let answer = match line.trim() {
            "" => return Ok(Turn::Next),
            ":back" => return Ok(Turn::Back),
            ":end" => return Ok(Turn::End),
            ":clear" => "",
            line => match line.strip_prefix(":lang ") {
                Some(language) => {
                    if !session.set_language(language.trim()) {
                        output.note(&format!("languages: {}", session.form().languages().join(", ")));
                    }
                    continue;
                }
                None => line,
            },
        };
        match session.answer(reference, answer) {
            Ok(()) => return Ok(Turn::Next),
            Err(error) => {
                output.note(&format!("{error} {}", question.constraint_message));
            }
        }
    }
}

fn show(question: &QuestionView, output: &Output) {
    let required = if question.required { " *" } else { "" };
    output.note(&format!("{}{required}  ({:?})", question.label, question.kind));
    let lines = [&question.hint, &question.guidance].into_iter().filter(|line| !line.is_empty());
    lines.for_each(|line| output.note(&format!("  {line}")));
    question.choices.iter().for_each(|choice| output.note(&format!("  {}  {}", choice.value, choice.label)));
    if let Some(problem) = question.problem {
        output.note(&format!("  PROBLEM: {problem}"));
    }
    if !question.value.is_empty() {
        output.note(&format!("  = {}", question.value));
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use wayside_forms::Resources;

    use super::*;

    #[test]
    fn the_end_is_when_the_last_question_was_left() {
        let form = r#"<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:jr="http://openrosa.org/javarosa"><h:head><model>
            <instance><data id="d"><start/><end/><q/></data></instance>
            <bind nodeset="/data/start" type="dateTime" jr:preload="timestamp" jr:preloadParams="start"/>
            <bind nodeset="/data/end" type="dateTime" jr:preload="timestamp" jr:preloadParams="end"/>
            </model></h:head><h:body><input ref="/data/q"/></h:body></h:html>"#;
        let clock = Cell::new(0);
        let now = || Timestamp::from_millis(clock.get());
        let mut lines = ["an answer"].into_iter().map(|line| {
            clock.set(3_600_000);
            Ok(line.to_owned())
        });
        let beside = Beside { resources: Resources::new(), problems: Vec::new() };
        let form = Arc::new(Form::parse(form).unwrap());
        let filled = fill(form, &beside, &mut lines, &now, &Output::new(true)).unwrap().submission;
        assert!(filled.contains("<start>1970-01-01T00:00:00.000+00:00</start>"), "{filled}");
        assert!(filled.contains("<end>1970-01-01T01:00:00.000+00:00</end><q>an answer</q>"), "{filled}");
    }
}
