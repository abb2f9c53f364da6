//! Step 4: interviews without a network.

use serde_json::{Value, json};

use crate::demo::checks::Check;
use crate::demo::device::{DemoDevice, refs, text};
use crate::demo::files::{self, INTERRUPTED_PLACE};
use crate::demo::step_forms::{ADULT, QUICK};
use crate::demo::step_hq::Hq;
use crate::demo::step_refusal;
use crate::demo::world::{INTERVIEW_TIME, World};
use crate::error::CliError;

/// What the devices reported when the interviews were finished.
pub(crate) struct Told {
    /// The adult's record.
    pub(crate) adult: Value,
    /// The adult's answers as they were entered: reference and value.
    pub(crate) answers: Vec<(String, String)>,
    /// A draft that is to be finished only after the queue was looked at.
    pub(crate) unfinished: Option<String>,
}

/// Holds the interviews.
pub(crate) fn run(world: &World<'_>, hq: &Hq, devices: &mut [DemoDevice]) -> Result<Told, CliError> {
    world.heading("4. Interviews, without a network");
    hq.link.set_up(false);
    let (adult, answers) = adult(world, &devices[0])?;
    child(world, &devices[1])?;
    step_refusal::run(world, &devices[0])?;
    let unfinished = interrupted(world, &devices[1])?;
    unconfirmed(world, &devices[2])?;
    Ok(Told { adult, answers, unfinished })
}

/// The device that nobody at HQ has confirmed has no site and no training: it holds no interview.
fn unconfirmed(world: &World<'_>, device: &DemoDevice) -> Result<(), CliError> {
    let file = files::put(world, "unconfirmed.json", files::UNCONFIRMED)?;
    let ran = device.attempt(world, "fill", &[QUICK, "--answers", &file, "--now", INTERVIEW_TIME, "--finish"])?;
    let (queue, drafts) = (device.queue(world)?, device.run(world, "drafts", &[])?);
    let saw = format!("{}; {} records", ran.refused().unwrap_or("held"), queue.len());
    let nothing = queue.is_empty() && drafts.as_array().is_some_and(Vec::is_empty);
    world.check(Check::UnconfirmedHoldsNone, ran.refused() == Some("session.not_ready") && nothing, saw);
    Ok(())
}

fn adult(world: &World<'_>, device: &DemoDevice) -> Result<(Value, Vec<(String, String)>), CliError> {
    let mut entries: Vec<Value> =
        serde_json::from_str(files::ADULT).map_err(|_| CliError::Demo("the adult's file does not read".into()))?;
    if world.sabotages(Check::AdultOutcome) {
        let turned = entries.iter_mut().find(|entry| text(&entry["ref"]).ends_with("/ex1"));
        if let Some(entry) = turned {
            entry["value"] = json!("no");
        }
    }
    let answers = entries
        .iter()
        .filter_map(|entry| Some((entry["ref"].as_str()?.to_owned(), entry["value"].as_str()?.to_owned())))
        .collect();
    let file = files::put(world, "adult-labour.json", &json!(entries).to_string())?;
    let record = device.fill(world, ADULT, &file, &["--finish"])?["record"].clone();
    let (outcomes, positive) = (outcomes(&record), positive(&record["explanation"]));
    let expected = [("D1", "1S+1M"), ("D4", "1S+1M"), ("D5", "1S+1M")];
    let holds = outcomes.contains(&"N3".to_owned())
        && positive.len() == expected.len()
        && expected.iter().all(|(id, branch)| positive.contains(&format!("{id} by {branch}")));
    let saw = format!("{}; {}", outcomes.join(" "), positive.join(", "));
    world.check(Check::AdultOutcome, holds, saw);
    Ok((record, answers))
}

/// The outcomes of a finished record.
pub(crate) fn outcomes(record: &Value) -> Vec<String> {
    record["outcomes"].as_array().into_iter().flatten().map(|outcome| text(&outcome["id"])).collect()
}

