//! The site this device works at: its services directory as HQ signed it, and whether an interview may begin here at all.

use serde::{Deserialize, Serialize};
use wayside_model::{CivilDate, ErrorCode};
use wayside_screening::authority::Authority;
use wayside_screening::interview::Policy;
use wayside_screening::readiness::{self, Missing, Site, Support};
use wayside_screening::services::{Need, Reporting, Sector, Services, Sex};

use crate::error::FieldError;
use crate::vault::Inner;

/// Setting that holds the services directory, as JSON.
pub(crate) const SERVICES: &str = "services";

/// A service to name to a person.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceView {
    /// Its code; the recipient of consent line C4.
    pub code: String,
    /// Its neutral name, in the language asked for where the directory has it.
    pub name: String,
    /// What it does.
    pub sector: Sector,
    /// Languages spoken there (BCP 47).
    pub languages: Vec<String>,
    /// Opening hours in plain words.
    pub hours: String,
    /// Minutes on foot from the site.
    pub on_foot_minutes: Option<u16>,
    /// Whether it is free.
    pub free: bool,
    /// Whether it has to tell authorities about the person. Not knowing counts as a yes: say so before a referral.
    pub reporting: Reporting,
}

/// What is known of the person a service is looked for. Unknown stays unknown and shuts nothing out but embassies.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ServiceNeed {
    /// Sectors wanted; empty: all.
    pub sectors: Vec<Sector>,
    /// Sex as stated.
    pub sex: Option<Sex>,
    /// Nationality (ISO 3166-1 alpha-2), if it was said.
    pub nationality: Option<String>,
    /// Whether the person has a lawful status.
    pub has_status: Option<bool>,
    /// Whether the person does not seek asylum and does not want to. Only then is an embassy named.
    pub no_asylum: bool,
    /// Languages the person speaks (BCP 47).
    pub languages: Vec<String>,
}

impl ServiceNeed {
    /// With the youngest and oldest possible age.
    pub(crate) fn with_age(self, age: Option<(u8, u8)>) -> Need {
        let Self { sectors, sex, nationality, has_status, no_asylum, languages } = self;
        Need { sectors, sex, age, nationality, has_status, no_asylum, languages }
    }
}

/// What this device knows of its worker and site.
pub(crate) struct Here {
    /// HQ has confirmed the device.
    pub(crate) confirmed: bool,
    pub(crate) site: String,
    pub(crate) authority: Authority,
    pub(crate) services: Option<Services>,
}

impl Here {
    pub(crate) fn load(inner: &Inner) -> Result<Self, FieldError> {
        let settings = inner.settings();
        let certificate = settings.certificate(&settings.directory(&settings.identity()?)?)?;
        Ok(Self {
            confirmed: certificate.is_some(),
            authority: certificate.as_ref().map(|c| Authority::of_role(&c.role)).unwrap_or_default(),
            site: certificate.map(|c| c.site).unwrap_or_default(),
            services: services(inner)?,
        })
    }

    pub(crate) fn policy(&self) -> Policy {
        let services = self.services.as_ref();
        Policy {
            observation: services.is_some_and(|services| services.observation),
            questions_after_help: services.is_some_and(|services| services.questions_after_help),
        }
    }

    /// What the screening rules judge readiness by.
    pub(crate) fn site(&self, forms_signed: bool, today: CivilDate) -> Site<'_> {
        let services = self.services.as_ref();
        Site {
            site: &self.site,
            services,
            forms_signed,
            authority: self.authority,
            support: services.map_or(Support::None, |services| services.support),
            today,
        }
    }
}

/// The directory that is installed. It was checked before it was kept.
pub(crate) fn services(inner: &Inner) -> Result<Option<Services>, FieldError> {
    let Some(bytes) = inner.store.setting(SERVICES)? else { return Ok(None) };
    let text = std::str::from_utf8(&bytes).map_err(|_| ErrorCode::VaultDamaged)?;
    Ok(Some(Services::from_json(text)?))
}

/// What keeps this site from being ready, with built-in forms.
pub(crate) fn missing(inner: &Inner) -> Result<Vec<Missing>, FieldError> {
    Ok(readiness::missing(&Here::load(inner)?.site(true, today(inner))))
}

/// What to do in danger at this site; in another language where it is not there in this one.
pub(crate) fn danger_protocol(inner: &Inner, language: &str) -> Result<Vec<String>, FieldError> {
    let Some(services) = services(inner)? else { return Ok(Vec::new()) };
    let protocol = &services.danger_protocol;
    let found = protocol.get(language).or_else(|| protocol.get("en")).or_else(|| protocol.values().next());
    Ok(found.cloned().unwrap_or_default())
}

/// The services to name, those that speak a language of the person first.
pub(crate) fn suggest(inner: &Inner, need: &Need, language: &str) -> Result<Vec<ServiceView>, FieldError> {
    let Some(services) = services(inner)? else { return Ok(Vec::new()) };
    let view = |service: &wayside_screening::services::Service| ServiceView {
        code: service.code.clone(),
        name: service
            .name
            .get(language)
            .or_else(|| service.name.get("en"))
            .or_else(|| service.name.values().next())
            .cloned()
            .unwrap_or_default(),
        sector: service.sector,
        languages: service.languages.clone(),
        hours: service.hours.clone(),
        on_foot_minutes: service.on_foot_minutes,
        free: service.free,
        reporting: service.reporting,
    };
    Ok(services.suggest(need, today(inner)).into_iter().map(view).collect())
}

/// The day on the device's clock.
pub(crate) fn today(inner: &Inner) -> CivilDate {
    inner.clock.now().date(inner.clock.offset_minutes())
}
