//! Small forms from their parts.
#![allow(dead_code, clippy::unwrap_used, reason = "each test file uses some of it, and a test may unwrap")]

use std::sync::Arc;

use wayside_forms::{Env, Form, FormError, Session};
use wayside_model::Timestamp;

/// 2026-03-04T05:06:07.089Z
pub(crate) const NOW: i64 = 1_772_600_767_089;

pub(crate) fn xml(instance: &str, model: &str, body: &str) -> String {
    format!(
        r#"<?xml version="1.0"?>
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:jr="http://openrosa.org/javarosa"
  xmlns:orx="http://openrosa.org/xforms" xmlns:odk="http://www.opendatakit.org/xforms" xmlns:wayside="urn:wayside:xforms:1">
<h:head><h:title>Test</h:title><model><instance>{instance}</instance>{model}</model></h:head><h:body>{body}</h:body></h:html>"#
    )
}

pub(crate) fn parse(instance: &str, model: &str, body: &str) -> Result<Form, FormError> {
    Form::parse(&xml(instance, model, body))
}

pub(crate) fn env() -> Env {
    Env {
        now: Timestamp::from_millis(NOW),
        offset_minutes: 180,
        instance_id: "0001".into(),
        random_seed: 3,
        device_id: "device-1".into(),
        username: "worker".into(),
        email: "w@example.org".into(),
        phone_number: "+000".into(),
    }
}

pub(crate) fn start(instance: &str, model: &str, body: &str) -> Session {
    Session::start(Arc::new(parse(instance, model, body).unwrap()), env()).unwrap()
}

pub(crate) fn values(session: &Session, references: &[&str]) -> Vec<String> {
    references.iter().map(|reference| session.value(reference).unwrap_or("MISSING").to_owned()).collect()
}
