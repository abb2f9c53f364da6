//! `wayside demo`: the whole path once, from a keystroke on a device to a page at HQ, with real processes, files and
//! sockets. What it claims it checks, and each check can be shown to fail.

mod checks;
mod child;
mod device;
mod files;
mod link;
mod portal;
mod step_bad_input;
mod step_desk;
mod step_enrol;
mod step_forms;
mod step_hq;
mod step_interviews;
mod step_refusal;
mod step_sync;
mod summary;
mod tamper;
mod world;

use std::path::{Path, PathBuf};

use clap::Args;

use crate::error::CliError;
use crate::output::Output;
use checks::Check;
use world::World;

/// Walk the whole path once, from an interview on a device to a page at HQ, and check it.
#[derive(Args)]
pub(crate) struct DemoArgs {
    /// Do not wait for a person: check, print a summary, end. Without it relay and desk run on until Ctrl-C.
    #[arg(long)]
    once: bool,
    /// Plant one fault, to see its check fail.
    #[arg(long, value_name = "CHECK", value_enum)]
    pub(crate) sabotage: Option<Check>,
    /// Hold one more interview, by questions in this terminal.
    #[arg(long, conflicts_with_all = ["once", "sabotage"])]
    interactive: bool,
    /// List the checks with the fault that each `--sabotage` plants, and do nothing else.
    #[arg(long, conflicts_with_all = ["once", "sabotage", "interactive"])]
    list_checks: bool,
    /// Work in this folder, empty or not there yet, and leave everything in it. Without it a temporary folder is used
    /// and removed at the end.
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

/// Runs the demo.
pub(crate) fn run(args: &DemoArgs, output: &Output) -> Result<(), CliError> {
    if args.list_checks {
        return summary::list_checks(output);
    }
    match &args.dir {
        Some(dir) => {
            if std::fs::read_dir(dir).is_ok_and(|mut entries| entries.next().is_some()) {
                return Err(CliError::Usage("The folder of --dir is not empty.".into()));
            }
            walk(dir, args, output)
        }
        None => {
            let temporary = tempfile::Builder::new()
                .prefix("wayside-demo-")
                .tempdir()
                .map_err(CliError::file("a temporary folder"))?;
            walk(temporary.path(), args, output)
        }
    }
}

fn walk(dir: &Path, args: &DemoArgs, output: &Output) -> Result<(), CliError> {
    let world = World::new(dir, args, output)?;
    output.say("Wayside: one screening, from a keystroke on a device to a page at HQ.");
    output.say("Everybody in it is invented.");
    world.tell(&format!("work folder  {}", world.dir.display()));

    let hq = step_hq::run(&world)?;
    let walked = steps(&world, &hq, args);
    summary::print(&world, &hq, &walked, output)?;
    let mut failed: Vec<String> =
        world.findings().into_iter().filter(|finding| !finding.holds).map(|finding| finding.check).collect();
    failed.extend(walked.err().map(|error| format!("the walk ended early: {error}")));
    if !failed.is_empty() {
        return Err(CliError::Checks(failed.join(", ")));
    }
    if !args.once {
        output.say(&format!("\nRelay and desk run on. Open {} and end with Ctrl-C.", hq.desk_url()));
        wait_for_interrupt();
    }
    Ok(())
}

fn steps(world: &World<'_>, hq: &step_hq::Hq, args: &DemoArgs) -> Result<(), CliError> {
    let mut devices = step_enrol::run(world)?;
    step_forms::run(world, &devices)?;
    let told = step_interviews::run(world, hq, &mut devices)?;
    if args.interactive {
        step_interviews::interactive(world, &devices)?;
    }
    step_bad_input::run(world, hq, &devices)?;
    step_sync::run(world, hq, &devices, &told)?;
    step_desk::run(world, hq, &told)
}

fn wait_for_interrupt() {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
    // If no signal can be waited for, the demo ends at once and says so by ending.
    let _ = runtime.block_on(tokio::signal::ctrl_c());
}
