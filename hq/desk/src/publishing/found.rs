//! What the check found of something that waits, in words.

use wayside_forms::Form;
use wayside_model::Coded;
use wayside_screening::RuleSet;
use wayside_screening::bundle::{Bundle, Purpose};
use wayside_screening::forms::built_in;
use wayside_screening::packs::Pack;
use wayside_screening::services::Services;

use super::differences::changed;
use super::parts::sound_of;
use super::{Difference, PublishedKind};
use crate::checked::bundle_site;
use crate::{Desk, DeskError, facts};

impl Desk {
    /// What was found, a line each. `refused` is what would be said if it were signed now.
    pub(super) fn found(
        &self,
        kind: PublishedKind,
        text: &str,
        differences: &[Difference],
        refused: Option<&DeskError>,
    ) -> Result<Vec<String>, DeskError> {
        let mut lines = match kind {
            PublishedKind::Services => {
                let held = self.services_in_use(&Services::from_json(text)?.site)?;
                services(text, held.as_ref())?
            }
            PublishedKind::Form => form(text)?,
            PublishedKind::RuleSet => rule_set(text, differences)?,
            PublishedKind::Pack => pack(text, differences)?,
            PublishedKind::Bundle => bundle(text)?,
        };
        if let Some(error) = refused {
            let code = error.code();
            lines.push(format!("It would be refused now: {error} ({code})."));
        }
        Ok(lines)
    }
}

fn services(text: &str, held: Option<&Services>) -> Result<Vec<String>, DeskError> {
    let services = Services::from_json(text)?;
    let (all, keys) = (services.services.len(), services.services.iter().filter(|one| one.key.is_some()).count());
    let languages = services.danger_protocol.len();
    let order = match held.is_none_or(|held| held.version < services.version) {
        true => "is newer than the one in force",
        false => "is not newer than the one in force any more",
    };
    Ok(vec![
        format!("It reads as a directory and {order}. Services: {all}."),
        format!(
            "With a key for sealed letters: {keys}. Keys of services that have a desk here are added when it is signed."
        ),
        format!("What to do in danger, in languages: {languages}. It may be used until {}.", services.expires),
    ])
}

fn form(text: &str) -> Result<Vec<String>, DeskError> {
    let form = Form::parse(text)?;
    let fields = facts::fields(text);
    let unsaid = fields.iter().filter(|field| field.purpose.is_empty()).count();
    let mut lines = vec![
        format!("It reads as a form. Fields: {}. Languages: {}.", fields.len(), form.languages().len().max(1)),
        format!("Fields that do not say what they are for: {unsaid}. For these counts what is decided here."),
    ];
    lines.extend(form.problems().iter().map(|problem| format!("Tolerated: {problem}")));
    Ok(lines)
}

fn rule_set(text: &str, differences: &[Difference]) -> Result<Vec<String>, DeskError> {
    let rules = RuleSet::from_json(text)?;
    let weights = differences.iter().filter(|one| one.part.contains(", weight ")).count();
    let of = |kind: &str| changed(differences, kind);
    Ok(vec![
        format!(
            "It reads as a rule set, and has all that the forms in use ask for. Indicators: {}.",
            rules.indicators().len()
        ),
        format!(
            "It changes indicators: {}, weights: {weights}, combinations: {}, guards: {}, outcomes: {}.",
            of("indicator "),
            of("combination "),
            of("guard "),
            of("outcome "),
        ),
        match &rules.verification().reviewed_by {
            Some(who) => format!("Compared with its source by {who}."),
            None => "Nobody has compared it with its source.".to_owned(),
        },
    ])
}

fn pack(text: &str, differences: &[Difference]) -> Result<Vec<String>, DeskError> {
    let pack = Pack::from_json(text)?;
    let strings = pack.strings.values();
    let (sound, read) = (
        strings.clone().filter(|one| one.audio.is_some()).count(),
        strings.filter(|one| one.status.is_reviewed()).count(),
    );
    let changes = |part: &str| differences.iter().any(|one| one.part == part);
    let texts = pack.strings.keys().filter(|key| changes(key)).count();
    let sounds = pack.strings.keys().filter(|key| changes(&sound_of(key))).count();
    let gone = differences.iter().filter(|one| one.after.is_empty() && one.part.ends_with(", gloss")).count();
    Ok(vec![
        format!(
            "It reads as a language pack, and what consent and danger need is in it. Strings: {}.",
            pack.strings.len()
        ),
        format!("With sound: {sound}; the files came with it. Read by a second speaker: {read}."),
        format!("Strings that change or are new: {texts}. Sounds that do: {sounds}. Strings that go: {gone}."),
    ])
}

fn bundle(text: &str) -> Result<Vec<String>, DeskError> {
    let bundle = Bundle::from_json(text)?;
    let site = bundle_site(&bundle)?;
    let whom = if site.is_empty() { "every site".to_owned() } else { format!("the site {site}") };
    let purpose = match bundle.purpose {
        Purpose::Training => "for training: it may hold drafts",
        Purpose::Production => "for work with people: what has to be reviewed is",
    };
    let mut lines = vec![
        format!(
            "It reads as a bundle {purpose}. It is for devices of {whom}, and may be installed until {}.",
            bundle.expires
        ),
        format!(
            "Rule sets: {}. Forms: {}. Language packs: {}. Directory of services: {}.",
            bundle.rule_sets.len(),
            bundle.forms.len(),
            bundle.packs.len(),
            if bundle.services.is_some() { "yes" } else { "no" },
        ),
    ];
    let others: Vec<&str> = forms_of_others(&bundle).collect();
    if !others.is_empty() {
        lines.push(format!("Forms of others: {}. For them counts what is decided here.", others.join(", ")));
    }
    Ok(lines)
}

/// Ids of a bundle's forms that do not come with the program.
pub(super) fn forms_of_others(bundle: &Bundle) -> impl Iterator<Item = &str> {
    bundle.forms.keys().map(String::as_str).filter(|id| built_in(id).is_none())
}
