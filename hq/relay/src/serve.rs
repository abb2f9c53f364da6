//! Starting and stopping the server.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::database::Database;
use crate::routes::{Relay, router};
use crate::{RelayError, desk_token};

/// Time for requests under way when the relay stops.
const FAREWELL: Duration = Duration::from_secs(10);

/// Where the relay keeps its things and where it listens. No `Debug`: it holds a path.
#[derive(Clone)]
pub struct RelayConfig {
    /// Its folder; made if it is not there.
    pub dir: PathBuf,
    /// Address and port; port 0 takes a free one.
    pub listen: SocketAddr,
}

/// A relay that runs. Dropping it stops it.
pub struct RunningRelay {
    address: SocketAddr,
    desk_token_file: PathBuf,
    runtime: Runtime,
    stop: Option<oneshot::Sender<()>>,
    server: Option<JoinHandle<std::io::Result<()>>>,
    database: Option<Arc<Database>>,
}

/// Opens the folder and starts to answer, on threads of its own. Returns when the address is taken and requests are
/// accepted. This and the calls of [`RunningRelay`] block; they are for a thread outside any async runtime.
///
/// Errors: `relay.storage`, `relay.newer_schema` (nothing in the folder is changed then), `relay.listen`.
pub fn serve(config: &RelayConfig) -> Result<RunningRelay, RelayError> {
    make_folder(&config.dir)?;
    let desk_sha256 = desk_token::load_or_make(&config.dir)?;
    let database = Arc::new(Database::open(&config.dir.join("relay.db"))?);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let listener = runtime.block_on(TcpListener::bind(config.listen)).map_err(|e| RelayError::Listen(e.kind()))?;
    let address = listener.local_addr().map_err(|e| RelayError::Listen(e.kind()))?;
    let routes = router(Arc::new(Relay { database: Arc::clone(&database), desk_sha256 }));
    let (stop, stopped) = oneshot::channel();
    let server = runtime.spawn(async move {
        let stopped = async {
            // A dropped handle means stop, too.
            let _ = stopped.await;
        };
        axum::serve(listener, routes).with_graceful_shutdown(stopped).await
    });
    Ok(RunningRelay {
        address,
        desk_token_file: config.dir.join(desk_token::FILE_NAME),
        runtime,
        stop: Some(stop),
        server: Some(server),
        database: Some(database),
    })
}

impl RunningRelay {
    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The file with the desk's token.
    pub fn desk_token_file(&self) -> &Path {
        &self.desk_token_file
    }

    /// Takes no new request, finishes those under way (at most ten seconds), closes the database.
    pub fn shutdown(mut self) -> Result<(), RelayError> {
        self.stop()
    }

    /// Runs until the process is asked to end (Ctrl-C, SIGTERM), then stops as [`Self::shutdown`] does.
    pub fn run_until_signal(mut self) -> Result<(), RelayError> {
        self.runtime.block_on(signal())?;
        self.stop()
    }

    fn stop(&mut self) -> Result<(), RelayError> {
        drop(self.stop.take());
        let result = match self.server.take() {
            None => Ok(()),
            Some(server) => match self.runtime.block_on(async { tokio::time::timeout(FAREWELL, server).await }) {
                // A client that keeps the line open is cut off. What was acknowledged is on disk.
                Err(_) => Ok(()),
                Ok(Err(_)) => Err(RelayError::Stopped),
                Ok(Ok(served)) => served.map_err(RelayError::from),
            },
        };
        // The last holder closes the database; handlers that were cut off may hold it a moment longer.
        self.database = None;
        result
    }
}

impl Drop for RunningRelay {
    fn drop(&mut self) {
        // Nobody is left to be told; a relay that ends badly has acknowledged nothing it does not hold.
        let _ = self.stop();
    }
}

async fn signal() -> Result<(), RelayError> {
    #[cfg(unix)]
    {
        let mut term = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        tokio::select! {
            ended = tokio::signal::ctrl_c() => ended?,
            _ = term.recv() => {}
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await?;
    Ok(())
}

fn make_folder(dir: &Path) -> Result<(), RelayError> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    Ok(builder.create(dir)?)
}
