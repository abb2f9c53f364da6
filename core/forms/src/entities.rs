//! Entities (ODK XForms specification, entities 2024.1.0 and 2025.1.0): what a finished form makes or changes in lists that
//! other forms choose from, so that it shows on the device before any server has seen it.

use crate::list::{List, ListUnreadable, ResourceError, Table};

/// Columns of a list of entities, as servers hand it out.
const ID: &str = "name";
const LABEL: &str = "label";
const VERSION: &str = "__version";
const TRUNK_VERSION: &str = "__trunkVersion";
const BRANCH_ID: &str = "__branchId";

/// What a form wants for an entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntityAction {
    /// A new one.
    Create,
    /// A change of one that is there; nothing where it is not.
    Update,
    /// A change where it is there, else a new one.
    Upsert,
}

/// One entity of a finished form. No `Debug`: it holds what a person said.
#[derive(Clone, PartialEq, Eq)]
pub struct EntityChange {
    /// Name of the list.
    pub list: String,
    /// Id of the entity; a form without one changes nothing.
    pub id: String,
    /// What is wanted.
    pub action: EntityAction,
    /// Label; blank keeps the one it has.
    pub label: String,
    /// Property and value, in the order of the form. Only what was relevant.
    pub properties: Vec<(String, String)>,
    /// Version this change was made from, where the form knew it.
    pub base_version: String,
    /// Last version that came from the server, where the form knew it.
    pub trunk_version: String,
    /// Chain of local changes since then, where there is one.
    pub branch_id: String,
}

/// Lists of entities on the device. [`Table`] is one in memory; a database implements this for lists that are kept.
pub trait EntityStore {
    /// Value of one column of an entity; nothing where the list has no such entity.
    ///
    /// # Errors
    /// [`ListUnreadable`] where it cannot be read now.
    fn entity(&self, list: &str, id: &str, column: &str) -> Result<Option<String>, ListUnreadable>;

    /// Sets columns of an entity, which is made where it is missing, in one step: all or none.
    ///
    /// # Errors
    /// [`ListUnreadable`] where it cannot be written now; nothing is changed then.
    fn put_entity(&mut self, list: &str, id: &str, cells: &[(&str, &str)]) -> Result<(), ListUnreadable>;
}

impl EntityChange {
    /// Makes the change in the lists of the device; says whether there was anything to do. A new entity has version 1; each
    /// change counts one up and stays on its branch, so that the server can follow what happened offline. `new_branch` is a
    /// random UUID, used where a branch begins.
    ///
    /// # Errors
    /// [`ListUnreadable`]; nothing is changed then.
    pub fn apply(&self, store: &mut dyn EntityStore, new_branch: &str) -> Result<bool, ListUnreadable> {
        if self.id.is_empty() {
            return Ok(false);
        }
        let known = store.entity(&self.list, &self.id, ID)?.is_some();
        match (self.action, known) {
            (EntityAction::Update, false) => return Ok(false),
            // Entities are known to people by their label.
            (EntityAction::Create | EntityAction::Upsert, false) if self.label.trim().is_empty() => return Ok(false),
            // The same finished form again.
            (EntityAction::Create, true) => return Ok(false),
            _ => {}
        }
        let stored = |column: &str| store.entity(&self.list, &self.id, column).map(Option::unwrap_or_default);
        let (version, branch, trunk) = (stored(VERSION)?, stored(BRANCH_ID)?, stored(TRUNK_VERSION)?);
        let next = version.parse::<u64>().unwrap_or(0).saturating_add(1).to_string();
        let mut cells: Vec<(&str, &str)> = vec![(VERSION, &next)];
        if branch.is_empty() {
            cells.push((BRANCH_ID, new_branch));
        }
        if known && branch.is_empty() && trunk.is_empty() {
            cells.push((TRUNK_VERSION, &version));
        }
        if !self.label.trim().is_empty() {
            cells.push((LABEL, &self.label));
        }
        // A property cannot take the place of what the list itself needs.
        let own = [ID, LABEL, VERSION, TRUNK_VERSION, BRANCH_ID];
        let properties = self.properties.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        cells.extend(properties.filter(|(name, _)| !own.contains(name)));
        store.put_entity(&self.list, &self.id, &cells)?;
        Ok(true)
    }
}

/// One list, whatever its name.
impl EntityStore for Table {
    fn entity(&self, _list: &str, id: &str, column: &str) -> Result<Option<String>, ListUnreadable> {
        let Some(row) = self.row_of(id)? else { return Ok(None) };
        let Some(column) = self.column(column) else { return Ok(Some(String::new())) };
        Ok(Some(self.cell(row, column)?.unwrap_or_default().into_owned()))
    }

    fn put_entity(&mut self, _list: &str, id: &str, cells: &[(&str, &str)]) -> Result<(), ListUnreadable> {
        let refused = |_: ResourceError| ListUnreadable;
        let row = match self.row_of(id)? {
            Some(row) => row,
            None => {
                let column = self.column_or_new(ID);
                let row = self.push_row();
                self.set(row, column, id).map_err(refused)?;
                row
            }
        };
        for (name, value) in cells {
            let column = self.column_or_new(name);
            self.set(row, column, value).map_err(refused)?;
        }
        Ok(())
    }
}

impl Table {
    fn row_of(&self, id: &str) -> Result<Option<u32>, ListUnreadable> {
        let Some(column) = self.column(ID) else { return Ok(None) };
        let mut rows = Vec::new();
        self.find(&[(column, id)], &mut rows)?;
        Ok(rows.first().copied())
    }
}
