//! What a device calls.

use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use wayside_model::{ErrorCode, Timestamp};
use wayside_seal::EnrolmentRequest;
use wayside_sync::wire::unhex;

use super::{Shared, StartQuery, asked};
use crate::answer::{Answer, Refusal};
use crate::tables::enrolments::{self, Enrolled, Enrolment};
use crate::tables::{Put, control as log, items};
use crate::{auth, body, database};

pub(super) async fn enrol(relay: Shared, request: Body) -> Result<Answer, Refusal> {
    let malformed = Refusal::new(StatusCode::BAD_REQUEST, ErrorCode::EnrolMalformed);
    let bytes = body::read(request).await?;
    let request = EnrolmentRequest::verify(&bytes).map_err(|_| malformed)?;
    let sha256 = wayside_seal::sha256(&bytes);
    let enrolment = Enrolment {
        device: request.device,
        token_sha256: wayside_seal::sha256(&request.token),
        upload_sha256: request.upload_token_hash,
        bytes,
        sha256,
    };
    let now = now();
    let enrolled = relay.database.write(move |connection| enrolments::enrol(connection, &enrolment, now)).await?;
    match enrolled {
        Enrolled::New => Ok(Answer::stored(sha256, true)),
        Enrolled::Again => Ok(Answer::stored(sha256, false)),
        Enrolled::Unknown => Err(Refusal::new(StatusCode::NOT_FOUND, ErrorCode::EnrolUnknown)),
        Enrolled::Used => Err(Refusal::new(StatusCode::CONFLICT, ErrorCode::EnrolUsed)),
        Enrolled::Expired => Err(Refusal::new(StatusCode::GONE, ErrorCode::EnrolExpired)),
        Enrolled::Taken => Err(Refusal::CONFLICT),
    }
}

pub(super) async fn put_item(
    relay: Shared,
    Path(id): Path<String>,
    headers: HeaderMap,
    request: Body,
) -> Result<Answer, Refusal> {
    let (device, bytes) = body::admitted(auth::uploader(&relay, &headers).await, request).await?;
    let id = unhex::<16>(&id).ok_or(Refusal::NOT_FOUND)?;
    // The item names its own id; kept under another it could never be found again.
    if wayside_seal::item::id(&bytes).ok() != Some(id) {
        return Err(Refusal::MALFORMED);
    }
    let sha256 = wayside_seal::sha256(&bytes);
    let put = relay.database.write(move |connection| items::put(connection, &id, device, &bytes, &sha256)).await?;
    match put {
        Put::New => Ok(Answer::stored(sha256, true)),
        Put::Duplicate => Ok(Answer::stored(sha256, false)),
        Put::Conflict => Err(Refusal::CONFLICT),
    }
}

pub(super) async fn control(relay: Shared, query: StartQuery, headers: HeaderMap) -> Result<Answer, Refusal> {
    let device = auth::device(&relay, &headers).await?.id;
    let after = asked(query)?.after;
    let page = database::read(&relay.database, move |connection| log::page(connection, device, after)).await?;
    Ok(Answer::of(&page))
}

/// The relay's clock. It decides one thing only: whether an enrolment token is still fresh.
fn now() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    // A clock before 1970 is wrong; at the end of time every token has expired.
    Timestamp::from_millis(since.map_or(i64::MAX, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX)))
}
