//! A record in the words of the Human Trafficking Case Data Standard 2.0 (International Organization for Migration, CC BY
//! 4.0). The code values are IOM's, with attribution; IOM does not endorse this program.
//!
//! `TraffickingStatus` stays empty: a screening decides nothing. Only HQ can enter a formal status, with who decided it.

use serde::{Deserialize, Serialize};
use wayside_model::{CivilDate, ConsentLine, ConsentValue, Route};

use crate::{Explanation, Ledger};

/// Attribution that goes with every export.
pub const ATTRIBUTION: &str =
    "Human Trafficking Case Data Standard 2.0, International Organization for Migration, CC BY 4.0";

/// What kind of body decided a formal status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum DecidingOrganisation {
    /// Police.
    Police,
    /// Non-governmental organisation.
    #[serde(rename = "NGO")]
    Ngo,
    /// Court or prosecution.
    CourtOrProsecution,
    /// Another government body.
    NonPoliceGovernmentalOrganization,
    /// Another.
    Other,
}

/// A formal status, entered at HQ and never by a device: one of the standard's values, who decided, and when.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct FormalStatus {
    /// A value of the standard's list, as the deciding body gave it.
    pub trafficking_status: String,
    /// Who decided.
    pub trafficking_status_decision_making_org: DecidingOrganisation,
    /// When.
    pub decided_on: CivilDate,
}

/// A record's mapping.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Htcds {
    /// Attribution and licence.
    pub attribution: &'static str,
    /// Formal status; `None` in everything a screening makes.
    pub formal_status: Option<FormalStatus>,
    /// Whether the way was the child's.
    pub minor: bool,
    /// Means of control, each once, in the standard's order.
    pub methods_of_control: Vec<&'static str>,
    /// Types of exploitation, each once, in the standard's order.
    pub type_of_exploitation: Vec<&'static str>,
    /// The standard's consent question: whether the person agrees.
    pub consent: Option<bool>,
    /// Whether non-identifying use for research is agreed to.
    pub consent_research: Option<bool>,
}

/// Our indicators and the means of control they map to. CR1 and CO4 can be two of them; the standard's wider one is taken.
const METHODS: [(&str, &[&str]); 11] = [
    ("PhysicalThreats", &["CR2", "CO5"]),
    ("ThreatsLawEnforcement", &["CR7", "CO11"]),
    ("ThreatensChildrenFamily", &["CR9", "CO13"]),
    ("DebtBondage", &["CR4", "CO2"]),
    ("FalsePromises", &["DR1", "DR2", "DR3", "DR4", "DR5", "DR6", "DR7", "DR8", "DR9", "DR10"]),
    ("PhysicalAbuse", &["CR1", "CO4"]),
    ("TakesEarnings", &["CR10", "CO14", "EX3"]),
    ("PsychologicalAbuse", &["CO8", "RV11"]),
    ("ExcessiveWorkingHours", &["EX1"]),
    ("WithholdsDocuments", &["CR5", "CO1"]),
    // In the standard's definitions, though its pick-list of version 2 leaves it out.
    ("RestrictsMovement", &["CR6", "CO3"]),
];

const TYPES: [(&str, &[&str]); 8] = [
    ("ForcedLabour", &["labour"]),
    ("SexualExploitation", &["sexual"]),
    ("ForcedMarriage", &["forced_marriage"]),
    ("Servitude", &["domestic_servitude"]),
    ("ForcedMilitaryByNonStateActors", &["armed_group"]),
    ("OrganRemoval", &["organ_removal"]),
    ("ForcedBegging", &["begging"]),
    // Ransom, forced crime, and surrogacy or adoption, which our list does not tell apart.
    ("Other", &["ransom", "forced_crime", "surrogacy_adoption", "other"]),
];

/// Maps a result. `formal` comes from HQ, never from a device.
pub fn map(explanation: &Explanation, ledger: &Ledger, formal: Option<FormalStatus>) -> Htcds {
    let present = |codes: &&[&str]| {
        let behind = explanation.dimensions.iter().flat_map(|dimension| &dimension.because);
        behind.into_iter().any(|because| codes.contains(&because.indicator.as_str()))
    };
    let ticked = |codes: &&[&str]| explanation.types.iter().any(|kind| codes.contains(&kind.as_str()));
    let minor = explanation.route == Route::Child;
    let kind = |name: &'static str| if minor && name == "ForcedLabour" { "ChildLabour" } else { name };
    let said = |line| ledger.standing(line, None).map(|value| value == ConsentValue::Yes);
    Htcds {
        attribution: ATTRIBUTION,
        formal_status: formal,
        minor,
        methods_of_control: METHODS.iter().filter(|(_, codes)| present(codes)).map(|(name, _)| *name).collect(),
        type_of_exploitation: TYPES.iter().filter(|(_, codes)| ticked(codes)).map(|(name, _)| kind(name)).collect(),
        consent: said(ConsentLine::C1),
        consent_research: said(ConsentLine::C7),
    }
}
