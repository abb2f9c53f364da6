//! G0: whether this device and site are ready for an interview at all. Looked at before anybody is asked anything.

use serde::{Deserialize, Serialize};
use wayside_model::CivilDate;

use crate::authority::Authority;
use crate::services::Services;

/// What is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Missing {
    /// There is no services directory for this site.
    Services,
    /// It has expired.
    ServicesExpired,
    /// It names no service that could be used today.
    NoService,
    /// The forms are not signed by HQ.
    Forms,
    /// The worker is not trained.
    Training,
    /// Neither a supervisor nor a protocol for working alone is named.
    Supervisor,
}

/// Who stands behind the worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Support {
    /// A supervisor can be reached.
    Supervisor,
    /// There is a protocol for working alone.
    AloneProtocol,
    /// Neither.
    #[default]
    None,
}

/// What readiness is judged by.
#[derive(Clone, Copy)]
pub struct Site<'a> {
    /// Site code of the device certificate.
    pub site: &'a str,
    /// The services directory, if one is installed.
    pub services: Option<&'a Services>,
    /// Whether every form to be used came in a bundle whose signature the caller has verified.
    pub forms_signed: bool,
    /// What HQ confirmed about the worker; `trained` is asked for.
    pub authority: Authority,
    /// Who stands behind the worker.
    pub support: Support,
    /// Today.
    pub today: CivilDate,
}

/// Everything that is missing; ready if nothing is.
pub fn missing(site: &Site<'_>) -> Vec<Missing> {
    let mut missing = Vec::new();
    match site.services.filter(|services| services.site == site.site) {
        None => missing.push(Missing::Services),
        Some(services) if !services.is_current(site.today) => missing.push(Missing::ServicesExpired),
        Some(services) if !services.services.iter().any(|service| site.today < service.expires) => {
            missing.push(Missing::NoService);
        }
        Some(_) => {}
    }
    if !site.forms_signed {
        missing.push(Missing::Forms);
    }
    if !site.authority.has(crate::forms::Training::Trained) {
        missing.push(Missing::Training);
    }
    if site.support == Support::None {
        missing.push(Missing::Supervisor);
    }
    missing
}
