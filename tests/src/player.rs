//! Plays a scenario on a device of its own, against a real relay and a real desk.

use crate::device::Device;
use crate::expectation;
use crate::hq::{Hq, ROLE};
use crate::scenario::{Action, Copying, Day, Direction, HelpSign, Link, Order, Scenario, Wanted, Wish};
use chrono::DateTime;
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use wayside_field::{
    CaseRequest, Entry, ErasureReason, ErrorCode, FieldError, FormFile, FormSession, SessionMode, SetClock, Timestamp,
};

/// Plays it to its end. The error names the step and what differs.
pub fn play(scenario: &Scenario, hq: &Hq) -> Result<(), String> {
    let clock = clock(&scenario.now).ok_or("now is no moment")?;
    let role = scenario.role.as_deref().unwrap_or(ROLE);
    let mut device = Device::enrol_as(hq, Arc::new(clock), role)?;
    if !scenario.fresh {
        device.make_ready(hq)?;
    }
    for (index, step) in scenario.steps.iter().enumerate() {
        let at = |problem: String| format!("{}, step {}: {problem}", scenario.name, index + 1);
        match &step.action {
            Action::Expect { expect } => expectation::check(&device, hq, expect).map_err(at)?,
            Action::Desk { desk } => order(hq, &mut device, *desk).map_err(at)?,
            Action::HandOut { hand_out, file, set, with } => {
                let id = device.id().map_err(|error| error.to_string())?;
                hq.hand_out(hand_out, &scenario.folder.join(file), set, &id, with).map_err(at)?;
            }
            action => {
                let done = act(&mut device, action, &scenario.folder, hq).map_err(|error| error.code.as_str());
                match (&done, &step.refused) {
                    (Ok(()), None) => {}
                    (Err(code), Some(wanted)) if code == wanted => {}
                    (Ok(()), Some(wanted)) => return Err(at(format!("expected a refusal with {wanted}, it was done"))),
                    (Err(code), _) => return Err(at(format!("refused with {code}"))),
                }
            }
        }
    }
    Ok(())
}

fn clock(now: &str) -> Option<SetClock> {
    let now = DateTime::parse_from_rfc3339(now).ok()?;
    let offset_minutes = now.offset().local_minus_utc() / 60;
    Some(SetClock::starting_at(Timestamp::from_millis(now.timestamp_millis()), offset_minutes))
}

fn order(hq: &Hq, device: &mut Device, order: Order) -> Result<(), String> {
    if order == Order::Bundle {
        device.bundle = hq.answer_bundle(&device.bundle)?;
        return Ok(());
    }
    hq.desk(&["pull"])?;
    let id = || device.id().map_err(|error| error.to_string());
    let on_the_device = match order {
        Order::Pull | Order::Bundle => return Ok(()),
        Order::Wipe => return hq.wipe(&id()?, 2),
        Order::WipeOnce => return hq.wipe(&id()?, 1),
        Order::Confirm => "confirm",
        Order::Revoke => "revoke",
    };
    hq.desk(&["devices", on_the_device, &id()?]).map(drop)
}