/// The dimensions that are positive whatever the open answers are, each with its rule branch.
pub(crate) fn positive(explanation: &Value) -> Vec<String> {
    let dimensions = explanation["dimensions"].as_array().into_iter().flatten();
    dimensions
        .filter(|dimension| dimension["lower"] == true)
        .map(|dimension| format!("{} by {}", text(&dimension["id"]), text(&dimension["branch"])))
        .collect()
}

fn child(world: &World<'_>, device: &DemoDevice) -> Result<(), CliError> {
    let mut answers = files::CHILD.to_owned();
    if world.sabotages(Check::ChildByCalendar) {
        // An adult is asked other questions.
        for (child, adult) in [
            ("\"ethiopian\"", "\"gregorian\""),
            ("/data/child/happened", "/data/work/unpaid"),
            ("/data/child/safe", "/data/work/forced"),
        ] {
            answers = answers.replace(child, adult);
        }
    }
    let file = files::put(world, "child-by-calendar.json", &answers)?;
    let record = device.fill(world, QUICK, &file, &["--finish"])?["record"].clone();
    let route = text(&record["explanation"]["route"]);
    let outcomes = outcomes(&record);
    let holds = route == "child" && outcomes.contains(&"N2".to_owned());
    world.check(Check::ChildByCalendar, holds, format!("born in 2002: the {route}'s way; {}", outcomes.join(" ")));
    Ok(())
}

/// An interview is killed in the middle and gone on with. Gives the draft if it is still to be finished.
fn interrupted(world: &World<'_>, device: &DemoDevice) -> Result<Option<String>, CliError> {
    const KEPT: usize = 5;
    let file = files::put(world, "interrupted.json", files::INTERRUPTED)?;
    let more = [QUICK, "--answers", &file, "--now", INTERVIEW_TIME, "--pace", "15"];
    let args = device.args(world, "fill", &more);
    let (pid, lines) = world.runner.kill_after(&refs(&args), "kept", KEPT)?;
    world.note_process(format!("device fill {} (killed)", device.name), pid);
    let draft = lines.iter().find_map(|line| line.strip_prefix("draft ")).unwrap_or_default().to_owned();
    let acknowledged = lines.last().and_then(|line| line.split(' ').nth(1)).unwrap_or("0").to_owned();
    world.tell(&format!("Process {pid} was killed in the middle of an interview, after entry {acknowledged}."));
    if world.sabotages(Check::DraftSurvivesKill) {
        device.run(world, "discard", &[&draft])?;
    }

    let drafts = device.run(world, "drafts", &[])?;
    let listed = drafts.as_array().is_some_and(|drafts| drafts.iter().any(|row| row["draft"] == draft.as_str()));
    let found = device.run(world, "inspect", &["--for", INTERRUPTED_PLACE])?;
    let words = found["hits"].as_array().map_or(0, Vec::len);
    let saw = format!("draft listed: {listed}, the last words found in {words} places");
    world.check(Check::DraftSurvivesKill, listed && words > 0, saw);
    if !listed {
        return Ok(None);
    }
    let rest = device.fill(world, QUICK, &file, &["--draft", &draft, "--skip", &acknowledged])?;
    if text(&rest["state"]) != "draft" {
        return Err(CliError::Demo("the interrupted interview could not go on".into()));
    }
    if world.sabotages(Check::OfflineKeepsAll) {
        return Ok(Some(draft));
    }
    device.run(world, "finish", &[&draft, "--now", INTERVIEW_TIME])?;
    world.tell("It was taken up again where it stood, and finished.");
    Ok(None)
}

/// One more interview, by a person in the terminal.
pub(crate) fn interactive(world: &World<'_>, devices: &[DemoDevice]) -> Result<(), CliError> {
    world.heading("Your turn: an interview in this terminal");
    let args = devices[0].args(world, "fill", &[QUICK, "--interactive"]);
    if !world.runner.foreground(&refs(&args))? {
        world.tell("The interview was not finished; the demo goes on without it.");
    }
    Ok(())
}
