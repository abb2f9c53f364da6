//! Taking connections: a bounded number of them, none of which may be silent for long.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use tokio_rustls::TlsAcceptor;
use wayside_model::ErrorCode;
use wayside_sync::wire::{MEDIA_TYPE, Problem, encode};

use crate::answer::retry_after_s;
use crate::routes::Relay;

/// Longest wait for the head of a request, also on a connection that is kept open.
const HEAD_PATIENCE: Duration = Duration::from_secs(30);
/// Longest TLS handshake. A slow link needs three round trips.
const HANDSHAKE_PATIENCE: Duration = Duration::from_secs(20);
/// What a connection may take before its head is read.
const HEAD_BYTES: usize = 16 << 10;
/// Connections beyond the limit that are told so at once; beyond these, too, the line is just closed.
const MOST_FAREWELLS: usize = 256;
const FAREWELL_PATIENCE: Duration = Duration::from_secs(2);

/// What is needed to answer.
pub(crate) struct Door {
    pub(crate) listener: TcpListener,
    pub(crate) routes: Router,
    pub(crate) tls: Option<TlsAcceptor>,
    pub(crate) relay: Arc<Relay>,
}

impl Door {
    /// Answers until `stop`, then finishes what is under way, at most for `farewell`.
    pub(crate) async fn open(self, stop: oneshot::Receiver<()>, farewell: Duration) {
        let slots = Arc::new(Semaphore::new(self.relay.limits.connections));
        let farewells = Arc::new(Semaphore::new(MOST_FAREWELLS));
        let graceful = Arc::new(GracefulShutdown::new());
        let mut stop = std::pin::pin!(stop);
        loop {
            let accepted = tokio::select! {
                // A dropped handle means stop, too.
                _ = &mut stop => break,
                accepted = self.listener.accept() => accepted,
            };
            let Ok((stream, _)) = accepted else {
                // No descriptor left: those that are open will end.
                tokio::time::sleep(Duration::from_millis(20)).await;
                continue;
            };
            // Small answers must not wait for each other.
            let _ = stream.set_nodelay(true);
            match Arc::clone(&slots).try_acquire_owned() {
                Ok(slot) => self.serve(stream, slot, &graceful),
                Err(_) => {
                    self.relay.meters.turned_away.fetch_add(1, Relaxed);
                    if let (None, Ok(farewell)) = (&self.tls, Arc::clone(&farewells).try_acquire_owned()) {
                        tokio::spawn(async move {
                            let _ = tokio::time::timeout(FAREWELL_PATIENCE, turn_away(stream)).await;
                            drop(farewell);
                        });
                    }
                }
            }
        }
        drop(self.listener);
        if let Some(graceful) = Arc::into_inner(graceful) {
            // A client that keeps the line open is cut off. What was acknowledged is on disk.
            let _ = tokio::time::timeout(farewell, graceful.shutdown()).await;
        }
    }

    fn serve(&self, stream: TcpStream, slot: OwnedSemaphorePermit, graceful: &GracefulShutdown) {
        let (routes, relay, watcher) = (self.routes.clone(), Arc::clone(&self.relay), graceful.watcher());
        relay.meters.open.fetch_add(1, Relaxed);
        let tls = self.tls.clone();
        tokio::spawn(async move {
            match tls {
                None => talk(stream, routes, watcher).await,
                Some(tls) => {
                    if let Ok(Ok(stream)) = tokio::time::timeout(HANDSHAKE_PATIENCE, tls.accept(stream)).await {
                        talk(stream, routes, watcher).await;
                    }
                }
            }
            relay.meters.open.fetch_sub(1, Relaxed);
            drop(slot);
        });
    }
}

async fn talk(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    routes: Router,
    watcher: hyper_util::server::graceful::Watcher,
) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD_PATIENCE).max_buf_size(HEAD_BYTES);
    let connection = http.serve_connection(TokioIo::new(stream), TowerToHyperService::new(routes));
    // A broken connection is the client's loss; it asks again.
    let _ = watcher.watch(connection).await;
}

/// Says "later" in the relay's own words, so that nobody takes the full house for something else.
async fn turn_away(mut stream: TcpStream) -> std::io::Result<()> {
    // Reading first: closing with unread bytes would break the line before the answer arrives.
    let mut head = [0; 4096];
    let _ = stream.read(&mut head).await?;
    let body = encode(&Problem { code: ErrorCode::SyncTransient.as_str().to_owned() });
    let (len, later) = (body.len(), retry_after_s());
    let head = format!(
        "HTTP/1.1 503 Service Unavailable\r\ncontent-type: {MEDIA_TYPE}\r\ncontent-length: {len}\r\n\
         retry-after: {later}\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(&body).await?;
    stream.shutdown().await
}
