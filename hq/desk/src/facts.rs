//! Facts for an impact assessment, made from what is configured: which fields each form asks for and what for, who can open
//! what, how long it is kept, where it goes, what protects it. Whether that is enough is for the data-protection officer.

use std::collections::{BTreeMap, BTreeSet};

use roxmltree::{Document, Node};
use serde::Serialize;
use wayside_model::Timestamp;
use wayside_screening::bundle::Bundle;
use wayside_screening::forms::{BUILT_IN, Cover, NAMESPACE};
use wayside_seal::Role;
use wayside_seal::content::ContentKind;

use crate::access::{Reach, Right, reach};
use crate::contents::contents;
use crate::people::PersonRole;
use crate::{Desk, DeskError, ExportFormat, THRESHOLD, publishing};

/// Everything that is configured and bears on data protection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Facts {
    /// The organisation's short name.
    pub org: String,
    /// When these were made.
    pub made: Timestamp,
    /// Forms that devices have.
    pub forms: Vec<FormFacts>,
    /// Who can open records.
    pub recipients: Vec<RecipientFacts>,
    /// What each role at the desk opens.
    pub roles: Vec<RoleFacts>,
    /// How long records are kept.
    pub retention: Vec<RetentionFacts>,
    /// Where something goes beyond the desk.
    pub transfers: Vec<Transfer>,
    /// What protects it.
    pub measures: Vec<Measure>,
    /// Numbers that are published.
    pub aggregates: AggregateFacts,
}

/// One form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FormFacts {
    /// Its id.
    pub id: String,
    /// Its title; the id where it has none.
    pub title: String,
    /// Comes with the program; otherwise HQ handed it out.
    pub built_in: bool,
    /// What covers its answers: `nothing about a person`, `consent`, `consent or legal basis`, `nothing: HQ says it is not
    /// about a person`.
    pub covered_by: &'static str,
    /// Its fields, in the form's order.
    pub fields: Vec<FieldFacts>,
}

/// One field of a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldFacts {
    /// Its place in the form.
    pub place: String,
    /// What it is for; empty where nobody has said.
    pub purpose: String,
    /// How sensitive it is; where nobody has said it counts as strictly confidential.
    pub sensitivity: String,
}

/// Who can open records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecipientFacts {
    /// Whose key it is: `case team`, `recovery`, or the code of a service.
    pub who: String,
    /// What it opens.
    pub opens: &'static str,
}

/// What a role at the desk opens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RoleFacts {
    /// The role's word.
    pub role: &'static str,
    /// How many people have it now.
    pub people: u64,
    /// What it reaches and how far: `everything`, `own site`, `children`.
    pub rights: Vec<(&'static str, &'static str)>,
}

/// How long something is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RetentionFacts {
    /// What.
    pub what: String,
    /// Days from the interview on.
    pub days: u32,
}

/// Something that leaves the desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Transfer {
    /// To whom.
    pub to: String,
    /// What.
    pub what: String,
    /// On what ground, and what is written down of it.
    pub ground: &'static str,
}

/// A measure that protects data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Measure {
    /// Against what, or where.
    pub place: &'static str,
    /// What is done.
    pub what: String,
}

/// Numbers that are published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AggregateFacts {
    /// No smaller group is published or can be worked out.
    pub threshold: u64,
    /// Months that are published and frozen.
    pub months: Vec<String>,
}

impl Desk {
    /// The facts as they are configured now. Nothing of a record is in them.
    pub fn facts(&self, now: Timestamp) -> Result<Facts, DeskError> {
        Ok(Facts {
            org: self.org.clone(),
            made: now,
            forms: self.form_facts()?,
            recipients: self.recipient_facts()?,
            roles: self.role_facts()?,
            retention: self.retention_facts()?,
            transfers: self.transfers()?,
            measures: self.measures()?,
            aggregates: AggregateFacts { threshold: THRESHOLD, months: self.published_months()? },
        })
    }

