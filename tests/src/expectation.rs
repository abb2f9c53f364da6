//! What is seen of a device, and whether it is what a scenario expects.

use crate::device::Device;
use crate::hq::Hq;
use serde_json::{Map, Value, json};
use wayside_field::{ErrorCode, FieldError, PageKind, PageView, QuestionView, ServiceNeed, WorkItemView};

/// Compares each name of an expectation with what is seen; says what differs.
pub(crate) fn check(device: &Device, hq: &Hq, expected: &Map<String, Value>) -> Result<(), String> {
    for (name, wanted) in expected {
        let seen = match name.as_str() {
            "at_hq" => at_hq(device, hq)?,
            _ => see(device, name).map_err(|error| format!("{name}: refused with {}", error.code.as_str()))?,
        };
        let Some(seen) = seen else { return Err(format!("{name} is nothing that can be looked at")) };
        if !holds(&seen, wanted) {
            return Err(format!("{name}: expected {wanted}, saw {seen}"));
        }
    }
    Ok(())
}

/// An object has to have what is wanted and may have more; everything else has to be equal.
fn holds(seen: &Value, wanted: &Value) -> bool {
    match (seen, wanted) {
        (Value::Object(seen), Value::Object(wanted)) => {
            wanted.iter().all(|(name, wanted)| seen.get(name).is_some_and(|seen| holds(seen, wanted)))
        }
        _ => seen == wanted,
    }
}

/// What HQ's desk shows of the record that was finished last.
fn at_hq(device: &Device, hq: &Hq) -> Result<Option<Value>, String> {
    let Some(report) = &device.report else { return Ok(Some(Value::Null)) };
    Ok(Some(hq.desk(&["show", &report.event.to_string()])?["screening"].clone()))
}

fn see(device: &Device, name: &str) -> Result<Option<Value>, FieldError> {
    Ok(Some(match name {
        "open" => json!(page(device).is_some()),
        "stored" => json!(device.session.as_ref().is_some_and(|session| session.is_stored())),
        "gate" => match page(device).map(|page| page.kind) {
            Some(PageKind::Gate(view)) => json!(view.gate),
            _ => Value::Null,
        },
        "at_end" => json!(page(device).is_some_and(|page| page.kind == PageKind::End)),
        "can_finish" => json!(page(device).is_some_and(|page| page.can_finish)),
        "language" => json!(page(device).map(|page| page.language)),
        "heading" => match page(device).map(|page| page.kind) {
            Some(PageKind::Questions { heading, .. }) => json!(heading),
            _ => Value::Null,
        },
        "hints" => questions(device).iter().map(|q| (q.reference.clone(), json!(q.hint))).collect(),
        "questions" => questions(device).iter().map(|question| question.reference.clone()).collect(),
        "labels" => questions(device).iter().map(|question| question.label.clone()).collect(),
        "shorts" => questions(device).iter().map(|question| question.short.clone()).collect(),
        "values" => questions(device).iter().map(|q| (q.reference.clone(), json!(q.value))).collect(),
        "states" => questions(device).iter().map(|q| (q.reference.clone(), json!(q.state))).collect(),
        "forms" => json!(device.vault.forms()?.len()),
        "terms" => device.vault.forms()?.into_iter().map(|form| (form.id, json!(form.terms))).collect(),
        "drafts" => json!(device.vault.drafts()?.len()),
        "queue" => {
            let queue = device.vault.queue_status()?;
            json!({
                "waiting": queue.waiting, "handed_over": queue.handed_over,
                "hq_has_it": queue.hq_has_it, "quarantined": queue.quarantined,
                "carried": queue.carried, "carried_handed_over": queue.carried_handed_over,
                "with_neighbour": queue.with_neighbour,
            })
        }
        "device" => {
            let status = device.vault.status()?;
            json!({
                "confirmed": status.confirmed, "revoked": status.revoked, "role": status.role, "site": status.site,
                "training": status.training,
            })
        }
        "standing" => match device.session.as_ref().map(|session| session.standing()).transpose()? {
            None => Value::Null,
            Some(standing) => json!({
                "mode": snake(&format!("{:?}", standing.mode)), "stage": snake(&format!("{:?}", standing.stage)),
                "pace": snake(&format!("{:?}", standing.pace)), "hides_answers": standing.hides_answers,
                "quick_only": standing.quick_only, "script": standing.script,
                "interpreter": standing.interpreter, "danger": standing.danger.is_some(),
                "protocol": standing.danger.as_ref().map(|danger| danger.protocol.clone()),
                "hiv_minutes_left": standing.danger.as_ref().and_then(|danger| danger.hiv_minutes_left),
                "contraception_minutes_left": standing.danger.and_then(|danger| danger.contraception_minutes_left),
            }),
        },
        "waits" => match page(device).map(|page| page.kind) {
            Some(PageKind::Danger) => json!("danger"),
            Some(PageKind::Quick) => json!("quick"),
            Some(PageKind::Offer) => json!("offer"),
            Some(PageKind::Gender) => json!("gender"),
            Some(PageKind::GoOn) => json!("go_on"),
            _ => Value::Null,
        },
        "advice" => {
            let advice = device.session.as_ref().map(|session| session.advice()).transpose()?;
            advice.iter().flat_map(|advice| &advice.outcomes).map(|outcome| outcome.id.clone()).collect()
        }
        "missing" => device.vault.readiness()?.iter().map(|missing| snake(&format!("{missing:?}"))).collect(),
        "services" => {
            let services =
                device.session.as_ref().map(|session| session.services(ServiceNeed::default())).transpose()?;
            services.iter().flatten().map(|service| service.code.clone()).collect()
        }
        "work" => {
            let item = |item: &WorkItemView| {
                let referrals: Vec<Value> = item
                    .referrals
                    .iter()
                    .map(|held| json!({"recipient": held.recipient, "state": held.state}))
                    .collect();
                json!({"action": item.action, "due": item.is_due, "task": item.task, "referrals": referrals})
            };
            device.vault.work_list()?.iter().map(item).collect()
        }
        "answer" => device.answer.clone(),
        "screened" => json!({
            "outcomes": ids(&device.answer["outcomes"]), "positive": positive(&device.answer),
            "record": device.answer["record"], "referral": device.answer["referral"],
        }),
        "present" => json!(device.is_present()),
        "sync" => json!(device.synced.map(|synced| {
            let obstacle = synced.obstacle.map(ErrorCode::as_str);
            json!({"complete": synced.complete, "failed": synced.failed, "obstacle": obstacle})
        })),
        "hard" => json!(device.report.as_ref().is_some_and(|report| report.hard)),
        "outcomes" => device.report.iter().flat_map(|r| &r.outcomes).map(|outcome| outcome.id.clone()).collect(),
        "offers" => device.report.iter().flat_map(|r| &r.steps).map(|step| (step.id.clone(), json!(true))).collect(),
        "branches" => branches(device),
        "audit" => device.vault.audit()?.iter().map(|entry| (entry.code.to_owned(), json!(true))).collect(),
        "retention" => json!(device.retention.as_ref().map(|report| json!({
            "expired": report.expired, "old_drafts": report.old_drafts.len(), "old_unsent": report.old_unsent.len(),
            "reading_locked": report.reading_locked,
        }))),
        "border" => json!(device.border.map(|report| json!({
            "complete": report.sync.complete, "drafts": report.drafts, "waiting": report.queue.waiting,
            "hq_has_it": report.queue.hq_has_it,
        }))),
        "bundle" => json!(device.taken.as_ref().map(|taken| json!({
            "complete": taken.complete, "received": taken.received, "carried": taken.carried, "known": taken.known,
            "released": taken.released,
            "refused": taken.refused.iter().map(|(code, n)| (code.as_str().to_owned(), json!(n))).collect::<Value>(),
        }))),
        "vaults" => json!(device.vaults()),
        "content" => device.vault.content()?.into_iter().map(|content| (content.id, json!(content.version))).collect(),
        "refused" => {
            let refused =
                device.vault.content()?.into_iter().filter_map(|content| Some((content.id, content.refused?)));
            refused.map(|(id, why)| (id, json!({"code": why.code.as_str(), "at": why.at}))).collect()
        }
        "prompts" => prompts(device)?,
        _ => return Ok(None),
    }))
}

