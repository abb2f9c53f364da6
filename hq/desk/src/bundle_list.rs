//! The files of a bundle, as a person lists them; read together they are the document that devices take.

use std::collections::BTreeMap;

use serde::Deserialize;
use wayside_forms::Form;
use wayside_model::CivilDate;
use wayside_screening::ScreeningError;
use wayside_screening::bundle::{Bundle, Purpose};

use crate::DeskError;

/// A bundle whose parts are files of their own. Names are as they stand in the list, from where the list lies.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BundleList {
    format: u32,
    version: u32,
    purpose: Purpose,
    #[serde(default)]
    reviewed_by: Option<String>,
    expires: CivilDate,
    #[serde(default)]
    rule_sets: Vec<String>,
    #[serde(default)]
    forms: Vec<String>,
    #[serde(default)]
    services: Option<String>,
    #[serde(default)]
    packs: Vec<String>,
}

impl BundleList {
    /// Reads a list.
    ///
    /// # Errors
    /// `bundle.malformed` with line and column.
    pub fn from_json(text: &str) -> Result<Self, DeskError> {
        serde_json::from_str(text).map_err(|error| {
            let at = format!("line {}, column {}", error.line(), error.column());
            ScreeningError::Bundle { at, problem: "not of the shape of a list of a bundle's files" }.into()
        })
    }

    /// Names of its language packs: the audio of each lies beside it.
    pub fn packs(&self) -> &[String] {
        &self.packs
    }

    /// The bundle, as text. `read` gives the text of a file by its name. What the parts say is not looked at here, but for the
    /// ids of forms.
    ///
    /// # Errors
    /// What `read` says; `form.*` for a form that does not read as one.
    pub fn compose<E: From<DeskError>>(&self, mut read: impl FnMut(&str) -> Result<String, E>) -> Result<String, E> {
        let mut forms = BTreeMap::new();
        for name in &self.forms {
            let xml = read(name)?;
            let id = Form::parse(&xml).map_err(DeskError::from)?.id().to_owned();
            forms.insert(id, xml);
        }
        let mut all = |names: &[String]| names.iter().map(|name| read(name)).collect::<Result<Vec<_>, E>>();
        let bundle = Bundle {
            format: self.format,
            version: self.version,
            purpose: self.purpose,
            reviewed_by: self.reviewed_by.clone(),
            expires: self.expires,
            rule_sets: all(&self.rule_sets)?,
            packs: all(&self.packs)?,
            services: all(self.services.as_slice())?.pop(),
            forms,
        };
        Ok(serde_json::to_string(&bundle).map_err(|_| DeskError::Bug)?)
    }
}
