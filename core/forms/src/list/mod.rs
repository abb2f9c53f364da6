//! Lists that a form chooses from: rows and columns beside the form, never a tree of nodes.

mod csv;
mod geojson;
mod table;

use std::borrow::Cow;

pub use table::Table;

use wayside_model::{Coded, ErrorCode};

/// A list could not be read from where it is kept. What a form takes from it is blank then, with a problem on the node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a list could not be read")]
pub struct ListUnreadable;

/// Rows of a list, in an order that stays the same while a session uses it.
///
/// [`Table`] keeps them in memory; a database implements this to keep them where they are. In expressions the list is
/// `instance('id')/root/item`, each row an `item` and each cell an element of the column's name.
///
/// A filter such as `item[region = /data/region and district = 'd1']` becomes one call of [`List::find`], so an index on a
/// column that forms filter by saves a scan.
pub trait List: Send + Sync {
    /// Names of the columns, in order. No two are equal.
    fn columns(&self) -> &[String];

    /// Number of rows.
    fn len(&self) -> u32;

    /// Whether there is no row.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One cell; nothing where the row has no such cell, which is not the same as a blank one.
    ///
    /// # Errors
    /// [`ListUnreadable`] where the rows cannot be read now.
    fn cell(&self, row: u32, column: u32) -> Result<Option<Cow<'_, str>>, ListUnreadable>;

    /// Adds to `rows`, in ascending order, the rows whose cells equal all of `wanted`, byte for byte. A row without the cell
    /// does not fit.
    ///
    /// # Errors
    /// [`ListUnreadable`] where the rows cannot be read now.
    fn find(&self, wanted: &[(u32, &str)], rows: &mut Vec<u32>) -> Result<(), ListUnreadable>;
}

/// Why a file beside a form is not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ResourceError {
    /// `form.malformed`: not what its kind says.
    #[error("a file beside the form cannot be read: {what}")]
    Malformed {
        /// What is wrong.
        what: &'static str,
    },
    /// `form.too_large`: more rows, columns or bytes than are taken.
    #[error("a file beside the form is too large")]
    TooLarge,
}

impl Coded for ResourceError {
    fn code(&self) -> ErrorCode {
        match self {
            Self::Malformed { .. } => ErrorCode::FormMalformed,
            Self::TooLarge => ErrorCode::FormTooLarge,
        }
    }
}
