//! Reading a body with bounded memory and bounded patience.

use std::time::Duration;

use axum::body::Body;
use http_body_util::BodyExt;
use wayside_sync::wire::MAX_BODY_BYTES;

use crate::answer::Refusal;

/// Longest time without a byte. A slow link is welcome, a silent one is not.
const PATIENCE: Duration = Duration::from_secs(60);
/// Bytes of a refused body that are still read (and thrown away), so that the sender gets to see the refusal instead of a
/// broken connection.
const MOST_DISCARDED: usize = 8 * MAX_BODY_BYTES;

/// The whole body, if it keeps the limit.
pub(crate) async fn read(mut body: Body) -> Result<Vec<u8>, Refusal> {
    let mut bytes = Vec::new();
    while let Some(data) = next(&mut body).await? {
        if bytes.len() + data.len() > MAX_BODY_BYTES {
            drop(bytes);
            discard(body).await;
            return Err(Refusal::TOO_LARGE);
        }
        bytes.extend_from_slice(&data);
    }
    Ok(bytes)
}

/// The body, once `who` is known to be allowed; memory is not spent on strangers.
pub(crate) async fn admitted<T>(who: Result<T, Refusal>, body: Body) -> Result<(T, Vec<u8>), Refusal> {
    match who {
        Ok(who) => Ok((who, read(body).await?)),
        Err(refusal) => {
            discard(body).await;
            Err(refusal)
        }
    }
}

async fn discard(mut body: Body) {
    let mut size = 0;
    while size < MOST_DISCARDED
        && let Ok(Some(data)) = next(&mut body).await
    {
        size += data.len();
    }
}

async fn next(body: &mut Body) -> Result<Option<axum::body::Bytes>, Refusal> {
    loop {
        match tokio::time::timeout(PATIENCE, body.frame()).await {
            Err(_) => return Err(Refusal::SLOW),
            Ok(None) => return Ok(None),
            // Cut off: whoever sent it will not see an answer, and nothing was kept.
            Ok(Some(Err(_))) => return Err(Refusal::SLOW),
            Ok(Some(Ok(frame))) => {
                // Trailers are not data.
                if let Ok(data) = frame.into_data() {
                    return Ok(Some(data));
                }
            }
        }
    }
}
