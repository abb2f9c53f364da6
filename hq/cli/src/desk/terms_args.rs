//! Arguments for what is decided of forms of others.

use clap::Args;

use crate::desk::args::ContentFileArgs;

/// A file with forms of others, and what is decided of them. Where nothing is said, what was decided before stays; phones then
/// take a form as about a person, and as strictly confidential where nothing else was decided.
#[derive(Args)]
pub(crate) struct FormFileArgs {
    #[command(flatten)]
    pub(crate) content: ContentFileArgs,
    /// What fields of forms of others are for, where they do not say so themselves: 5 to 300 letters.
    #[arg(long, value_name = "TEXT")]
    pub(crate) purpose: Option<String>,
    /// How sensitive they are.
    #[arg(long, value_enum, requires = "purpose", default_value = "strictly-confidential")]
    pub(crate) sensitivity: SensitivityArg,
    /// Days that HQ keeps their records; as their class where nothing is said.
    #[arg(long, value_name = "DAYS", requires = "purpose", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) days: Option<u32>,
    /// They are not about a person: phones open no gate and ask nobody for consent before them. For a water point, a shelter, a
    /// road, and for no answer about somebody. A screening form is never that.
    #[arg(long, requires = "purpose")]
    pub(crate) not_about_a_person: bool,
}

/// How sensitive the fields of a form are.
#[derive(Clone, Copy, clap::ValueEnum)]
pub(crate) enum SensitivityArg {
    /// For those who work at the site.
    Restricted,
    /// For those who work with the case.
    Confidential,
    /// For those who need it, with a reason.
    StrictlyConfidential,
}
