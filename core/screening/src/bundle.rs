//! What HQ signs as one: rule sets, forms, the site's services directory and language packs. The signature covers the bytes of
//! this document as they came (`wayside-seal` checks it); here is checked what they say. All of a bundle is taken or nothing.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use wayside_model::CivilDate;

use crate::error::Shown;
use crate::forms::{BUILT_IN, built_in};
use crate::packs::{Pack, Packs};
use crate::services::Services;
use crate::{RuleSet, ScreeningError, check_codes, form_check};

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
    pub fields: Vec<Attributes<'a>>,
    /// The same of each group with a heading of its own.
    pub headings: Vec<Attributes<'a>>,
}

impl ParsedForm<'_> {
    /// Whether it is somebody else's: none of those that come with the program, and without an attribute of ours. Only such a
    /// form can be not about a person.
    pub fn is_of_others(&self) -> bool {
        let mut places = self.fields.iter().chain(&self.headings);
        built_in(self.id).is_none() && places.all(|(_, attributes)| attributes.is_empty())
    }
}

/// A place of a form, and the names and values that stand there in our namespace.
pub type Attributes<'a> = (&'a str, Vec<(&'a str, &'a str)>);

/// What a device works with besides forms. The rule set before stays in use whenever something is refused.
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

    /// Puts a bundle in place of what is installed; `parsed` are all forms that are in use from then on, its own and those that
    /// stay, each read by an XForms parser. On any error nothing has changed. A form without an attribute of ours is somebody
    /// else's and runs as it is.
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
        self.rule_sets.iter().try_for_each(|text| next.take_rule_set(text).map(drop))?;
        if let Some(text) = &self.services {
            next.take_services(text)?;
        }
        self.packs.iter().try_for_each(|text| next.take_pack(text).map(drop))?;
        if let Some(id) = self.forms.keys().find(|id| !parsed.iter().any(|form| form.id == **id)) {
            return Err(ScreeningError::Bundle { at: format!("forms.{id}"), problem: "was not parsed" });
        }
        for form in parsed {
            self.check_form(form)?;
            next.check_form(form)?;
        }
        if self.purpose == Purpose::Production {
            self.check_production(&next, parsed)?;
        }
        Ok(next)
    }

    fn check_form(&self, form: &ParsedForm<'_>) -> Result<(), ScreeningError> {
        if form.fields.iter().all(|(_, attributes)| attributes.is_empty()) {
            return Ok(());
        }
        let is_of_the_record = |place: &str, ours: &[_]| ours.is_empty() && form_check::is_of_the_record(place);
        for (place, attributes) in form.fields.iter().filter(|(place, ours)| !is_of_the_record(place, ours)) {
            form_check::check_field(place, attributes)?;
        }
        if self.purpose == Purpose::Production { form_check::check_reviewed(form) } else { Ok(()) }
    }

    fn check_production(&self, next: &Installed, parsed: &[ParsedForm<'_>]) -> Result<(), ScreeningError> {
        let open = |what: String| Err(ScreeningError::NotReviewed { what });
        if self.reviewed_by.as_ref().is_none_or(|who| who.trim().is_empty()) {
            return open("the wording of the forms (reviewed_by)".into());
        }
        next.packs.iter().try_for_each(Pack::check_reviewed)?;
        next.rule_sets.values().try_for_each(check_rules_reviewed)?;
        // A built-in form that was not looked at would go on being used.
        match BUILT_IN.iter().find(|form| !parsed.iter().any(|parsed| parsed.id == form.id)) {
            Some(form) => open(format!("form {}", form.id)),
            None => Ok(()),
        }
    }
}

fn check_rules_reviewed(rules: &RuleSet) -> Result<(), ScreeningError> {
    match rules.verification().reviewed_by {
        Some(_) => Ok(()),
        None => Err(ScreeningError::NotReviewed { what: format!("rule set {}", rules.id()) }),
    }
}

impl Installed {
    /// Takes a newer version of a rule set that is in use; nothing has changed on an error.
    ///
    /// # Errors
    /// `ruleset.malformed` with the place, `ruleset.unknown` for another rule set, `ruleset.downgrade`; `bundle.not_reviewed`
    /// in production.
    pub fn take_rule_set(&mut self, text: &str) -> Result<&RuleSet, ScreeningError> {
        let offered = RuleSet::from_json(text)?;
        let Some(held) = self.rule_sets.get_mut(offered.id()) else {
            return Err(ScreeningError::ProfileUnknown(Shown::new(offered.id())));
        };
        let next = held.successor(text)?;
        if self.purpose == Purpose::Production {
            check_rules_reviewed(&next)?;
        }
        *held = next;
        Ok(held)
    }

    /// Takes a newer services directory.
    ///
    /// # Errors
    /// `services.malformed` with the place, `bundle.downgrade`.
    pub fn take_services(&mut self, text: &str) -> Result<(), ScreeningError> {
        self.services = Some(match &self.services {
            Some(before) => before.successor(text)?,
            None => Services::from_json(text)?,
        });
        Ok(())
    }

    /// Takes a language pack; that its audio files are there is for the caller to see ([`Pack::check_audio`]).
    ///
    /// # Errors
    /// `pack.malformed` with the place, `pack.incomplete`, `bundle.downgrade`; `bundle.not_reviewed` in production.
    pub fn take_pack(&mut self, text: &str) -> Result<Pack, ScreeningError> {
        let pack = Pack::from_json(text)?;
        if self.purpose == Purpose::Production {
            pack.check_reviewed()?;
        }
        self.packs.install(pack.clone())?;
        Ok(pack)
    }

    /// Whether the rule sets have all that a form asks for.
    ///
    /// # Errors
    /// `indicator.unknown` with the place.
    pub fn check_form(&self, form: &ParsedForm<'_>) -> Result<(), ScreeningError> {
        for (place, attributes) in &form.fields {
            let at = format!("{}{place}", form.id);
            self.rule_sets.values().try_for_each(|rules| check_codes(rules, &at, attributes))?;
        }
        Ok(())
    }

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
