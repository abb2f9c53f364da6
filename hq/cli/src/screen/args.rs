//! The arguments of `wayside screen`.

use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;

/// Say what a rule set makes of stated indicators, and why.
///
/// What is on no list is absent. Without an age the person is taken for a child. With `--json` the explanation is one
/// document.
///
/// With `--cases` each line of the file is a case and each line printed its explanation, in the same order:
///
///   {"id": "a", "profile": "AL", "present": ["DR1"], "unknown": ["CO2"], "declined": [], "age": [24, 26]}
///
/// A case may also have "born": {"calendar": "ethiopian", "year": 1998, "on": "2023-06-15"} in place of the age, "quick":
/// items of the quick screen with a yes, and "ledgers": copies of one consent ledger that met, each a list of {"line", "value",
/// "recipient"}; with "referred_to": CODE it says what becomes of a referral that was sent while the first copy stood alone.
#[derive(Args)]
pub(crate) struct ScreenArgs {
    /// The rule set.
    #[arg(long, value_name = "ID", default_value = "ilo-delphi-2009")]
    pub(crate) ruleset: String,
    /// The profile: AL, CL, AS or CS.
    #[arg(long, value_name = "PROFILE", required_unless_present = "cases")]
    pub(crate) profile: Option<String>,
    /// Codes of indicators that are present, apart by commas.
    #[arg(long, value_name = "CODES", value_delimiter = ',')]
    pub(crate) present: Vec<String>,
    /// Codes of indicators that are not known.
    #[arg(long, value_name = "CODES", value_delimiter = ',')]
    pub(crate) unknown: Vec<String>,
    /// Codes of indicators the person did not want to speak of.
    #[arg(long, value_name = "CODES", value_delimiter = ',')]
    pub(crate) declined: Vec<String>,
    /// Items of the quick screen that were answered with yes, apart by commas.
    #[arg(long, value_name = "CODES", value_delimiter = ',')]
    pub(crate) quick: Vec<String>,
    /// Age in years, or the youngest and oldest possible, such as 24-26.
    #[arg(long, value_name = "AGE")]
    pub(crate) age: Option<Age>,
    /// A file of cases, one JSON object a line; `-` reads standard input.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["profile", "present", "unknown", "declined", "quick", "age"])]
    pub(crate) cases: Option<PathBuf>,
}

/// Youngest and oldest possible age.
#[derive(Clone, Copy)]
pub(crate) struct Age(pub(crate) [u8; 2]);

impl FromStr for Age {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, &'static str> {
        let (low, high) = text.split_once('-').unwrap_or((text, text));
        match (low.parse(), high.parse()) {
            (Ok(low), Ok(high)) => Ok(Self([low, high])),
            _ => Err("an age such as 24 or 24-26"),
        }
    }
}
