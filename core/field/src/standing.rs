//! Where a session stands, for what a screen shows beside the questions.

use wayside_screening::interview::{Mode, Pace, Stage};

use crate::error::FieldError;
use crate::pages;
use crate::session::FormSession;
use crate::site;

/// Where a session stands.
#[derive(Clone, PartialEq, Eq)]
pub struct StandingView {
    /// What kind of session it is now.
    pub mode: Mode,
    /// How far it is.
    pub stage: Stage,
    /// Whether it is time to stop (30 minutes) or to ask whether to go on (40 minutes).
    pub pace: Pace,
    /// Whether answers are hidden from worker and interpreter.
    pub hides_answers: bool,
    /// Whether only consent and the quick screen can be interpreted.
    pub quick_only: bool,
    /// Code of the interpreter whom the person accepted at the gate, as the consent lines name them.
    pub interpreter: Option<String>,
    /// What was read out before consent, as the consent lines name it ([`wayside_model::ConsentEntry::script`]); `None` until
    /// everything was explained.
    pub script: Option<String>,
    /// What to do now, while an urgent need is acted on.
    pub danger: Option<DangerView>,
}

/// An urgent need. Help comes first; the questions wait.
#[derive(Clone, PartialEq, Eq)]
pub struct DangerView {
    /// The site's protocol, step by step, in the language of the interview where it is there.
    pub protocol: Vec<String>,
    /// Minutes left for emergency prevention of HIV (72 hours), where sexual violence was said; 0: go at once.
    pub hiv_minutes_left: Option<u32>,
    /// Minutes left for emergency contraception (120 hours).
    pub contraception_minutes_left: Option<u32>,
}

pub(crate) fn of(session: &FormSession) -> Result<StandingView, FieldError> {
    let (interview, now) = (&session.interview, session.now());
    let danger = interview.is_acting_on_danger().then(|| {
        let left = interview.clocks().map(|clocks| clocks.minutes_left(now));
        let protocol = site::danger_protocol(&session.inner, pages::code(session.form.language()))?;
        Ok::<_, FieldError>(DangerView {
            protocol,
            hiv_minutes_left: left.map(|left| left.0),
            contraception_minutes_left: left.map(|left| left.1),
        })
    });
    Ok(StandingView {
        mode: interview.mode(),
        stage: interview.stage(),
        pace: interview.pace(now),
        hides_answers: interview.hides_answers(),
        quick_only: interview.is_quick_only(),
        interpreter: interview.interpreter().map(str::to_owned),
        script: session.read_out.as_ref().map(|read| read.script.clone()),
        danger: danger.transpose()?,
    })
}
