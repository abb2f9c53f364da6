//! `wayside form FILE`: what a form is made of.

use std::fmt::Write as _;
use std::sync::Arc;

use serde::Serialize;
use wayside_forms::{Form, Session};
use wayside_model::Timestamp;

use crate::error::CliError;
use crate::forms::files::Beside;
use crate::output::Output;

#[derive(Serialize)]
struct Document {
    id: String,
    version: String,
    title: String,
    languages: Vec<String>,
    questions: Vec<Question>,
    problems: Vec<String>,
    graph: Vec<Expression>,
}

#[derive(Serialize)]
struct Question {
    reference: String,
    kind: String,
    calculated: bool,
    asked: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
}

#[derive(Serialize)]
struct Expression {
    reference: String,
    decides: String,
    reads: Vec<String>,
}

pub(super) fn run(form: &Arc<Form>, beside: &Beside, output: &Output) -> Result<(), CliError> {
    let env = super::env(Timestamp::from_millis(0));
    let session = Session::start_with(Arc::clone(form), env, &beside.resources).map_err(super::refused)?;
    let questions = form.questions().map(|question| Question {
        reference: question.reference().to_owned(),
        kind: format!("{:?}", question.kind()),
        calculated: question.is_calculated(),
        asked: question.has_control(),
        problem: problem(&session, question.reference()),
    });
    let tolerated = form.problems().iter().map(ToString::to_string);
    let graph = form.dependences().into_iter().map(|one| Expression {
        reference: one.reference,
        decides: format!("{:?}", one.decides),
        reads: one.reads,
    });
    let document = Document {
        id: form.id().to_owned(),
        version: form.version().to_owned(),
        title: form.title().to_owned(),
        languages: form.languages().to_vec(),
        questions: questions.collect(),
        problems: beside.problems.iter().cloned().chain(tolerated).collect(),
        graph: graph.collect(),
    };
    output.result(&document, || text(&document))
}

/// What its own expressions or the filter of its choices say before anything is answered.
fn problem(session: &Session, reference: &str) -> Option<String> {
    let problem = session.problem(reference).or_else(|| session.question(reference).and_then(|view| view.problem));
    problem.map(|problem| problem.to_string())
}

fn text(document: &Document) -> String {
    let mut text = format!("{} ({}, version {})\n", document.title, document.id, document.version);
    if !document.languages.is_empty() {
        let _ = writeln!(text, "languages: {}", document.languages.join(", "));
    }
    let _ = writeln!(text, "\nquestions: {}", document.questions.len());
    for question in &document.questions {
        let how = match (question.calculated, question.asked) {
            (true, _) => " calculated",
            (false, false) => " not asked",
            (false, true) => "",
        };
        let problem = question.problem.as_ref().map(|problem| format!("  PROBLEM: {problem}")).unwrap_or_default();
        let _ = writeln!(text, "  {} {}{how}{problem}", question.reference, question.kind);
    }
    let _ = writeln!(text, "\nproblems: {}", document.problems.len());
    document.problems.iter().for_each(|problem| {
        let _ = writeln!(text, "  {problem}");
    });
    let _ = writeln!(text, "\ngraph: {} expressions, in the order they run", document.graph.len());
    for one in &document.graph {
        let reads = if one.reads.is_empty() { "nothing".to_owned() } else { one.reads.join(", ") };
        let _ = writeln!(text, "  {} {} reads {reads}", one.reference, one.decides);
    }
    text
}
