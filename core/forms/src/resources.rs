//! What stands beside a form: its lists, and the instance that was saved last.

use std::collections::HashMap;
use std::sync::Arc;

use crate::form::ExternalInstance;
use crate::limits::Limits;
use crate::list::{List, ResourceError, Table};
use crate::names::Names;
use crate::secondary::Secondary;
use crate::xml;

/// The URI of the instance of this form that was saved last.
pub(crate) const LAST_SAVED: &str = "jr://instance/last-saved";

/// Files and lists a session may read, by the URI that the form names them with.
///
/// A form names a file as `jr://file-csv/places.csv` or `jr://file/shape.geojson`; where no resource has that URI, the one
/// with the same file name is taken, so a host can register `places.csv`. What is not there is no hindrance to a session:
/// see [`crate::Session::missing_instances`].
#[derive(Clone, Default)]
pub struct Resources {
    all: HashMap<String, Resource>,
}

#[derive(Clone)]
enum Resource {
    List(Arc<dyn List>),
    Xml(Arc<str>),
}

impl Resources {
    /// None.
    pub fn new() -> Self {
        Self::default()
    }

    /// A list that is kept elsewhere, or shared by several sessions.
    pub fn add_list(&mut self, uri: &str, list: Arc<dyn List>) {
        self.all.insert(uri.to_owned(), Resource::List(list));
    }

    /// An instance as XML. It is read when a session starts.
    pub fn add_xml(&mut self, uri: &str, xml: &str) {
        self.all.insert(uri.to_owned(), Resource::Xml(xml.into()));
    }

    /// The instance of this form that was saved last, for `last-saved`.
    pub fn add_last_saved(&mut self, xml: &str) {
        self.add_xml(LAST_SAVED, xml);
    }

    /// A file as it is, read by the end of its name: `.csv`, `.geojson` or `.xml`.
    ///
    /// # Errors
    /// As [`Table::from_csv`] and [`Table::from_geojson`]; `form.malformed` for XML that is no text, or another ending.
    pub fn add_file(&mut self, uri: &str, bytes: &[u8]) -> Result<(), ResourceError> {
        let ending = uri.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
        match ending.as_str() {
            "csv" => self.add_list(uri, Arc::new(Table::from_csv(bytes)?)),
            "geojson" => self.add_list(uri, Arc::new(Table::from_geojson(bytes)?)),
            "xml" => {
                let xml = std::str::from_utf8(bytes).map_err(|_| ResourceError::Malformed { what: "not UTF-8" })?;
                self.add_xml(uri, xml);
            }
            _ => return Err(ResourceError::Malformed { what: "the name does not end in csv, geojson or xml" }),
        }
        Ok(())
    }

    /// The content of an instance, or that it is missing. Content that cannot be read counts as missing.
    pub(crate) fn instance(&self, wanted: &ExternalInstance, names: &Names, limits: &Limits) -> Secondary {
        match self.find(&wanted.source) {
            Some(Resource::List(list)) => Secondary::from_list(Arc::clone(list), names).unwrap_or(Secondary::Missing),
            Some(Resource::Xml(text)) => match xml::read(text, limits) {
                Ok(document) => Secondary::from_foreign_xml(text, document.root_element(), names),
                Err(_) => Secondary::Missing,
            },
            None if wanted.source == LAST_SAVED => Secondary::blank(),
            None => Secondary::Missing,
        }
    }

    fn find(&self, uri: &str) -> Option<&Resource> {
        let file_name = |uri: &str| uri.rsplit('/').next().map(str::to_owned);
        let same_name = || {
            let wanted = file_name(uri);
            let mut fitting: Vec<_> = self.all.iter().filter(|(key, _)| file_name(key) == wanted).collect();
            // By URI, so that the choice does not depend on the map's order.
            fitting.sort_by_key(|(key, _)| key.as_str());
            fitting.first().map(|(_, resource)| *resource)
        };
        self.all.get(uri).or_else(same_name)
    }
}
