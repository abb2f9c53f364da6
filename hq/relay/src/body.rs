//! Reading a body with bounded memory and bounded patience.

use std::time::Duration;

use axum::body::Body;
use http_body_util::BodyExt;
use wayside_sync::wire::MAX_BODY_BYTES;

use crate::answer::Refusal;
use crate::limits::{Memory, Share};

/// Longest time without a byte. A slow link is welcome, a silent one is not.
const PATIENCE: Duration = Duration::from_secs(60);
/// The same for a body that is refused already.
const IMPATIENCE: Duration = Duration::from_secs(5);
/// Bytes of a refused body that are still read (and thrown away), so that the sender gets to see the refusal instead of a
/// broken connection.
const MOST_DISCARDED: usize = 8 * MAX_BODY_BYTES;
/// A request to enrol: keys, hashes and a signature.
pub(crate) const MAX_ENROLMENT_BYTES: usize = 4 << 10;

/// A body, and the memory it takes.
pub(crate) struct Bytes {
    pub(crate) bytes: Vec<u8>,
    _share: Share,
}

/// The whole body, if it keeps the limit.
pub(crate) async fn read(memory: &Memory, mut body: Body, limit: usize) -> Result<Bytes, Refusal> {
    let (mut bytes, mut share) = (Vec::new(), memory.share());
    while let Some(data) = next(&mut body, PATIENCE).await? {
        let size = bytes.len() + data.len();
        let room = if size > limit { Err(Refusal::TOO_LARGE) } else { memory.grow(&mut share, size) };
        if let Err(refusal) = room {
            drop((bytes, share));
            discard(body).await;
            return Err(refusal);
        }
        bytes.extend_from_slice(&data);
    }
    Ok(Bytes { bytes, _share: share })
}

/// The body, once `who` is known to be allowed; memory is not spent on strangers.
pub(crate) async fn admitted<T>(memory: &Memory, who: Result<T, Refusal>, body: Body) -> Result<(T, Bytes), Refusal> {
    match who {
        Ok(who) => Ok((who, read(memory, body, MAX_BODY_BYTES).await?)),
        Err(refusal) => {
            discard(body).await;
            Err(refusal)
        }
    }
}

async fn discard(mut body: Body) {
    let mut size = 0;
    while size < MOST_DISCARDED
        && let Ok(Some(data)) = next(&mut body, IMPATIENCE).await
    {
        size += data.len();
    }
}

async fn next(body: &mut Body, patience: Duration) -> Result<Option<axum::body::Bytes>, Refusal> {
    loop {
        match tokio::time::timeout(patience, body.frame()).await {
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
