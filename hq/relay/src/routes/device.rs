//! What a device calls.

use axum::body::Body;
use axum::http::{HeaderMap, StatusCode};
use wayside_model::{ErrorCode, Timestamp};
use wayside_seal::EnrolmentRequest;

use super::{Shared, StartQuery, asked};
use crate::answer::{Answer, Refusal};
use crate::store::{Enrolled, Enrolment};
use crate::{auth, body};

pub(super) async fn enrol(relay: Shared, request: Body) -> Result<Answer, Refusal> {
    relay.rates.stranger()?;
    let malformed = Refusal::new(StatusCode::BAD_REQUEST, ErrorCode::EnrolMalformed);
    let body = body::read(&relay.memory, request, body::MAX_ENROLMENT_BYTES).await?;
    let request = EnrolmentRequest::verify(&body.bytes).map_err(|_| malformed)?;
    let sha256 = wayside_seal::sha256(&body.bytes);
    let enrolment = Enrolment {
        device: request.device,
        token_sha256: wayside_seal::sha256(&request.token),
        upload_sha256: request.upload_token_hash,
        bytes: body.bytes,
        sha256,
    };
    match relay.store.enrol(enrolment, now()).await? {
        Enrolled::New => Ok(Answer::stored(sha256, true)),
        Enrolled::Again => Ok(Answer::stored(sha256, false)),
        Enrolled::Unknown => Err(Refusal::new(StatusCode::NOT_FOUND, ErrorCode::EnrolUnknown)),
        Enrolled::Used => Err(Refusal::new(StatusCode::CONFLICT, ErrorCode::EnrolUsed)),
        Enrolled::Expired => Err(Refusal::new(StatusCode::GONE, ErrorCode::EnrolExpired)),
        Enrolled::Taken => Err(Refusal::CONFLICT),
    }
}

pub(super) async fn control(relay: Shared, query: StartQuery, headers: HeaderMap) -> Result<Answer, Refusal> {
    let device = auth::device(&relay, &headers).await?.id;
    let after = asked(query)?.after;
    Ok(Answer::of(&relay.store.control(device, after).await?))
}

/// The relay's clock. It decides one thing only: whether an enrolment token is still fresh.
fn now() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    // A clock before 1970 is wrong; at the end of time every token has expired.
    Timestamp::from_millis(since.map_or(i64::MAX, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX)))
}
