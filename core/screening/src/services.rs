//! The services directory of a site: offline, versioned, expiring. Who is in it was checked by a named pseudonym on a day.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use wayside_model::CivilDate;

use crate::ScreeningError;
use crate::readiness::Support;

/// What a service does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sector {
    /// Health care.
    Health,
    /// Mental health and psychosocial support.
    MentalHealth,
    /// Sexual and reproductive health, gender-based violence.
    ReproductiveGbv,
    /// Shelter.
    Shelter,
    /// Legal advice, asylum.
    Legal,
    /// Child protection.
    ChildProtection,
    /// Cash and household goods.
    Cash,
    /// Labour rights.
    LabourRights,
    /// Focal point of the national referral mechanism.
    FocalPoint,
    /// An embassy or consulate. Never suggested to somebody who seeks asylum, or may.
    Embassy,
}

/// Whether a service has to tell authorities about the person. Shown before a referral.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reporting {
    /// It does not.
    Never,
    /// About children.
    Children,
    /// About everybody.
    Always,
    /// Nobody knows; treated as if it did.
    Unknown,
}

/// Sex as a service's condition names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sex {
    /// Women and girls.
    Female,
    /// Men and boys.
    Male,
}

/// Who can use a service. What is not named is open to all.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Eligible {
    /// Only this sex.
    pub sex: Option<Sex>,
    /// From this age on.
    pub from_age: Option<u8>,
    /// Up to and including this age.
    pub to_age: Option<u8>,
    /// Only these nationalities (ISO 3166-1 alpha-2).
    pub nationalities: Vec<String>,
    /// A lawful status is asked for.
    pub needs_status: bool,
}

/// One service.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// Its code; the recipient of consent line C4.
    pub code: String,
    /// Neutral name shown to the person, by language (BCP 47).
    pub name: BTreeMap<String, String>,
    /// What it does.
    pub sector: Sector,
    /// Who can use it.
    #[serde(default)]
    pub eligible: Eligible,
    /// Languages spoken there (BCP 47).
    pub languages: Vec<String>,
    /// Opening hours in plain words.
    pub hours: String,
    /// Minutes on foot from the site.
    #[serde(default)]
    pub on_foot_minutes: Option<u16>,
    /// Whether it is free.
    pub free: bool,
    /// Whether it has to report to authorities.
    pub reporting: Reporting,
    /// When it was last checked.
    pub verified_on: CivilDate,
    /// Pseudonym of who checked it.
    pub verified_by: String,
    /// From this day on it is not offered.
    pub expires: CivilDate,
    /// Its desk's X25519 key, 64 hexadecimal digits: letters of a referral are sealed to it. Without one it is told by hand.
    #[serde(default)]
    pub key: Option<String>,
}

impl Service {
    /// Its desk's key.
    pub fn key_bytes(&self) -> Option<[u8; 32]> {
        let digits = self.key.as_ref().filter(|key| key.len() == 64 && key.is_ascii())?;
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.as_bytes().chunks_exact(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
        }
        Some(bytes)
    }
}

/// What is known of the person a service is looked for. Unknown stays unknown and shuts nothing out but embassies.
#[derive(Clone, Default)]
pub struct Need {
    /// Sectors wanted; empty = all.
    pub sectors: Vec<Sector>,
    /// Sex as stated.
    pub sex: Option<Sex>,
    /// Youngest and oldest possible age.
    pub age: Option<(u8, u8)>,
    /// Nationality, if it was said.
    pub nationality: Option<String>,
    /// Whether the person has a lawful status.
    pub has_status: Option<bool>,
    /// Whether the person does not seek asylum and does not want to. Only then is an embassy named.
    pub no_asylum: bool,
    /// Languages the person speaks.
    pub languages: Vec<String>,
}

/// A site's directory.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Services {
    /// Format of this document; 1.
    pub format: u32,
    /// Site code, as in the device certificate.
    pub site: String,
    /// Version, from 1.
    pub version: u32,
    /// From this day on it may not be used.
    pub expires: CivilDate,
    /// What to do in danger at this site, by language; shown offline.
    pub danger_protocol: BTreeMap<String, Vec<String>>,
    /// Who stands behind a worker of this site.
    #[serde(default)]
    pub support: Support,
    /// Whether observations may be recorded here (B7).
    #[serde(default)]
    pub observation: bool,
    /// Whether the questions may go on here once help was found for sexual violence of the last days; see
    /// [`crate::interview::Interview::help_found`].
    #[serde(default)]
    pub questions_after_help: bool,
    /// The services.
    pub services: Vec<Service>,
}

