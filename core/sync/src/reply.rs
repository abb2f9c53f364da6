//! What a response means. A success is only what the relay itself says in its own media type; the rest is sorted so that
//! nothing which merely looks like an answer has an effect.

use wayside_model::{Coded, ErrorCode};

use crate::planted::{self, Fault};
use crate::wire::{self, Problem, Stored};
use crate::{Failure, Response};

/// A reply that is not a success.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReplyError {
    /// Not the relay: another media type, a redirect, a status the relay never sends, a wrong certificate.
    #[error("something that is not the relay answered")]
    Impostor,
    /// 408, 425, 429 and every 5xx, known or not, whoever sends it; also a 4xx whose code this version does not know.
    #[error("the relay cannot take it at present")]
    Transient {
        /// `Retry-After`, in seconds.
        retry_after_s: Option<u32>,
    },
    /// The relay's media type, but a body that cannot be read or does not name the bytes sent.
    #[error("the answer does not fit the request")]
    Integrity,
    /// The relay refuses, with a code of the table.
    #[error("the relay refuses: {0}")]
    Refused(ErrorCode),
    /// No path at all.
    #[error("no way to the relay")]
    NoPath,
    /// No answer in time.
    #[error("no answer in time")]
    Timeout,
    /// Stopped by the caller.
    #[error("cancelled")]
    Cancelled,
}

impl Coded for ReplyError {
    fn code(&self) -> ErrorCode {
        match self {
            Self::Impostor => ErrorCode::SyncImpostor,
            Self::Transient { .. } => ErrorCode::SyncTransient,
            Self::Integrity => ErrorCode::SyncIntegrity,
            Self::Refused(code) => *code,
            Self::NoPath => ErrorCode::SyncNoPath,
            Self::Timeout => ErrorCode::SyncTimeout,
            Self::Cancelled => ErrorCode::Cancelled,
        }
    }
}

impl From<Failure> for ReplyError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::NoPath => Self::NoPath,
            Failure::Timeout => Self::Timeout,
            Failure::UntrustedPeer => Self::Impostor,
            Failure::Unexpected => Self::Transient { retry_after_s: None },
            Failure::Cancelled => Self::Cancelled,
        }
    }
}

/// Reads a successful body, or says what the reply is instead.
pub fn read<T: for<'b> minicbor::Decode<'b, ()>>(response: &Response) -> Result<T, ReplyError> {
    read_of(wire::MEDIA_TYPE, response)
}

/// The same of somebody who speaks another media type.
pub(crate) fn read_of<T: for<'b> minicbor::Decode<'b, ()>>(
    media_type: &str,
    response: &Response,
) -> Result<T, ReplyError> {
    wire::decode(successful_body(media_type, response)?).ok_or(ReplyError::Integrity)
}

/// The body of a success whose bytes are the desk's own, such as the directory. The caller verifies them.
pub fn read_bytes(response: &Response) -> Result<Vec<u8>, ReplyError> {
    successful_body(wire::MEDIA_TYPE, response).map(<[u8]>::to_vec)
}

/// Whether the relay says that it holds exactly the bytes with this SHA-256.
pub fn read_stored(response: &Response, sha256: &[u8; 32]) -> Result<(), ReplyError> {
    if planted::is(Fault::PortalIsSuccess) && response.status == 200 {
        return Ok(());
    }
    let stored: Stored = read(response)?;
    if stored.sha256 == *sha256 { Ok(()) } else { Err(ReplyError::Integrity) }
}

fn successful_body<'r>(media_type: &str, response: &'r Response) -> Result<&'r [u8], ReplyError> {
    if planted::is(Fault::UnknownStatusPermanent) && response.status > 511 {
        return Err(ReplyError::Refused(ErrorCode::SyncRefused));
    }
    // First by status: a proxy's "502" in HTML is an outage, not an impostor.
    if matches!(response.status, 408 | 425 | 429 | 500..) {
        return Err(ReplyError::Transient { retry_after_s: response.retry_after_s });
    }
    if !wire::is_of(media_type, &response.content_type) {
        return Err(ReplyError::Impostor);
    }
    match response.status {
        200 | 201 => Ok(&response.body),
        400..500 => Err(refusal(&response.body)),
        _ => Err(ReplyError::Impostor),
    }
}

fn refusal(body: &[u8]) -> ReplyError {
    let Some(problem) = wire::decode::<Problem>(body) else { return ReplyError::Integrity };
    let known = ErrorCode::ALL.iter().find(|code| code.as_str() == problem.code);
    // A code from a later version must not end anything: it is tried again.
    known.map_or(ReplyError::Transient { retry_after_s: None }, |code| ReplyError::Refused(*code))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(status: u16, content_type: &str, body: &[u8]) -> Response {
        Response { status, content_type: content_type.to_owned(), body: body.to_vec(), retry_after_s: None }
    }
    fn problem(code: &str) -> Vec<u8> {
        wire::encode(&Problem { code: code.to_owned() })
    }

    #[test]
    fn only_the_relays_own_word_is_a_success() {
        let body = wire::encode(&Stored { sha256: [1; 32] });
        assert_eq!(read_stored(&reply(200, wire::MEDIA_TYPE, &body), &[1; 32]), Ok(()));
        assert_eq!(read_stored(&reply(201, wire::MEDIA_TYPE, &body), &[1; 32]), Ok(()));
        assert_eq!(read_stored(&reply(200, wire::MEDIA_TYPE, &body), &[2; 32]), Err(ReplyError::Integrity));
        assert_eq!(read_stored(&reply(200, "text/html", &body), &[1; 32]), Err(ReplyError::Impostor));
        assert_eq!(read_stored(&reply(200, "", &body), &[1; 32]), Err(ReplyError::Impostor));
        assert_eq!(read_stored(&reply(302, wire::MEDIA_TYPE, &body), &[1; 32]), Err(ReplyError::Impostor));
        assert_eq!(read_stored(&reply(204, wire::MEDIA_TYPE, &body), &[1; 32]), Err(ReplyError::Impostor));
        for cut in 0..body.len() {
            let short = reply(200, wire::MEDIA_TYPE, &body[..cut]);
            assert_eq!(read_stored(&short, &[1; 32]), Err(ReplyError::Integrity), "cut at {cut}");
        }
    }

    #[test]
    fn a_refusal_counts_only_from_the_relay() {
        let refused = |status, kind: &str, code: &str| read::<Stored>(&reply(status, kind, &problem(code)));
        let transient = Err(ReplyError::Transient { retry_after_s: None });
        assert_eq!(refused(409, wire::MEDIA_TYPE, "sync.conflict"), Err(ReplyError::Refused(ErrorCode::SyncConflict)));
        assert_eq!(refused(409, "text/html", "sync.conflict"), Err(ReplyError::Impostor));
        assert_eq!(refused(404, wire::MEDIA_TYPE, "of.a_later_version"), transient);
        assert_eq!(read::<Stored>(&reply(401, wire::MEDIA_TYPE, b"")), Err(ReplyError::Integrity));
        for status in [408, 425, 429, 500, 503, 520, 599, 999] {
            assert_eq!(refused(status, "text/html", "sync.conflict"), transient, "{status}");
            assert_eq!(refused(status, wire::MEDIA_TYPE, "sync.conflict"), transient, "{status}");
        }
    }
}
