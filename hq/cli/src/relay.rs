//! `wayside relay`: runs the relay until the process is asked to end.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde::Serialize;
use wayside_relay::RelayConfig;

use crate::error::CliError;
use crate::output::Output;

/// Run the relay, which stores what it cannot read.
#[derive(Args)]
#[command(subcommand_required = true, arg_required_else_help = true)]
pub(crate) struct RelayArgs {
    /// The relay's folder.
    #[arg(long, value_name = "DIR", default_value = "relay")]
    dir: PathBuf,
    #[command(subcommand)]
    command: RelayCommand,
}

/// What the relay does.
#[derive(Subcommand)]
enum RelayCommand {
    /// Take in sealed items and hand out what the desk left for each device, until Ctrl-C.
    ///
    /// At the first start the folder gets a file `desk-token`; the desk shows that token to the relay (`desk init
    /// --relay-token`).
    Serve(ServeArgs),
}

/// Arguments of `relay serve`.
#[derive(Args)]
struct ServeArgs {
    /// Address to listen on. Port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8500")]
    listen: SocketAddr,
}

#[derive(Serialize)]
struct Serving {
    url: String,
    pid: u32,
    desk_token: String,
}

/// Runs the relay.
pub(crate) fn run(args: &RelayArgs, output: &Output) -> Result<(), CliError> {
    let RelayCommand::Serve(serve) = &args.command;
    let relay = wayside_relay::serve(&RelayConfig { dir: args.dir.clone(), listen: serve.listen })?;
    let serving = Serving {
        url: format!("http://{}", relay.address()),
        pid: std::process::id(),
        desk_token: relay.desk_token_file().to_string_lossy().into_owned(),
    };
    output.result(&serving, || {
        format!("Relay at {}\nToken for the desk: {}\nEnd with Ctrl-C.\n", serving.url, serving.desk_token)
    })?;
    Ok(relay.run_until_signal()?)
}
