//! One exchange over a link that does what it likes.

use wayside_sync::wire::{self, ControlItem, ControlPage, Stored};
use wayside_sync::{Failure, Request, Response};

use crate::relay::{Relay, ours, problem};
use crate::rng::Rng;
use crate::tally::Fault;

pub(crate) fn exchange(
    relay: &mut Relay,
    request: &Request,
    older: Option<&Request>,
    fault: Option<Fault>,
    rng: &mut Rng,
) -> Result<Response, Failure> {
    let Some(fault) = fault else { return Ok(relay.answer(request)) };
    match fault {
        Fault::Drop => Err(rng.pick(&[Failure::NoPath, Failure::Timeout, Failure::Unexpected, Failure::Cancelled])),
        Fault::DropReply => {
            relay.answer(request);
            Err(rng.pick(&[Failure::Timeout, Failure::NoPath]))
        }
        Fault::Duplicate => {
            relay.answer(request);
            Ok(relay.answer(request))
        }
        Fault::Reorder => {
            if let Some(older) = older {
                relay.answer(older);
            }
            Ok(relay.answer(request))
        }
        Fault::TruncateUp => {
            let mut short = request.clone();
            short.body.truncate(rng.below(request.body.len() + 1));
            // Of a large item what came is kept; of a whole one nothing, since its length was promised.
            if short.path.contains("offset=") {
                relay.answer(&short);
            }
            Err(Failure::NoPath)
        }
        Fault::TruncateDown => {
            let mut response = relay.answer(request);
            response.body.truncate(rng.below(response.body.len() + 1));
            Ok(response)
        }
        Fault::FlipUp => {
            let mut changed = request.clone();
            flip(&mut changed.body, rng);
            Ok(relay.answer(&changed))
        }
        Fault::FlipDown => {
            let mut response = relay.answer(request);
            flip(&mut response.body, rng);
            Ok(response)
        }
        Fault::Html => {
            let status = rng.pick(&[200, 200, 302, 401, 403, 404, 409, 413, 511]);
            let body = b"<html><body>Sign in to use this network</body></html>".to_vec();
            Ok(Response { status, content_type: "text/html".to_owned(), body, retry_after_s: None })
        }
        Fault::Unknown5xx => Ok(Response { retry_after_s: None, ..problem(rng.pick(&[520, 521, 530, 599, 999]), "x") }),
        Fault::Known5xx => {
            let status = rng.pick(&[408, 425, 429, 500, 502, 503, 504, 511]);
            Ok(Response {
                retry_after_s: rng.pick(&[None, Some(5), Some(u32::MAX)]),
                ..problem(status, "sync.transient")
            })
        }
        Fault::Known4xx => {
            let (status, code) = rng.pick(&[(401, "sync.credential"), (403, "sync.credential"), (413, "sync.refused")]);
            Ok(problem(status, code))
        }
        Fault::Strange4xx => {
            let (status, code) = rng.pick(&[
                (404, "relay.not_found"),
                (404, "of.a_later_version"),
                (410, "gone.away"),
                (409, "enrol.used"),
            ]);
            Ok(problem(status, code))
        }
        Fault::WrongPeer => Err(Failure::UntrustedPeer),
        Fault::WrongHash => Ok(ours(200, wire::encode(&Stored { sha256: rng.bytes() }))),
        Fault::Gap => {
            let entries = vec![ControlItem { counter: rng.next() >> 1, bytes: vec![1] }];
            Ok(ours(200, wire::encode(&ControlPage { entries, more: true })))
        }
        _ => Ok(relay.answer(request)),
    }
}

pub(crate) fn flip(bytes: &mut [u8], rng: &mut Rng) {
    if !bytes.is_empty() {
        let at = rng.below(bytes.len());
        bytes[at] ^= 1 << rng.below(8);
    }
}