fn act(device: &mut Device, action: &Action, folder: &Path, hq: &Hq) -> Result<(), FieldError> {
    match action {
        Action::Start { start, language, mode } => {
            let mode = match mode {
                Wanted::Interview => SessionMode::Interview,
                Wanted::SelfAnswer => SessionMode::SelfAnswer,
                Wanted::Observation => SessionMode::Observation,
            };
            device.session = Some(device.vault.start_session(start, language, mode)?);
            Ok(())
        }
        Action::Play { play } => entries(device, &folder.join(play)),
        Action::Jump { jump } => session(device)?.jump(jump).map(drop),
        Action::Go { go: Direction::Forward } => session(device)?.forward().map(drop),
        Action::Go { go: Direction::Back } => session(device)?.back().map(drop),
        Action::Finish { .. } => {
            device.report = Some(session(device)?.finish()?);
            Ok(())
        }
        Action::Discard { .. } => session(device)?.discard(),
        Action::Resume { resume } => device.resume(*resume),
        Action::Enrol { enrol, here, over, secret } => {
            let record = match enrol.as_str() {
                "fresh" => hq.enrolment_record(ROLE).map_err(|_| malformed())?,
                "used" => device.record().to_owned(),
                file => read(&folder.join(file))?,
            };
            device.enrol_again(&record, *here, secret.as_deref(), over.unwrap_or(Link::Relay))
        }
        Action::Lose { lose } => device.lose(lose),
        Action::Block { block } => device.block(block, true),
        Action::Unblock { unblock } => device.block(unblock, false),
        Action::Open { open, now } => {
            if let Some(now) = now {
                device.clock = Arc::new(clock(now).ok_or_else(malformed)?);
            }
            device.open(*open)
        }
        Action::Lock { .. } => {
            device.vault.lock();
            Ok(())
        }
        Action::Suspend { suspend: true } => device.vault.suspend(),
        Action::Suspend { suspend: false } => device.vault.resume(),
        Action::Install { install, lists } => {
            let lists = lists.iter().map(|file| form_file(&folder.join(file))).collect::<Result<Vec<_>, _>>()?;
            device.vault.install_form_with(&read(&folder.join(install))?, &lists).map(drop)
        }
        Action::Sync { sync } => device.sync(*sync),
        Action::SyncLocked { sync_locked } => device.sync_locked(*sync_locked),
        Action::Bundle { bundle } => device.carry(*bundle),
        Action::Neighbour { neighbour, locked, stranger } => device.hand_over(*neighbour, *locked, *stranger),
        Action::Files { files: Copying::Keep } => device.keep_files().map_err(|_| malformed()),
        Action::Files { files: Copying::Image } => {
            device.vault.suspend()?;
            device.copy_aside().map_err(|_| malformed())?;
            device.vault.resume()
        }
        Action::Files { files: Copying::PutBack } => device.put_files_back().map_err(|_| malformed()),
        Action::Screen { screen } => {
            let result = wayside_field::screen_case(&screen.to_string())?;
            device.answer = serde_json::from_str(&result).map_err(|_| malformed())?;
            Ok(())
        }
        Action::Date { date: Day { calendar, year, month, day } } => {
            let day = wayside_field::gregorian_day(*calendar, *year, *month, *day);
            device.answer = day.map_or(Value::Null, |day| json!(day.to_string()));
            Ok(())
        }
        Action::Count { count_subsets } => {
            let counts = wayside_field::subset_counts(count_subsets)?;
            device.answer = counts.into_iter().map(|one| (one.dimension, json!([one.positive, one.all]))).collect();
            Ok(())
        }
        Action::Compare { .. } => {
            let row = |one: &wayside_field::Comparison| {
                json!([
                    one.both,
                    one.missed,
                    one.tool_only,
                    one.neither,
                    one.sensitivity(),
                    one.specificity(),
                    one.right_when_found(),
                    one.right_when_not_found(),
                ])
            };
            device.answer = wayside_field::comparisons().iter().map(row).collect();
            Ok(())
        }
        Action::AskBack { ask_back } => {
            let other = session(device)?.other_calendar(&(*ask_back).into());
            device.answer = other.map_or(Value::Null, |other| {
                json!({"calendar": other.calendar, "low": other.low, "high": other.high, "changes_route": other.changes_route})
            });
            Ok(())
        }
        Action::Next { next, due } => {
            let due = DateTime::parse_from_rfc3339(due).map_err(|_| malformed())?;
            device.vault.set_next(&first(device)?, *next, Timestamp::from_millis(due.timestamp_millis()))
        }
        Action::Contact { contact } => {
            let view = device.vault.contact(&first(device)?, *contact)?;
            device.answer = json!({
                "channel": view.channel, "code_word": view.code_word, "trusted_may_answer": view.trusted_may_answer,
                "if_other": view.if_other, "story": view.story, "caller": view.caller,
            });
            Ok(())
        }
        Action::Close { .. } => device.vault.close_case(&first(device)?),
        Action::Request { request, text, line, recipient } => {
            let request = match request {
                Wish::Correction => CaseRequest::Correction { text: text.clone().unwrap_or_default() },
                Wish::Withdrawal => {
                    CaseRequest::Withdrawal { line: line.ok_or_else(malformed)?, recipient: recipient.clone() }
                }
                Wish::Erasure => CaseRequest::Erasure { reason: ErasureReason::PersonAsked },
            };
            device.vault.request(&first(device)?, request).map(drop)
        }
        Action::Help { help } => device.vault.ask_for_help(*help == HelpSign::Asked).map(drop),
        Action::Wipe { .. } => device.wipe(),
        Action::Verify { .. } => device.vault.verify(),
        Action::Sweep { .. } => device.sweep(),
        Action::Retention { .. } => {
            device.retention = Some(device.vault.apply_retention()?);
            Ok(())
        }
        Action::ChangeSecret { duress, to, .. } => device.change_secret(to.as_deref(), *duress),
        Action::Furnish { furnish, play } => {
            let decoy = device.vault.open_decoy()?;
            let mut session = decoy.start_session(furnish, "en", SessionMode::Interview)?;
            let file = folder.join(play);
            read_entries(&file)?.iter().try_for_each(|one| entry(&mut session, one, folder))?;
            decoy.lock();
            Ok(())
        }
        Action::AcceptRollback { .. } => device.vault.accept_rollback(),
        Action::PanicWipe { .. } => device.panic_wipe(),
        Action::Border { .. } => device.border(),
        Action::Train { train } => device.train(*train),
        Action::Worker { worker } => device.worker(*worker, hq),
        Action::Entry(one) => entry(session(device)?, one, folder),
        Action::Expect { .. } | Action::Desk { .. } | Action::HandOut { .. } => Err(malformed()),
    }
}

