//! `wayside desk serve`: the pages, on this machine only, until Ctrl-C.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::path::Path;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

use serde::Serialize;
use wayside_desk::{Desk, DeskError};

use crate::desk::args::ServeArgs;
use crate::desk::people_args::PagesKeyArgs;
use crate::error::CliError;
use crate::output::Output;
use crate::secrets::SecretArgs;

#[derive(Serialize)]
struct Serving {
    url: String,
    pid: u32,
}

/// Serves the pages.
pub(crate) fn run(desk: Desk, args: &ServeArgs, output: &Output) -> Result<(), CliError> {
    until_ctrl_c(output, |ready, stop| wayside_desk::serve(Arc::new(desk), args.listen, ready, stop))
}

/// Writes the key file of the pages.
pub(crate) fn pages_key(desk: &Desk, dir: &Path, args: &PagesKeyArgs, output: &Output) -> Result<(), CliError> {
    let secret = SecretArgs::of(args.pages_pin_file.clone());
    let passphrase = secret.read_new("New passphrase of the pages, six words or more")?;
    desk.write_pages_keys(dir, &passphrase, args.kdf.params())?;
    output.result(&serde_json::json!({ "file": "pages.keys" }), || {
        "`wayside desk serve` takes this passphrase now. It opens no record; keep the desk's own for `pull` and the rest.\n".to_owned()
    })
}

type Stop = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Runs a server until Ctrl-C; says where it is.
#[expect(clippy::needless_lifetimes, reason = "elided it would be any lifetime, which no server takes")]
pub(crate) fn until_ctrl_c<'a, F>(
    output: &'a Output,
    server: impl FnOnce(Box<dyn FnOnce(SocketAddr) + 'a>, Stop) -> F,
) -> Result<(), CliError>
where
    F: Future<Output = Result<(), DeskError>>,
{
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(CliError::file("the server's threads"))?;
    let printed = Rc::new(RefCell::new(Ok(())));
    let told = Rc::clone(&printed);
    let ready = move |address| {
        let serving = Serving { url: format!("http://{address}"), pid: std::process::id() };
        *told.borrow_mut() = output.result(&serving, || format!("Desk at {}\nEnd with Ctrl-C.\n", serving.url));
    };
    let stop = async {
        // Where no signal can be waited for, the server runs until it is killed.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    runtime.block_on(server(Box::new(ready), Box::pin(stop)))?;
    printed.replace(Ok(()))
}
