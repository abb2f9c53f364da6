//! Arguments of the commands about forms.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// Load a form and show what it is made of: questions, problems, and which expression reads what.
///
/// Lists and pictures are looked for beside the file and in a folder FILE-media. What is missing is a problem, not a failure.
#[derive(Args)]
pub(crate) struct FormArgs {
    /// A form as XForms XML, or as an XLSForm workbook (.xlsx), which Python's pyxform converts.
    pub(crate) file: PathBuf,
    /// Fill it in on the terminal and print the submission.
    #[arg(long)]
    pub(crate) fill: bool,
}

/// Run cases recorded from other engines; the last line says how many pass.
#[derive(Args)]
pub(crate) struct ConformanceArgs {
    #[command(subcommand)]
    pub(crate) kind: ConformanceKind,
}

#[derive(Subcommand)]
pub(crate) enum ConformanceKind {
    /// Expressions with the result they must have.
    Xpath(FileArgs),
    /// Forms being filled in, with the state of every node after each step.
    Traces(FileArgs),
}

#[derive(Args)]
pub(crate) struct FileArgs {
    /// The file of cases.
    pub(crate) file: PathBuf,
    /// List the cases that do not pass, with what was expected and what came.
    #[arg(long)]
    pub(crate) failed: bool,
}

/// Measure an engine.
#[derive(Args)]
pub(crate) struct BenchArgs {
    #[command(subcommand)]
    pub(crate) what: BenchWhat,
}

#[derive(Subcommand)]
pub(crate) enum BenchWhat {
    /// The forms engine: parse, fill in, filter a long list, repeat. Milliseconds of this thread's CPU time, medians of the
    /// second half of the rounds; each round starts from the bytes of the files.
    Forms {
        /// Folder with bench500.xml, extcsv10k.xml, places.csv and repeat200.xml.
        dir: PathBuf,
        /// Rounds.
        #[arg(long, default_value_t = 40)]
        rounds: usize,
    },
    /// The vault against plain SQLite, 10,000 records each: one line of JSON. Ratios of CPU time, of the answer of
    /// wall time as well; rounds interleaved, the least of each.
    Vault {
        /// Rounds.
        #[arg(long, default_value_t = 7)]
        rounds: u32,
    },
}