/// Does all entries of an answer file.
pub(crate) fn entries(device: &mut Device, file: &Path) -> Result<(), FieldError> {
    read_entries(file)?.iter().try_for_each(|one| entry(session(device)?, one, &file.with_file_name("")))
}

fn read_entries(file: &Path) -> Result<Vec<Entry>, FieldError> {
    serde_json::from_str(&read(file)?).map_err(|_| malformed())
}

fn entry(session: &mut FormSession, entry: &Entry, folder: &Path) -> Result<(), FieldError> {
    let Entry::Attach { attach, file, pieces } = entry else { return session.apply(entry) };
    let path = folder.join(file);
    let bytes = std::fs::read(&path).map_err(|_| malformed())?;
    let extension = path.extension().map(|extension| extension.to_string_lossy().into_owned()).unwrap_or_default();
    match pieces {
        None => session.attach(attach, &extension, bytes).map(drop),
        Some(size) => in_pieces(session, attach, &extension, &bytes, *size as usize),
    }
}

/// As a recorder hands over what it hears: piece after piece, and what cannot be the answer is taken back.
fn in_pieces(
    session: &mut FormSession,
    reference: &str,
    extension: &str,
    whole: &[u8],
    size: usize,
) -> Result<(), FieldError> {
    let name = session.begin_file(reference, extension)?;
    let mut done = 0;
    for piece in whole.chunks(size) {
        done += piece.len() as u64;
        assert_eq!(session.append_file(&name, piece)?, done);
    }
    if let Err(error) = session.end_file(&name) {
        session.cancel_file(&name)?;
        return Err(error);
    }
    assert!(session.read_file(&name, 1, 1 << 20)?.as_slice() == &whole[1..], "what is read back");
    Ok(())
}

/// Code of the first case in the list; a code that is in no list where there is none.
fn first(device: &Device) -> Result<String, FieldError> {
    Ok(device.vault.work_list()?.first().map_or_else(|| "nobody".to_owned(), |item| item.code.clone()))
}

fn session(device: &mut Device) -> Result<&mut FormSession, FieldError> {
    device.session.as_mut().ok_or_else(malformed)
}

fn read(path: &Path) -> Result<String, FieldError> {
    std::fs::read_to_string(path).map_err(|_| malformed())
}

fn form_file(path: &Path) -> Result<FormFile, FieldError> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    Ok(FormFile { name, bytes: std::fs::read(path).map_err(|_| malformed())? })
}

fn malformed() -> FieldError {
    FieldError::new(ErrorCode::EntryMalformed)
}