impl Services {
    /// Reads and checks a directory.
    ///
    /// # Errors
    /// `services.malformed` with the place.
    pub fn from_json(text: &str) -> Result<Self, ScreeningError> {
        let wrong = |at: String, problem: &'static str| ScreeningError::Services { at, problem };
        let directory: Self = serde_json::from_str(text).map_err(|error| {
            wrong(format!("line {}, column {}", error.line(), error.column()), "not of the shape of a directory")
        })?;
        if directory.format != 1 || directory.version == 0 || directory.site.is_empty() {
            return Err(wrong("format".into(), "format 1, a version from 1 and a site are expected"));
        }
        if !directory.danger_protocol.values().any(|steps| !steps.is_empty()) {
            return Err(wrong("danger_protocol".into(), "there is no protocol for danger"));
        }
        let mut seen = std::collections::BTreeSet::new();
        for (n, service) in directory.services.iter().enumerate() {
            let plain = |code: &str| code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
            if service.code.is_empty() || !plain(&service.code) || !seen.insert(service.code.as_str()) {
                return Err(wrong(format!("services[{n}].code"), "not a code, or there twice"));
            }
            if service.name.is_empty() || service.languages.is_empty() || service.verified_by.is_empty() {
                return Err(wrong(format!("services[{n}]"), "name, languages or who checked it is missing"));
            }
            if service.expires <= service.verified_on {
                return Err(wrong(format!("services[{n}].expires"), "not after the day it was checked"));
            }
            if service.key.is_some() && service.key_bytes().is_none() {
                return Err(wrong(format!("services[{n}].key"), "not a key of 64 hexadecimal digits"));
            }
            let ages = (service.eligible.from_age, service.eligible.to_age);
            if matches!(ages, (Some(from), Some(to)) if from > to) {
                return Err(wrong(format!("services[{n}].eligible"), "the ages are turned round"));
            }
        }
        Ok(directory)
    }

    /// Reads the directory that is to take the place of this one. On an error this one stays in use.
    ///
    /// # Errors
    /// As [`Self::from_json`]; `bundle.downgrade` for an older version or another site.
    pub fn successor(&self, text: &str) -> Result<Self, ScreeningError> {
        let next = Self::from_json(text)?;
        if next.site != self.site || next.version < self.version || (next.version == self.version && next != *self) {
            return Err(ScreeningError::Downgrade { held: self.version, offered: next.version });
        }
        Ok(next)
    }

    /// Whether it may be used on this day.
    pub fn is_current(&self, today: CivilDate) -> bool {
        today < self.expires
    }

    /// One service.
    ///
    /// # Errors
    /// `services.unknown`.
    pub fn service(&self, code: &str) -> Result<&Service, ScreeningError> {
        self.services.iter().find(|service| service.code == code).ok_or(ScreeningError::ServiceUnknown)
    }

    /// The services to name to a person: current ones they can use, those that speak a language of theirs first, then the
    /// nearest. An embassy only where the person does not seek asylum.
    pub fn suggest(&self, need: &Need, today: CivilDate) -> Vec<&Service> {
        let fits = |service: &&Service| {
            self.is_current(today)
                && today < service.expires
                && (need.sectors.is_empty() || need.sectors.contains(&service.sector))
                && (service.sector != Sector::Embassy || need.no_asylum)
                && may_use(&service.eligible, need)
        };
        let speaks = |service: &Service| {
            let base = |tag: &str| tag.split('-').next().map(str::to_owned);
            service.languages.iter().any(|spoken| need.languages.iter().any(|own| base(own) == base(spoken)))
        };
        let mut fitting: Vec<&Service> = self.services.iter().filter(fits).collect();
        fitting.sort_by_key(|service| (!speaks(service), service.on_foot_minutes.unwrap_or(u16::MAX)));
        fitting
    }
}

/// Unknown facts do not shut a service out: who is turned away at its door loses less than who never hears of it.
fn may_use(eligible: &Eligible, need: &Need) -> bool {
    let (low, high) = need.age.unwrap_or((0, u8::MAX));
    let nationality = |own: &String| eligible.nationalities.is_empty() || eligible.nationalities.contains(own);
    eligible.sex.is_none_or(|only| need.sex.is_none_or(|own| own == only))
        && eligible.from_age.is_none_or(|from| high >= from)
        && eligible.to_age.is_none_or(|to| low <= to)
        && need.nationality.as_ref().is_none_or(nationality)
        && !(eligible.needs_status && need.has_status == Some(false))
}
