//! `wayside relay`: runs the relay until the process is asked to end.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde::Serialize;
use wayside_model::Sensitive;
use wayside_relay::{BlobPlace, Database, Limits, RelayConfig, TlsFiles};

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
    /// `sqlite`, which keeps everything in the folder; a PostgreSQL address; or `@FILE`, a file that holds one.
    #[arg(long, value_name = "DATABASE", default_value = "sqlite")]
    database: String,
    /// PEM file of the roots that vouch for the PostgreSQL server. Without it only this machine is spoken to, unless the
    /// address says `sslmode=disable`.
    #[arg(long, value_name = "FILE")]
    database_roots: Option<PathBuf>,
    /// S3 bucket for large items instead of the folder. Endpoint, region and credentials come from AWS_ENDPOINT, AWS_REGION,
    /// AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.
    #[arg(long, value_name = "BUCKET")]
    s3_bucket: Option<String>,
    /// PEM file of the certificate chain: then the relay itself speaks TLS.
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_chain: Option<PathBuf>,
    /// PEM file of the certificate's private key.
    #[arg(long, value_name = "FILE", requires = "tls_chain")]
    tls_key: Option<PathBuf>,
    /// Address of the metrics, for the operator's eyes.
    #[arg(long, value_name = "ADDRESS")]
    metrics: Option<SocketAddr>,
    /// Write a line of JSON for each request to standard error: its kind and outcome, never an id, a token or an address.
    #[arg(long)]
    log: bool,
    /// Connections at once.
    #[arg(long, value_name = "NUMBER", default_value_t = Limits::default().connections)]
    connections: usize,
    /// MiB held for one device at most.
    #[arg(long, value_name = "MIB", default_value_t = Limits::default().device_bytes >> 20)]
    device_mib: u64,
    /// MiB of other devices' items at most that one device may carry here.
    #[arg(long, value_name = "MIB", default_value_t = Limits::default().carried_bytes >> 20)]
    carried_mib: u64,
}

#[derive(Serialize)]
struct Serving {
    url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    metrics: Option<String>,
    pid: u32,
    desk_token: String,
}

/// Runs the relay.
pub(crate) fn run(args: &RelayArgs, output: &Output) -> Result<(), CliError> {
    let RelayCommand::Serve(serve) = &args.command;
    let relay = wayside_relay::serve(&config(args, serve)?)?;
    let scheme = if serve.tls_chain.is_some() { "https" } else { "http" };
    let serving = Serving {
        url: format!("{scheme}://{}", relay.address()),
        metrics: relay.metrics().map(|address| format!("http://{address}/metrics")),
        pid: std::process::id(),
        desk_token: relay.desk_token_file().to_string_lossy().into_owned(),
    };
    output.result(&serving, || {
        format!("Relay at {}\nToken for the desk: {}\nEnd with Ctrl-C.\n", serving.url, serving.desk_token)
    })?;
    Ok(relay.run_until_signal()?)
}

fn config(args: &RelayArgs, serve: &ServeArgs) -> Result<RelayConfig, CliError> {
    let url = |url: String| Database::Postgres { url: Sensitive::new(url), roots: serve.database_roots.clone() };
    let database = match serve.database.strip_prefix('@') {
        // A password in the arguments could be read by everybody on this machine.
        Some(file) => {
            url(std::fs::read_to_string(file).map_err(CliError::file("the database's address"))?.trim().to_owned())
        }
        None if serve.database == "sqlite" => Database::Sqlite,
        None => url(serve.database.clone()),
    };
    let tls = serve.tls_chain.clone().zip(serve.tls_key.clone()).map(|(chain, key)| TlsFiles { chain, key });
    let blobs = serve.s3_bucket.clone().map_or(BlobPlace::Folder, |bucket| BlobPlace::S3 { bucket });
    let (device_bytes, carried_bytes) = (serve.device_mib << 20, serve.carried_mib << 20);
    let limits = Limits { connections: serve.connections, device_bytes, carried_bytes, ..Limits::default() };
    let config = RelayConfig::new(args.dir.clone(), serve.listen);
    Ok(RelayConfig { database, blobs, tls, metrics: serve.metrics, log: serve.log, limits, ..config })
}
