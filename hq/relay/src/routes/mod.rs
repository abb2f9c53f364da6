//! Version 1 of the interface.

mod desk;
mod device;
mod items;

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::{delete, get, post, put};

use crate::RelayError;
use crate::answer::{Answer, Refusal};
use crate::blobs::Blobs;
use crate::limits::{Limits, Memory, Rates};
use crate::meters::{self, Meters};
use crate::store::Store;

/// What every handler shares.
pub(crate) struct Relay {
    pub(crate) store: Box<dyn Store>,
    pub(crate) blobs: Blobs,
    pub(crate) limits: Limits,
    pub(crate) rates: Rates,
    pub(crate) memory: Memory,
    pub(crate) meters: Meters,
    pub(crate) desk_sha256: [u8; 32],
    /// When it was last tried whether an item could be written, and what came of it.
    pub(crate) probed: tokio::sync::Mutex<Option<(Instant, Result<(), RelayError>)>>,
}

type Shared = axum::extract::State<Arc<Relay>>;

/// Paths and who answers them; `wayside_sync::wire` builds the same paths.
pub(crate) fn router(relay: Arc<Relay>) -> Router {
    Router::new()
        .route("/v1/health", get(health))
        .route("/v1/directory", get(directory))
        .route("/v1/enrolments", post(device::enrol))
        .route(crate::batch::PATH, post(items::put_batch))
        .route("/v1/items/{id}", put(items::put_item))
        .route("/v1/items/{id}/parts", get(items::parts).put(items::put_part))
        .route("/v1/carried/{owner}/{id}", put(items::put_carried))
        .route("/v1/carried/{owner}/{id}/parts", get(items::carried_parts).put(items::put_carried_part))
        .route("/v1/control", get(device::control))
        .route("/v1/desk/directory", put(desk::put_directory))
        .route("/v1/desk/tokens", post(desk::add_token))
        .route("/v1/desk/enrolments", get(desk::enrolments))
        .route("/v1/desk/items", get(desk::items))
        .route("/v1/desk/items/{device}/{id}", delete(desk::delete_item))
        .route("/v1/desk/control/{device}", get(desk::control))
        .route("/v1/desk/control/{device}/{counter}", put(desk::put_control))
        .route("/v1/desk/revoke/{device}", post(desk::revoke))
        .fallback(async || Refusal::NOT_FOUND)
        .method_not_allowed_fallback(async || Refusal::NOT_FOUND)
        .layer(axum::middleware::from_fn_with_state(Arc::clone(&relay), meters::observe))
        .with_state(relay)
}

/// How long a good probe holds, and a bad one: everybody may ask, and each probe waits for the disk.
const WELL_FOR: Duration = Duration::from_secs(5);
const ILL_FOR: Duration = Duration::from_millis(200);

/// Says that an item could be written, too: a relay that cannot store is not in order.
async fn health(relay: Shared) -> Result<Answer, Refusal> {
    let mut last = relay.probed.lock().await;
    let found = match *last {
        Some((at, found)) if at.elapsed() < if found.is_ok() { WELL_FOR } else { ILL_FOR } => found,
        _ => {
            let found = match relay.store.probe().await {
                Ok(()) => relay.blobs.probe().await,
                refused => refused,
            };
            *last = Some((Instant::now(), found));
            found
        }
    };
    drop(last);
    found?;
    Ok(Answer::of(&wayside_sync::wire::Health { version: wayside_sync::wire::VERSION }))
}

async fn directory(relay: Shared) -> Result<Answer, Refusal> {
    relay.store.directory().await?.map(Answer::bytes).ok_or(Refusal::NOT_FOUND)
}

/// The query of a read.
#[derive(serde::Deserialize)]
struct Start {
    #[serde(default)]
    after: u64,
    limit: Option<usize>,
}

type StartQuery = Result<axum::extract::Query<Start>, axum::extract::rejection::QueryRejection>;

fn asked(query: StartQuery) -> Result<Start, Refusal> {
    query.map(|query| query.0).map_err(|_| Refusal::MALFORMED)
}