/// `AnonymousAdvice` as `anonymous_advice`.
fn snake(name: &str) -> String {
    let mut text = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !text.is_empty() {
            text.push('_');
        }
        text.push(letter.to_ascii_lowercase());
    }
    text
}

fn page(device: &Device) -> Option<PageView> {
    device.session.as_ref().and_then(|session| session.page().ok())
}

fn questions(device: &Device) -> Vec<QuestionView> {
    match page(device).map(|page| page.kind) {
        Some(PageKind::Questions { questions, .. }) => questions,
        _ => Vec::new(),
    }
}

/// What is said on the screen by the keys of the prompts, with the length of the sound.
fn prompts(device: &Device) -> Result<Value, FieldError> {
    let Some(session) = device.session.as_ref() else { return Ok(json!({})) };
    let mut seen = Map::new();
    for prompt in page(device).map(|page| page.prompts).unwrap_or_default() {
        let audio = session.audio(&prompt.key)?.map(|bytes| bytes.len());
        let view = json!({
            "text": prompt.text, "language": prompt.language, "fallback": prompt.fallback, "draft": prompt.draft,
            "gloss": prompt.gloss, "audio": audio,
        });
        seen.insert(prompt.key, view);
    }
    Ok(Value::Object(seen))
}

/// Each positive dimension of the last result with the rule branch it rests on.
fn branches(device: &Device) -> Value {
    let text = device.report.as_ref().and_then(|report| report.explanation.as_deref()).unwrap_or("null");
    positive(&serde_json::from_str(text).unwrap_or_default())
}

fn ids(outcomes: &Value) -> Value {
    outcomes.as_array().into_iter().flatten().map(|outcome| outcome["id"].clone()).collect()
}

fn positive(explanation: &Value) -> Value {
    let dimensions = explanation["dimensions"].as_array().into_iter().flatten();
    let positive = dimensions.filter(|dimension| !dimension["branch"].is_null());
    positive.filter_map(|d| Some((d["id"].as_str()?.to_owned(), d["branch"].clone()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_may_have_more_and_a_list_may_not() {
        assert!(holds(&json!({"a": 1, "b": {"c": 2, "d": 3}}), &json!({"b": {"c": 2}})));
        assert!(!holds(&json!({"a": 1}), &json!({"a": 2})));
        assert!(!holds(&json!({"a": 1}), &json!({"b": 1})));
        assert!(!holds(&json!([1, 2]), &json!([1])));
        assert!(holds(&Value::Null, &Value::Null));
        assert!(!holds(&json!(0), &Value::Null));
    }
}
