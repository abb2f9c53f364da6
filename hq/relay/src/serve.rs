//! Starting and stopping the server.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use wayside_model::Sensitive;

use crate::blobs::{BlobPlace, Blobs};
use crate::limits::{Limits, Memory, Rates};
use crate::listen::Door;
use crate::meters::Meters;
use crate::routes::{Relay, router};
use crate::{RelayError, desk_token, store};

/// Time for requests under way when the relay stops.
const FAREWELL: Duration = Duration::from_secs(10);

/// What keeps everything but large items.
#[derive(Clone, Default)]
pub enum Database {
    /// A file in the relay's folder.
    #[default]
    Sqlite,
    /// A PostgreSQL server, which several relays may share.
    Postgres {
        /// `postgres://user:password@host/database`.
        url: Sensitive<String>,
        /// PEM file of the roots its certificate must come from. Without it only this machine is spoken to, unless the address
        /// says `sslmode=disable`.
        roots: Option<PathBuf>,
    },
}

/// Certificate chain and key, as PEM files.
#[derive(Clone)]
pub struct TlsFiles {
    /// The chain, the relay's own certificate first.
    pub chain: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

/// Where the relay keeps its things and how it answers. No `Debug`: it holds paths and a password.
#[derive(Clone)]
pub struct RelayConfig {
    /// Its folder; made if it is not there.
    pub dir: PathBuf,
    /// Address and port; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The database.
    pub database: Database,
    /// Where large items go.
    pub blobs: BlobPlace,
    /// Without it the relay speaks plain HTTP, for this machine or behind a proxy.
    pub tls: Option<TlsFiles>,
    /// Address of the metrics, which are for the operator only.
    pub metrics: Option<SocketAddr>,
    /// Whether each request is logged to standard error, as a line of JSON.
    pub log: bool,
    /// What it gives at most.
    pub limits: Limits,
}

impl RelayConfig {
    /// A relay with everything in its folder and the default limits, on plain HTTP, without a log.
    pub fn new(dir: PathBuf, listen: SocketAddr) -> Self {
        Self {
            dir,
            listen,
            database: Database::default(),
            blobs: BlobPlace::default(),
            tls: None,
            metrics: None,
            log: false,
            limits: Limits::default(),
        }
    }
}

/// A relay that runs. Dropping it stops it.
pub struct RunningRelay {
    address: SocketAddr,
    metrics: Option<SocketAddr>,
    desk_token_file: PathBuf,
    runtime: Runtime,
    stop: Option<oneshot::Sender<()>>,
    server: Option<JoinHandle<()>>,
    relay: Option<Arc<Relay>>,
}

/// Opens the folder and starts to answer, on threads of its own. Returns when the address is taken and requests are
/// accepted. This and the calls of [`RunningRelay`] block; they are for a thread outside any async runtime.
///
/// Errors: `relay.storage`, `relay.newer_schema` (nothing in the folder is changed then), `relay.listen`.
pub fn serve(config: &RelayConfig) -> Result<RunningRelay, RelayError> {
    make_folder(&config.dir)?;
    let tls = config.tls.as_ref().map(|files| crate::tls::server(&files.chain, &files.key)).transpose()?;
    let desk_sha256 = desk_token::load_or_make(&config.dir)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let relay = Arc::new(Relay {
        store: runtime.block_on(store::open(&config.dir, &config.database))?,
        blobs: Blobs::open(&config.dir, &config.blobs)?,
        limits: config.limits,
        rates: Rates::new(config.limits),
        memory: Memory::new(config.limits.body_bytes),
        meters: Meters::new(config.log),
        desk_sha256,
        probed: tokio::sync::Mutex::default(),
    });
    let (listener, address) = runtime.block_on(bind(config.listen))?;
    let metrics = match config.metrics {
        None => None,
        Some(metrics) => {
            let (listener, address) = runtime.block_on(bind(metrics))?;
            let relay = Arc::clone(&relay);
            let text = async move || relay.meters.text(relay.memory.free());
            let routes = axum::Router::new().route("/metrics", axum::routing::get(text));
            runtime.spawn(async move { axum::serve(listener, routes).await });
            Some(address)
        }
    };
    let door = Door { listener, routes: router(Arc::clone(&relay)), tls, relay: Arc::clone(&relay) };
    let (stop, stopped) = oneshot::channel();
    let server = runtime.spawn(door.open(stopped, FAREWELL));
    Ok(RunningRelay {
        address,
        metrics,
        desk_token_file: config.dir.join(desk_token::FILE_NAME),
        runtime,
        stop: Some(stop),
        server: Some(server),
        relay: Some(relay),
    })
}

async fn bind(address: SocketAddr) -> Result<(TcpListener, SocketAddr), RelayError> {
    let failed = |error: std::io::Error| RelayError::Listen(error.kind());
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((listener, address))
}

impl RunningRelay {
    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where the metrics are.
    pub const fn metrics(&self) -> Option<SocketAddr> {
        self.metrics
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
            Some(server) => self.runtime.block_on(server).map_err(|_| RelayError::Stopped),
        };
        // The last holder closes the store; handlers that were cut off may hold it a moment longer.
        self.relay = None;
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
