//! What HQ signs as one: rule sets, forms, the site's services directory and language packs. The signature covers the bytes of
//! this document as they came (`wayside-seal` checks it); here is checked what they say. All of a bundle is taken or nothing.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use wayside_model::CivilDate;

use crate::packs::{Pack, Packs};
use crate::services::Services;
use crate::{RuleSet, ScreeningError, form_check};

/// What a bundle is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Training and trials: may hold drafts; screens show that it does.
    Training,
    /// Work with people: everything safety-critical has been reviewed.
    Production,
}

/// The document.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bundle {
    /// Format; 1.
    pub format: u32,
    /// Version, from 1; a device never goes back.
    pub version: u32,
    /// What it is for.
    pub purpose: Purpose,
    /// Who reviewed the wording of the forms; must be there in production.
    #[serde(default)]
    pub reviewed_by: Option<String>,
    /// From this day on it may not be installed.
    pub expires: CivilDate,
    /// Rule sets, as text.
    pub rule_sets: Vec<String>,
    /// XForms by form id, as text. Whoever parses XForms hands their fields to [`Bundle::install`].
    pub forms: BTreeMap<String, String>,
    /// The site's directory, as text.
    #[serde(default)]
    pub services: Option<String>,
    /// Language packs, as text.
    pub packs: Vec<String>,
}

/// A form of the bundle as an XForms parser read it.
#[derive(Clone)]
pub struct ParsedForm<'a> {
    /// Its id.
    pub id: &'a str,
    /// Its languages (BCP 47).
    pub languages: Vec<&'a str>,
    /// Each question's place and its attributes in our namespace.
    pub fields: Vec<(&'a str, Vec<(&'a str, &'a str)>)>,
}

/// What a device works with. The rule set before stays in use whenever something is refused.
#[derive(Clone)]
pub struct Installed {
    /// Version of the bundle; 0 for what is built in.
    pub version: u32,
    /// What the bundle is for.
    pub purpose: Purpose,
    /// Rule sets by id.
    pub rule_sets: BTreeMap<String, RuleSet>,
    /// The site's directory.
    pub services: Option<Services>,
    /// Language packs.
    pub packs: Packs,
}

/// Longest bundle that is read, in bytes.
const LONGEST: usize = 16 << 20;

impl Bundle {
    /// Reads a bundle whose signature the caller has verified.
    ///
    /// # Errors
    /// `bundle.malformed` with line and column, or with the place.
    pub fn from_json(text: &str) -> Result<Self, ScreeningError> {
        let wrong = |at: String, problem| ScreeningError::Bundle { at, problem };
        if text.len() > LONGEST {
            return Err(wrong("document".into(), "longer than 16 MiB"));
        }
        let bundle: Self = serde_json::from_str(text).map_err(|error| {
            wrong(format!("line {}, column {}", error.line(), error.column()), "not of the shape of a bundle")
        })?;
        if bundle.format != 1 || bundle.version == 0 {
            return Err(wrong("format".into(), "format 1 and a version from 1 are expected"));
        }
        Ok(bundle)
    }

    /// Puts a bundle in place of what is installed; `parsed` are its forms, each read by an XForms parser. On any error
    /// nothing has changed. A form without an attribute of ours is somebody else's and runs as it is.
    ///
    /// # Errors
    /// `bundle.expired`; `bundle.malformed` for a form that was not parsed; `form.unsupported` for a screening form with a
    /// field that does not say how sensitive it is and what for; `bundle.downgrade`, `ruleset.downgrade` for older versions; `bundle.not_reviewed` in production;
    /// and whatever is wrong with a part: `ruleset.malformed`, `services.malformed`, `pack.malformed`, `pack.incomplete`.
    pub fn install(
        &self,
        held: &Installed,
        parsed: &[ParsedForm<'_>],
        today: CivilDate,
    ) -> Result<Installed, ScreeningError> {
        if today >= self.expires {
            return Err(ScreeningError::Expired("the bundle"));
        }
        // Training material never replaces what people are worked with.
        let back = held.purpose == Purpose::Production && self.purpose == Purpose::Training;
        if self.version < held.version || back {
            return Err(ScreeningError::Downgrade { held: held.version, offered: self.version });
        }
        let mut next = Installed { version: self.version, purpose: self.purpose, ..held.clone() };
        for text in &self.rule_sets {
            let rules = RuleSet::from_json(text)?;
            let rules = match held.rule_sets.get(rules.id()) {
                Some(before) => before.successor(text)?,
                None => rules,
            };
            next.rule_sets.insert(rules.id().to_owned(), rules);
        }
        if let Some(text) = &self.services {
            next.services = Some(match &held.services {
                Some(before) => before.successor(text)?,
                None => Services::from_json(text)?,
            });
        }
        for text in &self.packs {
            let pack = Pack::from_json(text)?;
            if self.purpose == Purpose::Production {
                pack.check_reviewed()?;
            }
            next.packs.install(pack)?;
        }
        self.forms.keys().try_for_each(|id| self.check_form(id, parsed))?;
        if self.purpose == Purpose::Production {
            self.check_production(&next)?;
        }
        Ok(next)
    }

    fn check_form(&self, id: &str, parsed: &[ParsedForm<'_>]) -> Result<(), ScreeningError> {
        let Some(form) = parsed.iter().find(|form| form.id == id) else {
            return Err(ScreeningError::Bundle { at: format!("forms.{id}"), problem: "was not parsed" });
        };
        if form.fields.iter().all(|(_, attributes)| attributes.is_empty()) {
            return Ok(());
        }
        for (place, attributes) in &form.fields {
            form_check::check_field(place, attributes)?;
            if self.purpose == Purpose::Production {
                form_check::check_reviewed(place, attributes, &form.languages)?;
            }
        }
        Ok(())
    }

    fn check_production(&self, next: &Installed) -> Result<(), ScreeningError> {
        let open = |what: String| Err(ScreeningError::NotReviewed { what });
        if self.reviewed_by.as_ref().is_none_or(|who| who.trim().is_empty()) {
            return open("the wording of the forms (reviewed_by)".into());
        }
        next.packs.iter().try_for_each(Pack::check_reviewed)?;
        match next.rule_sets.values().find(|rules| rules.verification().reviewed_by.is_none()) {
            Some(rules) => open(format!("rule set {}", rules.id())),
            None => Ok(()),
        }
    }
}

impl Installed {
    /// What comes with the program: the built-in rule set, for training.
    ///
    /// # Errors
    /// `ruleset.malformed`, which a test rules out.
    pub fn built_in() -> Result<Self, ScreeningError> {
        let rules = crate::ilo_delphi_2009()?.clone();
        Ok(Self {
            version: 0,
            purpose: Purpose::Training,
            rule_sets: BTreeMap::from([(rules.id().to_owned(), rules)]),
            services: None,
            packs: Packs::default(),
        })
    }
}