    fn form_facts(&self) -> Result<Vec<FormFacts>, DeskError> {
        let built_in = BUILT_IN.iter().map(|form| {
            let covered_by = match form.lock.cover {
                Cover::Nothing => "nothing about a person",
                Cover::Consent => "consent",
                Cover::ConsentOrBasis => "consent or legal basis",
            };
            let fields = fields(form.xml());
            FormFacts { id: form.id.to_owned(), title: form.title.to_owned(), built_in: true, covered_by, fields }
        });
        let mut forms: Vec<_> = built_in.collect();
        for (id, xml) in self.handed_forms()? {
            let mut fields = fields(&xml);
            let terms = self.store.read(|c| publishing::terms(c, &id, &xml))?;
            // What was decided when it was signed counts for fields that do not say so themselves.
            if let Some(terms) = &terms {
                for field in fields.iter_mut().filter(|field| field.purpose.is_empty()) {
                    (field.purpose, field.sensitivity) = (terms.purpose.clone(), terms.sensitivity.word().to_owned());
                }
            }
            let is_about_nobody = terms.is_some_and(|terms| !terms.about_person);
            let covered_by = if is_about_nobody { "nothing: HQ says it is not about a person" } else { "consent" };
            forms.push(FormFacts { title: id.clone(), id, built_in: false, covered_by, fields });
        }
        Ok(forms)
    }

    /// Forms that were handed out, by themselves or in a bundle, by their ids: a device may have any of them.
    fn handed_forms(&self) -> Result<BTreeSet<(String, String)>, DeskError> {
        let select = "SELECT kind, id, version, whole FROM content WHERE kind IN (0, 6)";
        let mut forms = BTreeSet::new();
        for held in self.store.read(|c| contents(c, select, ()))? {
            let text = String::from_utf8_lossy(&held.whole).into_owned();
            match held.kind {
                ContentKind::Bundle => forms.extend(Bundle::from_json(&text)?.forms),
                _ => drop(forms.insert((held.id, text))),
            }
        }
        Ok(forms)
    }

    fn recipient_facts(&self) -> Result<Vec<RecipientFacts>, DeskError> {
        let of = |role| match role {
            Role::CaseTeam => (
                "case team",
                "every record, while a command with the desk's passphrase runs; not where the pages are served",
            ),
            Role::Recovery => ("recovery", "every record, with two of three shares and the desk's copy"),
        };
        let keys = self.held_directory()?.recipients.into_iter().map(|recipient| of(recipient.role));
        let mut all: Vec<_> = keys.map(|(who, opens)| RecipientFacts { who: who.to_owned(), opens }).collect();
        let opens = "letters sealed to it: the fields the person agreed to share with it, and that line of consent";
        all.extend(self.service_keys()?.into_keys().map(|who| RecipientFacts { who, opens }));
        Ok(all)
    }

    fn role_facts(&self) -> Result<Vec<RoleFacts>, DeskError> {
        let people = self.people()?;
        let of = |role: PersonRole| {
            let rights = Right::ALL.into_iter().filter_map(|right| Some((right.words(), far(reach(role, right))?)));
            let active = people.iter().filter(|person| person.role == role && person.ended_at.is_none()).count() as u64;
            RoleFacts { role: role.word(), people: active, rights: rights.collect() }
        };
        Ok(PersonRole::ALL.into_iter().map(of).collect())
    }

