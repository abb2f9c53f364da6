//! What HQ decided of a form of others, as this device obeys it: whether it is about a person, and how long what it leaves here may
//! stay. It comes inside what HQ signs, and is kept by the hash of the form that it was said of.

use wayside_model::{ErrorCode, FormTerms, from_canonical, to_canonical};
use wayside_sync::wire::hex;

use crate::error::FieldError;
use crate::forms::{self, LoadedForm};
use crate::installed::parsed;
use crate::vault::Inner;

/// Name of the setting with what was decided of a form.
pub(crate) fn setting(sha256: &[u8; 32]) -> String {
    format!("form-terms/{}", hex(sha256))
}

/// What counts of this form. Where HQ has not signed it or said nothing, or what it said cannot be read, it is about a person and
/// strictly confidential; a screening form and one that comes with the program always are, whatever stands here.
pub(crate) fn of(inner: &Inner, loaded: &LoadedForm) -> Result<FormTerms, FieldError> {
    if !parsed(loaded).is_of_others() || !forms::is_signed(inner, &loaded.reference)? {
        return Ok(FormTerms::default());
    }
    let stored = inner.store.setting(&setting(&loaded.reference.sha256))?;
    Ok(stored.and_then(|bytes| from_canonical(&bytes).ok()).unwrap_or_default())
}

/// What HQ signed of this form.
///
/// Errors: `form.about_person` where it is a screening form, or comes with the program, and is said not to be about a person.
pub(crate) fn signed(terms: Option<&[u8]>, loaded: &LoadedForm) -> Result<FormTerms, FieldError> {
    let terms = FormTerms::in_signed(terms, &loaded.reference.id);
    if terms.about_person || parsed(loaded).is_of_others() { Ok(terms) } else { Err(ErrorCode::FormAboutPerson.into()) }
}

/// The setting that keeps it; also where nothing was decided, for something may have been before.
pub(crate) fn kept(loaded: &LoadedForm, terms: &FormTerms) -> (String, Vec<u8>) {
    (setting(&loaded.reference.sha256), to_canonical(terms))
}
