//! The way from the device commands to the relay.

use std::path::PathBuf;

use clap::Args;

use crate::error::CliError;
use crate::http::HttpTransport;

/// How the relay is reached.
#[derive(Args)]
pub(crate) struct WayArgs {
    /// Send through this address, which passes everything on to the relay.
    #[arg(long, value_name = "URL")]
    pub(crate) via: Option<String>,
    /// PEM file of the certificates to trust alone, where the relay's is not from a public authority.
    #[arg(long, value_name = "FILE")]
    pub(crate) relay_roots: Option<PathBuf>,
}

impl WayArgs {
    /// The transport that goes this way.
    pub(crate) fn transport(&self) -> Result<HttpTransport, CliError> {
        let roots = self.relay_roots.as_ref().map(std::fs::read_to_string).transpose();
        let roots = roots.map_err(CliError::file("the file of --relay-roots"))?;
        Ok(HttpTransport::new(self.via.clone(), wayside_desk::relay_tls(roots.as_deref())?))
    }
}
