//! `wayside desk serve`: the pages, on this machine only, until Ctrl-C.

use std::sync::Arc;

use serde::Serialize;
use wayside_desk::Desk;

use crate::desk::args::ServeArgs;
use crate::error::CliError;
use crate::output::Output;

#[derive(Serialize)]
struct Serving {
    url: String,
    pid: u32,
}

/// Serves the pages.
pub(crate) fn run(desk: Desk, args: &ServeArgs, output: &Output) -> Result<(), CliError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(CliError::file("the server's threads"))?;
    let mut printed = Ok(());
    let ready = |address| {
        let serving = Serving { url: format!("http://{address}"), pid: std::process::id() };
        printed = output.result(&serving, || format!("Desk at {}\nEnd with Ctrl-C.\n", serving.url));
    };
    let stop = async {
        // Where no signal can be waited for, the server runs until it is killed.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    runtime.block_on(wayside_desk::serve(Arc::new(desk), args.listen, ready, stop))?;
    printed
}
