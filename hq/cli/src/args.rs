//! The tree of commands. The texts here are what `--help` shows and what `docs/cli.md` is made of.

use clap::{Parser, Subcommand};

use crate::forms::{BenchArgs, ConformanceArgs, FormArgs};
use crate::{
    demo::DemoArgs, desk::DeskArgs, device::DeviceArgs, relay::RelayArgs, screen::ScreenArgs, sim::SimArgs,
    wire::WireArgs,
};

/// Screening without a network: devices, the relay between, and the desk at HQ.
///
/// Exit codes: 0 done; 1 refused, with the line `refused: CODE: MEANING` on stderr; 2 not used as the help says.
/// The codes are listed by `wayside glossary`.
#[derive(Parser)]
#[command(
    name = "wayside",
    version,
    propagate_version = false,
    subcommand_required = true,
    arg_required_else_help = true
)]
pub(crate) struct Cli {
    /// Print one JSON document on stdout and nothing else; progress and notes stay on stderr.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The first level.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Work with one device folder: enrol, interview, sync, wipe.
    Device(DeviceArgs),
    /// Work with HQ's desk: keys, devices, records, the web page.
    Desk(DeskArgs),
    /// Run the relay, which stores what it cannot read.
    Relay(RelayArgs),
    /// Say what a rule set makes of stated indicators, and why.
    Screen(ScreenArgs),
    /// Walk the whole path once, from an interview on a device to a page at HQ, and check it.
    Demo(DemoArgs),
    /// Load a form and show what it is made of, or fill it in.
    Form(FormArgs),
    /// Run cases recorded from other engines and say how many pass.
    Conformance(ConformanceArgs),
    /// Measure an engine.
    Bench(BenchArgs),
    /// Run phones, relays, carriers and a desk over simulated months, from seeds, and check what must hold.
    Sim(SimArgs),
    /// Measure what a record costs on the wire.
    Wire(WireArgs),
    /// Print the table of error codes, as in docs/errors.md.
    Glossary,
    /// Print this help as one page, as in docs/cli.md.
    HelpMarkdown,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_tree_is_sound() {
        super::Cli::command().debug_assert();
    }
}