    fn retention_facts(&self) -> Result<Vec<RetentionFacts>, DeskError> {
        let of = |(class, days): (crate::RetentionClass, u32)| RetentionFacts {
            what: format!("records of the class {}", class.word()),
            days,
        };
        let of_form = |row: &rusqlite::Row<'_>| {
            Ok(RetentionFacts { what: format!("records of the form {}", row.get::<_, String>(0)?), days: row.get(1)? })
        };
        let forms: Vec<_> = self.store.read(|c| {
            let mut statement =
                c.prepare_cached("SELECT id, days FROM form_terms WHERE days IS NOT NULL ORDER BY id")?;
            Ok(statement.query_map([], of_form)?.collect::<Result<_, _>>()?)
        })?;
        Ok(self.retention()?.into_iter().map(of).chain(forms).collect())
    }

    fn transfers(&self) -> Result<Vec<Transfer>, DeskError> {
        let files = ExportFormat::ALL.map(ExportFormat::word).join(", ");
        let mut all = vec![
            Transfer {
                to: self.relay.clone(),
                what: "sealed items and the signed control log; it holds no key that opens an item".to_owned(),
                ground: "needed to bring records to HQ",
            },
            Transfer {
                to: "whoever a case manager gives the file to".to_owned(),
                what: format!("the queue or the cases as a file: {files}"),
                ground: "each file is an entry in the audit; answers only where a reason was recorded",
            },
            Transfer {
                to: "the person".to_owned(),
                what: "what is kept of them, as a readable file".to_owned(),
                ground: "the person asked",
            },
            Transfer {
                to: "the public".to_owned(),
                what: format!("published numbers, none below {THRESHOLD}"),
                ground: "consent to statistics, line C6",
            },
        ];
        for to in self.service_keys()?.into_keys() {
            let what = "referral letters, sealed on the phone; HQ hands them on and cannot open them".to_owned();
            all.push(Transfer { to, what, ground: "consent to this recipient, line C4" });
        }
        Ok(all)
    }

    fn measures(&self) -> Result<Vec<Measure>, DeskError> {
        let directory = self.directory()?;
        let officers = directory.officers.len();
        Ok(vec![
            measure(
                "on the phone",
                "the vault is encrypted (SQLCipher, and each row again); a finished record cannot be opened there any more",
            ),
            measure(
                "on the way",
                "records are sealed to HQ's keys before they leave (X25519, HKDF-SHA-256, ChaCha20-Poly1305; RFC 9180)",
            ),
            measure("at the relay", "keeps no time and no address of a device; deletes what HQ says"),
            measure(
                "at the desk",
                "the database is encrypted, and contents in it are sealed by class of data; everybody has a passphrase and a signing \
                 key of their own, and their slot unwraps the keys of their role alone; what serves the pages holds none of them",
            ),
            measure("audit", "each look, reason, file and decision is an entry, chained and signed by who did it"),
            Measure {
                place: "a lost phone",
                what: format!(
                    "one action revokes it and starts the 72 hours; two officers together order a wipe ({officers} named)"
                ),
            },
            measure("loss of the desk", "two of three shares and a copy bring it back; what was erased stays erased"),
        ])
    }
}

fn measure(place: &'static str, what: &str) -> Measure {
    Measure { place, what: what.to_owned() }
}

const fn far(reach: Reach) -> Option<&'static str> {
    match reach {
        Reach::Nothing => None,
        Reach::Site => Some("own site"),
        Reach::Children => Some("children"),
        Reach::All => Some("everything"),
    }
}

/// What a form asks for: whatever has a control, and whatever says itself what it is for.
pub(crate) fn fields(xml: &str) -> Vec<FieldFacts> {
    let Ok(form) = Document::parse(xml) else { return Vec::new() };
    let mut said = BTreeMap::new();
    let mut order = Vec::new();
    for node in form.descendants().filter(Node::is_element) {
        let place = match node.tag_name().name() {
            "bind" => node.attribute("nodeset"),
            "input" | "select1" | "select" | "rank" | "range" | "upload" => node.attribute("ref"),
            _ => None,
        };
        let Some(place) = place else { continue };
        let of = |name| node.attribute((NAMESPACE, name)).unwrap_or_default().to_owned();
        let (purpose, sensitivity) = (of("purpose"), of("sensitivity"));
        let is_asked = node.tag_name().name() != "bind";
        if (is_asked || !purpose.is_empty()) && !order.contains(&place) {
            order.push(place);
        }
        if !is_asked {
            said.insert(place, (purpose, sensitivity));
        }
    }
    let field = |place: &str| {
        let (purpose, sensitivity) = said.get(place).cloned().unwrap_or_default();
        FieldFacts { place: place.to_owned(), purpose, sensitivity }
    };
    order.into_iter().map(field).collect()
}
