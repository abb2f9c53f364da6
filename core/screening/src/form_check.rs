//! What a built-in or screening form must say of each field. Forms of others run as they are: this check is not put to them.

use crate::ScreeningError;
use crate::bundle::ParsedForm;
use crate::packs::Status;

/// How sensitive a field is.
pub const SENSITIVITIES: [&str; 3] = ["restricted", "confidential", "strictly_confidential"];
/// What a field is for.
pub const PURPOSES: [&str; 4] = ["routing", "safety", "screening", "referral"];

/// What is about the record and not about the person, and for which XLSForm has no columns: the fields of `meta` that OpenRosa
/// and ODK name. Whatever else stands there is a field as any other.
const OF_THE_RECORD: [&str; 12] = [
    "instanceID",
    "instanceName",
    "deprecatedID",
    "timeStart",
    "timeEnd",
    "userID",
    "deviceID",
    "phoneNumber",
    "email",
    "audit",
    "entity",
    "rootUuid",
];

/// Whether a field at this place need not say what it is for.
pub(crate) fn is_of_the_record(place: &str) -> bool {
    let mut names = place.split('/').skip(2);
    names.next() == Some("meta") && names.next().is_some_and(|name| OF_THE_RECORD.contains(&name))
}

/// Checks one field's attributes in our namespace: sensitivity and purpose are there and known.
///
/// # Errors
/// `form.unsupported` with the field.
pub fn check_field(reference: &str, attributes: &[(&str, &str)]) -> Result<(), ScreeningError> {
    let get = |name: &str| attributes.iter().find(|(held, _)| *held == name).map(|(_, value)| *value);
    let wrong = |problem| Err(ScreeningError::FormMapping { reference: reference.to_owned(), problem });
    if !get("sensitivity").is_some_and(|level| SENSITIVITIES.contains(&level)) {
        return wrong("a screening field does not say how sensitive it is");
    }
    if !get("purpose").is_some_and(|purpose| PURPOSES.contains(&purpose)) {
        return wrong("a screening field does not say what it is for");
    }
    Ok(())
}

/// The status of a field's strings in one language. A status reads `draft fr:reviewed ar:field_tested`: the first word holds
/// for every language that is not named. `None` for a word that is not a status.
pub fn translation_status(text: &str, language: &str) -> Option<Status> {
    let mut words = text.split_ascii_whitespace();
    let default = Status::of(words.next()?)?;
    let named = words.filter_map(|word| word.split_once(':')).find(|(code, _)| *code == language);
    named.map_or(Some(default), |(_, status)| Status::of(status))
}

/// Whether a form may be in a production bundle: each safety-critical field, and each heading it stands under, is reviewed in
/// every language of the form.
///
/// # Errors
/// `bundle.not_reviewed` with the field or the group.
pub fn check_reviewed(form: &ParsedForm<'_>) -> Result<(), ScreeningError> {
    let is_critical = |attributes: &[(&str, &str)]| attributes.contains(&("critical", "yes"));
    let critical: Vec<_> = form.fields.iter().filter(|(_, attributes)| is_critical(attributes)).collect();
    let is_below = |place: &str, group: &str| place.strip_prefix(group).is_some_and(|rest| rest.starts_with('/'));
    let heard = |group: &str| critical.iter().any(|(place, _)| is_below(place, group));
    let headings = form.headings.iter().filter(|(group, _)| heard(group));
    // A form in one language alone names none; its strings have a status all the same.
    let languages = if form.languages.is_empty() { &["und"][..] } else { &form.languages };
    for (place, attributes) in critical.iter().copied().chain(headings) {
        let status = attributes.iter().find(|(name, _)| *name == "status").map_or("", |(_, value)| *value);
        let is_open = |code: &&&str| !translation_status(status, code).is_some_and(Status::is_reviewed);
        if let Some(code) = languages.iter().find(is_open) {
            return Err(ScreeningError::NotReviewed { what: format!("{place} in {code}") });
        }
    }
    Ok(())
}
