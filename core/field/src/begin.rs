//! How a session begins: with a person, where the site is ready for a talk, or about nobody.

use wayside_model::{ErrorCode, Timestamp};
use wayside_screening::ScreeningError;
use wayside_screening::interview::{Interview, Mode};
use wayside_screening::{locks, readiness};

use crate::error::FieldError;
use crate::forms::{self, LoadedForm};
use crate::journal::SessionMode;
use crate::site::{Here, today};
use crate::vault::Inner;

/// A session with a person, where this site and device are ready for one.
pub(crate) fn with_a_person(
    inner: &Inner,
    loaded: &LoadedForm,
    here: &Here,
    mode: SessionMode,
) -> Result<Interview, FieldError> {
    let site = here.site(forms::is_signed(inner, &loaded.reference)?, today(inner));
    let missing = readiness::missing(&site);
    if !missing.is_empty() {
        return Err(ScreeningError::NotReady(missing).into());
    }
    let interview = Interview::begin(mode.into(), &site, here.policy(), inner.clock.now());
    if interview.mode() == Mode::Leaflet {
        return Err(ErrorCode::SessionMode.into());
    }
    check_training(&interview, &loaded.reference.id)?;
    Ok(interview)
}

/// A session about nobody. Of what makes a site ready is left that HQ signed the form, which is how it came to be about nobody,
/// and that it confirmed the device, in whose certificate the worker's trainings stand: nobody is there to be named a service,
/// and no talk for which somebody had to be trained.
pub(crate) fn about_nobody(here: &Here, mode: SessionMode, now: Timestamp) -> Result<Interview, FieldError> {
    if !here.confirmed {
        return Err(ScreeningError::NotReady(vec![readiness::Missing::Training]).into());
    }
    match mode {
        SessionMode::Interview => Ok(Interview::about_nobody(here.authority, now)),
        SessionMode::SelfAnswer | SessionMode::Observation => Err(ErrorCode::SessionMode.into()),
    }
}

/// The training a form asks for is looked at before anybody is asked anything.
pub(crate) fn check_training(interview: &Interview, form: &str) -> Result<(), FieldError> {
    let needed = locks::lock_of(form).training;
    if interview.authority().has(needed) { Ok(()) } else { Err(ScreeningError::Training(needed).into()) }
}
